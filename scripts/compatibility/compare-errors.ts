import { type CatalogueRow, catalogue } from '../../src/core/errors.ts';
import { itemErrors, tradeErrors } from '../../src/core/trade-errors.ts';
import { failures, type PublicError, publicErrors } from './surface/errors.ts';
import { ourErrors } from './surface/ours.ts';

export const rows: ReadonlyMap<string, CatalogueRow> = new Map(Object.entries(catalogue));

/** Where the page and the catalogue of errors do not agree, in words. */
export function errorDisagreements(): string[] {
  const listed = new Set([...publicErrors.map(({ key }) => key), ...Object.keys(ourErrors)]);
  return [
    ...[...rows.keys()].filter((key) => !listed.has(key)).map((key) => `${key} is not on the page`),
    ...Object.keys(ourErrors).flatMap((key) => (rows.has(key) ? [] : [`${key} is called ours, and is not there`])),
    ...publicErrors.flatMap((error) => compare(error, rows.get(error.key)).map((what) => `${error.key} ${what}`)),
  ];
}

function compare({ code, statuses, notOffered }: PublicError, row: CatalogueRow | undefined): string[] {
  if (notOffered !== undefined) return row ? ['is called not offered, and is there'] : [];
  if (!row) return ['is not there'];
  return [
    ...(code === null || row.code === code ? [] : [`has code ${row.code}, and not ${code}`]),
    ...(code === null && row.origin === 'public' ? ['has a code that nobody has stated'] : []),
    ...(statuses.length === 0 || statuses.includes(row.status) ? [] : [`has status ${row.status}, not ${statuses}`]),
  ];
}

/** The same of the words in the field `error` of items and trades. */
export function failureDisagreements(): string[] {
  const offered = failures.filter((failure) => failure.notOffered === undefined);
  const ofItems = offered.filter((failure) => failure.of !== 'trade').map(({ word }) => word);
  return [
    ...difference('items', ofItems, itemErrors),
    ...difference(
      'trades',
      offered.map(({ word }) => word),
      tradeErrors,
    ),
  ];
}

function difference(what: string, said: readonly string[], there: readonly string[]): string[] {
  return [
    ...said.filter((word) => !there.includes(word)).map((word) => `${word} of ${what} is not there`),
    ...there.filter((word) => !said.includes(word)).map((word) => `${word} of ${what} is not on the page`),
  ];
}
