import { sql } from 'kysely';
import { DAY_MS, later } from '../core/clock.ts';
import type { SupplierFeedRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';

export type FeedStoreDeps = Pick<Deps, 'db' | 'clock'>;

/** A node, and the account whose feed it reads. */
export interface Reader {
  readonly supplier: string;
  readonly node: string;
}

/** @returns undefined: no node has ever read the feed */
export function findFeed({ db }: Pick<Deps, 'db'>, supplier: string): Promise<SupplierFeedRow | undefined> {
  return db.selectFrom('supplier_feed').selectAll().where('supplier', '=', supplier).executeTakeFirst();
}

export interface FeedClaim {
  readonly until: Date;
  /** A lease that lasts longer does not count. */
  readonly leaseMaxMs: number;
  /** Whether it may end the pause after a failed read. */
  readonly isUrgent: boolean;
}

/**
 * Makes this node the reader, if no other is.
 * @returns null: another node reads, or it is not yet time to read again
 */
export async function claimFeed(
  { db, clock }: FeedStoreDeps,
  { supplier, node }: Reader,
  { until, leaseMaxMs, isUrgent }: FeedClaim,
): Promise<SupplierFeedRow | null> {
  const now = clock.now();
  const { rows } = await sql<SupplierFeedRow>`
    insert into supplier_feed (supplier, holder, leased_until) values (${supplier}, ${node}, ${until})
    on conflict (supplier) do update set holder = excluded.holder, leased_until = excluded.leased_until
      where supplier_feed.holder = ${node}
        or supplier_feed.holder is null and ${isUrgent}::boolean
        or supplier_feed.leased_until <= ${now}::timestamptz
        or supplier_feed.leased_until > ${later(now, leaseMaxMs)}::timestamptz
    returning *`.execute(db);
  return rows[0] ?? null;
}

/**
 * Extends the lease, and never shortens it: what was read may have been published meanwhile, with a longer one.
 * @returns false: the lease had ended, and another node reads
 */
export async function renewFeed({ db }: FeedStoreDeps, { supplier, node }: Reader, until: Date): Promise<boolean> {
  const { rows } = await sql`
    update supplier_feed set leased_until = greatest(leased_until, ${until}::timestamptz)
    where supplier = ${supplier} and holder = ${node} returning supplier`.execute(db);
  return rows.length > 0;
}

export interface FeedRelease {
  /** When any node may claim it. */
  readonly freeAt: Date;
  /** Whether the marketplace has not answered; otherwise it is as it was. */
  readonly isFailing: boolean;
}

export async function releaseFeed(
  { db }: FeedStoreDeps,
  { supplier, node }: Reader,
  { freeAt, isFailing }: FeedRelease,
): Promise<void> {
  await db
    .updateTable('supplier_feed')
    .set({ holder: null, leased_until: freeAt, ...(isFailing ? { is_failing: true } : {}) })
    .where('supplier', '=', supplier)
    .where('holder', '=', node)
    .execute();
}

/** Longer than the sandbox's clock is usually moved: a feed that is deleted is read from its beginning. */
const ABANDONED_AFTER_MS = 30 * DAY_MS;

/** Deletes what was shared of accounts that no node reads any more. */
export async function deleteAbandonedFeeds({ db, clock }: FeedStoreDeps): Promise<void> {
  const before = later(clock.now(), -ABANDONED_AFTER_MS);
  const abandoned = await db
    .selectFrom('supplier_feed')
    .select('supplier')
    .where('leased_until', '<', before)
    .execute();
  for (const { supplier } of abandoned) {
    await db.deleteFrom('supplier_feed').where('supplier', '=', supplier).where('leased_until', '<', before).execute();
  }
}
