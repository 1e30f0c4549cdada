import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';

/** A number, or a text that people have typed. */
export type CsvCell = string | null | { readonly number: string };

/** A column of a file: its name in the first row, and its cell in the row of an entry. */
export type CsvColumn<T> = readonly [name: string, cellOf: (entry: T) => CsvCell];

/** For the description of a route. */
export const FORMULAS_ARE_DISARMED = 'A text that a spreadsheet would run as a formula has an apostrophe before it.';

/** The schema of an answer that is a file. */
export function CsvFile() {
  return { description: 'Success', content: { 'text/csv': { schema: Type.String() } } };
}

/** The parts of a file: one for each page of entries, the first with the names of the columns. */
export async function* csvParts<T>(
  columns: readonly CsvColumn<T>[],
  pages: AsyncIterable<readonly T[]>,
): AsyncGenerator<string, void> {
  let head = csvRow(columns.map(([name]) => name));
  for await (const page of pages) {
    yield head + page.map((entry) => csvRow(columns.map(([, cellOf]) => cellOf(entry)))).join('');
    head = '';
  }
}

/**
 * Begins a text that a spreadsheet would run as a formula: texts of others are in the file, and whoever opens it would run
 * what they have typed.
 */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** One row of RFC 4180. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(textOf).join(',')}\r\n`;
}

function textOf(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return cell.number;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Sends a file a part at a time: the next part is made when the one before was taken. The first one is awaited, so that an
 * error before it is an ordinary answer; a later one cuts the connection, so that nobody takes a half file for a whole one.
 */
export async function sendCsv(
  reply: FastifyReply,
  fileName: string,
  parts: AsyncGenerator<string, void>,
): Promise<FastifyReply> {
  const first = await parts.next();
  const all = first.done ? Readable.from([]) : Readable.from(following(first.value, parts), { highWaterMark: 1 });
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${fileName}"`)
    .send(all);
}

async function* following(first: string, parts: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield first;
  yield* parts;
}
