import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants, onOneServer } from '../db/portable.ts';
import type { Deps } from '../deps.ts';

/**
 * The kernel for durable work. A row with a due time is work: nothing is lost when a process dies, because the row is
 * due again. A kind of due work uses these parts:
 *
 * - `claimDue` (here) finds due rows of all merchants and takes them for this node, by moving their due time: to the end of
 *   a lease while calls are made, or to the next attempt for rows that may be worked on twice. It counts the attempt.
 *   `claimOfMerchant` and `claimOfSeveral` take those of given merchants.
 * - `expireLeases` (here) records that a call in flight was abandoned, where its outcome must then be looked up.
 * - `leaseEnd` and `mayStillCall` (`lease.ts`) say how long a lease is, and whether its holder may still call.
 * - `nextAttemptAt` (`backoff.ts`) says when a row without a result is tried again.
 * - `runEach` (`round.ts`) works on the rows of a batch, and waits for all of them.
 * - `Ticker` (`ticker.ts`) runs rounds; `LaneWorker` (`lane-worker.ts`) runs rows one by one, with lanes per merchant.
 *
 * An outcome is recorded by a guarded update: only while the row is in the state, and at the attempt number, that the
 * claim returned. A holder whose lease has ended therefore changes nothing that belongs to the next one.
 *
 * What is due of whom is found by a read, which locks nothing. On a cluster each change then names one merchant, so that it is
 * one server's work wherever the merchant's rows are (docs/internals/portable-sql.md).
 */

/** A table of which rows come due, and the names of the columns that the kernel uses. */
export interface DueTable {
  readonly table: 'approval' | 'callback' | 'cancellation' | 'item' | 'purchase' | 'quick_buy';
  /** Identifies a row together with `merchant_id`. */
  readonly key: 'id' | 'trade_id';
  readonly dueAt: 'due_at' | 'auto_cancel_due_at';
  /** Counts the attempts; null: attempts are not counted, because two of them at once do no harm. */
  readonly attempts: 'attempts' | null;
}

export interface Claim {
  readonly now: Date;
  /** The new due time: the end of the lease, or when the row is due again. */
  readonly until: Date | RawBuilder<Date>;
  /** Which due rows; checked when a row is found, and again on the row as it is when it is claimed. */
  readonly which?: RawBuilder<unknown>;
  /** Other columns that the claim sets, such as `state = 'requested'`. */
  readonly set?: RawBuilder<unknown>;
  /** Tables whose columns the claim returns too: a join with `claimed`, which has the keys. */
  readonly join?: RawBuilder<unknown>;
  /**
   * What the claim of a merchant's rows returns of each; all columns of the table if it is not given. A query in it names the
   * merchant as it is given here: otherwise a cluster does not see that one worker has all of it.
   */
  readonly returning?: (merchantId: RawBuilder<unknown>) => RawBuilder<unknown>;
}

/** How often due rows are looked for again when others have taken or locked some of those that were found. */
const LOOKS_MAX = 3;

/**
 * Claims due rows of all merchants, those first that have been due for longest. Rows that others have locked are passed
 * over, so that they keep nobody from the rows behind them.
 * @param claim.take how many rows at most
 */
export async function claimDue<Row>(
  { db, isDistributed }: Pick<Deps, 'db' | 'isDistributed'>,
  due: DueTable,
  claim: Claim & { readonly take: number },
): Promise<readonly Row[]> {
  const claimed: Row[] = [];
  let missed = 0;
  for (let look = 1; look <= LOOKS_MAX && claimed.length < claim.take; look++) {
    const wanted = claim.take - claimed.length;
    const before = claimed.length;
    try {
      const found = await findDue(db, due, claim, { take: wanted, passOver: missed });
      // Of a thousand merchants with one due row each, a statement for each cost a third of a node's processor time.
      if (!isDistributed) claimed.push(...(await claimFound<Row>(db, due, found, claim)));
      else
        for (const [merchantId, keys] of byMerchant(found)) {
          const chosen = sql`select unnest(${keys}::uuid[]) as ${sql.ref(due.key)}`;
          claimed.push(...(await claimOfMerchant<Row>(db, due, merchantId, { ...claim, chosen })));
        }
      missed += found.length - (claimed.length - before);
      if (found.length < wanted || missed === 0) break;
    } catch (error) {
      // What is claimed must be worked on: otherwise its leases would have to end first.
      if (claimed.length === 0) throw error;
      break;
    }
  }
  return claimed;
}

