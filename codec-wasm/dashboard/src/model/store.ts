/** Everything the page knows, and the moment that it shows. */
import type { Connection, FrameFacts, Row, Source, Told, Trouble } from "../shared/words.js";
import { type Question, EVERYTHING, Hits } from "./filter.js";
import { Thread } from "./thread.js";
import { Traffic } from "./traffic.js";

export class Store {
  connection: Connection = "none";
  connectionWords = "";
  source: Source | null = null;
  readonly threads = new Map<string, Thread>();
  readonly nodes = new Set<string>();
  traffic = new Traffic();
  readonly hits = new Hits();
  readonly troubles: Trouble[] = [];
  readonly counts: Record<Trouble["sort"], number> = { refused: 0, gap: 0, duplicate: 0, lost: 0, missed: 0, notice: 0, error: 0 };
  /** Records that came once more after the connection was lost, and were dropped. */
  again = 0;
  /** The moment that is shown: what came before this row. Infinity is now. */
  moment = Infinity;
  readonly #rows: Row[] = [];
  /** The number of the first row that is still here. */
  first = 0;
  #troubleCount = 0;
  readonly #listeners = new Set<() => void>();
  #isDue = false;
  /** When the last picture was drawn, and how long that took. */
  #drawn = 0;
  #took = 0;

  /** One more than the last row's number. */
  get end(): number {
    return this.first + this.#rows.length;
  }

  /** The row behind the last one that is shown. */
  get shownEnd(): number {
    return Math.min(this.moment, this.end);
  }

  row(n: number): Row | undefined {
    return this.#rows[n - this.first];
  }

  /** Lets go of everything. */
  clear(): void {
    this.threads.clear();
    this.nodes.clear();
    this.traffic = new Traffic();
    this.troubles.length = this.#rows.length = 0;
    for (const sort of Object.keys(this.counts) as Trouble["sort"][]) this.counts[sort] = 0;
    this.again = this.first = 0;
    this.moment = Infinity;
    this.source = null;
    this.ask(EVERYTHING);
  }

  /** Calls when something changed, at most once a picture. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    // Drawing takes a third of the time at most. A page in the background gets no pictures, and needs none.
    setTimeout(() => requestAnimationFrame(() => this.#draw()), Math.max(0, this.#drawn + 2 * this.#took - performance.now()));
  }

  #draw(): void {
    this.#isDue = false;
    // What is sought is shown when it was found.
    if (!this.hits.look((n) => this.row(n), this.end, 8)) return this.changed();
    const begun = performance.now();
    for (const listener of this.#listeners) listener();
    this.#drawn = performance.now();
    this.#took = this.#drawn - begun;
  }

  take(told: Exclude<Told, { type: "record" }>): void {
    if (told.type === "rows") this.#rowsCame(told.rows, told.frames, told.troubles, told.again);
    else if (told.type === "source") this.source = told.source;
    else [this.connection, this.connectionWords] = [told.connection, told.words];
    this.changed();
  }

  ask(question: Question): void {
    this.hits.ask(question, this.first);
    this.changed();
  }

  /** Shows what was before row `n`; Infinity is now. */
  show(n: number): void {
    this.moment = n >= this.end ? Infinity : Math.max(n, this.first);
    this.changed();
  }

  /** Stands still at what came so far. */
  pause(): void {
    this.moment = this.end;
    this.changed();
  }

  #rowsCame(rows: readonly Row[], frames: readonly FrameFacts[], troubles: readonly Trouble[], again: number): void {
    const now = performance.now();
    this.again += again;
    const times = new Map<FrameFacts, number>();
    for (const row of rows) {
      row.n = this.end;
      this.#rows.push(row);
      let thread = this.threads.get(row.thread);
      if (!thread) this.threads.set(row.thread, (thread = new Thread(row.thread)));
      thread.take(row, now);
      if (row.node !== "" && this.nodes.size < MOST_NODES) this.nodes.add(row.node);
      this.traffic.row(row);
      if (!times.has(row.frame)) times.set(row.frame, row.time);
    }
    for (const frame of frames) this.traffic.frame(frame, times.get(frame) ?? Math.floor(Number(frame.time) / 1000));
    this.traffic.arrived(rows.length, now);
    for (const trouble of troubles) this.#trouble(trouble);
    if (this.#rows.length > MOST_ROWS + FORGET) this.#forget(this.first + FORGET);
  }

  #trouble(trouble: Trouble): void {
    this.counts[trouble.sort] += 1;
    const last = this.troubles.at(-1);
    if (last && isSame(last, trouble)) {
      last.times++;
      return;
    }
    trouble.id = this.#troubleCount++;
    trouble.n = this.end;
    this.troubles.push(trouble);
    if (this.troubles.length > MOST_TROUBLES) this.troubles.splice(0, MOST_TROUBLES >> 1);
  }

  #forget(n: number): void {
    this.#rows.splice(0, n - this.first);
    this.first = n;
    this.hits.forget(n);
    for (const [name, thread] of this.threads) {
      thread.forget(n);
      if (thread.rows.length === 0) this.threads.delete(name);
    }
    if (this.moment < n) this.moment = n;
  }
}

/** Whether two troubles say the same: a flood of one is one line, and drives out no other. */
function isSame(one: Trouble, other: Trouble): boolean {
  return (["sort", "code", "name", "log", "offset", "message"] as const).every((member) => one[member] === other[member]);
}

/** Rows that are kept. */
const MOST_ROWS = 120_000;
const FORGET = 10_000;
const MOST_TROUBLES = 10_000;
const MOST_NODES = 1000;
