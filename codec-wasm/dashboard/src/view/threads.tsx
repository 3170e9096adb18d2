/** The threads, with what each of them does. */
import { useEffect, useReducer, useState } from "preact/hooks";
import type { Store } from "../model/store.js";
import { countBefore } from "../model/sorted.js";
import type { Status, Thread } from "../model/thread.js";
import { List } from "./list.js";
import { count, plural } from "./words.js";

const WORDS: Record<Status, string> = { running: "running", waiting: "waits for a person", done: "done", failed: "failed", open: "started before" };

export function Threads({ store, chosen, choose }: { readonly store: Store; readonly chosen: string | null; readonly choose: (thread: string | null) => void }) {
  const [sought, seek] = useState("");
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => draw(undefined), 1000);
    return () => clearInterval(timer);
  }, []);
  const end = store.shownEnd;
  const words = sought.toLowerCase();
  const threads = [...store.threads.values()].filter((thread) => (thread.rows[0] ?? 0) < end && thread.name.toLowerCase().includes(words));
  const index = chosen === null ? 0 : threads.findIndex((thread) => thread.name === chosen) + 1 || -1;
  return (
    <nav class="threads" aria-label="Threads">
      <input type="search" placeholder="Find a thread" aria-label="Find a thread" value={sought} onInput={({ currentTarget }) => seek(currentTarget.value)} />
      <List
        id="threads"
        label="Threads"
        count={threads.length + 1}
        rowHeight={52}
        keyOf={(index) => (index === 0 ? "all" : `t-${encodeURIComponent(threads[index - 1]?.name ?? "")}`)}
        selected={index}
        onSelect={(index) => choose(index === 0 ? null : (threads[index - 1]?.name ?? null))}
        row={(index) => {
          const thread = threads[index - 1];
          return thread ? <Line thread={thread} store={store} end={end} /> : <All store={store} count={threads.length} end={end} />;
        }}
      />
    </nav>
  );
}

function All({ store, count: threads, end }: { readonly store: Store; readonly count: number; readonly end: number }) {
  return (
    <div class="thread">
      <span class="thread-name">All threads</span>
      <span class="quiet">
        {plural(threads, "thread")} · {plural(end - store.first, "event")}
      </span>
    </div>
  );
}

function Line({ thread, store, end }: { readonly thread: Thread; readonly store: Store; readonly end: number }) {
  const status = thread.statusAt(end);
  const node = status === "running" ? thread.nodeAt(end) : "";
  const events = countBefore(thread.rows, end, (n) => n);
  const quietFor = Math.floor((performance.now() - thread.lastAt) / 1000);
  const words = thread.runs.length > 0 ? WORDS[status] : "";
  const isQuiet = status === "running" && store.moment === Infinity && store.connection === "live" && quietFor > 10;
  return (
    <div class="thread">
      <span class={`thread-name status-${status}`}>
        <span class={`dot ${status === "running" && !isQuiet ? "beats" : ""}`} aria-hidden="true" />
        {thread.name || "(no thread)"}
      </span>
      <span class="quiet">
        {[isQuiet ? `silent for ${count(quietFor)} s` : words, node, plural(events, "event")].filter(Boolean).join(" · ")}
      </span>
    </div>
  );
}
