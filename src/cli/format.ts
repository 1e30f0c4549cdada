import { type Mills, toDecimalText, toMills } from '../core/money.ts';
import { visible } from './visible.ts';

/** Dollars for people and for JSON: two decimals, and a third only where there is a fraction of a cent. */
export function decimal(amount: Mills): string {
  const text = toDecimalText(amount);
  return text.endsWith('0') ? text.slice(0, -1) : text;
}

export function dollars(amount: Mills): string {
  return amount < 0n ? `-$${decimal(amount).slice(1)}` : `$${decimal(amount)}`;
}

/** What a cell shows; nothing is a dash, so that every column keeps its place for `awk`. */
export type Cell = string | number | boolean | Date | null | undefined;

function toText(cell: Cell): string {
  if (cell === null || cell === undefined || cell === '') return '-';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  // Names come from merchants and suppliers; none of them may steer the operator's terminal.
  return cell instanceof Date ? cell.toISOString() : visible(String(cell)).replaceAll('\n', '�');
}

/** Rows in columns that line up, each column as wide as its widest cell. */
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

/** A list with its head, or a sentence when there is nothing in it. */
export function listing(head: readonly string[], rows: readonly (readonly Cell[])[], none: string): string {
  return rows.length === 0 ? `${none}\n` : columns([head, ...rows]);
}

const UNIT = /_mills$/;

/** A column of an amount as dollars, without the unit in its name; any other as it is. */
export function decimalOfColumn(column: string, value: unknown): [string, unknown] {
  if (!UNIT.test(column) || typeof value !== 'bigint') return [column, value];
  return [column.replace(UNIT, ''), decimal(toMills(value))];
}
