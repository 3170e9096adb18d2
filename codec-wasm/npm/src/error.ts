/** What a refusal says beside its code; everything that does not apply is absent. */
export interface Details {
  /** The byte it is about, as a number of the input, or of what `in` names. */
  readonly offset?: number;
  /** What the offset counts in: the decompressed payload, a record or a descriptor instead of the input. */
  readonly in?: "raw" | "record" | "descriptor";
  /** Where the frame concerned starts in its stream. */
  readonly frame?: number;
  /** Of `Truncated` the bytes present, of `LimitExceeded` what was asked for. */
  readonly have?: number;
  /** Of `Truncated` the bytes needed, of `LimitExceeded` what is accepted. */
  readonly need?: number;
  /** Of `BadMagic`, what the bytes look like. */
  readonly looksLike?: string;
  /** The index of the record in its batch. */
  readonly record?: number;
}

/** The one error of this package: a stable code, the byte it is about, and the clause of the specification. */
export class StrictframeError extends Error implements Details {
  /** The code of the registry, such as `SF-0313`. */
  readonly code: string;
  /** Its name, such as `FrameCrc`. */
  override readonly name: string;
  /** The clause that is broken, such as `FRM-14`; empty where no clause is about it. */
  readonly clause: string;
  declare readonly offset?: number;
  declare readonly in?: "raw" | "record" | "descriptor";
  declare readonly frame?: number;
  declare readonly have?: number;
  declare readonly need?: number;
  declare readonly looksLike?: string;
  declare readonly record?: number;

  constructor(code: string, name: string, clause: string, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.name = name;
    this.clause = clause;
    Object.assign(this, details);
  }

  /** The same without its class, to be sent to another thread. */
  toJSON(): StrictframeErrorData {
    const { code, name, clause, message } = this;
    const details: Record<string, unknown> = {};
    for (const member of DETAILS) if (this[member] !== undefined) details[member] = this[member];
    return { code, name, clause, message, ...details };
  }

  /** The error that `toJSON` made the data of. */
  static from({ code, name, clause, message, ...details }: StrictframeErrorData): StrictframeError {
    return new StrictframeError(code, name, clause, message, details);
  }
}

/** An error as plain data. */
export interface StrictframeErrorData extends Details {
  readonly code: string;
  readonly name: string;
  readonly clause: string;
  readonly message: string;
}

/** The error that the module's text says: one line for each member, the message last. */
export function errorOf(text: string): StrictframeError {
  const [code = "", name = "", clause = "", offset, place, frame, have, need, looksLike, record, ...message] = text.split("\n");
  const details: Record<string, unknown> = {};
  const set = (name: string, text: string | undefined, read: (text: string) => unknown): void => {
    if (text) details[name] = read(text);
  };
  set("offset", offset, Number);
  set("in", place, String);
  set("frame", frame, Number);
  set("have", have, Number);
  set("need", need, Number);
  set("looksLike", looksLike, String);
  set("record", record, Number);
  return new StrictframeError(`SF-${code.padStart(4, "0")}`, name, clause, message.join("\n"), details);
}

/** The input is not what bytes are given in; a text message of a WebSocket, for example. */
export function notBytes(input: unknown): StrictframeError {
  const found = typeof input === "string" ? "a text" : input === null ? "null" : `of type ${typeof input}`;
  return new StrictframeError("SF-0915", "NotBytes", "", `the input is ${found}, and a frame is bytes: give a Uint8Array or an ArrayBuffer`);
}

/** The module stopped in the middle of a call. */
export function instanceLost(cause: unknown): StrictframeError {
  const error = new StrictframeError("SF-0914", "InstanceLost", "LIM-2", "the module had no memory left for this message; it was started anew");
  error.cause = cause;
  return error;
}

const DETAILS = ["offset", "in", "frame", "have", "need", "looksLike", "record"] as const;
