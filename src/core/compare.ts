/** For `sort`. Texts by code units: the same order on every machine, and ten times as fast as a locale's order. */
export function compare<T extends string | bigint>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
