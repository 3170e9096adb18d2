/** Messages that came and were not taken yet: one after the other, and no more of them than there is room for. */

export class Inbox {
  readonly #take: (data: string | ArrayBuffer) => Promise<void>;
  readonly #overflow: () => void;
  #waiting: (string | ArrayBuffer)[] = [];
  #size = 0;
  #isFull = false;
  #taking: Promise<void> | null = null;

  /** `overflow` is called once, when there is no more room; what comes from then on is left out. */
  constructor(take: (data: string | ArrayBuffer) => Promise<void>, overflow: () => void) {
    this.#take = take;
    this.#overflow = overflow;
  }

  put(data: string | ArrayBuffer): void {
    if (this.#isFull) return;
    this.#size += sizeOf(data);
    if (this.#size > ROOM) {
      this.#isFull = true;
      return this.#overflow();
    }
    this.#waiting.push(data);
    this.#taking ??= this.#takeAll();
  }

  /** When all that was put in is taken. */
  async taken(): Promise<void> {
    await this.#taking;
  }

  async #takeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const all = this.#waiting;
      this.#waiting = [];
      for (const data of all) {
        await this.#take(data);
        this.#size -= sizeOf(data);
      }
    }
    this.#taking = null;
  }
}

function sizeOf(data: string | ArrayBuffer): number {
  return EACH + (typeof data === "string" ? 2 * data.length : data.byteLength);
}

/** Bytes that may wait, and what a message takes beside its own. */
const ROOM = 64 << 20;
const EACH = 128;
