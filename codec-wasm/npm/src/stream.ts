import { type StrictframeError } from "./error.js";
import { Frame, keep } from "./frame.js";
import { compiledModule } from "./load.js";
import { type Bytes, bytesOf, lost } from "./module.js";
import type { DecoderOptions } from "./options.js";
import { type Decoded, Records } from "./records.js";
import * as report from "./report.js";
import { Running } from "./running.js";
import { teach } from "./teach.js";

/** The settings of a stream. */
export interface StreamOptions extends Omit<DecoderOptions, "records"> {
  /** Records as values (the default), as their bytes, or none: then frames are verified, and neither judged nor decompressed. */
  readonly records?: "values" | "bytes" | "none";
  /**
   * What the bytes are: a `stream` that brings its schemas, as files do (the default); a `bare` stream, whose schemas may be known from elsewhere;
   * or `frames` one after another, with no SYNC and no END.
   */
  readonly form?: "stream" | "bare" | "frames";
}

/** A frame of a stream; control frames have no records. */
export interface StreamFrame<T = unknown> {
  readonly frame: Frame;
  /** Where it starts, from the first byte. */
  readonly start: number;
  readonly outcome: Decoded["outcome"];
  readonly records: T[] | null;
  readonly unknownFields: number;
}

/**
 * Reads frames of bytes that come in any pieces.
 *
 * Push a piece, then take frames with `next` or a loop until there are no more; after the last piece call `end`, and take what is left.
 * What is given before END is provisional: a later error can still show that frames are missing or were moved. After an error every call throws it again.
 *
 * Its memory grows to the largest frame that came, which the limits bound, and is given back when nothing refers to it any more.
 */
export class FrameStream<T = unknown> implements Iterable<StreamFrame<T>> {
  readonly #running: Running;
  readonly #stream: number;
  readonly #at: number;
  readonly #records: Records;
  readonly #depth: number;
  #eof = false;
  #ended = false;
  #failed: StrictframeError | undefined;

  constructor(options: StreamOptions = {}, module: WebAssembly.Module = compiledModule()) {
    this.#running = new Running(module, options.limits);
    teach(this.#running, options);
    const { exports } = this.#running.room;
    try {
      this.#stream = exports.stream_new(this.#running.decoder, FORMS.indexOf(options.form ?? "stream")) >>> 0;
      this.#at = exports.stream_report(this.#stream) >>> 2;
    } catch (error) {
      throw lost(error);
    }
    this.#depth = DEPTHS.indexOf(options.records ?? "values");
    this.#records = new Records(options);
  }

  /** Puts in the next piece. */
  push(piece: Bytes): void {
    if (this.#eof) throw new RangeError("a piece behind the end");
    const bytes = bytesOf(piece);
    if (bytes.length === 0) return;
    this.#guard(() => {
      const { room } = this.#running;
      const start = room.exports.stream_room(this.#stream, bytes.length) >>> 0;
      if (start === 0) throw room.refusal(this.#at);
      room.look();
      room.bytes.set(bytes, start);
      room.exports.stream_took(this.#stream, bytes.length);
    });
  }

  /** Says that nothing follows. */
  end(): void {
    this.#eof = true;
  }

  /** The next frame, or null where more bytes are needed or the end was reached. */
  next(): StreamFrame<T> | null {
    if (this.#ended) return null;
    return this.#guard(() => {
      const { room } = this.#running;
      const answer = room.exports.stream_step(this.#stream, this.#eof ? 1 : 0, this.#depth);
      if (answer === 0) throw room.refusal(this.#at);
      this.#ended = answer === 3;
      return answer === 1 ? this.#frame() : null;
    });
  }

  /** Whether the end was reached, and all is as it was written. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The memory it has, in bytes. */
  get memory(): number {
    return this.#running.room.memory.buffer.byteLength;
  }

  *[Symbol.iterator](): Iterator<StreamFrame<T>> {
    for (let frame = this.next(); frame; frame = this.next()) yield frame;
  }

  #frame(): StreamFrame<T> {
    const { room } = this.#running;
    const at = this.#at;
    room.look();
    const { words } = room;
    const address = words[at + report.FRAME] as number;
    const bytes = room.bytes.slice(address, address + (words[at + report.FRAME_LEN] as number));
    const start = (words[at + report.START + 1] as number) * 2 ** 32 + (words[at + report.START] as number);
    if ((words[at + report.KIND] as number) >= 3 || this.#depth === 0) {
      return { frame: new Frame(keep(words, at), bytes), start, outcome: null, records: null, unknownFields: 0 };
    }
    const shapes = (reading: number): void => room.exports.stream_shapes?.(this.#stream, reading);
    return { ...(this.#records.decoded(room, at, bytes, shapes) as Decoded<T>), start };
  }

  #guard<R>(call: () => R): R {
    if (this.#failed) throw this.#failed;
    try {
      return call();
    } catch (error) {
      this.#failed = lost(error);
      throw this.#failed;
    }
  }
}

/** Frames of a source of pieces, such as the body of a `Response`. */
export async function* framesOf<T = unknown>(source: AsyncIterable<Bytes>, options: StreamOptions = {}): AsyncGenerator<StreamFrame<T>> {
  const stream = new FrameStream<T>(options);
  for await (const piece of source) {
    stream.push(piece);
    yield* stream;
  }
  stream.end();
  yield* stream;
}

const DEPTHS: readonly string[] = ["none", "bytes", "values"];
const FORMS: readonly string[] = ["frames", "stream", "bare"];
