/** Lower and upper limit, in hundredths of a float value. */
export type FloatRange = readonly [number, number];

export const exteriors: readonly { readonly name: string; readonly floats: FloatRange }[] = [
  { name: 'Factory New', floats: [0, 7] },
  { name: 'Minimal Wear', floats: [7, 15] },
  { name: 'Field-Tested', floats: [15, 38] },
  { name: 'Well-Worn', floats: [38, 45] },
  { name: 'Battle-Scarred', floats: [45, 100] },
];

/** null: the ranges do not overlap. */
export function overlap(one: FloatRange, other: FloatRange): FloatRange | null {
  const range: FloatRange = [Math.max(one[0], other[0]), Math.min(one[1], other[1])];
  return range[0] < range[1] ? range : null;
}

const HUNDREDTH = 10_000_000;
const DIGITS = 9;

/** A float value in the range as text; `drawn` is any whole number. */
export function floatIn([from, to]: FloatRange, drawn: number): string {
  const billionths = from * HUNDREDTH + (drawn % ((to - from) * HUNDREDTH));
  return `0.${String(billionths).padStart(DIGITS, '0')}`;
}
