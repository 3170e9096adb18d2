/** A value, member by member. */
import { useState } from "preact/hooks";
import { hexOf, short, utf8Of } from "../shared/text.js";

export type Mark = "added" | "changed" | "removed";

interface Properties {
  readonly name: string;
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
  /** What became of the values at these paths. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** How many levels are open at first. */
  readonly open: number;
}

export function Tree({ value, marks = NONE, open = 2, label }: { readonly value: unknown; readonly marks?: ReadonlyMap<string, Mark>; readonly open?: number; readonly label: string }) {
  return (
    <div class="tree" role="group" aria-label={label}>
      <Branch name="" value={value} path="" depth={0} marks={marks} open={open} />
    </div>
  );
}

function Branch({ name, value: given, path, depth, marks, open }: Properties) {
  const value = given instanceof Uint8Array ? ofBytes(given) : given;
  const isBranch = typeof value === "object" && value !== null;
  const isTouched = [...marks.keys()].some((marked) => marked.startsWith(`${path}/`));
  const [chosen, setChosen] = useState<boolean | null>(null);
  const [most, setMost] = useState(100);
  const mark = marks.get(path);
  const label = name !== "" && (
    <span class="tree-name">
      {name}
      <span class="quiet">: </span>
    </span>
  );
  const sign = mark && <span class={`tag ${mark}`}>{mark}</span>;
  if (!isBranch) {
    return (
      <div class={`leaf ${mark ?? ""}`}>
        {label}
        <span class={`value-${value === null ? "null" : typeof value}`}>{typeof value === "string" ? value : String(value)}</span>
        {sign}
      </div>
    );
  }
  const isList = Array.isArray(value);
  const members = Object.entries(value);
  const isOpen = chosen ?? (depth < open || isTouched);
  const inside = isList ? `[${members.length}]` : `{${members.length}}`;
  const within = { depth: depth + 1, marks, open };
  return (
    <div class={`branch ${mark ?? ""}`}>
      {depth > 0 && (
        <button type="button" class="twist" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
          <span aria-hidden="true" class="arrow">
            {isOpen ? "▾" : "▸"}
          </span>
          {label}
          <span class="quiet">{isOpen ? inside : short(JSON.stringify(value) ?? inside, 60)}</span>
        </button>
      )}
      {depth === 0 && members.length === 0 && <span class="quiet">{isList ? "an empty list" : "empty"}</span>}
      {depth > 0 && sign}
      {isOpen && (
        <div class={depth > 0 ? "within" : ""}>
          {members.slice(0, most).map(([member, inner]) => (
            <Branch key={member} name={member} value={inner} path={`${path}/${escaped(member)}`} {...within} />
          ))}
          {members.length > most && (
            <button type="button" onClick={() => setMost(most + 500)}>
              {members.length - most} more
            </button>
          )}
        </div>
      )}
    </div>
  );
}

/** A member's name in a JSON pointer. */
function escaped(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Bytes as what they most likely are to a reader: JSON, text, or hexadecimal. */
function ofBytes(bytes: Uint8Array): unknown {
  const text = utf8Of(bytes);
  if (text === null || /[\0-\x08\x0e-\x1f]/.test(text)) return short(hexOf(bytes.subarray(0, 256)), 512);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const NONE: ReadonlyMap<string, Mark> = new Map();
