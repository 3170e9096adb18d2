/** What happened, line by line, and what of it is asked for. */
import type { Question } from "../model/filter.js";
import { countBefore } from "../model/sorted.js";
import type { Store } from "../model/store.js";
import { ROW_KINDS, type RowKind } from "../shared/words.js";
import { List } from "./list.js";
import { clock, plural } from "./words.js";

interface Properties {
  readonly store: Store;
  readonly ask: (changed: Partial<Question>) => void;
  readonly selected: number | null;
  readonly select: (n: number) => void;
}

export function Events({ store, ask, selected, select }: Properties) {
  const { numbers, question } = store.hits;
  const shown = countBefore(numbers, store.shownEnd, (n) => n);
  const at = selected === null ? -1 : countBefore(numbers, selected, (n) => n);
  const index = selected !== null && numbers[at] === selected ? at : -1;
  return (
    <section class="events" aria-label="Events">
      <div class="filters">
        <input type="search" id="search" placeholder="Search" aria-label="Search in events" value={question.words} onInput={({ currentTarget }) => ask({ words: currentTarget.value })} />
        <label>
          Kind{" "}
          <select id="kind" value={question.kind} onChange={({ currentTarget }) => ask({ kind: currentTarget.value as RowKind | "" })}>
            <option value="">all</option>
            {ROW_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {kind}
              </option>
            ))}
          </select>
        </label>
        <label>
          Node{" "}
          <select id="node" value={question.node} onChange={({ currentTarget }) => ask({ node: currentTarget.value })}>
            <option value="">all</option>
            {[...store.nodes].sort().map((node) => (
              <option key={node} value={node}>
                {node}
              </option>
            ))}
          </select>
        </label>
        <span class="quiet" role="status" id="hits">
          {plural(shown, "event")}
        </span>
      </div>
      <List
        id="events"
        label="Events"
        count={shown}
        rowHeight={28}
        follows={store.moment === Infinity}
        keyOf={(index) => numbers[index] ?? -1}
        selected={index}
        onSelect={(index) => select(numbers[index] ?? 0)}
        classOf={(index) => `kind-${store.row(numbers[index] ?? -1)?.kind ?? ""}`}
        row={(index) => {
          const row = store.row(numbers[index] ?? -1);
          return (
            row && (
              <div class="event">
                <time class="quiet">{clock(row.time)}</time>
                <span class="event-thread">{row.thread}</span>
                <span class={`event-label kind-${row.kind}`}>{row.label}</span>
                <span class="event-node quiet">{row.node}</span>
                <span class="event-text">{row.kind === "token" ? <q>{row.text}</q> : row.text}</span>
              </div>
            )
          );
        }}
      />
    </section>
  );
}
