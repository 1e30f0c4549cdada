interface MoneyProps {
  /** Dollars as the API answers them; null: not known. */
  readonly amount: string | null;
}

/** An amount of dollars. It is text from end to end: as a number it could lose its last digit. */
export function Money({ amount }: MoneyProps) {
  if (amount === null) return <span className="muted">–</span>;
  return <span style={{ whiteSpace: 'nowrap' }}>{dollars(amount)}</span>;
}

/** `-1234.5` → `−$1,234.50` */
export function dollars(amount: string): string {
  const isNegative = amount.startsWith('-');
  const [whole = '0', part = ''] = amount.replace('-', '').split('.');
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${isNegative ? '−' : ''}$${grouped}.${part.padEnd(2, '0')}`;
}

const MILLS_DIGITS = 3;

/** Adds amounts as the API answers them, to the last digit. */
export function sumOf(amounts: readonly string[]): string {
  const total = amounts.reduce((sum, amount) => sum + millsOf(amount), 0n);
  const digits = String(total < 0n ? -total : total).padStart(MILLS_DIGITS + 1, '0');
  const whole = digits.slice(0, -MILLS_DIGITS);
  const part = digits.slice(-MILLS_DIGITS).replace(/0$/, '');
  return `${total < 0n ? '-' : ''}${whole}.${part}`;
}

function millsOf(amount: string): bigint {
  const [whole = '0', part = ''] = amount.split('.');
  return BigInt(whole + part.padEnd(MILLS_DIGITS, '0'));
}
