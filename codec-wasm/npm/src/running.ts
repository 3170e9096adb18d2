import { type StrictframeError } from "./error.js";
import { Frame, keep } from "./frame.js";
import { Room, lost } from "./module.js";
import type { Limits } from "./options.js";

/** An instance of the module with a decoder in it. */
export class Running {
  readonly room: Room;
  readonly decoder: number;
  /** Where the report is, in words. */
  readonly at: number;
  readonly shapes: (reading: number) => void;
  #input = 0;
  #inputLen = 0;

  constructor(module: WebAssembly.Module, { body, raw, schemas, dictionaries }: Limits = {}) {
    const limits = [u32(body, 4 << 20), u32(raw, 4 << 20), u32(schemas, 4096), u32(dictionaries, 16)] as const;
    try {
      this.room = new Room(module);
      const { exports } = this.room;
      this.decoder = exports.decoder_new(...limits) >>> 0;
      this.at = exports.decoder_report(this.decoder) >>> 2;
      this.shapes = (reading) => exports.decoder_shapes?.(this.decoder, reading);
    } catch (error) {
      throw lost(error);
    }
  }

  /** Puts bytes where the module reads them. */
  put(bytes: Uint8Array): void {
    const { room } = this;
    if (bytes.length > this.#inputLen) {
      const len = Math.max(bytes.length, LEAST_INPUT);
      const start = room.exports.decoder_room(this.decoder, len) >>> 0;
      // What was there for input stays where it is.
      if (start === 0) throw room.refusal(this.at);
      this.#input = start;
      this.#inputLen = len;
    }
    room.look();
    room.bytes.set(bytes, this.#input);
  }

  /** Holds a dictionary. */
  hold(dictionary: Uint8Array): void {
    this.put(dictionary);
    this.answer(this.room.exports.decoder_add_dictionary(this.decoder, dictionary.length));
  }

  answer(answer: number): void {
    if (!answer) throw this.room.refusal(this.at);
  }
}

/** The instance that calls go to. One that has become too large is ended, and so is one that stopped; another is opened at the next call. */
export class Host {
  readonly #open: () => Running;
  readonly #keep: number;
  #running: Running | undefined;
  /** The one whose memory is looked at: no call goes to it, and when another one had to be opened it does not come back. */
  #lent: Running | undefined;

  constructor(open: () => Running, keep = KEEP) {
    this.#open = open;
    this.#keep = keep;
    // What it cannot be opened with is refused here and not at the first frame.
    this.#running = open();
  }

  /** Puts bytes into the module and calls it. Whatever ends the instance ends no more than this call. */
  call<R>(bytes: Uint8Array, call: (running: Running) => R): R {
    try {
      const running = (this.#running ??= this.#another());
      running.put(bytes);
      const result = call(running);
      if (running.room.bytes.length > this.#keep) this.release();
      return result;
    } catch (error) {
      const refused = lost(error);
      if (refused.code === LOST || this.memory > this.#keep) this.release();
      throw refused;
    }
  }

  /** The same, and has what was found used where it lies. */
  lend<F, R>(bytes: Uint8Array, call: (running: Running) => F, use: (found: F) => R): R {
    const found = this.call(bytes, call);
    const lent = this.#running;
    this.#lent = lent;
    this.#running = undefined;
    try {
      return use(found);
    } finally {
      if (lent && this.#lent === lent) {
        this.#running = lent;
        this.#lent = undefined;
      }
    }
  }

  /** Verifies a frame and says what it says without being decompressed. */
  peek(bytes: Uint8Array): Frame {
    return this.call(bytes, ({ room, decoder, at }) => {
      if (!room.exports.decoder_peek(decoder, bytes.length)) throw room.refusal(at);
      return new Frame(keep(room.words, at), bytes);
    });
  }

  /** In bytes. */
  get memory(): number {
    return this.#running?.room.memory.buffer.byteLength ?? 0;
  }

  release(): void {
    this.#running = undefined;
    this.#lent = undefined;
  }

  #another(): Running {
    this.#lent = undefined;
    return this.#open();
  }
}

function u32(given: number | undefined, otherwise: number): number {
  const number = given ?? otherwise;
  if (!(number >= 0)) throw new RangeError(`a limit is a number of bytes or a count, and not ${number}`);
  return Math.min(Math.floor(number), 0xffff_ffff);
}

const KEEP = 16 << 20;
const LEAST_INPUT = 4096;
const LOST: StrictframeError["code"] = "SF-0914";
