import { StrictframeError, errorOf, instanceLost, notBytes } from "./error.js";
import * as report from "./report.js";

/** What the compiled module offers. Only numbers go in and out. */
export interface Exports {
  readonly memory: WebAssembly.Memory;
  decoder_new(body: number, raw: number, schemas: number, dictionaries: number): number;
  decoder_room(decoder: number, len: number): number;
  decoder_report(decoder: number): number;
  decoder_leave_out(decoder: number, codec: number): void;
  decoder_judge(decoder: number, forward: number): void;
  decoder_give_version(decoder: number, version: number, minReader: number, forkCheck: number): void;
  decoder_give_descriptor(decoder: number, encoding: number, version: number, minReader: number, nameLen: number, len: number): number;
  decoder_close_lineage(decoder: number, reader: number, oldestWriter: number): number;
  decoder_add_dictionary(decoder: number, len: number): number;
  decoder_peek(decoder: number, len: number): number;
  decoder_decode(decoder: number, len: number, values: number): number;
  decoder_take(decoder: number, len: number, values: number): number;
  decoder_judge_key(decoder: number): number;
  decoder_sha256(decoder: number, len: number): void;
  decoder_shapes?(decoder: number, reading: number): void;
  stream_new(decoder: number, form: number): number;
  stream_room(stream: number, len: number): number;
  stream_took(stream: number, len: number): void;
  stream_report(stream: number): number;
  stream_shapes?(stream: number, reading: number): void;
  stream_step(stream: number, eof: number, depth: number): number;
}

/** Bytes, however they are given. */
export type Bytes = Uint8Array | ArrayBuffer | ArrayBufferView;

/** Where a module comes from. */
export type Source = string | URL | Request | Response | Promise<Response>;

/** A module that is loaded once. */
export class Loader {
  /** Where it lies beside this package. */
  readonly url: URL;
  #loaded: WebAssembly.Module | undefined;

  constructor(url: URL) {
    this.url = url;
  }

  async init(source: Source): Promise<void> {
    if (this.#loaded) return;
    const isFile = source instanceof URL && source.protocol === "file:";
    this.#loaded = isFile ? await WebAssembly.compile(await readFile(source)) : await compile(source);
  }

  initSync(module: BufferSource | WebAssembly.Module): void {
    this.#loaded = module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module);
  }

  compiled(): WebAssembly.Module {
    if (!this.#loaded) throw new StrictframeError("SF-0916", "NotInitialized", "", "the module is not loaded yet: await init() or call initSync(bytes) first");
    return this.#loaded;
  }
}

async function readFile(url: URL): Promise<BufferSource> {
  // Not a name that a bundler for browsers would look up.
  const name = "node:fs/promises";
  const { readFile } = (await import(/* @vite-ignore */ /* webpackIgnore: true */ name)) as { readFile(url: URL): Promise<Uint8Array<ArrayBuffer>> };
  return readFile(url);
}

async function compile(source: Source): Promise<WebAssembly.Module> {
  const response = source instanceof Response || source instanceof Promise ? await source : await fetch(source);
  if (!response.ok) throw new StrictframeError("SF-0916", "NotInitialized", "", `the module could not be loaded: ${response.status} ${response.statusText}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** A running module: its memory, and views of it that stay right when it grows. */
export class Room {
  readonly exports: Exports;
  readonly memory: WebAssembly.Memory;
  bytes: Uint8Array;
  words: Uint32Array;

  constructor(module: WebAssembly.Module) {
    // The module asks for functions it calls when a promise is broken; each ends the call.
    const imports: Record<string, Record<string, () => never>> = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind !== "function") continue;
      (imports[from] ??= {})[name] = () => {
        throw new WebAssembly.RuntimeError(name);
      };
    }
    this.exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
    this.memory = this.exports.memory;
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Uint32Array(this.memory.buffer);
  }

  /** Makes the views anew where memory has grown. */
  look(): void {
    // Growing takes the old memory away; asking for the new one costs more than everything else that is done here.
    if (this.bytes.length === 0) {
      this.bytes = new Uint8Array(this.memory.buffer);
      this.words = new Uint32Array(this.memory.buffer);
    }
  }

  /** The refusal that a report has. */
  refusal(at: number): StrictframeError {
    this.look();
    const start = this.words[at + report.REFUSAL] ?? 0;
    return errorOf(text.decode(this.bytes.subarray(start, start + (this.words[at + report.REFUSAL + 1] ?? 0))));
  }
}

/** The bytes of an input. */
export function bytesOf(input: Bytes): Uint8Array {
  if (input instanceof Uint8Array) return input;
  if (input instanceof ArrayBuffer) return new Uint8Array(input);
  if (ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  throw notBytes(input);
}

/** An error that was thrown in a call, as one of ours: whatever the module itself throws ended its instance. */
export function lost(error: unknown): StrictframeError {
  return error instanceof StrictframeError ? error : instanceLost(error);
}

/** What a call gives; whatever it throws is an error of ours. */
export function guarded<R>(call: () => R): R {
  try {
    return call();
  } catch (error) {
    throw lost(error);
  }
}

export const text: TextDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
