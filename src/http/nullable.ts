import Type, { type TSchema } from 'typebox';

/** A query parameter that may be null, which a query string writes as the word or as nothing. */
export function orNull<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null(), Type.Literal('null')]));
}

/** What was given of such a parameter; null counts as not given. */
export function given<T>(value: T | null | 'null' | undefined): Exclude<T, 'null'> | undefined {
  // The word is what `orNull` reads as null; TypeScript does not take a literal out of a type parameter.
  return value === null || value === 'null' ? undefined : (value as Exclude<T, 'null'> | undefined);
}
