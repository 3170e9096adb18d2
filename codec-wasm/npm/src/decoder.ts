import { type StrictframeError } from "./error.js";
import { Frame, type Outcome, defines, keep, outcomeOf } from "./frame.js";
import { type Bytes, Room, bytesOf, compiledModule, lost } from "./module.js";
import type { DecoderOptions, Limits, Lineage, Registry } from "./options.js";
import { type Decoded, Records } from "./records.js";
import * as report from "./report.js";

/** What `take` finds: records, or a control frame, of which SCHEMA and DICT are learnt. */
export type Taken<T = unknown> = Decoded<T> | { readonly frame: Frame; readonly records: null };

/** Decodes frames that come one by one, each whole: messages of a WebSocket, records of Kafka, bodies of HTTP. */
export class Decoder<T = unknown> {
  readonly #options: DecoderOptions;
  readonly #module: WebAssembly.Module;
  readonly #records: Records;
  readonly #keep: number;
  /** SCHEMA and DICT frames that were learnt, each once, by what they define: what a new instance is taught. */
  readonly #learnt = new Map<string, Uint8Array>();
  #running: Running | undefined;

  constructor(options: DecoderOptions = {}, module: WebAssembly.Module = compiledModule()) {
    this.#options = options;
    this.#module = module;
    this.#records = new Records(options);
    this.#keep = options.keep ?? KEEP;
    // A registry that cannot be judged by is refused here and not at the first frame.
    this.#open();
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
    try {
      const running = this.#begin(bytes);
      const { room, decoder, at } = running;
      if (!room.exports.decoder_decode(decoder, bytes.length, this.#records.wantsValues ? 1 : 0)) throw room.refusal(at);
      room.look();
      return this.#end(running, this.#records.read(room, at, running.shapes) as T[]);
    } catch (error) {
      throw this.#refused(error);
    }
  }

  /** Verifies a frame and says what it says without being decompressed; no schema is judged. */
  peek(input: Bytes): Frame {
    const bytes = bytesOf(input);
    try {
      const running = this.#begin(bytes);
      const { room, decoder, at } = running;
      if (!room.exports.decoder_peek(decoder, bytes.length)) throw room.refusal(at);
      return this.#end(running, new Frame(keep(room.words, at), bytes));
    } catch (error) {
      throw this.#refused(error);
    }
  }

  /** The judgement of a schema key; null without a registry. */
  judge(key: { readonly lineage: string; readonly version: number; readonly minReader: number; readonly forkCheck: string }): Outcome | null {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, BigInt(`0x${key.lineage}`));
    view.setUint16(8, key.version, true);
    view.setUint16(10, key.minReader, true);
    view.setUint32(12, Number.parseInt(key.forkCheck, 16));
    return this.#call(bytes, ({ room, decoder, at }) => {
      const judged = room.exports.decoder_judge_key(decoder);
      if (judged === 0) throw room.refusal(at);
      return outcomeOf(judged & 3);
    });
  }

  /** SHA-256 of bytes, as 64 hexadecimal digits. */
  sha256(input: Bytes): string {
    const bytes = bytesOf(input);
    return this.#call(bytes, ({ room, decoder, at }) => {
      room.exports.decoder_sha256(decoder, bytes.length);
      room.look();
      return Array.from(room.words.subarray(at + report.DIGEST, at + report.DIGEST + 8), (word) => word.toString(16).padStart(8, "0")).join("");
    });
  }

  /** The memory of the running instance, in bytes. */
  get memory(): number {
    return this.#running?.room.memory.buffer.byteLength ?? 0;
  }

  /** Gives all memory back. What was learnt is kept, and the next call starts anew. */
  release(): void {
    this.#running = undefined;
    this.#records.forget();
  }

  #decode(bytes: Uint8Array, takes: boolean): Taken {
    return this.#call(bytes, (running): Taken => {
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

  /** Puts bytes into the module and calls it. Whatever ends the instance ends no more than this call. */
  #call<R>(bytes: Uint8Array, call: (running: Running) => R): R {
    try {
      const running = this.#begin(bytes);
      return this.#end(running, call(running));
    } catch (error) {
      throw this.#refused(error);
    }
  }

  #begin(bytes: Uint8Array): Running {
    const running = this.#running ?? this.#open();
    running.put(bytes);
    return running;
  }

  #end<R>(running: Running, result: R): R {
    if (running.room.bytes.length > this.#keep) this.release();
    return result;
  }

  #refused(error: unknown): StrictframeError {
    const refused = lost(error);
    if (refused.code === LOST || (this.#running?.room.memory.buffer.byteLength ?? 0) > this.#keep) this.release();
    return refused;
  }

  #open(): Running {
    const running = new Running(this.#module, this.#options);
    this.#records.forget();
    for (const frame of this.#learnt.values()) {
      running.put(frame);
      running.answer(running.room.exports.decoder_take(running.decoder, frame.length, 0));
    }
    this.#running = running;
    return running;
  }
}

