/** What the worker and the page say to each other. */

/** A record, as one line of what happened. */
export interface Row {
  /** Its number among all that came; the page gives it. */
  n: number;
  /** What it is, by the name of its kind. */
  readonly kind: RowKind;
  /** What it says that happened, in words. */
  readonly label: string;
  readonly thread: string;
  /** The node it belongs to; of a record that does not say, the one that runs. */
  node: string;
  /** Microseconds since 1970-01-01T00:00:00Z; 0 where it is not said. */
  readonly time: number;
  readonly sequence: string;
  /** What it is about, in one line. */
  readonly text: string;
  readonly frame: FrameFacts;
  /** Its index in the frame. */
  readonly record: number;
  /** What it changes in the picture of its thread; gone once the page has taken it. */
  step: Step | null;
}

export const ROW_KINDS = ["event", "token", "tool", "state", "checkpoint", "metrics", "error", "trace", "record"] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** A frame of records, and what it says of itself. */
export interface FrameFacts {
  readonly bytes: Uint8Array;
  readonly kind: string;
  readonly codec: string;
  readonly schema: string;
  readonly lineage: string;
  readonly version: number;
  readonly bodyLen: number;
  readonly rawLen: number;
  readonly records: number;
  readonly unknownFields: number;
  readonly dictionary: string;
  readonly sequence: string;
  readonly epoch: string;
  /** Nanoseconds since 1970-01-01T00:00:00Z, in decimal. */
  readonly time: string;
  readonly streamKey: string;
  readonly messageId: string;
  readonly trace: string;
  readonly checksum: string;
}

export type Moment = "begin" | "end" | "fail" | "retry";
export type SpanKind = "graph" | "node" | "model" | "tool";

/** What a record changes. */
export type Step =
  | { readonly is: "mark"; readonly span: SpanKind; readonly moment: Moment; readonly node: string; readonly name: string; readonly id: string; readonly duration: number; readonly tokens: number; readonly error: string }
  | { readonly is: "waiting"; readonly waits: boolean }
  | { readonly is: "tokens"; readonly call: string; readonly model: string; readonly index: number; readonly text: string; readonly final: boolean }
  | { readonly is: "state"; readonly change: StateChange }
  | { readonly is: "failed"; readonly message: string };

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

export interface Operation {
  readonly op: "add" | "remove" | "replace" | "move" | "copy" | "test";
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** What became of a change of the state. */
export type Verdict = "verified" | "mismatch" | "no-base" | "refused";

export interface StateChange {
  readonly verdict: Verdict;
  /** Why it was not taken; empty where it was. */
  readonly why: string;
  /** SHA-256 as it was sent, in hexadecimal. */
  readonly hash: string;
  /** The whole state, where it was sent. */
  readonly whole?: Json;
  readonly operations: readonly Operation[];
}

/** Something that was not taken, or that is not as it should be. */
export interface Trouble {
  /** Its number among troubles; the page gives it. */
  id: number;
  /** How many records the page had when it came. */
  n: number;
  readonly sort: "refused" | "gap" | "duplicate" | "lost" | "missed" | "notice" | "error";
  /** The code and the name of a refusal, or a name alone. */
  readonly code: string;
  readonly name: string;
  readonly clauses: readonly string[];
  /** The file or partition. */
  readonly log: string;
  /** Where, in decimal; empty where nobody knows. */
  readonly offset: string;
  readonly message: string;
  readonly help: string;
  readonly bytes: Uint8Array;
  /** Which of `bytes` it is about; -1 for none. */
  readonly at: number;
  /** What stands beside it where it is counted: frames that are missing. */
  readonly count: number;
  /** How often the same came in a row. */
  times: number;
}

export interface Source {
  readonly kind: string;
  readonly name: string;
}

export type Connection = "none" | "connecting" | "catching-up" | "live" | "reading" | "read" | "broken";

/** What the worker says. */
export type Told =
  | { readonly type: "rows"; readonly rows: readonly Row[]; readonly frames: readonly FrameFacts[]; readonly troubles: readonly Trouble[]; readonly again: number; readonly cursors: readonly Cursor[] }
  | { readonly type: "state"; readonly connection: Connection; readonly words: string }
  | { readonly type: "source"; readonly source: Source }
  | { readonly type: "record"; readonly id: number; readonly value: unknown; readonly refused: string };

/** What the page asks. */
export type Asked =
  | { readonly type: "connect"; readonly url: string }
  | { readonly type: "open"; readonly files: readonly File[] }
  | { readonly type: "taken" }
  | { readonly type: "record"; readonly id: number; readonly bytes: Uint8Array; readonly record: number };

export interface Cursor {
  readonly log: string;
  readonly stream?: string;
  readonly offset: string;
}
