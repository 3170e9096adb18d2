/** Pause, and time travel over what was received. */
import type { Store } from "../model/store.js";
import { clock, count } from "./words.js";

export function Moments({ store }: { readonly store: Store }) {
  const isNow = store.moment === Infinity;
  const end = store.shownEnd;
  const row = store.row(end - 1);
  const behind = store.end - end;
  return (
    <footer class="moments">
      <button type="button" id="pause" class={isNow ? "" : "primary"} onClick={() => (isNow ? store.pause() : store.show(Infinity))}>
        <span aria-hidden="true">{isNow ? "❚❚" : "▶"}</span> {isNow ? "Pause" : "Now"}
      </button>
      <input
        type="range"
        id="moment"
        aria-label="Moment that is shown"
        aria-valuetext={`event ${count(end)} of ${count(store.end)}`}
        min={store.first}
        max={store.end}
        value={end}
        onInput={({ currentTarget }) => store.show(Number(currentTarget.value))}
      />
      <output class="quiet" for="moment" id="moment-words">
        event {count(end)} of {count(store.end)}
        {row && row.time > 0 && ` · ${clock(row.time)}`}
        {behind > 0 && ` · ${count(behind)} came since`}
      </output>
    </footer>
  );
}
