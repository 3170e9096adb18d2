import * as report from "./report.js";

export type Kind = "message" | "batch" | "sync" | "schema" | "dict" | "end";
export type Codec = "none" | "lz4" | "zstd";
export type Outcome = "exact" | "backward" | "forward";

const KINDS: readonly Kind[] = ["message", "batch", "sync", "schema", "dict", "end"];
const CODECS: readonly Codec[] = ["none", "lz4", "zstd"];
const OUTCOMES: readonly (Outcome | null)[] = [null, "exact", "backward", "forward"];

/** An extension as it stands in the frame. */
export interface Extension {
  readonly type: number;
  readonly value: Uint8Array;
}

/** Where a stream stands: the body of SYNC and END. */
export interface Position {
  /** 32 hexadecimal digits. */
  readonly streamId: string;
  readonly ownOffset: bigint;
  /** Where the SYNC before it starts; 2^64-1 in the first. */
  readonly previous: bigint;
  /** Data frames before this frame. */
  readonly count: bigint;
  readonly chainCrc: number;
}

/** A frame whose checksums matched, and what it says without being decompressed. */
export class Frame {
  /** The frame's bytes. */
  readonly bytes: Uint8Array;
  readonly #words: readonly number[];

  /** Of a report's words, which are kept, and the frame's bytes, which are read when something is asked for. */
  constructor(words: readonly number[], bytes: Uint8Array) {
    this.#words = words;
    this.bytes = bytes;
  }

  get kind(): Kind {
    return KINDS[this.#word(report.KIND) - 1] as Kind;
  }
  get codec(): Codec {
    return CODECS[this.#word(report.CODEC)] as Codec;
  }
  /** The lineage of the schema: 16 hexadecimal digits. Of a SCHEMA frame that of the schema it brings, and so the next three. */
  get lineage(): string {
    return hex(this.#word(report.LINEAGE + 1)) + hex(this.#word(report.LINEAGE));
  }
  /** The writer's version of the schema. */
  get version(): number {
    return this.#word(report.VERSION);
  }
  get minReader(): number {
    return this.#word(report.MIN_READER);
  }
  /** 8 hexadecimal digits. */
  get forkCheck(): string {
    return hex(this.#word(report.FORK_CHECK));
  }
  get bodyLen(): number {
    return this.#word(report.BODY_LEN);
  }
  /** The payload's length before compression; of control frames 0. */
  get rawLen(): number {
    return this.isData ? this.#word(report.RAW_LEN) : 0;
  }
  /** CRC-32C of the payload before compression, where it is compressed. */
  get rawCrc(): number | null {
    return this.#word(report.COMPRESSED) & 1 ? this.#word(report.RAW_CRC) : null;
  }
  /** The id of the dictionary that the payload needs or the frame brings, 8 hexadecimal digits. */
  get dictionary(): string | null {
    return this.#word(report.COMPRESSED) & 2 || this.kind === "dict" ? hex(this.#word(report.DICTIONARY)) : null;
  }
  /** The payload as it is stored; of control frames the body. */
  get stored(): Uint8Array {
    return this.#piece(report.STORED);
  }
  /** The frame checksum. */
  get checksum(): number {
    return this.#word(report.TRAILER);
  }
  /** Whether it is a MESSAGE or a BATCH. */
  get isData(): boolean {
    return this.#word(report.KIND) < 3;
  }

  /** All extensions, in ascending order of their types. */
  get extensions(): Extension[] {
    const found: Extension[] = [];
    const count = this.#word(report.EXTENSIONS);
    for (let index = 0; index < count; index++) {
      const at = report.EXTENSIONS + 1 + 3 * index;
      found.push({ type: this.#word(at), value: this.#piece(at + 1) });
    }
    return found;
  }
  /** The sequence number. */
  get sequence(): bigint | null {
    return this.#long(1);
  }
  /** Nanoseconds since 1970-01-01T00:00:00Z. */
  get time(): bigint | null {
    const time = this.#long(2);
    return time === null ? null : BigInt.asIntN(64, time);
  }
  /** W3C trace-id, parent-id and flags, 25 bytes. */
  get traceContext(): Uint8Array | null {
    return this.#extension(3);
  }
  /** The thread or session. */
  get streamKey(): string | null {
    const value = this.#extension(4);
    return value && utf8.decode(value);
  }
  /** 32 hexadecimal digits. */
  get messageId(): string | null {
    const value = this.#extension(5);
    return value && hexOf(value);
  }
  /** The items of a batch, as the frame promises them. */
  get itemCount(): number | null {
    const value = this.#extension(6);
    return value && view(value).getUint32(0, true);
  }
  get producerEpoch(): bigint | null {
    return this.#long(7);
  }

  /** Of SYNC and END. */
  get position(): Position | null {
    if (this.kind !== "sync" && this.kind !== "end") return null;
    const long = (at: number): bigint => (BigInt(this.#word(at + 1)) << 32n) | BigInt(this.#word(at));
    return {
      streamId: hexOf(this.stored.subarray(0, 16)),
      ownOffset: long(report.OWN_OFFSET),
      previous: long(report.PREVIOUS),
      count: long(report.COUNT),
      chainCrc: this.#word(report.CHAIN_CRC),
    };
  }
  /** Of SCHEMA: the schema it brings, whose key is the frame's `lineage`, `version`, `minReader` and `forkCheck`. */
  get schema(): { readonly encoding: number; readonly name: string; readonly descriptor: Uint8Array } | null {
    if (this.kind !== "schema") return null;
    return { encoding: this.#word(report.SCHEMA_ENCODING), name: utf8.decode(this.#piece(report.NAME)), descriptor: this.#piece(report.DESCRIPTOR) };
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }
  #piece(at: number): Uint8Array {
    const start = this.#word(at);
    return this.bytes.subarray(start, start + this.#word(at + 1));
  }
  #extension(type: number): Uint8Array | null {
    const count = this.#word(report.EXTENSIONS);
    for (let index = 0; index < count; index++) {
      const at = report.EXTENSIONS + 1 + 3 * index;
      if (this.#word(at) === type) return this.#piece(at + 1);
    }
    return null;
  }
  #long(type: number): bigint | null {
    const value = this.#extension(type);
    return value && view(value).getBigUint64(0, true);
  }
}

/** The words of a report that a frame keeps: as many as it has extensions, or what a control frame says. */
export function keep(words: Uint32Array, at: number): readonly number[] {
  const isData = (words[at] as number) < 3;
  const count = isData ? report.EXTENSIONS + 1 + 3 * (words[at + report.EXTENSIONS] as number) : report.SCHEMA_ENCODING + 1;
  // A list of numbers: a typed array of so few costs more to make than all of them.
  const kept = new Array<number>(count);
  for (let index = 0; index < count; index++) kept[index] = words[at + index] as number;
  return kept;
}

/** What a SCHEMA or DICT frame defines: the same for every repetition of it. */
export function defines(frame: Frame): string {
  return frame.kind === "dict" ? `dict ${frame.dictionary}` : `${frame.lineage} ${frame.version} ${frame.minReader} ${frame.forkCheck}`;
}

export function outcomeOf(number: number): Outcome | null {
  return OUTCOMES[number] ?? null;
}

export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

function hex(word: number): string {
  return word.toString(16).padStart(8, "0");
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const utf8 = new TextDecoder();
