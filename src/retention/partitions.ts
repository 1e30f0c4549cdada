import { sql } from 'kysely';
import { firstIdOf } from '../core/ids.ts';
import type { Db } from '../db/connect.ts';
import { codeOf } from '../db/failure.ts';
import type { Deps } from '../deps.ts';

/**
 * Tables that only grow have a partition for each month (UTC) in which a trade, or a callback, was made: ids begin with that
 * time. What no month has is in the default partition, which is as right, and cannot be dropped.
 */
const parents = ['trade_event', 'approval_attempt', 'callback_attempt'] as const;

/** So many months after the present one have a partition. A node that was off for longer writes to the default. */
const MONTHS_AHEAD = 2;

/** For so long the change of a table may wait for statements that use it, while others wait for the change. */
const LOCK_TIMEOUT = '500ms';

/** Another node was first; the default has rows of the month; a long statement uses the table: tried again at the next round. */
const EXPECTED = ['42P07', '23505', '42P17', '23514', '55P03', '40P01'];

type PartitionDeps = Pick<Deps, 'db' | 'clock' | 'log'>;

/** Makes the partitions of the present month and of the next ones, where they are missing. Any number of nodes may do it at once. */
export async function keepPartitions(deps: PartitionDeps): Promise<void> {
  const now = deps.clock.now();
  const existing = await partitionNames(deps.db);
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead++) {
    const month = monthOf(now, ahead);
    for (const parent of parents) {
      const name = nameOf(parent, month);
      if (existing.has(name)) continue;
      const bounds = sql`(${sql.lit(firstIdOf(month))}) to (${sql.lit(firstIdOf(monthOf(month, 1)))})`;
      await change(deps, name, [
        sql`create table ${sql.table(name)} partition of ${sql.table(parent)} for values from ${bounds}`,
      ]);
    }
  }
}

/** Drops the partitions of months before a time that have no rows left. @returns how many */
export async function dropEmptyPartitions(deps: PartitionDeps, before: Date): Promise<number> {
  let dropped = 0;
  for (const name of await partitionNames(deps.db)) {
    const month = monthIn(name);
    if (month === null || monthOf(month, 1) > before || (await hasRows(deps.db, name))) continue;
    // Looked at again once nobody can write: a trade that was lost is recorded again under its old id.
    const stillEmpty = sql`do ${sql.lit(
      `begin lock table ${name} in access exclusive mode;
      if exists (select 1 from ${name}) then raise lock_not_available; end if; drop table ${name}; end`,
    )}`;
    if (await change(deps, name, [stillEmpty])) dropped++;
  }
  return dropped;
}

/** @returns false when it has to be tried again later */
async function change(
  { db, log }: PartitionDeps,
  name: string,
  statements: readonly ReturnType<typeof sql>[],
): Promise<boolean> {
  try {
    await db.transaction().execute(async (trx) => {
      await sql`set local lock_timeout = ${sql.lit(LOCK_TIMEOUT)}`.execute(trx);
      for (const statement of statements) await statement.execute(trx);
    });
    return true;
  } catch (error) {
    if (!EXPECTED.includes(codeOf(error) ?? '')) throw error;
    log.debug({ err: error, partition: name }, 'a partition is left as it is for now');
    return false;
  }
}

async function partitionNames(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select child.relname as name from pg_inherits
    join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
    where parent.relnamespace = 'public'::regnamespace and child.relkind = 'r'
      and parent.relname in (${sql.join(parents.map((parent) => sql.lit(parent)))})`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

async function hasRows(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`select exists (select 1 from ${sql.table(name)}) as found`.execute(db);
  return rows[0]?.found ?? true;
}

function monthOf(at: Date, ahead: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + ahead));
}

function nameOf(parent: string, month: Date): string {
  return `${parent}_${month.toISOString().slice(0, 7).replace('-', '_')}`;
}

/** @returns null for the default partition */
function monthIn(name: string): Date | null {
  const [, year, month] = /_(\d{4})_(\d{2})$/.exec(name) ?? [];
  return year === undefined ? null : new Date(Date.UTC(Number(year), Number(month) - 1));
}
