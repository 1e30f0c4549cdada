import pg from 'pg';

/** Reads int8 as BigInt; by default pg gives text. */
export const int8AsBigInt: pg.CustomTypesConfig = {
  // In pg's type the result of a parser is `any`; both parsers receive the text of the column.
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text'),
};
