import { sql } from 'kysely';
import { lockMerchant } from '../callbacks/endpoint.ts';
import { newId } from '../core/ids.ts';
import { toMills } from '../core/money.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { EXTERNAL_ID_OWNER } from '../trades/queries.ts';
import { type WrittenFile, writeArchive } from './archive-file.ts';
import { lockUnchanged, type OverTrade, tradesOver } from './over.ts';
import { archivedTables, type Counts, type Removed, readRows, removeRows } from './trade-rows.ts';

type ArchiveDeps = Pick<Deps, 'db' | 'clock' | 'log'>;

/** Trades that are read in one snapshot, and removed in one transaction. */
const CHUNK_MAX = 50;
/** Trades in one file. Its rows are in the database until all of it is written. */
const FILE_MAX = 5000;

/** What is written first in a file, and what an archive of a later kind would say in its place. */
export const FORMAT = 'skinrail-archive-1';

/** Trades of a merchant that are to be archived. */
export interface Due {
  readonly folder: string;
  readonly merchantId: string;
  /** Those that ended before. */
  readonly before: Date;
  /** The last trade of the file before; null: from the first one on. */
  readonly after: string | null;
}

export interface Archived {
  /** The last trade that was read. */
  readonly last: string;
  readonly removed: number;
}

interface Chunk {
  readonly trades: readonly OverTrade[];
  readonly counts: Counts;
}

/**
 * Archives the next trades of a merchant, of one month: writes them all to a file, then records the file, then removes them.
 * A process that dies in between leaves every trade where it was, or in the file, or both; the next run archives again what is
 * still there.
 * @param onChunk called after each transaction, outside it; an error ends the work
 * @returns null when nothing is due
 */
export async function archiveNext(
  deps: ArchiveDeps,
  due: Due,
  onChunk: (tookMs: number) => Promise<void>,
): Promise<Archived | null> {
  const [first] = await tradesOver(deps.db, due.merchantId, due.before, {
    after: due.after,
    madeBefore: due.before,
    limit: 1,
  });
  if (!first) return null;
  const id = newId(deps.clock.now());
  const name = `${due.merchantId}/${first.createdAt.toISOString().slice(0, 7)}-${id}.ndjson.gz`;
  const chunks: Chunk[] = [];
  const written = await writeArchive(due.folder, name, linesOf(deps, { ...due, id }, first, chunks, onChunk));
  await recordFile(deps, due, { id, name, trades: countOf(chunks), ...written });
  let removed = 0;
  for (const chunk of chunks) {
    const started = performance.now();
    removed += await removeChunk(deps, due, id, chunk);
    await onChunk(performance.now() - started);
  }
  return { last: chunks.at(-1)?.trades.at(-1)?.id ?? first.id, removed };
}

function countOf(chunks: readonly Chunk[]): number {
  return chunks.reduce((count, { trades }) => count + trades.length, 0);
}

/** The lines of a file: what it is, a line for each row, and how many rows there were. `chunks` gets what is read. */
async function* linesOf(
  deps: ArchiveDeps,
  { merchantId, before, after, id }: Due & { readonly id: string },
  first: OverTrade,
  chunks: Chunk[],
  onChunk: (tookMs: number) => Promise<void>,
): AsyncIterable<string> {
  const writtenAt = deps.clock.now().toISOString();
  yield JSON.stringify({ format: FORMAT, id, merchantId, endedBefore: before.toISOString(), writtenAt });
  const madeBefore = endOfMonth(first.createdAt) < before ? endOfMonth(first.createdAt) : before;
  let rows = 0;
  let last = after;
  for (let trades = 0; trades < FILE_MAX; trades += CHUNK_MAX) {
    const started = performance.now();
    const chunk = await readChunk(deps, merchantId, before, { after: last, madeBefore, limit: CHUNK_MAX });
    if (chunk === null) break;
    chunks.push(chunk);
    yield* chunk.lines;
    rows += chunk.lines.length;
    last = chunk.trades.at(-1)?.id ?? last;
    await onChunk(performance.now() - started);
  }
  yield JSON.stringify({ end: true, rows });
}

