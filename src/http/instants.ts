import Type from 'typebox';
import { errors } from '../core/errors.ts';

/** A point in time in a request, as text. `readRange` parses it. */
export function Instant(description: string) {
  return Type.String({ format: 'date-time', description });
}

/** `from` is inclusive, `to` is exclusive; null: no limit. */
export interface Range {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** @throws VALIDATION_FAILED for an invalid time, and for a range that ends before it begins */
export function readRange(given: { readonly from?: string; readonly to?: string }): Range {
  const range = { from: readInstant('from', given.from), to: readInstant('to', given.to) };
  if (range.from && range.to && range.to <= range.from) throw errors.validationFailed({ to: 'must be after from' });
  return range;
}

function readInstant(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const instant = parseInstant(text);
  if (!instant) throw errors.validationFailed({ [field]: 'must be a time, such as 2026-07-31T12:00:00Z' });
  return instant;
}

/** A UTC day, or a time with its time zone, because a time without a zone has a different meaning on each machine. */
const INSTANT = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i;

/** Years before 1970 and after 9999 are refused; the database does not accept some of them. */
export function parseInstant(text: string): Date | null {
  const instant = new Date(text);
  const year = instant.getUTCFullYear();
  return INSTANT.test(text) && year >= 1970 && year <= 9999 ? instant : null;
}
