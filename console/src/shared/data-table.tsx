import type { ReactNode } from 'react';
import classes from './data-table.module.css';

/** From this width of the table on a column is shown: `sm` 520 px, `md` 760 px, `lg` 1100 px. */
export type ColumnWidth = 'sm' | 'md' | 'lg';

export interface Column<Row> {
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers are aligned right, so that their digits stand below each other. */
  readonly align?: 'right';
  /** Absent: at every width. What a phone must show as well belongs into a cell of another column. */
  readonly from?: ColumnWidth;
  /** For names of items: other columns leave it some room. */
  readonly isWide?: boolean;
  /** Takes no more room than it needs. */
  readonly isNarrow?: boolean;
  /** Nobody needs to see the header, for example of buttons. */
  readonly hidesHeader?: boolean;
}

interface DataTableProps<Row> {
  /** What the table lists, for screen readers. */
  readonly caption: string;
  /** The first one names the row. */
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Instead of rows when there are none. */
  readonly empty: ReactNode;
}

/** A table that scrolls by itself where it is wider than the screen. */
export function DataTable<Row>({ caption, columns, rows, rowKey, empty }: DataTableProps<Row>) {
  if (rows.length === 0) return <div className={classes['empty']}>{empty}</div>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it with the arrow keys
    <section className={classes['scroll']} aria-label={caption} tabIndex={0}>
      <table className={classes['table']}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.header} scope="col" {...look(column)}>
                <span className={column.hidesHeader ? 'visually-hidden' : undefined}>{column.header}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column, index) => {
                const Cell = index === 0 ? 'th' : 'td';
                return (
                  <Cell key={column.header} scope={index === 0 ? 'row' : undefined} {...look(column)}>
                    {column.cell(row)}
                  </Cell>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function look<Row>({ align, from, isWide, isNarrow }: Column<Row>) {
  const width = isWide ? 'wide' : isNarrow ? 'narrow' : undefined;
  return { 'data-align': align, 'data-from': from, 'data-width': width };
}