function endOfMonth(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1));
}

/** Trades and all that belongs to them, in one snapshot. */
async function readChunk(
  { db }: ArchiveDeps,
  merchantId: string,
  before: Date,
  page: Parameters<typeof tradesOver>[3],
): Promise<(Chunk & { readonly lines: readonly string[] }) | null> {
  const moment = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return moment.execute(async (trx) => {
    const trades = await tradesOver(trx, merchantId, before, page);
    if (trades.length === 0) return null;
    const ids = trades.map(({ id }) => id);
    return { trades, ...(await readRows(trx, merchantId, ids)) };
  });
}

async function recordFile(
  { db, clock }: ArchiveDeps,
  { merchantId, before }: Due,
  {
    id,
    name,
    trades,
    sha256,
    bytes,
  }: WrittenFile & {
    readonly id: string;
    readonly name: string;
    readonly trades: number;
  },
): Promise<void> {
  await db
    .insertInto('archive_file')
    .values({
      merchant_id: merchantId,
      id,
      name,
      sha256,
      bytes: BigInt(bytes),
      ended_before: before,
      trades,
      written_at: clock.now(),
    })
    .execute();
}

/**
 * Removes trades that are in the file, with what they moved added to the balances that are carried over. If one of them has
 * changed since it was written, all stay for the next run.
 * @returns how many were removed
 */
async function removeChunk(
  deps: ArchiveDeps,
  { merchantId, before }: Due,
  archiveId: string,
  { trades, counts }: Chunk,
): Promise<number> {
  return inTransaction(deps, async (trx) => {
    // A replay, or a reader of the log who gives places to events, waits for this transaction.
    await lockMerchant(trx, merchantId);
    if (!(await lockUnchanged(trx, merchantId, before, trades))) {
      deps.log.info({ merchantId, archiveId }, 'a trade has changed since it was archived; it stays for the next run');
      return 0;
    }
    const ids = trades.map(({ id }) => id);
    await recordTrades(trx, merchantId, archiveId, ids);
    const removed = await removeRows(trx, merchantId, ids);
    requireSame(counts, removed.counts);
    await carryOver(trx, merchantId, removed.moved);
    await trx
      .updateTable('archive_file')
      .set(({ eb }) => ({
        removed: eb('removed', '+', ids.length),
        events_removed: eb('events_removed', '+', BigInt(removed.events)),
      }))
      .where('merchant_id', '=', merchantId)
      .where('id', '=', archiveId)
      .execute();
    return ids.length;
  });
}

/** Keeps the names of trades that are about to be removed. */
async function recordTrades(trx: Trx, merchantId: string, archiveId: string, ids: readonly string[]): Promise<void> {
  await sql`
    insert into archived_trade (merchant_id, id, archive_id, external_id, owner)
    select merchant_id, id, ${archiveId}::uuid, external_id, ${EXTERNAL_ID_OWNER}
    from trade where merchant_id = ${merchantId} and id in (${sql.join([...ids])})`.execute(trx);
}

/** What the file has and what was removed is the same, or nothing is removed. */
function requireSame(written: Counts, removed: Counts): void {
  const differing = archivedTables.find((table) => (written[table] ?? 0) !== (removed[table] ?? 0));
  if (differing === undefined) return;
  throw new Error(
    `the archive has ${written[differing] ?? 0} rows of ${differing}, and ${removed[differing] ?? 0} would be removed; nothing was removed`,
  );
}

/** Adds what the removed transfers moved to the balances that are carried over. */
async function carryOver(trx: Trx, merchantId: string, moved: Removed['moved']): Promise<void> {
  if (moved.length === 0) return;
  await trx
    .insertInto('carried_balance')
    .values(moved.map(({ account, mills }) => ({ merchant_id: merchantId, account, balance_mills: toMills(mills) })))
    .onConflict((conflict) =>
      conflict.columns(['merchant_id', 'account']).doUpdateSet(({ eb, ref }) => ({
        balance_mills: eb(ref('carried_balance.balance_mills'), '+', ref('excluded.balance_mills')),
      })),
    )
    .execute();
}
