import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { archiveNext } from './archive-trades.ts';
import { countDueBodies, removeApprovalAnswers, removeCallbackBodies } from './bodies.ts';
import { countOver } from './over.ts';
import { dropEmptyPartitions } from './partitions.ts';
import { type Policy, requireArchiveFolder } from './policy.ts';
import { archivedTables } from './trade-rows.ts';

export type RetentionDeps = Pick<Deps, 'db' | 'clock' | 'log' | 'config'>;

/** Called after each transaction, outside it; the next one waits for it. An error ends the run. */
export type OnBatch = (tookMs: number) => Promise<void>;

const MERCHANTS_MAX = 500;

async function* merchantIds({ db }: Pick<Deps, 'db'>): AsyncGenerator<string> {
  let after: string | null = null;
  do {
    let query = db.selectFrom('merchant').select('id').orderBy('id').limit(MERCHANTS_MAX);
    if (after !== null) query = query.where('id', '>', after);
    const rows: { id: string }[] = await query.execute();
    for (const { id } of rows) yield id;
    after = rows.length < MERCHANTS_MAX ? null : (rows.at(-1)?.id ?? null);
  } while (after !== null);
}

/** Removes all bodies and answers that are due. @returns how many */
export async function removeBodies(deps: RetentionDeps, before: Date, onBatch: OnBatch): Promise<number> {
  let removed = 0;
  for await (const merchantId of merchantIds(deps)) {
    for (const remove of [removeCallbackBodies, removeApprovalAnswers]) {
      for (let hasMore = true; hasMore; ) {
        const started = performance.now();
        const batch = await remove(deps, merchantId, before);
        removed += batch.removed;
        hasMore = batch.hasMore;
        await onBatch(performance.now() - started);
      }
    }
  }
  if (removed > 0) await vacuum(deps, ['callback', 'callback_attempt', 'approval_attempt'], onBatch);
  return removed;
}

/**
 * Archives and removes all trades that are due.
 * @returns how many were removed
 * @throws OperatorError when the folder of archives cannot be used
 */
export async function removeTrades(deps: RetentionDeps, before: Date, onBatch: OnBatch): Promise<number> {
  const folder = requireArchiveFolder(deps.config);
  let removed = 0;
  for await (const merchantId of merchantIds(deps)) {
    for (let after: string | null = null; ; ) {
      const archived = await archiveNext(deps, { folder, merchantId, before, after }, onBatch);
      if (archived === null) break;
      removed += archived.removed;
      after = archived.last;
    }
  }
  if (removed > 0) await vacuum(deps, archivedTables, onBatch);
  await dropEmptyPartitions(deps, before);
  return removed;
}

/**
 * Makes the room of removed rows usable again. PostgreSQL would do so by itself in time; the embedded database would not. What
 * fails here, or is cut off, loses nothing.
 */
async function vacuum({ db, log }: RetentionDeps, tables: readonly string[], onBatch: OnBatch): Promise<void> {
  for (const table of tables) {
    try {
      await sql`vacuum analyze ${sql.table(table)}`.execute(db);
    } catch (error) {
      log.warn({ err: error, table }, 'the room of removed rows could not be made usable; PostgreSQL does so later');
    }
    await onBatch(0);
  }
}

/** What is due. */
export interface DueNow {
  readonly bodies: number;
  readonly trades: number;
}

/** Counts what a run would remove now. Reads all rows that are old enough. */
export async function countDue(deps: Pick<Deps, 'db'>, { bodiesBefore, tradesBefore }: Policy): Promise<DueNow> {
  let [bodies, trades] = [0, 0];
  for await (const merchantId of merchantIds(deps)) {
    if (bodiesBefore) bodies += await countDueBodies(deps, merchantId, bodiesBefore);
    if (tradesBefore) trades += await countOver(deps.db, merchantId, tradesBefore);
  }
  return { bodies, trades };
}
