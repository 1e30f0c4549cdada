import type { Updateable } from 'kysely';
import { newId } from '../core/ids.ts';
import type { SupplierFeedRow, Tables } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { FeedUpdate } from '../market/market-cache.ts';
import type { Listing } from '../suppliers/supplier.ts';
import { encodePart, type FeedPart, partsOf } from './batch.ts';
import type { FeedStoreDeps, Reader } from './store.ts';

/**
 * What a reader writes for the other nodes. Each write that others see needs the row to name this node, at the version
 * from which it went on: a reader whose lease has ended publishes nothing between the batches of the next one.
 */

/** The reader, and the row as it has written or claimed it last. */
export interface Holding extends Reader {
  readonly feed: SupplierFeedRow;
}

/** An answer of the marketplace. */
export interface Reading {
  readonly readAt: Date;
  readonly cursor: string;
  /** Until the next answer, and a lease more. */
  readonly leasedUntil: Date;
}

type Changes = Updateable<Tables['supplier_feed']>;

/** A batch costs a row, however little it changes. */
const BATCH_COST = 50;
/** Small markets are not written anew for each few changes. */
const CHANGED_MIN = 2000;

/** Whether a node that starts would have less to read if all listings were written anew. */
export function needsWhole({ changed, whole_size }: SupplierFeedRow): boolean {
  return changed > Math.max(whole_size, CHANGED_MIN);
}

/**
 * Tells that the marketplace has answered, and that nothing has changed.
 * @returns the row; null: another node reads
 */
export async function publishUnchanged(
  { db }: FeedStoreDeps,
  holding: Holding,
  reading: Reading,
): Promise<SupplierFeedRow | null> {
  return advance(db, holding, setOf(reading));
}

/**
 * Publishes a new version of the listings: all of them, or what has changed.
 * @param signal ends it between two parts, and nothing is published
 * @returns the row; null: another node reads
 * @throws the signal's reason when it is aborted
 */
export async function publishUpdate(
  deps: FeedStoreDeps,
  holding: Holding,
  update: FeedUpdate,
  reading: Reading,
  signal: AbortSignal,
): Promise<SupplierFeedRow | null> {
  const { feed } = holding;
  const version = versionAfter(feed.version, deps.clock.now());
  const isWhole = update.isWhole || feed.version === null;
  const changes = {
    ...setOf(reading),
    version,
    ...(isWhole ? asWhole(version, update.listings) : { changed: feed.changed + costOf(update) }),
  };
  const batch = { version, isWhole, follows: isWhole ? null : feed.version, attempt: newId(deps.clock.now()) };
  const row = await publish(deps, holding, { ...batch, changes, parts: partsOf(update) }, signal);
  if (row && isWhole) await deleteBefore(deps, row, feed.whole_version);
  return row;
}

/**
 * Writes all listings of the present version, for nodes that start. Others need not read them.
 * @param signal as for an update
 * @returns the row; null: another node reads
 */
export async function publishWhole(
  deps: FeedStoreDeps,
  holding: Holding,
  listings: readonly Listing[],
  signal: AbortSignal,
): Promise<SupplierFeedRow | null> {
  const { version, whole_version } = holding.feed;
  if (version === null) return null;
  const changes = asWhole(version, listings);
  const batch = { version, isWhole: true, follows: null, attempt: newId(deps.clock.now()) };
  const row = await publish(deps, holding, { ...batch, changes, parts: partsOf({ listings, gone: [] }) }, signal);
  if (row) await deleteBefore(deps, row, whole_version);
  return row;
}

/**
 * The time, so that two histories never share a version: a server that takes over can have lost the last versions, which
 * other nodes have applied already.
 */
function versionAfter(version: bigint | null, now: Date): bigint {
  const time = BigInt(now.getTime());
  return version === null || version < time ? time : version + 1n;
}

function setOf({ readAt, cursor, leasedUntil }: Reading): Changes {
  return { read_at: readAt, cursor, leased_until: leasedUntil, is_failing: false };
}

