import { sql } from 'kysely';
import type { CancellationState } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { type ItemState, isTerminal } from '../trades/states.ts';
import { lockTradeOfWish } from './cancellation.ts';
import { openStates } from './states.ts';

/**
 * Ends an item's open wish in the transaction that moves the item: `lost` when delivery won, `settled` when the
 * supplier says that it cancelled because we asked (`onOurCancel`). An item that ended in another way fulfils a wish that was accepted, and makes one moot that was
 * not: that is refused, as it would be were it made now. An item that still waits, or has no wish, is left alone.
 */
export async function closeOpenCancellation(
  deps: Deps,
  trx: Trx,
  item: { readonly merchant_id: string; readonly id: string; readonly state: ItemState },
  onOurCancel: boolean,
): Promise<void> {
  const outcome = outcomeOf(item.state, onOurCancel);
  if (outcome === null) return;
  const isMoot = sql<boolean>`state <> 'accepted' and ${outcome === 'moot'}::boolean`;
  const end: CancellationState = outcome === 'lost' ? 'lost' : 'settled';
  const closed = await trx
    .updateTable('cancellation')
    .set({
      state: sql<CancellationState>`case when ${isMoot} then 'refused' else ${end} end`,
      reason: sql<string | null>`case when ${isMoot} then 'already_closed' else reason end`,
      due_at: null,
      closed_at: deps.clock.now(),
    })
    .where('merchant_id', '=', item.merchant_id)
    .where('item_id', '=', item.id)
    .where('state', 'in', [...openStates])
    .returning('state')
    .execute();
  for (const { state } of closed) deps.metrics.cancellations.inc({ state });
}

/**
 * Ends a wish whose item ended in the very moment in which the wish was recorded, so that settlement did not see it.
 * Nothing else would: an item that is over is read no more, and one that was never bought has no order to read.
 */
export async function endWhenOver(deps: Deps, merchantId: string, cancellationId: string): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const { itemId } = await lockTradeOfWish(trx, merchantId, cancellationId);
    const item = await trx
      .selectFrom('item')
      .select(['merchant_id', 'id', 'state'])
      .where('merchant_id', '=', merchantId)
      .where('id', '=', itemId)
      .executeTakeFirstOrThrow();
    if (isTerminal(item.state)) await closeOpenCancellation(deps, trx, item, false);
  });
}

function outcomeOf(state: ItemState, onOurCancel: boolean): 'lost' | 'settled' | 'moot' | null {
  switch (state) {
    case 'hold':
    case 'completed':
      return 'lost';
    case 'reverted':
      return onOurCancel ? 'settled' : 'moot';
    case 'failed':
    case 'declined':
    case 'canceled':
      return 'moot';
    case 'initiated':
    case 'pending':
    case 'active':
      return null;
  }
}
