/** The state of a thread, with what the last change did, and whether it is what its writer had. */
import { useMemo } from "preact/hooks";
import { countBefore } from "../model/sorted.js";
import type { StateAt, Thread } from "../model/thread.js";
import type { Json } from "../shared/words.js";
import { type Mark, Tree } from "./tree.js";

const VERDICTS = {
  verified: ["good", "verified"],
  mismatch: ["bad", "another hash"],
  "no-base": ["doubtful", "not verified"],
  refused: ["bad", "refused"],
} as const;

export function StateView({ thread, end, show }: { readonly thread: Thread; readonly end: number; readonly show: (n: number) => void }) {
  const shown = countBefore(thread.states, end, (it) => it.n);
  const at = thread.states[shown - 1];
  const marks = useMemo(() => (at ? marksOf(at) : new Map<string, Mark>()), [at]);
  const [mood, word] = at ? VERDICTS[at.change.verdict] : ["", ""];
  return (
    <section class="state-view" aria-label="State">
      <header>
        <h2>State</h2>
        {at && (
          <>
            <span class={`tag ${mood}`} id="verdict" title={`SHA-256 of the state as RFC 8785 writes it: ${at.change.hash}`}>
              {word}
            </span>
            <code class="quiet">{at.change.hash.slice(0, 12)}</code>
            <span class="steps">
              <button type="button" aria-label="The change before" disabled={shown <= 1} onClick={() => show((thread.states[shown - 2]?.n ?? 0) + 1)}>
                ‹
              </button>
              <span class="quiet">
                change {shown} of {thread.states.length}
              </span>
              <button type="button" aria-label="The next change" disabled={shown >= thread.states.length} onClick={() => show((thread.states[shown]?.n ?? 0) + 1)}>
                ›
              </button>
            </span>
          </>
        )}
      </header>
      <div class="scroll" id="state" tabIndex={0} role="region" aria-label="State of the thread">
        {!at && <p class="quiet">No state yet.</p>}
        {at?.change.why && <p class="bad">{at.change.why}. What is shown is the last state that was verified.</p>}
        {at?.state !== undefined && <Tree label="State" value={at.state} marks={marks} />}
        {at && <Removed at={at} />}
      </div>
    </section>
  );
}

function Removed({ at }: { readonly at: StateAt }) {
  const removed = at.change.operations.filter(({ op }) => op === "remove" || op === "move");
  if (removed.length === 0) return null;
  return (
    <ul class="removed" aria-label="Removed by this change">
      {removed.map(({ op, path, from }) => (
        <li key={path}>
          <span class="tag removed">removed</span> <code>{op === "move" ? from : path}</code>
        </li>
      ))}
    </ul>
  );
}

/** What the last change did, by the paths of what there is now. */
function marksOf({ change, before, state }: StateAt): ReadonlyMap<string, Mark> {
  const marks = new Map<string, Mark>();
  if (change.verdict !== "verified") return marks;
  for (const { op, path } of change.operations) {
    if (op === "remove" || op === "test") continue;
    marks.set(endOf(path, state), op === "replace" || (op === "add" && isThere(before, path)) ? "changed" : "added");
  }
  return marks;
}

/** A path with the index that `-` stands for. */
function endOf(path: string, state: Json | undefined): string {
  if (!path.endsWith("/-")) return path;
  const list = valueAt(state, path.slice(0, -2));
  return Array.isArray(list) ? `${path.slice(0, -1)}${list.length - 1}` : path;
}

function isThere(state: Json | undefined, path: string): boolean {
  const parent = valueAt(state, path.slice(0, path.lastIndexOf("/")));
  // In a list it is put before what was there.
  return !Array.isArray(parent) && valueAt(state, path) !== undefined;
}

function valueAt(state: Json | undefined, path: string): Json | undefined {
  let value = state;
  for (const name of path.split("/").slice(1)) {
    const member = name.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, member)) return undefined;
    value = (value as { [name: string]: Json })[member];
  }
  return value;
}
