/** One thread: what ran when, what the models say, and the state. Without a thread, all of them beside each other. */
import type { Store } from "../model/store.js";
import { Output } from "./output.js";
import { StateView } from "./state.js";
import { Overview, Timeline } from "./timeline.js";

interface Properties {
  readonly store: Store;
  readonly thread: string | null;
  readonly choose: (thread: string) => void;
  readonly selected: number | null;
  readonly select: (n: number) => void;
}

export function RunView({ store, thread: name, choose, selected, select }: Properties) {
  const thread = name === null ? undefined : store.threads.get(name);
  if (!thread) return <Overview store={store} choose={choose} />;
  return (
    <div class="run">
      <Timeline store={store} thread={thread} selected={selected} select={select} />
      <div class="halves">
        <Output thread={thread} end={store.shownEnd} isLive={store.moment === Infinity} />
        <StateView thread={thread} end={store.shownEnd} show={(n) => store.show(n)} />
      </div>
    </div>
  );
}
