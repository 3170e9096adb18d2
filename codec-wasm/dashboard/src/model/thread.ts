/** What a thread did: its runs with their spans, what its models said, and its states. Everything knows at which row it came, so that any moment can be shown. */
import { patched } from "../shared/states.js";
import type { Json, Row, SpanKind, StateChange, Step } from "../shared/words.js";
import { countBefore, lastBefore } from "./sorted.js";

export type Status = "running" | "waiting" | "done" | "failed" | "open";

export interface Span {
  readonly kind: SpanKind;
  name: string;
  readonly id: string;
  readonly depth: number;
  readonly parent: Span | null;
  /** Microseconds, and the rows that tell of its beginning and end; infinity where it has not ended. */
  readonly started: number;
  readonly from: number;
  ended: number;
  until: number;
  failed: boolean;
  error: string;
  tokens: number;
  readonly retries: number[];
}

export interface Run {
  readonly from: number;
  readonly spans: Span[];
}

export interface Call {
  readonly id: string;
  model: string;
  readonly node: string;
  readonly from: number;
  /** Where the text of each row ends. */
  ends: { readonly n: number; readonly end: number; readonly index: number }[];
  text: string;
  /** The row that ends it; infinity where none has. */
  until: number;
  /** Tokens that did not come, by their numbers. */
  missing: number;
}

export interface StateAt {
  readonly n: number;
  /** The last state that was verified, and the one before it. */
  readonly state: Json | undefined;
  readonly before: Json | undefined;
  readonly change: StateChange;
}

type Mark = Extract<Step, { is: "mark" }>;

export class Thread {
  readonly name: string;
  readonly runs: Run[] = [];
  readonly calls: Call[] = [];
  readonly states: StateAt[] = [];
  readonly statuses: { readonly n: number; readonly status: Status }[] = [];
  readonly nodes: { readonly n: number; readonly node: string }[] = [];
  /** The rows it has, by number. */
  readonly rows: number[] = [];
  lastTime = 0;
  lastAt = 0;
  readonly #open: Span[] = [];
  readonly #callsById = new Map<string, Call>();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes a row, and gives it the node that runs where it names none. */
  take(row: Row, at: number): void {
    this.rows.push(row.n);
    this.lastTime = Math.max(this.lastTime, row.time);
    this.lastAt = at;
    const step = row.step;
    row.step = null;
    if (row.node === "") row.node = this.#running();
    if (this.statuses.length === 0) this.#status(row.n, "open");
    switch (step?.is) {
      case "mark":
        this.#mark(row, step);
        break;
      case "tokens":
        this.#tokens(row, step);
        break;
      case "state":
        this.#state(row, step.change);
        break;
      case "waiting":
        this.#status(row.n, step.waits ? "waiting" : "running");
        break;
    }
  }

  statusAt(n: number): Status {
    return lastBefore(this.statuses, n, (it) => it.n)?.status ?? "open";
  }

  runAt(n: number): Run | undefined {
    return lastBefore(this.runs, n, (it) => it.from);
  }

  nodeAt(n: number): string {
    return lastBefore(this.nodes, n, (it) => it.n)?.node ?? "";
  }

  stateAt(n: number): StateAt | undefined {
    return lastBefore(this.states, n, (it) => it.n);
  }

  /** Lets go of what came before row `n`, but for the last state. */
  forget(n: number): void {
    drop(this.rows, n, (it) => it);
    for (const run of this.runs) {
      // What is open is still to end, and a graph holds what is in it.
      const kept = run.spans.filter((span) => span.until >= n || span.kind === "graph");
      if (kept.length < run.spans.length) run.spans.splice(0, run.spans.length, ...kept);
    }
    drop(this.runs, n, (run) => run.spans.reduce((last, span) => Math.max(last, span.until), run.from));
    drop(this.calls, n, lastOf);
    for (const call of this.calls) shorten(call, n);
    if (this.states.length > 1) drop(this.states, Math.min(n, this.states.at(-1)?.n ?? n), (it) => it.n);
    if (this.statuses.length > 1) drop(this.statuses, Math.min(n, this.statuses.at(-1)?.n ?? n), (it) => it.n);
    if (this.nodes.length > 1) drop(this.nodes, Math.min(n, this.nodes.at(-1)?.n ?? n), (it) => it.n);
    for (const [id, call] of this.#callsById) if (lastOf(call) < n) this.#callsById.delete(id);
  }

  #status(n: number, status: Status): void {
    if (this.statuses.at(-1)?.status !== status) this.statuses.push({ n, status });
  }

