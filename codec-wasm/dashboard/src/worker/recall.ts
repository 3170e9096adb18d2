/** What came already, and what did not: by message id, and by number within epoch and thread. */

/** What is known of a record that can be told apart. */
export interface Identity {
  readonly messageId: string;
  readonly epoch: string;
  readonly thread: string;
  /** Its number; 0 for none. */
  readonly sequence: bigint;
  /** What tells its bytes from others where it has neither id nor number. */
  readonly bytes: string;
}

/** `again` is what a server sent once more after the connection was lost; `duplicate` is twice in its log. */
export type Recalled = "new" | "again" | "duplicate";

export class Recall {
  #young = new Set<string>();
  #old = new Set<string>();
  readonly #last = new Map<string, bigint>();
  /** Whether what a server sends may be what it sent before. */
  isResuming = false;

  take(identity: Identity): Recalled {
    const { messageId, epoch, thread, sequence, bytes } = identity;
    const name = messageId !== "" ? messageId : sequence > 0n ? `${epoch} ${sequence} ${thread}` : bytes;
    if (this.#young.has(name) || this.#old.has(name)) {
      if (this.isResuming) return "again";
      // The same bytes without a name may well be meant twice.
      if (name !== bytes) return "duplicate";
    }
    this.#young.add(name);
    if (this.#young.size >= GENERATION) [this.#old, this.#young] = [this.#young, new Set()];
    return "new";
  }

  /** How many numbers are missing before this one. */
  missing({ epoch, thread, sequence }: Identity): bigint {
    if (sequence === 0n) return 0n;
    const name = `${epoch} ${thread}`;
    const last = this.#last.get(name);
    if (last !== undefined && sequence <= last) return 0n;
    this.#last.delete(name);
    this.#last.set(name, sequence);
    if (this.#last.size > MOST_THREADS) this.#last.delete(this.#last.keys().next().value ?? "");
    return last === undefined ? 0n : sequence - last - 1n;
  }
}

const GENERATION = 100_000;
const MOST_THREADS = 65_536;
