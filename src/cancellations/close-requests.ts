import { sql } from 'kysely';
import { openStates } from '../core/cancellation-states.ts';
import type { ItemState } from '../core/item-states.ts';
import type { CancellationState, ItemRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/**
 * Closes the open cancellation requests of items of one merchant that are all in one state, in the transaction that
 * moved them there: `lost` when delivery won; `settled` when the item was cancelled, by the supplier because we asked
 * (`onOurCancel`) or by us before any supplier was asked. If the item ended in another way, an accepted request is
 * settled and any other is refused. Items that are still under way keep their requests.
 */
export async function closeCancellations(
  deps: Pick<Deps, 'clock' | 'metrics'>,
  trx: Trx,
  items: readonly Pick<ItemRow, 'merchant_id' | 'id' | 'state'>[],
  onOurCancel: boolean,
): Promise<void> {
  const [first] = items;
  const end = first ? endOf(first.state, onOurCancel) : null;
  if (!first || end === null) return;
  const isMoot = sql<boolean>`state <> 'accepted' and ${end === 'moot'}::boolean`;
  const state: CancellationState = end === 'lost' ? 'lost' : 'settled';
  const closed = await trx
    .updateTable('cancellation')
    .set({
      state: sql<CancellationState>`case when ${isMoot} then 'refused' else ${state} end`,
      reason: sql<string | null>`case when ${isMoot} then 'already_closed' end`,
      due_at: null,
      closed_at: deps.clock.now(),
    })
    .where('merchant_id', '=', first.merchant_id)
    .where(
      'item_id',
      'in',
      items.map((item) => item.id),
    )
    .where('state', 'in', [...openStates])
    .returning('state')
    .execute();
  for (const row of closed) deps.metrics.cancellations.inc({ state: row.state });
}

function endOf(state: ItemState, onOurCancel: boolean): 'lost' | 'settled' | 'moot' | null {
  switch (state) {
    case 'hold':
    case 'completed':
      return 'lost';
    case 'canceled':
      return 'settled';
    case 'reverted':
      return onOurCancel ? 'settled' : 'moot';
    case 'failed':
    case 'declined':
      return 'moot';
    case 'initiated':
    case 'pending':
    case 'active':
      return null;
  }
}
