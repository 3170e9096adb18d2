/** What is shown, how it is connected, and how much there is. */
import { useEffect, useReducer, useState } from "preact/hooks";
import type { Store } from "../model/store.js";
import { THEMES, type Theme, applyTheme, storedTheme } from "./theme.js";
import { Chooser } from "./chooser.js";
import { bytes, count } from "./words.js";

const STATES = {
  none: ["", "Nothing open"],
  connecting: ["waiting", "Connecting"],
  "catching-up": ["waiting", "Catching up"],
  live: ["good", "Live"],
  reading: ["waiting", "Reading"],
  read: ["good", "Read to its end"],
  broken: ["bad", ""],
} as const;

export function Bar({ store, open }: { readonly store: Store; readonly open: (files: readonly File[]) => void }) {
  const [mood, words] = STATES[store.connection];
  const retries = store.connection === "broken" && location.protocol !== "file:";
  return (
    <header class="bar">
      <h1>strictframe</h1>
      {store.source && (
        <span class="source" title={store.source.name}>
          <span class="quiet">{store.source.kind} </span>
          {store.source.name}
        </span>
      )}
      <span class={`state ${mood}`} role="status" id="connection">
        {mood && <span class="dot" aria-hidden="true" />}
        {words || `${store.connectionWords}${retries ? "; trying again" : ""}`}
      </span>
      <dl class="figures">
        <Figure name="events" id="count-events" value={count(store.end)} />
        <Figure name="per second" value={<Rate store={store} />} />
        <Figure name="frames" value={count(store.traffic.frames)} />
        <Figure name="received" value={bytes(store.traffic.bytes)} />
        <Figure name="refused" id="count-refused" value={count(store.counts.refused)} bad={store.counts.refused > 0} />
        <Figure name="gaps" id="count-gaps" value={count(store.counts.gap)} bad={store.counts.gap > 0} />
        <Figure name="duplicates" id="count-duplicates" value={count(store.counts.duplicate)} bad={store.counts.duplicate > 0} />
      </dl>
      {location.protocol !== "file:" && store.connection.startsWith("read") && (
        <button type="button" onClick={() => location.reload()}>
          Back to what is served
        </button>
      )}
      <Chooser id="file" words="Open a file" open={open} />
      <ThemeChoice />
    </header>
  );
}

function Figure({ name, id, value, bad = false }: { readonly name: string; readonly id?: string; readonly value: preact.ComponentChildren; readonly bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd id={id} class={bad ? "bad" : ""}>
        {value}
      </dd>
    </div>
  );
}

/** It also changes when nothing comes. */
function Rate({ store }: { readonly store: Store }) {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => draw(undefined), 1000);
    return () => clearInterval(timer);
  }, []);
  return <>{count(store.traffic.rate(performance.now()))}</>;
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const choose = (chosen: Theme): void => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <label class="theme">
      <span class="hidden">Colours</span>
      <select id="theme" value={theme} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
