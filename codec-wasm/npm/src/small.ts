import { Frame, keep } from "./frame.js";
import { type Bytes, Loader, type Source, bytesOf, guarded } from "./module.js";
import type { Limits } from "./options.js";
import { pieces } from "./pieces.js";
import { Host, Running } from "./running.js";

export { type Details, StrictframeError, type StrictframeErrorData } from "./error.js";
export { type Codec, type Extension, Frame, type Kind, type Position } from "./frame.js";
export type { Bytes } from "./module.js";

const loader = new Loader(new URL("./strictframe-small.wasm", import.meta.url));

/** Where the small module lies beside this file. */
export const moduleUrl: URL = loader.url;

/** Loads the small module by its address, once; without one from beside this package. */
export function init(source: Source = moduleUrl): Promise<void> {
  return loader.init(source);
}

/** Takes the small module from its bytes, or as it was compiled elsewhere. */
export function initSync(module: BufferSource | WebAssembly.Module): void {
  loader.initSync(module);
}

/** The settings of a reader. */
export interface ReaderOptions {
  readonly limits?: Pick<Limits, "body" | "raw">;
  /** Dictionaries that LZ4 frames name. */
  readonly dictionaries?: readonly Bytes[];
  /** How much memory, in bytes, an instance may keep between two frames; 16 MiB unless said otherwise. */
  readonly keep?: number;
}

/** A frame and the bytes of its records: one of a MESSAGE, several of a BATCH. */
export interface Read {
  readonly frame: Frame;
  readonly records: Uint8Array[];
}

/** Verifies frames, and reads plain ones and those of LZ4 to bytes. It knows no schemas, judges none, and refuses Zstandard as `CodecUnavailable`. */
export class Reader {
  readonly #host: Host;

  constructor(options: ReaderOptions = {}) {
    const module = loader.compiled();
    this.#host = new Host(() => open(module, options), options.keep);
  }

  /** Verifies a frame and says what it says without being decompressed. */
  peek(input: Bytes): Frame {
    return this.#host.peek(bytesOf(input));
  }

  /** Reads a frame of records. Control frames are refused as `UnexpectedKind`. */
  read(input: Bytes): Read {
    const bytes = bytesOf(input);
    return this.#host.call(bytes, ({ room, decoder, at }) => {
      if (!room.exports.decoder_decode(decoder, bytes.length, 0)) throw room.refusal(at);
      room.look();
      return { frame: new Frame(keep(room.words, at), bytes), records: pieces(room, at) };
    });
  }

  /** The memory of the running instance, in bytes. */
  get memory(): number {
    return this.#host.memory;
  }

  /** Gives all memory back; the next call starts anew. */
  release(): void {
    this.#host.release();
  }
}

function open(module: WebAssembly.Module, { limits, dictionaries }: ReaderOptions): Running {
  const running = new Running(module, limits);
  guarded(() => dictionaries?.forEach((dictionary) => running.hold(bytesOf(dictionary))));
  return running;
}
