import { Decoder } from "./decoder.js";
import { StrictframeError, type StrictframeErrorData } from "./error.js";
import { defines } from "./frame.js";
import { compiledModule } from "./load.js";
import { type Bytes, bytesOf } from "./module.js";
import type { DecoderOptions } from "./options.js";
import type { Reply, Request } from "./worker-protocol.js";

/** The settings of a pool. */
export interface PoolOptions extends DecoderOptions {
  /** How many workers; 1 unless said otherwise. */
  readonly workers?: number;
  /** How many messages may wait for an answer before `decode` makes its caller wait; 64. */
  readonly pending?: number;
  /** Makes a worker; that of this package unless said otherwise. */
  readonly worker?: () => PoolWorker;
}

/** As much of a `Worker` as a pool needs. */
export interface PoolWorker {
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): unknown;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** A frame decoded in a worker. */
export interface WorkerDecoded<T = unknown> {
  /** Null for control frames. */
  readonly records: T[] | null;
  readonly outcome: "exact" | "backward" | "forward" | null;
  readonly kind: string;
  readonly streamKey: string | null;
  readonly sequence: bigint | null;
  readonly lineage: string;
  readonly version: number;
}

/** Options of one message. */
export interface CallOptions {
  /** Gives the bytes away, so that nothing is copied; the caller's array is empty afterwards. */
  readonly transfer?: boolean;
  /** Ends the waiting. A message that a worker has begun is decoded, and its answer is dropped. */
  readonly signal?: AbortSignal;
}

interface Call {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly resolve: (decoded: WorkerDecoded) => void;
  readonly reject: (error: unknown) => void;
}

interface Member {
  worker: PoolWorker;
  readonly waiting: Map<number, Call>;
  /** Whether this worker ever answered: one that ends before is not likely to do better the next time. */
  hasAnswered: boolean;
}

/**
 * Decodes in workers. Every message has an answer of its own: a refused one rejects its promise and no other, and a worker that ends has
 * only the messages that it had been given refused (`SF-0914`); another one takes its place, taught again. One that ends before it ever answered closes
 * the pool. Nothing times out.
 */
export class DecodeWorker<T = unknown> {
  readonly #module = compiledModule();
  readonly #options: DecoderOptions;
  readonly #make: () => PoolWorker;
  readonly #members: Member[] = [];
  readonly #pending: number;
  /** Tells what a definition defines. */
  readonly #reader: Decoder;
  readonly #definitions = new Map<string, Uint8Array>();
  readonly #queue: { readonly call: Call; readonly signal: AbortSignal | undefined }[] = [];
  #next = 0;
  #count = 0;
  #closed = false;
  #drained: (() => void)[] = [];

  constructor({ workers = 1, pending = 64, worker = makeWorker, ...options }: PoolOptions = {}) {
    this.#options = options;
    // Settings that no decoder can be made with are refused here, and not by every worker.
    this.#reader = new Decoder(options, this.#module);
    this.#make = worker;
    this.#pending = Math.max(1, pending);
    for (let index = 0; index < Math.max(1, workers); index++) this.#members.push(this.#hire());
  }

