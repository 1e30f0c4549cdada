import { sql } from 'kysely';
import { firstIdOf } from '../core/ids.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

type BodyDeps = Pick<Deps, 'db' | 'clock'>;

/** Callbacks, or trades with approval requests, that are looked at in one transaction. */
const BATCH_MAX = 500;

/** What one batch did. */
export interface Batch {
  readonly removed: number;
  /** Whether the merchant may have more. */
  readonly hasMore: boolean;
}

/**
 * Removes the next bodies of a merchant: those of callbacks that were recorded before, with what the merchant answered to them. A
 * callback that is pending keeps its body, and so do all later ones until it ends. Ids sort by the time of recording, and
 * `retention_progress` has the last one that was done, so no run looks at what an earlier run has done.
 */
export async function removeCallbackBodies(deps: BodyDeps, merchantId: string, before: Date): Promise<Batch> {
  return inTransaction(deps, async (trx) => {
    const from = (await progressOf(trx, merchantId)).callbacks_to;
    const next = await trx
      .selectFrom('callback')
      .select(['id', 'state'])
      .where('merchant_id', '=', merchantId)
      .where('id', '>', from)
      .where('id', '<', firstIdOf(before))
      .orderBy('id')
      .limit(BATCH_MAX)
      .forUpdate()
      .execute();
    const pendingAt = next.findIndex(({ state }) => state === 'pending');
    const ids = (pendingAt < 0 ? next : next.slice(0, pendingAt)).map(({ id }) => id);
    const last = ids.at(-1);
    if (last === undefined) return { removed: 0, hasMore: false };
    const removed = await emptyCallbacks(trx, merchantId, ids);
    await trx
      .updateTable('retention_progress')
      .set({ callbacks_to: last })
      .where('merchant_id', '=', merchantId)
      .execute();
    return { removed, hasMore: ids.length === BATCH_MAX };
  });
}

async function emptyCallbacks(trx: Trx, merchantId: string, ids: readonly string[]): Promise<number> {
  const { numUpdatedRows } = await trx
    .updateTable('callback')
    .set({ body: null })
    .where('merchant_id', '=', merchantId)
    .where('id', 'in', [...ids])
    .where('body', 'is not', null)
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('callback_attempt')
    .set({ response: null })
    .where('merchant_id', '=', merchantId)
    .where('callback_id', 'in', [...ids])
    .where('response', 'is not', null)
    .execute();
  return Number(numUpdatedRows);
}

/** Removes what a merchant answered to its next approval requests, of trades that were recorded before. */
export async function removeApprovalAnswers(deps: BodyDeps, merchantId: string, before: Date): Promise<Batch> {
  return inTransaction(deps, async (trx) => {
    const from = (await progressOf(trx, merchantId)).approvals_to;
    const { rows } = await sql<{ trade_id: string; state: string }>`
      select trade_id, state from approval
      where merchant_id = ${merchantId} and trade_id > ${from}::uuid and trade_id < ${firstIdOf(before)}::uuid
      order by trade_id limit ${BATCH_MAX}`.execute(trx);
    const openAt = rows.findIndex(({ state }) => state === 'asking');
    const ids = (openAt < 0 ? rows : rows.slice(0, openAt)).map((row) => row.trade_id);
    const last = ids.at(-1);
    if (last === undefined) return { removed: 0, hasMore: false };
    const { numUpdatedRows } = await trx
      .updateTable('approval_attempt')
      .set({ response: null })
      .where('merchant_id', '=', merchantId)
      .where('trade_id', 'in', ids)
      .where('response', 'is not', null)
      .executeTakeFirstOrThrow();
    await trx
      .updateTable('retention_progress')
      .set({ approvals_to: last })
      .where('merchant_id', '=', merchantId)
      .execute();
    return { removed: Number(numUpdatedRows), hasMore: ids.length === BATCH_MAX };
  });
}

/** Locked, so that two nodes do not move one merchant's progress at once. */
async function progressOf(trx: Trx, merchantId: string) {
  await trx
    .insertInto('retention_progress')
    .values({ merchant_id: merchantId })
    .onConflict((conflict) => conflict.column('merchant_id').doNothing())
    .execute();
  return trx
    .selectFrom('retention_progress')
    .select(['callbacks_to', 'approvals_to'])
    .where('merchant_id', '=', merchantId)
    .forUpdate()
    .executeTakeFirstOrThrow();
}

/** How many bodies of a merchant are due. Reads all of them. */
export async function countDueBodies({ db }: Pick<Deps, 'db'>, merchantId: string, before: Date): Promise<number> {
  const { count } = await db
    .selectFrom('callback')
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('merchant_id', '=', merchantId)
    .where('id', '<', firstIdOf(before))
    .where('body', 'is not', null)
    .where('state', '<>', 'pending')
    .executeTakeFirstOrThrow();
  return Number(count);
}
