import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/** A number, or a text that people have typed. */
export type CsvCell = string | null | { readonly number: string };

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
