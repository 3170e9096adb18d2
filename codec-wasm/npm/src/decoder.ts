import { Frame, type Outcome, defines, keep, outcomeOf } from "./frame.js";
import { compiledModule } from "./load.js";
import { type Bytes, bytesOf } from "./module.js";
import type { DecoderOptions, Limits } from "./options.js";
import { pieces } from "./pieces.js";
import { type Decoded, Records } from "./records.js";
import * as report from "./report.js";
import { Host, Running } from "./running.js";
import { teach } from "./teach.js";

/** What `take` finds: records, or a control frame, of which SCHEMA and DICT are learnt. */
export type Taken<T = unknown> = Decoded<T> | { readonly frame: Frame; readonly records: null };

/** Decodes frames that come one by one, each whole: messages of a WebSocket, records of Kafka, bodies of HTTP. */
export class Decoder<T = unknown> {
  readonly #options: DecoderOptions;
  readonly #module: WebAssembly.Module;
  readonly #records: Records;
  readonly #host: Host;
  /** SCHEMA and DICT frames that were learnt, each once, by what they define: what a new instance is taught. */
  readonly #learnt = new Map<string, Uint8Array>();

  constructor(options: DecoderOptions = {}, module: WebAssembly.Module = compiledModule()) {
    this.#options = options;
    this.#module = module;
    this.#records = new Records(options);
    this.#host = new Host(() => this.#open(), options.keep);
  }

  /** Decodes a frame of records. Control frames are refused as `UnexpectedKind`. */
  decode(input: Bytes): Decoded<T> {
    return this.#decode(bytesOf(input), false) as Decoded<T>;
  }

  /** Decodes a frame of records, or learns what a SCHEMA or DICT frame brings. */
  take(input: Bytes): Taken<T> {
    return this.#decode(bytesOf(input), true) as Taken<T>;
  }

  /** The records of a frame alone, which is quicker where nothing else is asked for. */
  records(input: Bytes): T[] {
    const bytes = bytesOf(input);
    return this.#host.call(bytes, ({ room, decoder, at, shapes }) => {
      if (!room.exports.decoder_decode(decoder, bytes.length, this.#records.wantsValues ? 1 : 0)) throw room.refusal(at);
      room.look();
      return this.#records.read(room, at, shapes) as T[];
    });
  }

  /**
   * Gives the bytes of a frame's records to `use` where they lie in the module, and gives back what it gives: nothing is copied, which of a large payload
   * takes a third of the time. They are good until `use` returns, whatever it calls (an asynchronous function returns at its first
   * `await`); what is kept longer must be copied. What it throws is thrown on.
   */
  borrow<R>(input: Bytes, use: (records: readonly Uint8Array[]) => R): R {
    const bytes = bytesOf(input);
    return this.#host.lend(
      bytes,
      ({ room, decoder, at }) => {
        if (!room.exports.decoder_decode(decoder, bytes.length, 0)) throw room.refusal(at);
        room.look();
        return pieces(room, at, "subarray");
      },
      use,
    );
  }

  /** Verifies a frame and says what it says without being decompressed; no schema is judged. */
  peek(input: Bytes): Frame {
    return this.#host.peek(bytesOf(input));
  }

  /** The judgement of a schema key; null without a registry. */
  judge(key: { readonly lineage: string; readonly version: number; readonly minReader: number; readonly forkCheck: string }): Outcome | null {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(`0x${key.lineage}`));
    view.setUint16(8, key.version, true);
    view.setUint16(10, key.minReader, true);
    view.setUint32(12, Number.parseInt(key.forkCheck, 16));
    return this.#host.call(bytes, ({ room, decoder, at }) => {
      const judged = room.exports.decoder_judge_key(decoder);
      if (judged === 0) throw room.refusal(at);
      return outcomeOf(judged & 3);
    });
  }

  /** SHA-256 of bytes, as 64 hexadecimal digits. */
  sha256(input: Bytes): string {
    const bytes = bytesOf(input);
    return this.#host.call(bytes, ({ room, decoder, at }) => {
      room.exports.decoder_sha256(decoder, bytes.length);
      room.look();
      return Array.from(room.words.subarray(at + report.DIGEST, at + report.DIGEST + 8), (word) => word.toString(16).padStart(8, "0")).join("");
    });
  }

  /** The memory of the running instance, in bytes. */
  get memory(): number {
    return this.#host.memory;
  }

  /** Gives all memory back. What was learnt is kept, and the next call starts anew. */
  release(): void {
    this.#host.release();
    this.#records.forget();
  }

  #decode(bytes: Uint8Array, takes: boolean): Taken {
    return this.#host.call(bytes, (running): Taken => {
      const { room, decoder, at } = running;
      const call = takes ? room.exports.decoder_take : room.exports.decoder_decode;
      if (!call(decoder, bytes.length, this.#records.wantsValues ? 1 : 0)) throw room.refusal(at);
      room.look();
      if ((room.words[at + report.KIND] as number) < 3) return this.#records.decoded(room, at, bytes, running.shapes);
      const frame = new Frame(keep(room.words, at), bytes);
      if (frame.kind === "schema" || frame.kind === "dict") this.#learn(frame);
      return { frame, records: null };
    });
  }

  #learn(frame: Frame): void {
    const what = defines(frame);
    if (!this.#learnt.has(what)) this.#learnt.set(what, frame.bytes.slice());
  }

  #open(): Running {
    const running = new Running(this.#module, this.#options.limits);
    teach(running, this.#options);
    this.#records.forget();
    for (const frame of this.#learnt.values()) {
      running.put(frame);
      running.answer(running.room.exports.decoder_take(running.decoder, frame.length, 0));
    }
    return running;
  }
}

/** Verifies a frame and says what it says without being decompressed. */
export function peek(input: Bytes, limits?: Limits): Frame {
  return (limits ? new Decoder({ limits }) : sharedDecoder()).peek(input);
}

/** A decoder of the module in use that has learnt nothing. */
export function sharedDecoder(): Decoder {
  const module = compiledModule();
  if (shared?.module !== module) shared = { module, decoder: new Decoder({}, module) };
  return shared.decoder;
}

let shared: { readonly module: WebAssembly.Module; readonly decoder: Decoder } | undefined;
