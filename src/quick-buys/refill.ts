import { sql } from 'kysely';
import { itemsToCancel } from '../cancellations/queries.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { scheduleFill } from './claim.ts';

/**
 * With these errors the supplier says clearly that the listing was at fault, not the recipient or the marketplace, so
 * another listing may do. A purchase without a clear answer ends with another error: it may have been made.
 */
const listingErrors: ReadonlySet<ItemError> = new Set(['LISTING_UNAVAILABLE', 'PRICE_CHANGED', 'NO_LISTING_AT_PRICE']);
/** With this error the marketplace says clearly that it does not sell now. Another marketplace may. */
const MARKETPLACE_ERROR: ItemError = 'MARKET_UNAVAILABLE';
/** After so many listings that were sold to others, the unit fails. */
const TRIED_MAX = 200;

/**
 * When the listing of a quick buy's unit was sold to somebody else or became dearer, the unit looks for another one; when
 * its marketplace does not sell to the account, for one of another account. The supplier's answer is clear that nothing was bought, so
 * nothing can be bought twice. Runs in the caller's transaction, which holds the trade's lock.
 * @param isAnswer whether the purchase itself was answered so; false: a look-up said it, after an unknown answer
 * @returns false when the unit must fail instead
 */
export async function reassignUnit(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  item: ItemRow,
  reason: ItemError,
  isAnswer = false,
): Promise<boolean> {
  if (!trade.is_quick || !canMoveOn(reason, isAnswer)) return false;
  if ((await itemsToCancel(trx, item.merchant_id, [item])).size > 0) return false;
  const noted = await trx
    .updateTable('quick_buy')
    // What one account was refused, another account at the marketplace may get.
    .set({ tried: reason === MARKETPLACE_ERROR ? sql.ref('tried') : sql`array_append(tried, ${item.listing_id})` })
    .where('merchant_id', '=', trade.merchant_id)
    .where('trade_id', '=', trade.id)
    .where(sql<number>`cardinality(tried)`, '<', TRIED_MAX)
    .returning('trade_id')
    .executeTakeFirst();
  if (!noted) return false;
  await clearListing(deps, trx, item);
  await scheduleFill(deps, trx, trade);
  return true;
}

function canMoveOn(reason: ItemError, isAnswer: boolean): boolean {
  return listingErrors.has(reason) || (reason === MARKETPLACE_ERROR && isAnswer);
}

async function clearListing(deps: Deps, trx: Trx, item: ItemRow): Promise<void> {
  await trx
    .updateTable('item')
    .set({
      listing_id: null,
      supplier: null,
      native_listing_id: null,
      market_hash_name: null,
      attributes: null,
      markup_bps: 0,
      updated_at: deps.clock.now(),
    })
    .where('merchant_id', '=', item.merchant_id)
    .where('id', '=', item.id)
    .where('state', '=', 'pending')
    .where('listing_id', '=', item.listing_id)
    .returning('id')
    .executeTakeFirstOrThrow();
}
