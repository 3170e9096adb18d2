import type { Room } from "./module.js";
import * as report from "./report.js";

/** The bytes of each record that a report says: in memory of their own, or (`subarray`) where they lie, which the next call uses again. */
export function pieces({ words, bytes }: Room, at: number, taken: "slice" | "subarray" = "slice"): Uint8Array[] {
  const count = words[at + report.RECORDS] as number;
  const ends = (words[at + report.ENDS] as number) >>> 2;
  const first = words[at + report.ENDS + 1] as number;
  const records: Uint8Array[] = [];
  let start = first;
  for (let index = 0; index < count; index++) {
    const end = first + (words[ends + index] as number);
    records.push(bytes[taken](start, end));
    start = end;
  }
  return records;
}
