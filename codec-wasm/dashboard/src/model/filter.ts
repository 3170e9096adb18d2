/** The rows that are asked for. */
import type { Row, RowKind } from "../shared/words.js";

export interface Question {
  /** A thread, or null for all. */
  readonly thread: string | null;
  readonly kind: RowKind | "";
  readonly node: string;
  readonly words: string;
}

export const EVERYTHING: Question = { thread: null, kind: "", node: "", words: "" };

/** Whether a row answers the question. */
export function answers(question: Question): (row: Row) => boolean {
  const { thread, kind, node } = question;
  const words = question.words.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    if (thread !== null && row.thread !== thread) return false;
    if (kind !== "" && row.kind !== kind) return false;
    if (node !== "" && row.node !== node) return false;
    if (words.length === 0) return true;
    const text = `${row.label} ${row.thread} ${row.node} ${row.text}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}

/** The numbers of rows that answer a question, kept while rows come. After another question they are sought anew, a little at a time. */
export class Hits {
  question: Question = EVERYTHING;
  numbers: number[] = [];
  #answers = answers(EVERYTHING);
  /** The first row that was not looked at yet. */
  #next = 0;

  ask(question: Question, first: number): void {
    this.question = question;
    this.#answers = answers(question);
    this.numbers = [];
    this.#next = first;
  }

  /** Looks at rows up to `end`, for so many milliseconds; false when there are more. */
  look(rowAt: (n: number) => Row | undefined, end: number, budget: number): boolean {
    const until = performance.now() + budget;
    for (; this.#next < end; this.#next++) {
      if (this.#next % 512 === 0 && performance.now() > until) return false;
      const row = rowAt(this.#next);
      if (row && this.#answers(row)) this.numbers.push(this.#next);
    }
    return true;
  }

  forget(n: number): void {
    const kept = this.numbers.findIndex((number) => number >= n);
    this.numbers.splice(0, kept < 0 ? this.numbers.length : kept);
    this.#next = Math.max(this.#next, n);
  }
}