  #running(): string {
    return this.#open.findLast((span) => span.kind === "node")?.name ?? "";
  }

  #mark(row: Row, mark: Mark): void {
    const begins = mark.moment === "begin";
    if (mark.span === "graph" && begins && !this.#open.some((span) => span.kind === "graph")) {
      // What is still open belongs to a run that never told its end.
      this.#open.length = 0;
      this.runs.push({ from: row.n, spans: [] });
    }
    if (this.runs.length === 0) this.runs.push({ from: row.n, spans: [] });
    let span = this.#find(mark);
    if (!span) {
      if (mark.moment === "retry") return;
      span = this.#begin(row, mark);
    } else if (mark.name !== "" && span.name === "") span.name = mark.name;
    if (mark.moment === "retry") {
      span.retries.push(row.n);
      this.#reopen(span);
    } else if (!begins) this.#end(row, mark, span);
    if (mark.span === "graph" && span.parent === null) this.#status(row.n, begins ? "running" : mark.moment === "fail" ? "failed" : "done");
    else if (this.statusAt(row.n) === "open" && begins) this.#status(row.n, "running");
    if (mark.span === "node") {
      const node = this.#running();
      if (this.nodes.at(-1)?.node !== node) this.nodes.push({ n: row.n, node });
    }
  }

  /** The span that a mark is of: that of its id, or the last one of its name to begin that has not ended. */
  #find({ span: kind, moment, id, name, node }: Mark): Span | undefined {
    if (id !== "" && kind !== "graph") {
      const open = this.#open.findLast((span) => span.kind === kind && span.id === id);
      if (open || moment === "begin") return open;
      // A retry of a call that had failed.
      return moment === "retry" ? this.runs.at(-1)?.spans.findLast((span) => span.kind === kind && span.id === id) : undefined;
    }
    if (moment === "begin") return undefined;
    const called = kind === "node" ? node : name;
    return this.#open.findLast((span) => span.kind === kind && (kind === "graph" || span.name === called || called === ""));
  }

  #begin(row: Row, { span: kind, id, name, node, duration, moment }: Mark): Span {
    const isCall = kind === "model" || kind === "tool";
    const named = isCall && node !== "" ? this.#open.findLast((span) => span.kind === "node" && span.name === node) : undefined;
    const parent = named ?? this.#open.findLast((span) => (isCall ? span.kind === "node" || span.kind === "graph" : span.kind === "graph")) ?? null;
    const started = moment === "begin" ? row.time : row.time - duration;
    const span: Span = { kind, id, name: kind === "node" ? node : name, depth: parent ? parent.depth + 1 : 0, parent, started, from: row.n, ended: Infinity, until: Infinity, failed: false, error: "", tokens: 0, retries: [] };
    this.runs.at(-1)?.spans.push(span);
    this.#open.push(span);
    return span;
  }

  #reopen(span: Span): void {
    span.ended = span.until = Infinity;
    span.failed = false;
    if (!this.#open.includes(span)) this.#open.push(span);
  }

  #end(row: Row, { moment, tokens, error }: Mark, span: Span): void {
    span.ended = row.time;
    span.until = row.n;
    span.failed = moment === "fail";
    span.error = error;
    if (tokens > 0) span.tokens = tokens;
    const at = this.#open.indexOf(span);
    if (at >= 0) this.#open.splice(at, 1);
    if (span.kind === "graph" && span.parent === null) this.#open.length = 0;
  }

  #tokens(row: Row, { call: id, model, index, text, final }: Extract<Step, { is: "tokens" }>): void {
    let call = this.#callsById.get(id);
    const last = call?.ends.at(-1)?.index ?? -1;
    // An id that is used again, behind its last token, is another call.
    if (!call || (call.until !== Infinity && index <= last)) {
      call = { id, model, node: row.node, from: row.n, ends: [], text: "", until: Infinity, missing: 0 };
      this.#callsById.set(id, call);
      this.calls.push(call);
    }
    if (call.model === "") call.model = model;
    const expected = (call.ends.at(-1)?.index ?? -1) + 1;
    if (index > expected) call.missing += index - expected;
    call.text += text;
    call.ends.push({ n: row.n, end: call.text.length, index });
    if (final) call.until = row.n;
  }

  #state(row: Row, change: StateChange): void {
    const before = this.states.at(-1)?.state;
    let state = before;
    if (change.verdict === "verified") state = change.whole !== undefined ? change.whole : patched(before ?? null, change.operations);
    this.states.push({ n: row.n, state, before, change });
  }
}

/** The text of a call as it was before row `n`. */
export function textAt(call: Call, n: number): string {
  const end = lastBefore(call.ends, n, (it) => it.n)?.end ?? 0;
  return call.text.slice(0, end);
}

/** The row of the last token of a call that came. */
function lastOf(call: Call): number {
  return call.ends.at(-1)?.n ?? call.from;
}

/** Lets go of the text of a call that came before row `n`. */
function shorten(call: Call, n: number): void {
  const gone = countBefore(call.ends, n, (it) => it.n);
  const cut = call.ends[gone - 1]?.end;
  if (cut === undefined) return;
  call.text = call.text.slice(cut);
  call.ends = call.ends.slice(gone).map((it) => ({ ...it, end: it.end - cut }));
}

function drop<T>(list: T[], n: number, numberOf: (item: T) => number): void {
  const kept = list.findIndex((item) => numberOf(item) >= n);
  list.splice(0, kept < 0 ? list.length : kept);
}
