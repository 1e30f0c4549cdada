import { sql } from 'kysely';
import { OperatorError } from '../core/operator-error.ts';
import type { Db } from './connect.ts';

/**
 * How the tables are spread over the workers of a Citus cluster: what belongs to merchants by the merchant, so that each
 * statement about one merchant and each transaction of one merchant runs on one worker.
 */
export const DISTRIBUTION_COLUMN = 'merchant_id';

/** Each has the column in all of its unique keys. The first one is the one with which the others are placed together. */
export const distributedTables = [
  'trade',
  'item',
  'trade_event',
  'purchase',
  'cancellation',
  'cancellation_joined',
  'account',
  'transfer',
  'callback',
  'callback_attempt',
  'approval',
  'approval_attempt',
  'quick_buy',
  'client_usage',
  'archive_file',
  'archived_trade',
  'carried_balance',
  'retention_progress',
] as const;

/**
 * Small tables that statements about merchants read: a copy on every worker, each write a two-phase commit on all. A
 * revoked key or a freeze therefore holds everywhere or nowhere. All other tables stay on the coordinator.
 */
export const referenceTables = ['merchant', 'api_key', 'client_origin', 'buying_freeze'] as const;

/** Whether the tables are spread over workers. */
export async function isDistributed(db: Db): Promise<boolean> {
  return (await hasCitus(db)) && (await placed(db)).has(distributedTables[0]);
}

/**
 * Spreads the tables over the workers of a Citus cluster, in one transaction: nothing has changed if it fails. Rows that
 * are there are moved. Tables that are spread already stay as they are, so that it can be repeated after migrations.
 * @returns the names of the tables that were spread or copied
 * @throws OperatorError when the database has no Citus
 */
export async function distribute(db: Db): Promise<string[]> {
  if (!(await hasCitus(db))) {
    throw new OperatorError(
      'this database has no Citus: run "create extension citus" and add the workers with citus_add_node, then repeat',
    );
  }
  const done = await placed(db);
  const spread = distributedTables.filter((table) => !done.has(table));
  const copied = referenceTables.filter((table) => !done.has(table));
  if (spread.length + copied.length === 0) return [];
  const statements = withoutKeysBetween(spread, copied.map(copy), spread.map(place));
  await db.transaction().execute(async (trx) => {
    for (const statement of statements) await sql.raw(statement).execute(trx);
  });
  return [...copied, ...spread];
}

async function hasCitus(db: Db): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_extension where extname = 'citus'`.execute(db);
  return rows.length > 0;
}

async function placed(db: Db): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select logicalrelid::text as name from pg_dist_partition where partmethod = 'h' or repmodel = 't'`.execute(db);
  return new Set(rows.map(({ name }) => name));
}

function copy(table: string): string {
  return `select create_reference_table('${table}')`;
}

function place(table: string): string {
  const [first] = distributedTables;
  const beside = table === first ? 'none' : first;
  return `select create_distributed_table('${table}', '${DISTRIBUTION_COLUMN}', colocate_with => '${beside}')`;
}

/** A table that is spread cannot be referenced by one that is not yet: keys between them are made anew afterwards. */
function withoutKeysBetween(tables: readonly string[], ...steps: readonly (readonly string[])[]): string[] {
  if (tables.length === 0) return steps.flat();
  const names = tables.map((table) => `'${table}'`).join();
  const forEachKey = (statement: string) =>
    `do $keys$ declare key record; begin for key in select * from keys_between loop execute ${statement}; end loop; end $keys$`;
  return [
    `create temp table keys_between on commit drop as
      select conrelid::regclass::text as of, conname as name, pg_get_constraintdef(oid) as text from pg_constraint
      where contype = 'f' and conparentid = 0 and confrelid = any (array[${names}]::regclass[])`,
    forEachKey("format('alter table %s drop constraint %I', key.of, key.name)"),
    ...steps.flat(),
    forEachKey("format('alter table %s add constraint %I %s', key.of, key.name, key.text)"),
  ];
}
