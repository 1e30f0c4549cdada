import ms, { type StringValue } from 'ms';
import { later } from '../core/clock.ts';
import { isUuid } from '../core/ids.ts';
import { type Mills, parseDollars } from '../core/money.ts';
import { OperatorError } from '../core/operator-error.ts';
import { parseInstant, type Range } from '../http/instants.ts';

/** What was typed, checked before anything is opened, so that no bad text reaches the database. */

export function readId(text: string, what: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new OperatorError(`"${text}" is no ${what} id, which is a UUID`);
  return id;
}

const NAME_MAX = 128;

/** A merchant's id or name; which of them it is, and whose, is known once the database is open. */
export function readMerchantRef(text: string): string {
  const ref = text.trim();
  if (ref.length < 1 || ref.length > NAME_MAX) {
    throw new OperatorError(`a merchant is named by its id or its name, of 1 to ${NAME_MAX} characters`);
  }
  return ref;
}

export function readAmount(text: string): Mills {
  const amount = parseDollars(text, 2);
  if (amount === null) throw new OperatorError(`"${text}" is no amount: write dollars, such as 250 or 99.50`);
  if (amount === 0n) throw new OperatorError('an amount is more than 0');
  return amount;
}

export function readWhole(text: string, what: string, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= 1 && number <= max)) throw new OperatorError(`${what} is a whole number from 1 to ${max}`);
  return number;
}

const REASON_MAX = 200;

/** Why an operator does something, for others to read later. */
export function readReason(text: string): string {
  const reason = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  if (reason.length < 1 || reason.length > REASON_MAX) {
    throw new OperatorError(`--reason has 1 to ${REASON_MAX} characters`);
  }
  return reason;
}

export function readRange({ from, to }: { readonly from?: string; readonly to?: string }): Range {
  const range = { from: readTime(from, '--from'), to: readTime(to, '--to') };
  if (range.from && range.to && range.to <= range.from) throw new OperatorError('--to is not after --from');
  return range;
}

function readTime(text: string | undefined, what: string): Date | null {
  const time = text === undefined ? null : parseInstant(text);
  if (text !== undefined && !time) throw new OperatorError(`${what} is a time, such as 2026-07-31T12:00:00Z`);
  return time;
}

const DURATION_MAX_MS = ms('400d');

/** A duration such as `90m`, `24h` or `2 days`, in milliseconds; `0` is none. */
export function readDuration(text: string, what: string): number {
  // A bare number would be milliseconds. `ms` types its argument more narrowly than it reads.
  const isReadable = text === '0' || /[a-z]/i.test(text);
  const duration = isReadable ? ms(text as StringValue) : Number.NaN;
  if (!(duration >= 0 && duration <= DURATION_MAX_MS)) {
    throw new OperatorError(`${what} is a duration such as 90m, 24h or 7d, at most 400d, not "${text}"`);
  }
  return duration;
}

/** When something ends: after a duration from now, or at a time; null: never. */
export function readExpiry(text: string | undefined, what: string): (now: Date) => Date | null {
  if (text === undefined) return () => null;
  const time = parseInstant(text);
  if (time) return () => time;
  const duration = readDuration(text, what);
  if (duration === 0)
    throw new OperatorError(`${what} is a duration such as 90d, or a time such as 2027-01-31T12:00:00Z`);
  return (now) => later(now, duration);
}

/** Options that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** 0: any port that is free. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new OperatorError('a port is a number from 0 to 65535');
  return port;
}
