/** Lists in the order in which things came. */

/** How many of them came before row `n`. */
export function countBefore<T>(list: readonly T[], n: number, numberOf: (item: T) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberOf(list[middle] as T) < n) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of them that came before row `n`. */
export function lastBefore<T>(list: readonly T[], n: number, numberOf: (item: T) => number): T | undefined {
  return list[countBefore(list, n, numberOf) - 1];
}
