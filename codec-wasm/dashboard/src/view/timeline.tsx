/** What ran when, as bars. */
import type { Store } from "../model/store.js";
import type { Run, Span, Thread } from "../model/thread.js";
import { List } from "./list.js";
import { clock, duration, plural } from "./words.js";

const SIGNS = { graph: "◎", node: "▢", model: "✦", tool: "⚒" } as const;

interface Properties {
  readonly store: Store;
  readonly thread: Thread;
  readonly selected: number | null;
  readonly select: (n: number) => void;
}

/** The spans of the run of a thread that was the last one at the moment that is shown. */
export function Timeline({ store, thread, selected, select }: Properties) {
  const end = store.shownEnd;
  const run = thread.runAt(end);
  const spans = run ? run.spans.filter((span) => span.from < end) : [];
  const now = store.moment === Infinity ? thread.lastTime : (store.row(end - 1)?.time ?? 0);
  const [from, to] = extent(spans, end, now);
  const at = thread.runs.findIndex((it) => it === run);
  const failed = spans.filter((span) => span.failed && span.until < end).length;
  return (
    <section class="timeline" aria-label="Timeline">
      <header>
        <h2>Timeline</h2>
        <span class="quiet">
          {thread.runs.length > 1 && `run ${at + 1} of ${thread.runs.length} · `}
          {run ? `${clock(from)} · ${duration(to - from)} · ${plural(spans.length, "span")}` : "no spans yet"}
          {failed > 0 && <span class="bad"> · {failed} failed</span>}
        </span>
        <Legend />
      </header>
      {spans.length === 0 && <p class="quiet nothing">No graph, node, model or tool began here; what did happen is among the events.</p>}
      <List
        id="spans"
        label="Spans"
        count={spans.length}
        rowHeight={26}
        follows={store.moment === Infinity}
        keyOf={(index) => spans[index]?.from ?? -1}
        selected={spans.findIndex((span) => span.from === selected)}
        onSelect={(index) => select(spans[index]?.from ?? 0)}
        row={(index) => {
          const span = spans[index];
          return span && <SpanLine span={span} end={end} now={now} from={from} to={to} />;
        }}
      />
    </section>
  );
}

function Legend() {
  return (
    <ul class="legend" aria-label="Colours of spans">
      {(["graph", "node", "model", "tool"] as const).map((kind) => (
        <li key={kind}>
          <span class={`swatch span-${kind}`} aria-hidden="true" />
          {kind}
        </li>
      ))}
    </ul>
  );
}

function SpanLine({ span, end, now, from, to }: { readonly span: Span; readonly end: number; readonly now: number; readonly from: number; readonly to: number }) {
  const isOpen = span.until >= end;
  const ended = isOpen ? now : span.ended;
  const failed = span.failed && !isOpen;
  const retries = span.retries.filter((n) => n < end).length;
  const { left, size } = barOf(span.started, ended, from, to);
  const words = `${duration(ended - span.started)}${isOpen ? "…" : ""}`;
  return (
    <div class="span-line" title={span.error}>
      <span class="span-name" style={{ paddingLeft: `${span.depth * 16}px` }}>
        <span class={`sign sign-${span.kind}`} aria-hidden="true">
          {SIGNS[span.kind]}
        </span>
        {span.name || span.kind}
        <span class="hidden">
          {`, ${span.kind}, ${isOpen ? "open" : failed ? "failed" : "done"}`}
        </span>
      </span>
      <span class="lane">
        <span class={`span-bar span-${span.kind} ${isOpen ? "is-open" : ""} ${failed ? "is-failed" : ""}`} style={{ left: `${left}%`, width: `${size}%` }} />
        <span class="span-words" style={{ left: `${left + size}%` }}>
          {words}
          {span.tokens > 0 && !isOpen && <span class="quiet">{` · ${plural(span.tokens, "token")}`}</span>}
          {retries > 0 && <span class="doubtful">{` · ${plural(retries, "retry", "retries")}`}</span>}
          {failed && <span class="bad">{` · ${span.error || "failed"}`}</span>}
        </span>
      </span>
    </div>
  );
}

/** All runs of all threads. */
export function Overview({ store, choose }: { readonly store: Store; readonly choose: (thread: string) => void }) {
  const end = store.shownEnd;
  const now = store.row(end - 1)?.time ?? 0;
  const threads = [...store.threads.values()].filter((thread) => (thread.rows[0] ?? Infinity) < end);
  const graphs = (run: Run): Span[] => run.spans.slice(0, 1);
  const [from, to] = extent(
    threads.flatMap((thread) => thread.runs.flatMap(graphs)).filter((span) => span.from < end),
    end,
    now,
  );
  return (
    <section class="timeline overview" aria-label="Runs of all threads">
      <header>
        <h2>Runs of all threads</h2>
        <span class="quiet">choose one to see what it did</span>
      </header>
      <List
        id="overview"
        label="Runs of all threads"
        count={threads.length}
        rowHeight={32}
        keyOf={(index) => `o-${encodeURIComponent(threads[index]?.name ?? "")}`}
        selected={-1}
        onSelect={(index) => choose(threads[index]?.name ?? "")}
        row={(index) => {
          const thread = threads[index];
          if (!thread) return null;
          const runs = thread.runs.filter((run) => run.from < end);
          const status = thread.statusAt(end);
          const node = thread.nodeAt(end);
          const last = runs.at(-1)?.spans[0];
          const bar = last && barOf(last.started, last.until >= end ? now : last.ended, from, to, 72);
          const lastEnd = bar ? bar.left + bar.size : 0;
          return (
            <div class="span-line">
              <span class={`span-name status-${status}`}>
                <span class="dot" aria-hidden="true" />
                {thread.name || "(no thread)"}
                <span class="hidden">, {status}</span>
              </span>
              <span class="lane">
                {runs.flatMap(graphs).map((span) => {
                  const isOpen = span.until >= end;
                  const ended = isOpen ? now : span.ended;
                  const { left, size } = barOf(span.started, ended, from, to, 72);
                  return <span key={span.from} class={`span-bar span-node ${isOpen ? "is-open" : ""} ${span.failed && !isOpen ? "is-failed" : ""}`} style={{ left: `${left}%`, width: `${size}%` }} />;
                })}
                {last && (
                  <span class="span-words" style={{ left: `${lastEnd}%` }}>
                    {duration((last.until >= end ? now : last.ended) - last.started)}
                    <span class="quiet">{` · ${status}${node && ` · ${node}`}`}</span>
                  </span>
                )}
              </span>
            </div>
          );
        }}
      />
    </section>
  );
}

/** Where a bar is, in hundredths of its lane: at the right there is room for words. */
function barOf(started: number, ended: number, from: number, to: number, most = 84): { readonly left: number; readonly size: number } {
  const scale = most / Math.max(1, to - from);
  return { left: scale * (started - from), size: Math.max(0.2, scale * (ended - started)) };
}

/** From when to when. */
function extent(spans: readonly Span[], end: number, now: number): [number, number] {
  let [from, to] = [Infinity, -Infinity];
  for (const span of spans) {
    from = Math.min(from, span.started);
    to = Math.max(to, span.until < end ? span.ended : now);
  }
  return from <= to ? [from, to] : [now, now];
}