/** An instance of the module with a decoder in it. */
export class Running {
  readonly room: Room;
  readonly decoder: number;
  /** Where the report is, in words. */
  readonly at: number;
  readonly shapes: (reading: number) => void;
  #input = 0;
  #inputLen = 0;

  constructor(module: WebAssembly.Module, options: Omit<DecoderOptions, "records">) {
    const { body, raw, schemas, dictionaries }: Limits = options.limits ?? {};
    const limits = [u32(body, 4 << 20), u32(raw, 4 << 20), u32(schemas, 4096), u32(dictionaries, 16)] as const;
    try {
      this.room = new Room(module);
      const { exports } = this.room;
      this.decoder = exports.decoder_new(...limits) >>> 0;
      this.at = exports.decoder_report(this.decoder) >>> 2;
      this.shapes = (reading) => exports.decoder_shapes?.(this.decoder, reading);
      this.#teach(options);
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

  answer(answer: number): void {
    if (!answer) throw this.room.refusal(this.at);
  }

  #teach({ codecs, dictionaries, registry }: Omit<DecoderOptions, "records">): void {
    const { exports } = this.room;
    for (const codec of codecs ? CODECS.filter((codec) => !codecs.includes(codec)) : []) exports.decoder_leave_out(this.decoder, CODECS.indexOf(codec) + 1);
    for (const dictionary of dictionaries ?? []) {
      const bytes = bytesOf(dictionary);
      this.put(bytes);
      this.answer(exports.decoder_add_dictionary(this.decoder, bytes.length));
    }
    if (registry) this.#judge(registry);
  }

  #judge(registry: Registry): void {
    this.room.exports.decoder_judge(this.decoder, registry.allowForward ? 1 : 0);
    for (const lineage of registry.lineages) this.#give(lineage);
  }

  #give(lineage: Lineage): void {
    const { exports } = this.room;
    if ("lineage" in lineage) {
      for (const { version, minReader, forkCheck } of lineage.versions) exports.decoder_give_version(this.decoder, version, minReader, Number.parseInt(forkCheck, 16));
      const id = new Uint8Array(8);
      new DataView(id.buffer).setBigUint64(0, BigInt(`0x${lineage.lineage}`));
      this.put(id);
    } else {
      const name = encoder.encode(lineage.name);
      const encoding = ENCODINGS.indexOf(lineage.encoding) + 1;
      for (const { version, minReader, descriptor } of lineage.versions) {
        const bytes = typeof descriptor === "string" ? encoder.encode(descriptor) : bytesOf(descriptor);
        const both = new Uint8Array(name.length + bytes.length);
        both.set(name);
        both.set(bytes, name.length);
        this.put(both);
        this.answer(exports.decoder_give_descriptor(this.decoder, encoding, version, minReader, name.length, both.length));
      }
    }
    this.answer(exports.decoder_close_lineage(this.decoder, lineage.reader, lineage.oldestWriter));
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

function u32(given: number | undefined, otherwise: number): number {
  const number = given ?? otherwise;
  if (!(number >= 0)) throw new RangeError(`a limit is a number of bytes or a count, and not ${number}`);
  return Math.min(Math.floor(number), 0xffff_ffff);
}

const encoder = new TextEncoder();
const ENCODINGS: readonly string[] = ["protobuf", "json", "opaque"];
const CODECS: readonly ("lz4" | "zstd")[] = ["lz4", "zstd"];
const KEEP = 16 << 20;
const LEAST_INPUT = 4096;
const LOST: StrictframeError["code"] = "SF-0914";
