const NEWLINE = 0x0a;
const QUOTE = 0x22;
/** Far more than a row of the list; a body without line ends must not be collected. */
const ROW_BYTES_MAX = 64 * 1024;

/**
 * Splits CSV that comes in chunks into rows. A field in quotes may hold commas, line ends, and quotes that are written
 * twice. At most one row that is not finished is kept.
 */
export class CsvRows {
  #rest: Buffer = Buffer.alloc(0);

  /** @returns the rows that are complete now; null: a row is too long */
  push(chunk: Buffer): string[][] | null {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const rows: string[][] = [];
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, end + 1)) {
      const row = bytes.subarray(start, end);
      if (!isClosed(row)) continue;
      if (row.length > 0) rows.push(fieldsOf(row));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
    return this.#rest.length > ROW_BYTES_MAX ? null : rows;
  }

  /** The row after the last line end. An empty list: there is none. null: it ends inside of quotes. */
  end(): string[][] | null {
    if (this.#rest.length === 0) return [];
    return isClosed(this.#rest) ? [fieldsOf(this.#rest)] : null;
  }
}

/** Whether every quote has its partner. */
function isClosed(row: Buffer): boolean {
  let closed = true;
  for (let at = row.indexOf(QUOTE); at >= 0; at = row.indexOf(QUOTE, at + 1)) closed = !closed;
  return closed;
}

function fieldsOf(row: Buffer): string[] {
  // Rows are decoded one by one, so that a field that is kept does not keep its whole chunk in memory.
  const text = row.toString('utf8').replace(/\r$/, '');
  if (!text.includes('"')) return text.split(',');
  const fields = text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g);
  return [...fields].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}
