/** What was refused, what is missing, and what came twice. */
import { useState } from "preact/hooks";
import type { Store } from "../model/store.js";
import type { Trouble } from "../shared/words.js";
import { Coded } from "./coded.js";
import { Hexdump } from "./hexdump.js";
import { List } from "./list.js";
import { count, plural } from "./words.js";

const SORTS: readonly (readonly [Trouble["sort"] | "", string])[] = [
  ["", "all"],
  ["refused", "refused"],
  ["gap", "gaps"],
  ["duplicate", "duplicates"],
  ["lost", "lost"],
  ["missed", "missed"],
  ["error", "errors"],
  ["notice", "notices"],
];

export function Troubles({ store }: { readonly store: Store }) {
  const [sort, setSort] = useState<Trouble["sort"] | "">("");
  const [selected, select] = useState<number | null>(null);
  const end = store.moment;
  const found = store.troubles.filter((it) => it.n <= end && (sort === "" ? true : it.sort === sort));
  const index = found.findIndex((it) => it.id === selected);
  const one = found[index] ?? found.find((it) => it.sort === "refused") ?? found[0];
  return (
    <section class="troubles" aria-label="Problems">
      <div class="filters">
        <div role="group" aria-label="Which problems">
          {SORTS.map(([name, words]) => {
            const number = name === "" ? Object.values(store.counts).reduce((sum, it) => sum + it) : store.counts[name];
            return (
              <button key={name} type="button" aria-pressed={sort === name} onClick={() => setSort(name)}>
                {words} <span class="quiet">{count(number)}</span>
              </button>
            );
          })}
        </div>
        {store.troubles[0] !== undefined && store.troubles[0].id > 0 && <span class="quiet">the newest {count(store.troubles.length)} are kept</span>}
        {store.again > 0 && <span class="quiet">{plural(store.again, "record")} came once more after the connection was lost, and were dropped</span>}
      </div>
      {found.length === 0 ? (
        <p class="quiet nothing">{sort === "" ? "Nothing was refused, nothing is missing, nothing came twice." : "None."}</p>
      ) : (
        <div class="sides">
          <List
            id="troubles"
            label="Problems"
            count={found.length}
            rowHeight={48}
            keyOf={(index) => found[index]?.id ?? -1}
            selected={one ? found.indexOf(one) : -1}
            onSelect={(index) => select(found[index]?.id ?? null)}
            row={(index) => {
              const it = found[index];
              return (
                it && (
                  <div class="trouble">
                    <span>
                      <span class={`tag sort-${it.sort}`}>{it.sort}</span> <strong>{it.code && `${it.code} `}{it.name}</strong>
                      {it.times > 1 && <span class="tag times">{`${count(it.times)} times`}</span>} <span class="quiet">{[it.log, it.offset && `at ${it.offset}`].filter(Boolean).join(", ")}</span>
                    </span>
                    <span class="trouble-words">{it.message}</span>
                  </div>
                )
              );
            }}
          />
          {one && <About trouble={one} />}
        </div>
      )}
    </section>
  );
}

function About({ trouble }: { readonly trouble: Trouble }) {
  const { code, name, log, offset, clauses, message, help, bytes, at } = trouble;
  const facts = [
    ["where", [log, offset && `byte ${offset}`].filter(Boolean).join(", ")],
    ["wrong byte", at >= 0 ? `${at} from there` : ""],
    ["clause", clauses.join(", ")],
    ["what to do", help],
  ].filter(([, text]) => text !== "");
  return (
    <div class="about scroll" tabIndex={0} role="region" aria-label="The problem">
      <h2>
        {code} {name}
      </h2>
      <p>{message}</p>
      <dl class="facts">
        {facts.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{name === "what to do" ? <Coded text={text ?? ""} /> : text}</dd>
          </div>
        ))}
      </dl>
      {bytes.length > 0 && <Hexdump bytes={bytes} at={at} />}
    </div>
  );
}
