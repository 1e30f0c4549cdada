import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';

/**
 * The kernel for durable work. A row with a due time is work: nothing is lost when a process dies, because the row is
 * due again. A kind of due work uses these parts:
 *
 * - `claimDue` (here) takes a batch of due rows for this node by moving their due time: to the end of a lease while
 *   calls are made, or to the next attempt for rows that may be worked on twice. It counts the attempt.
 * - `expireLeases` (here) records that a call in flight was abandoned, where its outcome must then be looked up.
 * - `leaseEnd` and `mayStillCall` (`lease.ts`) say how long a lease is, and whether its holder may still call.
 * - `nextAttemptAt` (`backoff.ts`) says when a row without a result is tried again.
 * - `runEach` (`round.ts`) works on the rows of a batch, and waits for all of them.
 * - `Ticker` (`ticker.ts`) runs rounds; `LaneWorker` (`lane-worker.ts`) runs rows one by one, with lanes per merchant.
 *
 * An outcome is recorded by a guarded update: only while the row is in the state, and at the attempt number, that the
 * claim returned. A holder whose lease has ended therefore changes nothing that belongs to the next one.
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
  /**
   * How many rows at most, those first that have been due for longest; or, where that is not the order, a query for
   * `merchant_id` and the key that leaves out what is not due and limits itself.
   */
  readonly take: number | RawBuilder<unknown>;
  /** Which due rows; checked when a row is found, and again on the row as it is when it is claimed. */
  readonly which?: RawBuilder<unknown>;
  /** Other columns that the claim sets, such as `state = 'requested'`. */
  readonly set?: RawBuilder<unknown>;
  /** Tables whose columns the claim returns too: a join with `claimed`, which has the keys. */
  readonly join?: RawBuilder<unknown>;
  /** What the claim returns of each row; all columns of the table if it is not given. */
  readonly returning?: RawBuilder<unknown>;
}

/**
 * Claims due rows in one statement. Of any number of callers, one gets a row: the condition is checked again on the row
 * as it is when it is updated, and once another caller has the row it is not due. Locked rows are skipped, which saves
 * the wait for another caller's transaction and nothing more.
 *
 * Rows are found by the due index. `is true` keeps the second check from being used to find rows: PostgreSQL estimates
 * that few rows are due, and would read all that are due to find one of them that it could find by its key.
 */
export async function claimDue<Row>(db: Db, due: DueTable, claim: Claim): Promise<readonly Row[]> {
  const { until, take, set, join = sql``, returning = sql`${sql.table(due.table)}.*` } = claim;
  const { table, merchantId, key, dueAt } = namesOf(due);
  const isDue = sql`${dueAt} <= ${claim.now}::timestamptz and ${claim.which ?? sql`true`}`;
  const found =
    typeof take === 'number'
      ? sql`select ${merchantId}, ${key} from ${table} where ${isDue} order by ${dueAt} limit ${take}::integer`
      : sql`select ${merchantId}, ${key} from (${take}) as chosen join ${table} using (merchant_id, ${sql.ref(due.key)})
          where (${isDue}) is true`;
  const { rows } = await sql<Row>`
    with claimed as (${found} for no key update of ${table} skip locked)
    update ${table} set ${sql.join(changes(due, until, set))} from claimed ${join}
    where ${merchantId} = claimed.merchant_id and ${key} = ${sql.ref(`claimed.${due.key}`)} and (${isDue}) is true
    returning ${returning}`.execute(db);
  return rows;
}

function namesOf({ table, key, dueAt }: DueTable) {
  const column = (name: string) => sql.ref(`${table}.${name}`);
  return { table: sql.table(table), merchantId: column('merchant_id'), key: column(key), dueAt: column(dueAt) };
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
  const { table, dueAt } = namesOf(due);
  await sql`update ${table} set ${set} where ${dueAt} <= ${now}::timestamptz and ${which}`.execute(db);
}
