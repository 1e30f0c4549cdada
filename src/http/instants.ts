import Type from 'typebox';
import { errors } from '../core/errors.ts';

/** An instant in a request, as a text. `readRange` makes a time of it. */
export function Instant(description: string) {
  return Type.String({ format: 'date-time', description });
}

/** From and up to, but not at; null: without an end on that side. */
export interface Range {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** @throws VALIDATION_FAILED for what is no time that the database knows, and for a range that ends before it begins */
export function readRange(given: { readonly from?: string; readonly to?: string }): Range {
  const range = { from: readInstant('from', given.from), to: readInstant('to', given.to) };
  if (range.from && range.to && range.to <= range.from) throw errors.validationFailed({ to: 'is not after from' });
  return range;
}

function readInstant(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const instant = parseInstant(text);
  if (!instant) throw errors.validationFailed({ [field]: 'is no time, such as 2026-07-31T12:00:00Z' });
  return instant;
}

/** A day, which begins in UTC, or a time with its zone: without one it would mean another time on each machine. */
const INSTANT = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i;

/** Years before 1970 and beyond 9999 are none of ours; the database refuses some of them. */
export function parseInstant(text: string): Date | null {
  const instant = new Date(text);
  const year = instant.getUTCFullYear();
  return INSTANT.test(text) && year >= 1970 && year <= 9999 ? instant : null;
}
