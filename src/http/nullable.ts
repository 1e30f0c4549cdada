import Type, { type TSchema } from 'typebox';

/** A query parameter that may be null, which a query string writes as `null` or as an empty value. */
export function orNull<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null(), Type.Literal('null')]));
}

/** The value of such a parameter; null counts as absent. */
export function given<T>(value: T | null | 'null' | undefined): Exclude<T, 'null'> | undefined {
  // `orNull` reads the text `null` as null; TypeScript cannot exclude a literal from a type parameter.
  return value === null || value === 'null' ? undefined : (value as Exclude<T, 'null'> | undefined);
}
