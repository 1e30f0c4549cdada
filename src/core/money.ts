import { errors } from './errors.ts';

declare const mills: unique symbol;

/** An amount of US dollars in thousandths, never a float. */
export type Mills = bigint & { readonly [mills]: true };

const MILLS_PER_CENT = 10n;
const BPS_WHOLE = 10_000n;

/** Decline penalty: 2 % of the price, at most $9. */
const DECLINE_PENALTY_BPS = 200;
const DECLINE_PENALTY_MAX = toMills(9_000n);

export const NOTHING = toMills(0n);

/** Converts an integer of thousandths, from a `*_mills` column or a supplier. */
export function toMills(amount: bigint): Mills {
  // The only cast to the branded type.
  return amount as Mills;
}

export function add(a: Mills, b: Mills): Mills {
  return toMills(a + b);
}

export function subtract(a: Mills, b: Mills): Mills {
  return toMills(a - b);
}

export function sum(amounts: Iterable<Mills>): Mills {
  let total = NOTHING;
  for (const amount of amounts) total = add(total, amount);
  return total;
}

/**
 * Reads a decimal text such as `12.345` exactly.
 * @param decimals the maximum number of decimals (2 for merchants, 3 for suppliers)
 * @returns null when the text is not a plain, non-negative decimal of that precision
 */
export function parseDollars(text: string, decimals: 2 | 3): Mills | null {
  const match = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text);
  if (!match?.[1]) return null;
  const fraction = match[2] ?? '';
  if (fraction.length > decimals) return null;
  return toMills(BigInt(match[1]) * 1000n + BigInt(fraction.padEnd(3, '0')));
}

/**
 * Converts dollars from a merchant's JSON through decimal text, without float arithmetic.
 * @throws VALIDATION_FAILED for `field` when the number has more than two decimals or is not a plain decimal
 */
export function fromMerchantDollars(dollars: number, field: string): Mills {
  const amount = parseDollars(String(dollars), 2);
  if (amount === null) throw errors.validationFailed({ [field]: 'must be dollars with at most two decimals' });
  return amount;
}

/**
 * Converts a price limit to whole cents, rounded in the given direction, because prices have whole cents.
 * @throws VALIDATION_FAILED for `field` when it is not a plain, non-negative decimal
 */
export function boundFromDollars(dollars: number, towards: 'up' | 'down', field: string): Mills {
  // Callers without an upper limit send very large numbers. From 22 digits on, JavaScript writes them with an exponent.
  const match = /^(\d{1,21})(?:\.(\d+))?$/.exec(String(dollars));
  if (!match?.[1])
    throw errors.validationFailed({ [field]: 'must be dollars, not negative, as a plain decimal number' });
  const [fraction, rest] = [(match[2] ?? '').slice(0, 2), (match[2] ?? '').slice(2)];
  const cents = BigInt(match[1]) * 100n + BigInt(fraction.padEnd(2, '0'));
  return toMills((cents + (towards === 'up' && /[1-9]/.test(rest) ? 1n : 0n)) * MILLS_PER_CENT);
}

/** Decimal text with exactly three decimals, e.g. `12.340`. Negative amounts keep their sign. */
export function toDecimalText(amount: Mills): string {
  const magnitude = amount < 0n ? -amount : amount;
  const text = magnitude.toString().padStart(4, '0');
  return `${amount < 0n ? '-' : ''}${text.slice(0, -3)}.${text.slice(-3)}`;
}

/** Dollars as text with two decimals, or three when the amount has a fraction of a cent. */
export function decimal(amount: Mills): string {
  const text = toDecimalText(amount);
  return text.endsWith('0') ? text.slice(0, -1) : text;
}

/**
 * Dollars as a JSON number for merchants, always whole cents.
 * @throws Error when the amount has a fraction of a cent, because it should have been rounded when it was quoted
 */
export function toMerchantDollars(amount: Mills): number {
  if (amount % MILLS_PER_CENT !== 0n) throw new Error(`${toDecimalText(amount)} is not a whole number of cents`);
  return Number(toDecimalText(amount));
}

/** `amount` plus a markup, and a fee on both, in hundredths of a percent; rounded up once to the next whole cent. */
export function withFeeRoundedUp(amount: Mills, feeBps: number, markupBps = 0): Mills {
  const exact = amount * (BPS_WHOLE + BigInt(markupBps)) * (BPS_WHOLE + BigInt(feeBps));
  const perCent = BPS_WHOLE * BPS_WHOLE * MILLS_PER_CENT;
  return toMills(((exact + perCent - 1n) / perCent) * MILLS_PER_CENT);
}

/** The largest amount for which `withFeeRoundedUp` is at most `limit`, which must be whole cents. */
export function greatestWithin(limit: Mills, feeBps: number, markupBps = 0): Mills {
  const whole = BPS_WHOLE * BPS_WHOLE;
  return toMills((limit * whole) / ((BPS_WHOLE + BigInt(markupBps)) * (BPS_WHOLE + BigInt(feeBps))));
}

/**
 * `amount` plus a markup, exactly: in ten-thousandths of a mill. The order by it is the order of the amounts with the markup and
 * any fee.
 */
export function markedUp(amount: Mills, markupBps: number): bigint {
  return amount * (BPS_WHOLE + BigInt(markupBps));
}

/** `amount` plus `bps` hundredths of a percent of it, rounded down to the cent. */
export function plusBps(amount: Mills, bps: number): Mills {
  const cents = (amount * (BPS_WHOLE + BigInt(bps))) / (BPS_WHOLE * MILLS_PER_CENT);
  return toMills(cents * MILLS_PER_CENT);
}

/**
 * The penalty for a declined offer: 2 %, rounded down to the cent, at most $9. Below $0.50 it is zero; a minimum of a cent
 * would be a third of a price of $0.03.
 */
export function declinePenalty(price: Mills): Mills {
  const cents = (price * BigInt(DECLINE_PENALTY_BPS)) / (BPS_WHOLE * MILLS_PER_CENT);
  const penalty = toMills(cents * MILLS_PER_CENT);
  return penalty > DECLINE_PENALTY_MAX ? DECLINE_PENALTY_MAX : penalty;
}
