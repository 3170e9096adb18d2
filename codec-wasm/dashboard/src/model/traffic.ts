/** How much came: by second, and by codec and schema. */
import type { FrameFacts, Row } from "../shared/words.js";

export interface Share {
  readonly codec: string;
  readonly schema: string;
  frames: number;
  records: number;
  /** Frames as they are, and payloads before compression. */
  bytes: number;
  raw: number;
}

interface Second {
  messages: number;
  bytes: number;
  raw: number;
}

export class Traffic {
  readonly shares = new Map<string, Share>();
  readonly #seconds = new Map<number, Second>();
  bytes = 0;
  frames = 0;
  /** When rows came, for the rate of now. */
  readonly #arrivals: { readonly at: number; readonly count: number }[] = [];

  frame(frame: FrameFacts, time: number): void {
    const { codec, schema, records, bytes, rawLen } = frame;
    const key = `${codec} ${schema}`;
    let share = this.shares.get(key);
    if (!share) this.shares.set(key, (share = { codec, schema, frames: 0, records: 0, bytes: 0, raw: 0 }));
    share.frames++;
    share.records += records;
    share.bytes += bytes.length;
    share.raw += rawLen;
    this.frames++;
    this.bytes += bytes.length;
    const second = this.#second(time);
    second.bytes += bytes.length;
    second.raw += rawLen;
  }

  row(row: Row): void {
    this.#second(row.time).messages++;
  }

  arrived(count: number, at: number): void {
    this.#arrivals.push({ at, count });
    while ((this.#arrivals[0]?.at ?? at) < at - RATE_OVER) this.#arrivals.shift();
  }

  /** Messages a second, over the last seconds. */
  rate(now: number): number {
    const since = now - RATE_OVER;
    const count = this.#arrivals.reduce((sum, it) => (it.at >= since ? sum + it.count : sum), 0);
    return (1000 * count) / RATE_OVER;
  }

  /** The seconds in order, as columns; where nothing was sent for a while there are zeros around. */
  columns(): [number[], number[], number[], number[]] {
    const [x, messages, bytes, ratio]: [number[], number[], number[], number[]] = [[], [], [], []];
    const add = (second: number, it: Second | undefined): void => {
      x.push(second);
      messages.push(it?.messages ?? 0);
      bytes.push(it?.bytes ?? 0);
      ratio.push(it && it.bytes > 0 ? it.raw / it.bytes : NaN);
    };
    let last: number | undefined;
    for (const second of [...this.#seconds.keys()].sort((a, b) => a - b)) {
      if (last !== undefined && second > last + 1) {
        add(last + 1, undefined);
        if (second > last + 2) add(second - 1, undefined);
      }
      add(second, this.#seconds.get(second));
      last = second;
    }
    return [x, messages, bytes, ratio];
  }

  #second(time: number): Second {
    const key = Math.floor(time / 1e6);
    let second = this.#seconds.get(key);
    if (!second) {
      this.#seconds.set(key, (second = { messages: 0, bytes: 0, raw: 0 }));
      if (this.#seconds.size > MOST_SECONDS) this.#seconds.delete(this.#seconds.keys().next().value ?? 0);
    }
    return second;
  }
}

const RATE_OVER = 3000;
const MOST_SECONDS = 3600;