function asWhole(version: bigint, listings: readonly Listing[]): Changes {
  return { whole_version: version, whole_size: listings.length, changed: 0 };
}

function costOf({ listings, gone }: FeedUpdate): number {
  return BATCH_COST + listings.length + gone.length;
}

interface Batch {
  readonly version: bigint;
  readonly isWhole: boolean;
  readonly follows: bigint | null;
  readonly attempt: string;
  /** What becomes of the row when the batch is published. */
  readonly changes: Changes;
  readonly parts: readonly FeedPart[];
}

/** Large batches are written part by part, and seen by nobody before the last statement. */
async function publish(
  deps: FeedStoreDeps,
  holding: Holding,
  batch: Batch,
  signal: AbortSignal,
): Promise<SupplierFeedRow | null> {
  const [first, ...others] = batch.parts;
  if (!first) return null;
  const body = await encodePart(first);
  if (others.length > 0) {
    await deleteUnpublished(deps, holding);
    for (const [index, part] of others.entries()) {
      signal.throwIfAborted();
      await insertPart(deps.db, holding, batch, { part: index + 2, body: await encodePart(part), isPublished: false });
    }
  }
  signal.throwIfAborted();
  return inTransaction(deps, async (trx) => {
    const row = await advance(trx, holding, batch.changes);
    if (!row) return null;
    await insertPart(trx, holding, batch, { part: 1, body, isPublished: true });
    await publishOthers(trx, holding, batch);
    return row;
  });
}

async function advance(db: FeedStoreDeps['db'] | Trx, { supplier, node, feed }: Holding, changes: Changes) {
  const row = await db
    .updateTable('supplier_feed')
    .set(changes)
    .where('supplier', '=', supplier)
    .where('holder', '=', node)
    .where('version', 'is not distinct from', feed.version)
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

interface Part {
  readonly part: number;
  readonly body: Buffer;
  readonly isPublished: boolean;
}

async function insertPart(
  db: FeedStoreDeps['db'] | Trx,
  { supplier }: Reader,
  { version, isWhole, follows, attempt, parts }: Batch,
  { part, body, isPublished }: Part,
): Promise<void> {
  await db
    .insertInto('supplier_feed_batch')
    .values({
      supplier,
      version,
      is_whole: isWhole,
      part,
      parts: parts.length,
      follows,
      attempt,
      is_published: isPublished,
      body,
    })
    .execute();
}

/** @throws Error when not all parts are there, because a reader whose lease has ended has deleted them */
async function publishOthers(
  trx: Trx,
  { supplier }: Reader,
  { version, isWhole, attempt, parts }: Batch,
): Promise<void> {
  if (parts.length === 1) return;
  const { numUpdatedRows } = await trx
    .updateTable('supplier_feed_batch')
    .set({ is_published: true })
    .where('supplier', '=', supplier)
    .where('version', '=', version)
    .where('is_whole', '=', isWhole)
    .where('attempt', '=', attempt)
    .where('is_published', '=', false)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== parts.length - 1)
    throw new Error('a batch of a feed is not complete; it is written again');
}

/** What a reader left that died, or lost its lease, between two parts. */
async function deleteUnpublished({ db }: FeedStoreDeps, { supplier }: Reader): Promise<void> {
  await db
    .deleteFrom('supplier_feed_batch')
    .where('supplier', '=', supplier)
    .where('is_published', '=', false)
    .execute();
}

/** Deletes what no node needs that has followed since the whole before: the others begin with the newest. */
async function deleteBefore(
  { db }: FeedStoreDeps,
  { supplier, whole_version: newest }: SupplierFeedRow,
  before: bigint | null,
): Promise<void> {
  if (newest === null) return;
  await db
    .deleteFrom('supplier_feed_batch')
    .where('supplier', '=', supplier)
    .where(({ and, or, eb }) =>
      or([
        and([eb('is_whole', '=', true), eb('version', '<', newest)]),
        and([eb('is_whole', '=', false), eb('version', '<=', before ?? 0n)]),
      ]),
    )
    .execute();
}
