import { closeCancellations } from '../cancellations/close-requests.ts';
import { isTerminal } from '../core/item-states.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { lockItem } from '../trades/queries.ts';
import { lockTradeForCancellation } from './cancellation.ts';
import { withdrawItem } from './withdraw.ts';

/**
 * Ends a request for which no supplier is needed: its item ended at the very moment at which the request was recorded,
 * so that settlement did not see it, or no supplier was ever asked to sell the item, which is withdrawn then.
 */
export async function endWithoutSupplier(deps: Deps, merchantId: string, cancellationId: string): Promise<void> {
  await inTransaction(deps, async (trx) => {
    const { trade, itemId } = await lockTradeForCancellation(trx, merchantId, cancellationId);
    const item = await lockItem(trx, { merchant_id: merchantId, item_id: itemId });
    if (isTerminal(item.state)) return closeCancellations(deps, trx, [item], false);
    // A unit of a quick buy that gave up its listing is ended by whoever looks for its next one.
    if (item.listing_id === null) return;
    await withdrawItem(deps, trx, trade, item, { actor: 'gateway', cause: { cancellation: cancellationId } });
  });
}
