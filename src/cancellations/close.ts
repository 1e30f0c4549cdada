import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { closeCancellations } from '../trades/close-cancellations.ts';
import { isTerminal } from '../trades/states.ts';
import { lockTradeOfWish } from './cancellation.ts';

/**
 * Closes a request whose item ended at the very moment at which the request was recorded, so that settlement did not
 * see it. Nothing else would close it: an item that is over is not read any more.
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
    if (isTerminal(item.state)) await closeCancellations(deps, trx, [item], false);
  });
}