  /** Decodes a frame. Waits with the message until fewer than `pending` are under way: callers that await it are held back. */
  async decode(input: Bytes, { transfer = false, signal }: CallOptions = {}): Promise<WorkerDecoded<T>> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    const given = bytesOf(input);
    const isWhole = transfer && given.byteOffset === 0 && given.byteLength === given.buffer.byteLength && given.buffer instanceof ArrayBuffer;
    const bytes = (isWhole ? given : given.slice()) as Uint8Array<ArrayBuffer>;
    return new Promise<WorkerDecoded<T>>((resolve, reject) => {
      const call: Call = { bytes, resolve: resolve as Call["resolve"], reject };
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.#queue.push({ call, signal });
      this.#send();
    });
  }

  /** Teaches all workers, those that are made later too, by a SCHEMA or DICT frame; a repetition does nothing. */
  async define(input: Bytes): Promise<void> {
    if (this.#closed) throw closed();
    const bytes = bytesOf(input).slice();
    const what = defines(this.#reader.peek(bytes));
    if (this.#definitions.has(what)) return;
    this.#definitions.set(what, bytes);
    const taught = this.#members.map((member) => new Promise<WorkerDecoded>((resolve, reject) => this.#post(member, { bytes: bytes.slice(), resolve, reject })));
    try {
      await Promise.all(taught);
    } catch (error) {
      // What a worker refuses is not taught to the next one; what ended a worker was no fault of the definition.
      if (!(error instanceof StrictframeError) || error.name !== "InstanceLost") this.#definitions.delete(what);
      throw error;
    }
  }

  /** How many messages have no answer yet. */
  get size(): number {
    return this.#count + this.#queue.length;
  }

  /** Waits until a message that is given now would be sent at once. */
  async ready(): Promise<void> {
    while (this.size >= this.#pending) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** Ends the workers. What has no answer is refused. */
  close(): void {
    this.#closed = true;
    for (const { call } of this.#queue.splice(0)) call.reject(closed());
    for (const { worker, waiting } of this.#members) {
      worker.terminate();
      for (const call of waiting.values()) call.reject(closed());
      waiting.clear();
    }
    this.#count = 0;
    this.#wake();
  }

  #send(): void {
    while (this.#queue.length > 0 && this.#count < this.#pending && !this.#closed) {
      const { call, signal } = this.#queue.shift() as { call: Call; signal: AbortSignal | undefined };
      // Its caller has gone; nobody else waits for it.
      if (signal?.aborted) continue;
      const [idlest] = [...this.#members].sort((a, b) => a.waiting.size - b.waiting.size);
      this.#post(idlest as Member, call);
    }
    if (this.size < this.#pending) this.#wake();
  }

  #post(member: Member, call: Call): void {
    const id = this.#next++;
    member.waiting.set(id, call);
    this.#count++;
    const request: Request = { id, bytes: call.bytes };
    member.worker.postMessage(request, [call.bytes.buffer]);
  }

  #hire(): Member {
    const member: Member = { worker: this.#make(), waiting: new Map(), hasAnswered: false };
    this.#start(member);
    return member;
  }

  #start(member: Member): void {
    const { worker } = member;
    worker.onmessage = ({ data }) => this.#answer(member, data as Reply);
    worker.onerror = (event) => this.#replace(member, event);
    const definitions = [...this.#definitions.values()];
    worker.postMessage({ module: this.#module, options: this.#options, definitions } satisfies Request, []);
  }

  #answer(member: Member, reply: Reply): void {
    member.hasAnswered = true;
    const call = member.waiting.get(reply.id);
    if (!call) return;
    member.waiting.delete(reply.id);
    this.#count--;
    if ("error" in reply) call.reject(StrictframeError.from(reply.error));
    else call.resolve(reply.decoded);
    this.#send();
  }

  #replace(member: Member, event: ErrorEvent): void {
    event.preventDefault?.();
    member.worker.terminate();
    const lost: StrictframeErrorData = { code: "SF-0914", name: "InstanceLost", clause: "LIM-2", message: `a worker ended: ${event.message ?? "without a word"}` };
    const calls = [...member.waiting.values()];
    member.waiting.clear();
    this.#count -= calls.length;
    for (const call of calls) call.reject(StrictframeError.from(lost));
    if (this.#closed) return;
    // One that never answered, its script not found for example, would end again and again.
    if (!member.hasAnswered) return this.close();
    member.hasAnswered = false;
    member.worker = this.#make();
    this.#start(member);
    this.#send();
  }

  #wake(): void {
    for (const wake of this.#drained.splice(0)) wake();
  }
}

function closed(): StrictframeError {
  return new StrictframeError("SF-0914", "InstanceLost", "", "the workers were ended");
}

function makeWorker(): PoolWorker {
  return new Worker(new URL("./worker-entry.js", import.meta.url), { type: "module" });
}
