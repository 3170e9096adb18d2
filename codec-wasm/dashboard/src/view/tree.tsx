/** A value, member by member. */
import { useMemo, useState } from "preact/hooks";
import { hexOf, short, utf8Of } from "../shared/text.js";

export type Mark = "added" | "changed" | "removed";

interface Properties {
  readonly name: string;
  readonly value: unknown;
  readonly path: string;
  readonly depth: number;
  /** What became of the values at these paths. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** The paths of what has such values in it. */
  readonly touched: ReadonlySet<string>;
  /** How many levels are open at first. */
  readonly open: number;
}

export function Tree({ value, marks = NONE, open = 2, label }: { readonly value: unknown; readonly marks?: ReadonlyMap<string, Mark>; readonly open?: number; readonly label: string }) {
  const touched = useMemo(() => new Set([...marks.keys()].flatMap(pathsAbove)), [marks]);
  return (
    <div class="tree" role="group" aria-label={label}>
      <Branch name="" value={value} path="" depth={0} marks={marks} touched={touched} open={open} />
    </div>
  );
}

function Branch({ name, value: given, path, depth, marks, touched, open }: Properties) {
  const value = given instanceof Uint8Array ? ofBytes(given) : given;
  const isBranch = typeof value === "object" && value !== null;
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
  const isOpen = chosen ?? (depth < open || touched.has(path));
  const inside = isList ? `[${members.length}]` : `{${members.length}}`;
  const within = { depth: depth + 1, marks, touched, open };
  return (
    <div class={`branch ${mark ?? ""}`}>
      {depth > 0 && (
        <div class="head">
          <button type="button" class="twist" aria-expanded={isOpen} onClick={() => setChosen(!isOpen)}>
            <span aria-hidden="true" class="arrow">
              {isOpen ? "▾" : "▸"}
            </span>
            {label}
            <span class="quiet">{isOpen ? inside : preview(value)}</span>
          </button>
          {sign}
        </div>
      )}
      {depth === 0 && members.length === 0 && <span class="quiet">{isList ? "an empty list" : "empty"}</span>}
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

/** What stands in a branch that is closed. */
function preview(value: object): string {
  const members = Array.isArray(value) ? value.slice(0, 8) : Object.fromEntries(Object.entries(value).slice(0, 8));
  return short(JSON.stringify(members, (_, it: unknown) => (it instanceof Uint8Array ? ofBytes(it) : it)), 200);
}

/** Every path above this one. */
function pathsAbove(path: string): string[] {
  const above = [];
  for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
    above.push(path.slice(0, at));
    if (at === 0) break;
  }
  return above;
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
