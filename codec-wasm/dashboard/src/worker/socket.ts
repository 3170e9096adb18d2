/** Frames over the WebSocket of `strictframe serve`: connected again when it is lost, from where it was. */
import { bytesOfHex } from "../shared/text.js";
import type { Cursor, Told, Trouble } from "../shared/words.js";
import { Inbox } from "./inbox.js";
import type { Outbox } from "./outbox.js";
import { type Reader, trouble } from "./reader.js";

interface Text extends Partial<Cursor> {
  readonly type?: string;
  readonly source?: { readonly kind: string; readonly name: string };
  readonly byte?: string;
  readonly code?: string;
  readonly name?: string;
  readonly clauses?: readonly string[];
  readonly message?: string;
  readonly help?: string;
  readonly bytes?: string;
  readonly from?: string | readonly Cursor[];
  readonly to?: string | readonly Cursor[] | null;
  readonly frames?: string | null;
}

export class Line {
  readonly #url: string;
  readonly #reader: Reader;
  readonly #outbox: Outbox;
  readonly #post: (told: Told) => void;
  /** The last cursor of each log. */
  readonly #cursors = new Map<string, Cursor>();
  #wait = SHORTEST;
  /** Whether anything came that a new connection could bring again. */
  #hasBegun = false;

  constructor(url: string, reader: Reader, outbox: Outbox, post: (told: Told) => void) {
    this.#url = url;
    this.#reader = reader;
    this.#outbox = outbox;
    this.#post = post;
  }

  connect(): void {
    const socket = new WebSocket(this.#url);
    let wasOpen = false;
    const inbox = new Inbox(
      async (data) => {
        if (!this.#outbox.hasRoom) await this.#outbox.room();
        if (typeof data !== "string") this.#hasBegun = true;
        try {
          if (typeof data === "string") this.#text(data);
          else this.#reader.take(new Uint8Array(data));
        } catch (error) {
          // Whatever one message does, the next one is taken.
          this.#outbox.trouble(trouble("error", "NotUnderstood", String(error)));
        }
      },
      // What is left out is sent again, from the cursors of what was taken.
      () => socket.close(4000, "this page is too slow"),
    );
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      wasOpen = true;
      this.#wait = SHORTEST;
      this.#reader.recall.isResuming = this.#hasBegun;
      this.#outbox.connection("catching-up");
      const from = this.#cursors.size > 0 ? [...this.#cursors.values()] : "earliest";
      socket.send(JSON.stringify({ type: "start", from }));
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => inbox.put(data);
    socket.onclose = async ({ code, reason }) => {
      const why = (wasOpen ? "" : await this.#whyNot()) || reason || `the connection was lost (${code})`;
      this.#outbox.connection("broken", why);
      // The next connection starts behind what this one has brought.
      await inbox.taken();
      setTimeout(() => this.connect(), this.#wait);
      this.#wait = Math.min(2 * this.#wait, LONGEST);
    };
  }

  /** A browser does not tell why a WebSocket was refused; the same place asked without one does. */
  async #whyNot(): Promise<string> {
    try {
      const answer = await fetch(this.#url.replace(/^ws/, "http"), { cache: "no-store" });
      const { name, message, help } = (await answer.json()) as Text;
      return name === "NotAWebSocket" ? "" : `${message}: ${help}`;
    } catch {
      return "no server answers there";
    }
  }

  #text(json: string): void {
    const text = read(json);
    if (text === null) {
      const help = "a frame is binary: look at what is between this page and the server";
      return this.#outbox.trouble(trouble("error", "NotUnderstood", "the server sent a text that is no JSON object", { help }));
    }
    const [log, offset, name, message, help] = [text.log, text.offset, text.name, text.message, text.help].map(worded) as [string, string, string, string, string];
    const { stream } = text;
    const tell = (sort: Trouble["sort"], name: string, message: string, more: Partial<Trouble> = {}): void => this.#outbox.trouble(trouble(sort, name, message, { log, help, ...more }));
    switch (text.type) {
      case "hello":
        this.#post({ type: "source", source: { kind: worded(text.source?.kind), name: worded(text.source?.name) } });
        break;
      case "cursor":
        this.#keep({ log, ...(typeof stream === "string" ? { stream } : {}), offset });
        break;
      case "caught_up":
        this.#reader.recall.isResuming = false;
        this.#outbox.connection("live");
        break;
      case "refused": {
        const bytes = bytesOfHex(worded(text.bytes));
        const at = Number(text.byte ?? -1);
        const clauses = listed(text.clauses).map(worded);
        tell("refused", name, message, { code: worded(text.code), clauses, offset, bytes, at: at < bytes.length ? at : -1 });
        break;
      }
      case "lost":
        tell("lost", "Lost", message, { offset: worded(text.from), count: Number(text.frames) || 0 });
        break;
      case "missed":
        for (const cursor of listed(text.to) as Cursor[]) this.#keep(cursor);
        tell("missed", "Missed", `${worded(text.frames)} frames were not sent, because this page was too slow`, { count: Number(text.frames) || 0, help: "load the page again to get them" });
        break;
      case "notice":
        tell("notice", name, message);
        break;
      case "error":
        if (name === "CursorRefused" || name === "PositionGone") this.#cursors.clear();
        tell("error", name, message);
        break;
    }
  }

  #keep(cursor: Cursor): void {
    this.#cursors.set(cursor.log, cursor);
    this.#outbox.cursor(cursor);
  }
}

/** A text of the server, where it is a JSON object. */
function read(json: string): Text | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Text) : null;
  } catch {
    return null;
  }
}

/** What should be a text, and may be anything. */
function worded(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const SHORTEST = 250;
const LONGEST = 5000;
