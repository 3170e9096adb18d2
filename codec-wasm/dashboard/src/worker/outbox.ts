/** What goes to the page: in pieces that it takes in a few milliseconds, and no faster than it takes them. */
import type { Connection, Cursor, FrameFacts, Row, Told, Trouble } from "../shared/words.js";

export class Outbox {
  readonly #post: (told: Told, transfer: Transferable[]) => void;
  #rows: Row[] = [];
  #frames: FrameFacts[] = [];
  #troubles: Trouble[] = [];
  #again = 0;
  #cursors = new Map<string, Cursor>();
  #onItsWay = 0;
  #isDue = false;
  #waiting: (() => void)[] = [];

  constructor(post: (told: Told, transfer: Transferable[]) => void) {
    this.#post = post;
  }

  frame(frame: FrameFacts, rows: readonly Row[], again: number): void {
    this.#frames.push(frame);
    for (const row of rows) this.#rows.push(row);
    this.#again += again;
    this.#due();
  }

  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
    this.#due();
  }

  cursor(cursor: Cursor): void {
    this.#cursors.set(cursor.log, cursor);
    this.#due();
  }

  connection(connection: Connection, words = ""): void {
    this.#send();
    this.#post({ type: "state", connection, words }, []);
  }

  /** The page took a piece. */
  taken(): void {
    this.#onItsWay--;
    if (this.#rows.length + this.#frames.length > 0) this.#send();
    if (this.hasRoom) for (const go of this.#waiting.splice(0)) go();
  }

  /** Whether it makes sense to bring more. */
  get hasRoom(): boolean {
    return this.#onItsWay < MOST_ON_THEIR_WAY;
  }

  async room(): Promise<void> {
    if (!this.hasRoom) await new Promise<void>((go) => this.#waiting.push(go));
  }

  #due(): void {
    if (this.#rows.length >= PIECE || this.#troubles.length >= PIECE) return this.#send();
    if (this.#isDue) return;
    this.#isDue = true;
    setTimeout(() => {
      this.#isDue = false;
      this.#send();
    }, SOON);
  }

  #send(): void {
    while (this.#rows.length + this.#frames.length + this.#troubles.length + this.#cursors.size > 0 && this.hasRoom) {
      const rows = this.#rows.splice(0, PIECE);
      const frames = this.#frames.splice(0);
      this.#onItsWay++;
      this.#post({ type: "rows", rows, frames, troubles: this.#troubles.splice(0), again: this.#again, cursors: [...this.#cursors.values()] }, []);
      this.#again = 0;
      this.#cursors.clear();
    }
  }
}

const PIECE = 200;
const SOON = 40;
const MOST_ON_THEIR_WAY = 4;
