import { sql } from 'kysely';
import { errors } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import type { CallbackRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { Range } from '../http/instants.ts';
import type { JobQueue } from '../work/jobs.ts';
import { lockMerchant } from './endpoint.ts';

/** Without a queue, the sweep for due callbacks finds it within a second. */
type ReplayDeps = Pick<Deps, 'db' | 'clock'> & { readonly jobs?: JobQueue };

/**
 * Sends a callback again, with the same body and id, whatever its state: at least one attempt begins after this call,
 * and the schedule of retries begins anew. It only makes the row due, so it is safe beside an attempt. While the
 * merchant's callbacks are switched off it waits with the others.
 * @throws CALLBACK_NOT_FOUND when the merchant has no such callback, or its body was removed
 */
export async function replayCallback(deps: ReplayDeps, merchantId: string, id: string): Promise<void> {
  if (!isUuid(id)) throw errors.of('CALLBACK_NOT_FOUND');
  await inTransaction(deps, async (trx) => {
    const merchant = await lockMerchant(trx, merchantId);
    const callback = await lockCallback(trx, merchantId, id);
    if (!merchant || !callback) throw errors.of('CALLBACK_NOT_FOUND');
    if (callback.body === null) throw bodyRemoved();
    const now = deps.clock.now();
    // A second attempt could overtake one that is being made, so it waits until that one or its lease ends.
    const soonest = (await isBeingSent(trx, callback, now)) ? callback.due_at : now;
    const dueAt = merchant.callback_disabled_at === null ? soonest : null;
    await trx
      .updateTable('callback')
      .set({ state: 'pending', due_at: dueAt, delivered_at: null, attempts_before: callback.attempts })
      .where('merchant_id', '=', merchantId)
      .where('id', '=', id)
      .execute();
    if (dueAt) await bringForwardLater(trx, callback, now);
    if (dueAt) await enqueue(deps, trx, merchantId, [callback.trade_id]);
  });
}

function bodyRemoved(): Error {
  return errors.of('CALLBACK_NOT_FOUND', {
    message: 'The body of this callback has passed its time and was removed, so it cannot be sent again.',
    details: { reason: 'body_removed' },
  });
}

function lockCallback(trx: Trx, merchantId: string, id: string): Promise<CallbackRow | undefined> {
  return trx
    .selectFrom('callback')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/**
 * Whether an attempt is being made: the lease has not ended, and the claimed attempt is not recorded. It is read in a
 * statement of its own after the row was locked, so that it sees everything that was committed before.
 */
async function isBeingSent(trx: Trx, callback: CallbackRow, now: Date): Promise<boolean> {
  const { merchant_id, id, state, attempts, due_at } = callback;
  if (state !== 'pending' || attempts === 0 || due_at === null || due_at <= now) return false;
  const ended = await trx
    .selectFrom('callback_attempt')
    .select('number')
    .where('merchant_id', '=', merchant_id)
    .where('callback_id', '=', id)
    .where('number', '=', attempts)
    .executeTakeFirst();
  return ended === undefined;
}

/** Later callbacks of the trade may have been deferred with this one. They are due now, except those being sent. */
async function bringForwardLater(trx: Trx, callback: CallbackRow, now: Date): Promise<void> {
  await trx
    .updateTable('callback')
    .set({ due_at: now })
    .where('merchant_id', '=', callback.merchant_id)
    .where('trade_id', '=', callback.trade_id)
    .where('number', '>', callback.number)
    .where('state', '=', 'pending')
    .where('due_at', '>', now)
    .where(({ or, eb, exists, selectFrom }) =>
      or([
        eb('attempts', '=', 0),
        exists(
          selectFrom('callback_attempt')
            .select('callback_attempt.number')
            .whereRef('callback_attempt.merchant_id', '=', 'callback.merchant_id')
            .whereRef('callback_attempt.callback_id', '=', 'callback.id')
            .whereRef('callback_attempt.number', '=', 'callback.attempts'),
        ),
      ]),
    )
    .execute();
}

/** How many are replayed in one transaction, and how many by one call. */
const BATCH_MAX = 500;
const REPLAYED_MAX = 10_000;

export interface ReplayedRange {
  readonly replayed: number;
  /** There may be more in the range; the same call replays the rest. */
  readonly hasMore: boolean;
}

/** Sends again every failed callback that was recorded in this range and has its body, oldest first. */
export async function replayFailed(deps: ReplayDeps, merchantId: string, made: Range): Promise<ReplayedRange> {
  let replayed = 0;
  while (replayed < REPLAYED_MAX) {
    const batch = await inTransaction(deps, (trx) => replayBatch(deps, trx, merchantId, made));
    replayed += batch;
    if (batch < BATCH_MAX) return { replayed, hasMore: false };
  }
  return { replayed, hasMore: true };
}

async function replayBatch(deps: ReplayDeps, trx: Trx, merchantId: string, made: Range): Promise<number> {
  // One call per merchant at a time: if two took the same rows, each would stop early as if none were left.
  const merchant = await lockMerchant(trx, merchantId);
  if (!merchant) return 0;
  const isOn = merchant.callback_disabled_at === null;
  let failed = trx
    .selectFrom('callback')
    .select('id')
    .where('merchant_id', '=', merchantId)
    .where('state', '=', 'failed')
    .where('body', 'is not', null)
    .orderBy('created_at')
    .orderBy('id')
    .limit(BATCH_MAX);
  if (made.from) failed = failed.where('created_at', '>=', made.from);
  if (made.to) failed = failed.where('created_at', '<', made.to);
  const rows = await trx
    .updateTable('callback')
    .set({ state: 'pending', due_at: isOn ? deps.clock.now() : null, attempts_before: sql<number>`attempts` })
    .where('merchant_id', '=', merchantId)
    .where('state', '=', 'failed')
    .where('id', 'in', failed)
    .returning('trade_id')
    .execute();
  const tradeIds = new Set(rows.map((row) => row.trade_id));
  if (isOn) await enqueue(deps, trx, merchantId, [...tradeIds]);
  return rows.length;
}

async function enqueue({ jobs }: ReplayDeps, trx: Trx, merchantId: string, tradeIds: readonly string[]) {
  await jobs?.enqueue(
    trx,
    'send-callbacks',
    tradeIds.map((tradeId) => ({ merchantId, tradeId })),
  );
}
