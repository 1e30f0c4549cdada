import Type from 'typebox';
import { Matching } from '../http/validation.ts';

/** Parts of several answers of the operator API. */

export function Time(description?: string) {
  return Type.String({ format: 'date-time', ...(description ? { description } : {}) });
}

/** In lower case only, as the database has it: secrets are bound to the text of their owner's id. */
export const Id = Matching('^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', 'must be a UUID in lower case', {
  format: 'uuid',
});
export const Nothing = Type.Object({});

/** Dollars with up to three decimals, as text: an amount that JavaScript reads as a number could lose its last digit. */
export const Dollars = Type.String({ pattern: '^-?\\d+\\.\\d{2,3}$', examples: ['12.345'] });

export function orNull<T extends Type.TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

/** A time as answers have it. */
export function iso<T extends Date | null>(time: T): T extends Date ? string : string | null {
  // TypeScript does not narrow the condition of a generic type.
  return (time === null ? null : time.toISOString()) as T extends Date ? string : string | null;
}
