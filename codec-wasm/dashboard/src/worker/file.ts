/** A stream file from the disk, without a server. */
import { FrameStream, type Position, type StrictframeError } from "strictframe";
import type { Outbox } from "./outbox.js";
import { type Reader, refusal, trouble } from "./reader.js";

/** Reads a file to its end. Behind damage it goes on at the next SYNC of the stream that is in its place, and says what is missing. */
export class FileReader {
  readonly #file: File;
  readonly #reader: Reader;
  readonly #outbox: Outbox;
  #streamId: string | null = null;
  /** Data frames so far, those that are missing among them. */
  #count = 0n;

  constructor(file: File, reader: Reader, outbox: Outbox) {
    this.#file = file;
    this.#reader = reader;
    this.#outbox = outbox;
  }

  async read(): Promise<void> {
    for (let from: number | null = 0; from !== null; ) from = await this.#from(from);
  }

  /** Reads from there to the end, or to damage; gives the place behind it where it goes on. */
  async #from(from: number): Promise<number | null> {
    // From its beginning a stream is held to all that streams are held to; behind damage, frame by frame and at each SYNC.
    const stream = new FrameStream({ records: "none", form: from === 0 ? "stream" : "frames" });
    try {
      for (let start = from; start < this.#file.size; start += PIECE) {
        stream.push(await this.#bytes(start, PIECE));
        await this.#take(stream, from);
      }
      stream.end();
      await this.#take(stream, from);
      return null;
    } catch (error) {
      return this.#behind(error as StrictframeError, from);
    }
  }

  async #take(stream: FrameStream, from: number): Promise<void> {
    for (let next = stream.next(); next; next = stream.next()) {
      const { frame, start } = next;
      if (frame.position) this.#look(frame.position, from + start);
      if (frame.isData) this.#count++;
      this.#reader.take(frame.bytes, this.#file.name, String(from + start));
      if (!this.#outbox.hasRoom) await this.#outbox.room();
    }
  }

  /** Behind damage: whether as many frames came as should have. */
  #look({ streamId, count }: Position, at: number): void {
    this.#streamId ??= streamId;
    if (count === this.#count) return;
    const missing = Number(count - this.#count);
    this.#outbox.trouble(trouble("lost", "Lost", `${missing} frames of records that stood before are missing`, { log: this.#file.name, offset: String(at), count: Math.max(0, missing) }));
    this.#count = count;
  }

  async #behind(error: StrictframeError, from: number): Promise<number | null> {
    const start = from + (error.frame ?? error.offset ?? 0);
    this.#outbox.trouble(refusal(error, await this.#bytes(start, 1024), this.#file.name, String(start)));
    const next = this.#streamId === null ? null : await this.#nextSync(start + 1, this.#streamId);
    if (next === null) {
      const message = `none of the ${this.#file.size - start} bytes from there to the end can be read: no SYNC of the stream stands among them`;
      this.#outbox.trouble(trouble("lost", "Lost", message, { log: this.#file.name, offset: String(start), count: 0, help: "`strictframe recover` looks for more" }));
    }
    return next;
  }

  /** The next SYNC of this stream that says of itself that it is where it is. */
  async #nextSync(from: number, streamId: string): Promise<number | null> {
    for (let start = from; start < this.#file.size; start += PIECE) {
      // It may begin in this piece and end in the next.
      const bytes = await this.#bytes(start, PIECE + SYNC_LEN);
      for (let at = bytes.indexOf(MAGIC[0]); at >= 0 && at < PIECE; at = bytes.indexOf(MAGIC[0], at + 1)) {
        if (bytes[at + 1] !== MAGIC[1]) continue;
        const found = positionAt(bytes.subarray(at, at + SYNC_LEN));
        if (found?.streamId === streamId && found.ownOffset === BigInt(start + at)) return start + at;
      }
    }
    return null;
  }

  async #bytes(start: number, len: number): Promise<Uint8Array> {
    return new Uint8Array(await this.#file.slice(start, start + len).arrayBuffer());
  }
}

/** The position that a SYNC says, where one begins these bytes. */
function positionAt(bytes: Uint8Array): Position | null {
  try {
    const stream = new FrameStream({ records: "none", form: "frames" });
    stream.push(bytes);
    const frame = stream.next()?.frame;
    return frame?.kind === "sync" ? frame.position : null;
  } catch {
    return null;
  }
}

const PIECE = 1 << 18;
/** Of a SYNC without extensions, which all are. */
const SYNC_LEN = 80;
const MAGIC = [0x9e, 0xc1] as const;
