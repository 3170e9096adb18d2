/** The whole page. */
import { useEffect, useReducer, useState } from "preact/hooks";
import type { Link } from "../link.js";
import type { Question } from "../model/filter.js";
import type { Store } from "../model/store.js";
import { Bar } from "./bar.js";
import { Detail } from "./detail.js";
import { Empty } from "./empty.js";
import { Events } from "./events.js";
import { Moments } from "./moments.js";
import { RunView } from "./run.js";
import { Tabs } from "./tabs.js";
import { Threads } from "./threads.js";
import { TrafficView } from "./traffic.js";
import { Troubles } from "./troubles.js";

const TABS = ["Run", "Events", "Traffic", "Problems"] as const;
type Tab = (typeof TABS)[number];

export function App({ store, link }: { readonly store: Store; readonly link: Link }) {
  const [, draw] = useReducer((drawn: number) => drawn + 1, 0);
  const [tab, setTab] = useState<Tab>("Run");
  const [selected, setSelected] = useState<number | null>(null);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => store.subscribe(() => draw(undefined)), [store]);
  useDrop(link, setIsOver);

  const question = store.hits.question;
  // Of the question as it is then: two changes may come before the page is drawn again.
  const ask = (changed: Partial<Question>): void => store.ask({ ...store.hits.question, ...changed });
  const { refused, gap, duplicate, lost, missed, error } = store.counts;
  const problems = refused + gap + duplicate + lost + missed + error;
  const isEmpty = store.end === 0 && problems === 0;
  const row = selected === null || tab === "Traffic" || tab === "Problems" ? undefined : store.row(selected);
  return (
    <div class={`page ${isOver ? "drop" : ""}`}>
      <Bar store={store} open={(files) => link.open(files)} />
      {isEmpty ? (
        <Empty store={store} open={(files) => link.open(files)} />
      ) : (
        <div class={`body ${row ? "with-detail" : ""}`}>
          <Threads store={store} chosen={question.thread} choose={(thread) => ask({ thread })} />
          <main>
            <Tabs names={TABS} chosen={tab} choose={setTab} badges={{ Problems: problems }} />
            <div class="panel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
              {tab === "Run" && <RunView store={store} thread={question.thread} choose={(thread) => ask({ thread })} selected={selected} select={setSelected} />}
              {tab === "Events" && <Events store={store} ask={ask} selected={selected} select={setSelected} />}
              {tab === "Traffic" && <TrafficView store={store} />}
              {tab === "Problems" && <Troubles store={store} />}
            </div>
          </main>
          {row && <Detail key={row.n} row={row} link={link} close={() => setSelected(null)} />}
        </div>
      )}
      {!isEmpty && <Moments store={store} />}
    </div>
  );
}

/** Takes a file that is dropped anywhere on the page. */
function useDrop(link: Link, setIsOver: (is: boolean) => void): void {
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setIsOver(false);
      link.open([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener("dragover", over);
    addEventListener("dragleave", leave);
    addEventListener("drop", drop);
    return () => {
      removeEventListener("dragover", over);
      removeEventListener("dragleave", leave);
      removeEventListener("drop", drop);
    };
  }, [link, setIsOver]);
}
