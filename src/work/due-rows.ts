import { type RawBuilder, sql } from 'kysely';
import { earlier } from '../core/clock.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { Deps } from '../deps.ts';
import type { DueTable } from './claim.ts';

/** One kind of due rows, for those who only want to know whether and when there are any. */
export interface DueRows extends Pick<DueTable, 'table' | 'dueAt'> {
  /** Which rows of the table, such as an index of due times has them; all if it is not given. */
  readonly which?: RawBuilder<unknown>;
}

export interface DueNow {
  /** The kinds that have due rows. */
  readonly kinds: readonly string[];
  /** When the next row is due of the kinds that have no due rows; null: none will be. */
  readonly nextAt: Date | null;
}

/**
 * Says in one read which kinds have due rows, and when the next row is due.
 *
 * The first row is at the end of an index of due times, whatever is due. A query for any due row would be planned as if many
 * were, and would then read a table from its beginning.
 */
export async function lookForDue(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  kinds: ReadonlyMap<string, DueRows>,
): Promise<DueNow> {
  const now = clock.now();
  const firsts = [...kinds].map(([kind, rows]) => first(kind, rows));
  const { rows } = await sql<{ kind: string; at: Date | null }>`
    select ${ofAllMerchants} kind, at from (${sql.join(firsts, sql` union all `)}) as first`.execute(db);
  const due: string[] = [];
  let nextAt: Date | null = null;
  for (const { kind, at } of rows) {
    if (at === null) continue;
    if (at <= now) due.push(kind);
    else nextAt = nextAt === null ? at : earlier(nextAt, at);
  }
  return { kinds: due, nextAt };
}

function first(kind: string, { table, dueAt, which = sql`true` }: DueRows): RawBuilder<unknown> {
  const at = sql.ref(`${table}.${dueAt}`);
  return sql`select ${kind}::text as kind, min(${at}) as at from ${sql.table(table)}
    where ${at} is not null and ${which}`;
}
