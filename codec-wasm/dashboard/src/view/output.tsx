/** What the models say, word by word. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { countBefore } from "../model/sorted.js";
import { type Thread, textAt } from "../model/thread.js";
import { plural } from "./words.js";

export function Output({ thread, end, isLive }: { readonly thread: Thread; readonly end: number; readonly isLive: boolean }) {
  const [most, setMost] = useState(30);
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const shown = countBefore(thread.calls, end, (call) => call.from);
  const first = Math.max(0, shown - most);
  useLayoutEffect(() => {
    const element = box.current;
    if (element && isLive && isAtEnd.current) element.scrollTop = element.scrollHeight;
  });
  return (
    <section class="output" aria-label="What the models say">
      <header>
        <h2>Model output</h2>
        <span class="quiet">{plural(shown, "call")}</span>
      </header>
      <div
        class="scroll"
        id="output"
        ref={box}
        tabIndex={0}
        role="region"
        aria-label="Text of the models"
        onScroll={({ currentTarget: it }) => {
          isAtEnd.current = it.scrollTop + it.clientHeight >= it.scrollHeight - 8;
        }}
      >
        {first > 0 && (
          <button type="button" onClick={() => setMost(most + 100)}>
            {plural(first, "earlier call")}
          </button>
        )}
        {shown === 0 && <p class="quiet">No tokens yet.</p>}
        {thread.calls.slice(first, shown).map((call) => {
          const isOpen = call.until >= end;
          return (
            <article key={call.from} class="call">
              <h3>
                {call.node || "?"} <span class="quiet">{`${call.model} · ${call.id}`}</span>
              </h3>
              <p>
                {textAt(call, end)}
                {isOpen && <span class="caret" aria-hidden="true" />}
              </p>
              {call.missing > 0 && <p class="bad">{plural(call.missing, "token")} did not come</p>}
            </article>
          );
        })}
      </div>
    </section>
  );
}
