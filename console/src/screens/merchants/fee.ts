/** The highest fee that the gateway accepts, in percent. */
export const FEE_MAX_PERCENT = 50;
export const FEE_HINT = `Percent on top of the marketplaces’ prices, 0 to ${FEE_MAX_PERCENT}`;
/** What a field for a fee accepts. */
export const FEE_PATTERN = '[0-9]{1,2}([.][0-9]{1,2})?';

/** Hundredths of a percent as people write them: `150` → `1.5 %`. */
export function feeText(bps: number): string {
  return `${bps / 100} %`;
}

/** @returns hundredths of a percent; null: the text is no fee */
export function readFee(percent: string): number | null {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?$/.exec(percent.trim());
  if (!match) return null;
  const [, whole, part = ''] = match;
  const bps = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return bps > FEE_MAX_PERCENT * 100 ? null : bps;
}
