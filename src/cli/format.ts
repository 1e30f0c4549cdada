import { decimal, type Mills } from '../core/money.ts';
import { visible } from './visible.ts';

export function dollars(amount: Mills): string {
  return amount < 0n ? `-$${decimal(amount).slice(1)}` : `$${decimal(amount)}`;
}

/** A cell of a table. An empty cell is shown as a dash, so that `awk` finds the same columns in every row. */
export type Cell = string | number | boolean | Date | null | undefined;

function toText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  // Names come from merchants and suppliers and must not send control sequences to the operator's terminal.
  return cell instanceof Date ? cell.toISOString() : visible(String(cell)).replaceAll('\n', '�');
}

/** Rows in aligned columns, each as wide as its widest cell. */
export function columns(rows: readonly (readonly Cell[])[], indent = ''): string {
  const texts = rows.map((row) => row.map(toText));
  const widths: number[] = [];
  for (const row of texts) {
    for (const [index, text] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, text.length);
  }
  return texts
    .map((row) => indent + row.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** A table with a header row, or the text `none` when there are no rows. */
export function listing(head: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
  return rows.length === 0 ? `${none}\n` : columns([head, ...rows]);
}