interface Look {
  readonly take: number;
  readonly passOver: number;
}

async function findDue(
  db: Db,
  due: DueTable,
  { now, which }: Claim,
  { take, passOver }: Look,
): Promise<readonly { readonly merchant_id: string; readonly id: string }[]> {
  const { table, merchantId, key, dueAt } = namesOf(due);
  const { rows } = await sql<{ merchant_id: string; id: string }>`
    select ${ofAllMerchants} ${merchantId}, ${key} as id from ${table} where ${isDue(due, now, which)}
    order by ${dueAt} limit ${take}::int4 offset ${passOver}::int4`.execute(db);
  return rows;
}

/** Groups the ids of rows of several merchants, in the order of the rows: each change names one merchant. */
export function byMerchant(
  rows: readonly { readonly merchant_id: string; readonly id: string }[],
): ReadonlyMap<string, readonly string[]> {
  const groups = Map.groupBy(rows, (row) => row.merchant_id);
  return new Map([...groups].map(([merchantId, ofOne]) => [merchantId, ofOne.map(({ id }) => id)]));
}

/** Claims rows that were found, of any merchants, in one statement: for a single server. */
async function claimFound<Row>(
  db: Db,
  due: DueTable,
  found: readonly { readonly merchant_id: string; readonly id: string }[],
  claim: Claim,
): Promise<readonly Row[]> {
  if (found.length === 0) return [];
  const merchants = found.map((row) => row.merchant_id);
  const keys = found.map(({ id }) => id);
  const chosen = sql`select ${onOneServer} merchant_id, ${sql.ref(due.key)} from unnest(${merchants}::uuid[], ${keys}::uuid[])
    as given (merchant_id, ${sql.ref(due.key)})`;
  return claimChosen(db, due, { ...claim, chosen }, null);
}

/**
 * Claims due rows of one merchant in one statement.
 * @param claim.chosen a query for keys of the merchant's rows, which limits itself
 */
export async function claimOfMerchant<Row>(
  db: Db,
  due: DueTable,
  merchant: string,
  claim: Claim & { readonly chosen: RawBuilder<unknown> },
): Promise<readonly Row[]> {
  return claimChosen(db, due, claim, merchant);
}

/**
 * Claims due rows of several merchants in one statement: for a single server.
 * @param claim.chosen a query for `merchant_id` and the key of rows, which limits itself
 */
export async function claimOfSeveral<Row>(
  db: Db,
  due: DueTable,
  claim: Claim & { readonly chosen: RawBuilder<unknown> },
): Promise<readonly Row[]> {
  return claimChosen(db, due, claim, null);
}

/**
 * Claims of one merchant after the other. What was claimed before a statement failed must be worked on: otherwise its
 * leases would have to end first.
 * @throws what the first statement fails with
 */
export async function claimInTurn<Turn, Row>(
  turns: readonly Turn[],
  claimOf: (turn: Turn) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const claimed: Row[] = [];
  for (const turn of turns) {
    try {
      claimed.push(...(await claimOf(turn)));
    } catch (error) {
      if (claimed.length === 0) throw error;
      break;
    }
  }
  return claimed;
}

/**
 * Of any number of callers, one gets a row: the condition is checked again on the row as it is when it is updated, and once
 * another caller has the row it is not due. Locked rows are skipped, which saves the wait for another caller's transaction
 * and nothing more.
 *
 * `chosen` is apart because a query that locks rows may read no table that is copied to every worker. Rows are found by
 * their keys. `is true` keeps the check from being used to find rows: PostgreSQL estimates that few rows
 * are due, and would read all that are due to find one of them that it could find by its key.
 * @param merchant whose rows they are; null: `chosen` says the merchant of each
 */
