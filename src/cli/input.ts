import ms, { type StringValue } from 'ms';
import { later } from '../core/clock.ts';
import { isUuid } from '../core/ids.ts';
import { type Mills, parseDollars } from '../core/money.ts';
import { OperatorError } from '../core/operator-error.ts';
import { parseInstant, type Range } from '../http/instants.ts';

/** Command-line input is checked before the database is opened. */

export function readId(text: string, what: string): string {
  const id = text.toLowerCase();
  if (!isUuid(id)) throw new OperatorError(`"${text}" is not a ${what} id; an id is a UUID`);
  return id;
}

const NAME_MAX = 128;

/** A merchant's id or name. It is looked up after the database is opened. */
export function readMerchantRef(text: string): string {
  const ref = text.trim();
  if (ref.length < 1 || ref.length > NAME_MAX) {
    throw new OperatorError(`give a merchant’s id or its name, of 1 to ${NAME_MAX} characters`);
  }
  return ref;
}

export function readAmount(text: string): Mills {
  const amount = parseDollars(text, 2);
  if (amount === null) throw new OperatorError(`"${text}" is not an amount; write dollars, such as 250 or 99.50`);
  if (amount === 0n) throw new OperatorError('the amount must be more than 0');
  return amount;
}

export function readWhole(text: string, what: string, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= 1 && number <= max)) throw new OperatorError(`${what} must be a whole number from 1 to ${max}`);
  return number;
}

const REASON_MAX = 200;

/** The reason of an operator's action, as it is stored for the audit. */
export function readReason(text: string): string {
  const reason = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  if (reason.length < 1 || reason.length > REASON_MAX) {
    throw new OperatorError(`--reason must have 1 to ${REASON_MAX} characters`);
  }
  return reason;
}

export function readRange({ from, to }: { readonly from?: string; readonly to?: string }): Range {
  const range = { from: readTime(from, '--from'), to: readTime(to, '--to') };
  if (range.from && range.to && range.to <= range.from) throw new OperatorError('--to must be after --from');
  return range;
}

function readTime(text: string | undefined, what: string): Date | null {
  const time = text === undefined ? null : parseInstant(text);
  if (text !== undefined && !time) throw new OperatorError(`${what} must be a time, such as 2026-07-31T12:00:00Z`);
  return time;
}

const DURATION_MAX_MS = ms('400d');

/** Parses a duration such as `90m`, `24h`, `2 days` or `0`. @returns milliseconds */
export function readDuration(text: string, what: string): number {
  // A number without a unit would be read as milliseconds. The type of `ms` accepts less text than the function does.
  const isReadable = text === '0' || /[a-z]/i.test(text);
  const duration = isReadable ? ms(text as StringValue) : Number.NaN;
  if (!(duration >= 0 && duration <= DURATION_MAX_MS)) {
    throw new OperatorError(`${what} must be a duration such as 90m, 24h or 7d, at most 400d, not "${text}"`);
  }
  return duration;
}

/** An expiry: a duration from now or a time. The returned function gives null for no expiry. */
export function readExpiry(text: string | undefined, what: string): (now: Date) => Date | null {
  if (text === undefined) return () => null;
  const time = parseInstant(text);
  if (time) return () => time;
  const duration = readDuration(text, what);
  if (duration === 0)
    throw new OperatorError(`${what} must be a duration such as 90d, or a time such as 2027-01-31T12:00:00Z`);
  return (now) => later(now, duration);
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A setting as it was typed. */
export interface TypedSetting {
  readonly name: string;
  /** null: standard input gives it. */
  readonly value: string | null;
}

/** Parses `name=value`; `name=-` stands for a line of standard input. The messages contain no value. */
export function readSettings(texts: readonly string[]): TypedSetting[] {
  const typed = texts.map(readSetting);
  const names = typed.map((setting) => setting.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new OperatorError(`--set names ${twice} twice`);
  return typed;
}

function readSetting(text: string): TypedSetting {
  const [, name, value] = /^([a-z][a-zA-Z0-9]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new OperatorError('--set must be name=value, such as apiKey=-; skinrail supplier kinds lists the names');
  }
  return { name, value: value === '-' ? null : value.trim() };
}

/** 0 means any free port. */
export function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new OperatorError('--port must be a number from 0 to 65535');
  return port;
}
