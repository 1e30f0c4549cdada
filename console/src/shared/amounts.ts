/** Amounts of dollars are texts. To compare or add them they are whole thousandths of a dollar for a moment. */

const AMOUNT = /^(-?)(\d+)(?:\.(\d{1,3}))?$/;

/** @returns null for a text that is no amount */
export function millsOf(text: string): bigint | null {
  const match = AMOUNT.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = '0', part = ''] = match;
  const mills = BigInt(whole) * 1000n + BigInt(part.padEnd(3, '0'));
  return sign === '-' ? -mills : mills;
}

export function amountOf(mills: bigint): string {
  const digits = (mills < 0n ? -mills : mills).toString().padStart(4, '0');
  const part = digits.slice(-3).replace(/0$/, '');
  return `${mills < 0n ? '-' : ''}${digits.slice(0, -3)}.${part}`;
}

/** What people type: dollars with whole cents, more than 0. The gateway says the same about others. */
export function typedMills(text: string): bigint | null {
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(text.trim())) return null;
  const mills = millsOf(text);
  return mills === 0n ? null : mills;
}