async function claimChosen<Row>(
  db: Db,
  due: DueTable,
  claim: Claim & { readonly chosen: RawBuilder<unknown> },
  merchant: string | null,
): Promise<readonly Row[]> {
  const { until, chosen, set, join = sql``, returning = () => sql`${sql.table(due.table)}.*` } = claim;
  const { table, merchantId, key, dueAt } = namesOf(due);
  const chosenKey = sql.ref(`chosen.${due.key}`);
  const merchantIn = (list: 'chosen' | 'claimed') =>
    merchant === null ? sql.ref(`${list}.merchant_id`) : sql`${merchant}::uuid`;
  const isStillDue = sql`(${isDue(due, claim.now, claim.which)}) is true`;
  const { rows } = await sql<Row>`
    with chosen as materialized (${chosen}), claimed as (
      select ${merchantId}, ${key} from chosen join ${table} on ${key} = ${chosenKey}
      where ${merchantId} = ${merchantIn('chosen')} and (${dueAt} <= ${claim.now}::timestamptz) is true
      for no key update of ${table} skip locked
    )
    update ${table} set ${sql.join(changes(due, until, set))} from claimed ${join}
    where ${merchantId} = ${merchantIn('claimed')} and ${merchantId} = claimed.merchant_id
      and ${key} = ${sql.ref(`claimed.${due.key}`)} and ${isStillDue}
    returning ${returning(merchantIn('claimed'))}`.execute(db);
  return rows;
}

function namesOf({ table, key, dueAt }: Pick<DueTable, 'table' | 'key' | 'dueAt'>) {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return { table: sql.table(table), merchantId: column('merchant_id'), key: column(key), dueAt: column(dueAt) };
}

function isDue(due: DueTable, now: Date, which = sql<unknown>`true`): RawBuilder<unknown> {
  return sql`${namesOf(due).dueAt} <= ${now}::timestamptz and ${which}`;
}

function changes({ table, dueAt, attempts }: DueTable, until: Claim['until'], set: Claim['set']) {
  return [
    sql`${sql.ref(dueAt)} = ${until instanceof Date ? sql`${until}::timestamptz` : until}`,
    ...(attempts === null ? [] : [sql`${sql.ref(attempts)} = ${sql.ref(`${table}.${attempts}`)} + 1`]),
    ...(set ? [set] : []),
  ];
}

/** Rows whose call was in flight when its holder's lease ended, and what is recorded about them. */
export interface Abandoned {
  readonly now: Date;
  /** Such as `state = 'asked'`. */
  readonly which: RawBuilder<unknown>;
  /** Such as `state = 'unknown'`. */
  readonly set: RawBuilder<unknown>;
}

/**
 * Ends leases: the process that made the call is gone, or was delayed for so long that it does not call any more.
 * Nobody knows what the supplier received, so the outcome is looked up.
 */
export async function expireLeases(db: Db, due: DueTable, { now, which, set }: Abandoned): Promise<void> {
  await changeOfEach(db, due, { which: isDue(due, now, which), set });
}

/**
 * Changes rows of all merchants that are in a state which few rows are in: one statement for each merchant that has one.
 * @returns how many rows it changed
 */
export async function changeOfEach(
  db: Db,
  { table: name }: Pick<DueTable, 'table'>,
  { which, set }: Change,
): Promise<number> {
  const table = sql.table(name);
  const merchantId = sql.ref(`${name}.merchant_id`);
  const { rows } = await sql<{ merchant_id: string }>`
    select ${ofAllMerchants} distinct ${merchantId} from ${table} where ${which}`.execute(db);
  let changed = 0;
  for (const { merchant_id } of rows) {
    const { numAffectedRows = 0n } = await sql`
      update ${table} set ${set} where ${merchantId} = ${merchant_id}::uuid and ${which}`.execute(db);
    changed += Number(numAffectedRows);
  }
  return changed;
}

/**
 * Changes the rows that were found, where they are still as they were when they were found.
 * @returns how many rows it changed
 */
export async function changeRows(
  db: Db,
  name: DueTable['table'],
  found: readonly { readonly merchant_id: string; readonly id: string }[],
  { which, set }: Change,
): Promise<number> {
  const table = sql.table(name);
  let changed = 0;
  for (const [merchantId, ids] of byMerchant(found)) {
    const { numAffectedRows = 0n } = await sql`
      update ${table} set ${set}
      where ${table}.merchant_id = ${merchantId}::uuid and ${table}.id = any(${ids}::uuid[]) and (${which}) is true`.execute(
      db,
    );
    changed += Number(numAffectedRows);
  }
  return changed;
}

/** Which rows change, and how. */
interface Change {
  readonly which: RawBuilder<unknown>;
  readonly set: RawBuilder<unknown>;
}
