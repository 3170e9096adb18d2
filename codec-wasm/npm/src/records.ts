import { StrictframeError } from "./error.js";
import { Frame, type Outcome, keep, outcomeOf } from "./frame.js";
import { type Room, text } from "./module.js";
import { type Shape, Tape } from "./objects.js";
import type { DecoderOptions } from "./options.js";
import { pieces } from "./pieces.js";
import * as report from "./report.js";

/** A frame and what is in it. */
export interface Decoded<T = unknown> {
  readonly frame: Frame;
  /** How the schema was judged; null without a registry. */
  readonly outcome: Outcome | null;
  /** One record of a MESSAGE, several of a BATCH; values, or bytes where these were asked for. */
  readonly records: T[];
  /** How many fields of the records their descriptor does not have, at every depth. */
  readonly unknownFields: number;
}

const PROTOBUF = 1;
const JSON_TEXT = 2;

/** Reads the records that a report says. */
export class Records {
  readonly #tape: Tape;
  readonly #asBytes: boolean;
  /** Of each reading, once it was asked for. */
  readonly #shapes: (Shape | undefined)[] = [];

  constructor(options: Omit<DecoderOptions, "records"> & { readonly records?: string }) {
    this.#tape = new Tape(options);
    this.#asBytes = options.records === "bytes";
  }

  /** Whether the module is to write values. */
  get wantsValues(): boolean {
    return !this.#asBytes;
  }

  /** What was reported of shapes is no longer so. */
  forget(): void {
    this.#shapes.length = 0;
  }

  decoded(room: Room, at: number, bytes: Uint8Array, shapes: (reading: number) => void): Decoded {
    room.look();
    const words = room.words;
    const frame = new Frame(keep(words, at), bytes);
    const outcome = outcomeOf(words[at + report.OUTCOME] as number);
    const unknownFields = this.#asBytes ? 0 : (words[at + report.UNKNOWN] as number);
    return { frame, outcome, records: this.read(room, at, shapes), unknownFields };
  }

  read(room: Room, at: number, shapes: (reading: number) => void): unknown[] {
    if (this.#asBytes) return pieces(room, at);
    const words = room.words;
    const count = words[at + report.RECORDS] as number;
    const reading = words[at + report.SHAPES] as number;
    const encoding = words[at + report.ENCODING] as number;
    const place = placeOf(words, at);
    const shape = encoding === PROTOBUF ? (this.#shapes[reading] ?? this.#learn(room, at, reading, shapes)) : undefined;
    this.#open(room, place);
    const records: unknown[] = [];
    for (let index = 0; index < count; index++) {
      if (shape) records.push(this.#tape.message(shape));
      else if (encoding === JSON_TEXT) records.push(parsed(this.#tape.string(), index));
      else records.push(this.#tape.bytes());
    }
    return records;
  }

  #open({ words, bytes }: Room, { payload, tape, text, textLen }: Place): void {
    this.#tape.open(words, bytes, payload, tape >>> 2, textOf(bytes, text, textLen));
  }

  /** Has the module describe a reading, and makes its shapes. */
  #learn(room: Room, at: number, reading: number, shapes: (reading: number) => void): Shape | undefined {
    shapes(reading);
    room.look();
    this.#open(room, placeOf(room.words, at));
    return (this.#shapes[reading] = this.#tape.shapes());
  }
}

/** Where a payload, the tape of its values and their text lie. */
interface Place {
  readonly payload: number;
  readonly tape: number;
  readonly text: number;
  readonly textLen: number;
}

function placeOf(words: Uint32Array, at: number): Place {
  return { payload: words[at + report.PAYLOAD] as number, tape: words[at + report.TAPE] as number, text: words[at + report.TEXT] as number, textLen: words[at + report.TEXT + 1] as number };
}

/** Text of bytes that are known to be UTF-8. */
function textOf(bytes: Uint8Array, start: number, len: number): string {
  return len === 0 ? "" : text.decode(bytes.subarray(start, start + len));
}

function parsed(json: string, record: number): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    const error = new StrictframeError("SF-0801", "PayloadSyntax", "STR-1", `a record is not JSON: ${(cause as Error).message}`, { in: "record", record });
    error.cause = cause;
    throw error;
  }
}
