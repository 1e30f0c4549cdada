import pLimit from 'p-limit';
import { hasCancel, isCancelSupported, isOwn } from '../cancellations/policy.ts';
import { earlierRequests } from '../cancellations/queries.ts';
import { ApiError, type ErrorKey, errors } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import { isTerminal } from '../core/item-states.ts';
import { failedOutcome } from '../db/failure.ts';
import type { ItemWithListing, TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { findTrade, findTradeById, findTradeOfClient, hasListing, itemsOf } from '../trades/queries.ts';
import { type Canceller, cancelItem, notCancellable } from './cancel-item.ts';

const ITEMS_AT_ONCE_MIN = 25;

/** What a caller reads: each item that could be cancelled, and the outcome. */
export interface CancelledTrade {
  readonly tradeId: string;
  /** `cancelled` and `failed` together. */
  readonly requested: number;
  readonly cancelled: number;
  readonly failed: number;
  readonly items: CancelledItem[];
}

export interface CancelledItem {
  readonly itemId: string;
  readonly externalId?: string;
  readonly status: 'cancelled' | 'failed';
  /** SERVICE_UNAVAILABLE: the outcome is not known yet. The request is kept, as on the item route. */
  readonly reason?: ErrorKey;
}

/**
 * Cancels the items of a trade that can still be cancelled, each as `cancelItem` does. Any mixture of outcomes is a
 * success; the answer tells the items apart.
 * @throws TRADE_NOT_FOUND, FORBIDDEN; TRADE_CANCEL_UNSUPPORTED when nothing of it could ever be cancelled,
 *   TRADE_NOT_CANCELLABLE when nothing of it can now
 */
export async function cancelTrade(deps: Deps, canceller: Canceller, tradeRef: string): Promise<CancelledTrade> {
  const trade = await findAnyTrade(deps, canceller, tradeRef);
  if (!trade) throw errors.of('TRADE_NOT_FOUND');
  if (!isOwn(trade, canceller)) throw errors.of('FORBIDDEN');
  const open = await openItems(deps, canceller, trade);
  const items = await pLimit(itemsAtOnce(open.length)).map(open, (item) => cancelOne(deps, canceller, item));
  const cancelled = items.filter((item) => item.status === 'cancelled').length;
  return { tradeId: trade.id, requested: items.length, cancelled, failed: items.length - cancelled, items };
}

/** How many items of one trade are cancelled at once: a marketplace that does not answer is waited for at most twice. */
export function itemsAtOnce(items: number): number {
  return Math.max(ITEMS_AT_ONCE_MIN, Math.ceil(items / 2));
}

/** A trade that the caller can name; or, by its id, anybody's, so that the caller is told FORBIDDEN. */
async function findAnyTrade(deps: Deps, caller: Canceller, ref: string): Promise<TradeRow | undefined> {
  const { merchantId, steamId } = caller;
  const client = steamId === null ? null : { merchantId, steamId };
  const own = await (client ? findTradeOfClient(deps.db, client, ref) : findTrade(deps.db, merchantId, ref));
  const id = ref.toLowerCase();
  if (own || !isUuid(id)) return own;
  return findTradeById(deps.db, id);
}

/**
 * The items whose supplier can cancel and that have not ended, or were cancelled by this very request when it came before.
 * @throws TRADE_CANCEL_UNSUPPORTED, TRADE_NOT_CANCELLABLE when there are none
 */
async function openItems(deps: Deps, canceller: Canceller, trade: TradeRow): Promise<ItemWithListing[]> {
  if (trade.type !== 'withdraw') throw notCancellable('not_a_withdrawal');
  const all = await itemsOf(deps.db, trade.merchant_id, [trade.id]);
  const found = all.filter(hasListing);
  const able = found.filter((item) => isCancelSupported(deps, trade, item));
  if (!hasCancel(trade.game) || (found.length > 0 && able.length === 0)) throw errors.of('TRADE_CANCEL_UNSUPPORTED');
  const over = able.filter((item) => isTerminal(item.state)).map((item) => item.id);
  const earlier = await earlierRequests(deps, deps.db, canceller, over);
  const open = able.filter((item) => !isTerminal(item.state) || earlier.get(item.id)?.kind === 'accepted');
  if (open.length > 0) return open;
  const isLookedFor = all.some((item) => !hasListing(item) && !isTerminal(item.state));
  throw notCancellable(isLookedFor ? 'not_found_yet' : 'already_closed');
}

async function cancelOne(deps: Deps, canceller: Canceller, item: ItemWithListing): Promise<CancelledItem> {
  const { trade_id: tradeRef, listing_id: itemId, external_id: externalId } = item;
  const named = { itemId, ...(externalId === null ? {} : { externalId }) };
  try {
    await cancelItem(deps, canceller, { tradeRef, itemRef: itemId });
    return { ...named, status: 'cancelled' };
  } catch (error) {
    return { ...named, status: 'failed', reason: reasonOf(deps, item, error) };
  }
}

/** A failure of one item must not hide the answers about the others, which may be committed. */
function reasonOf(deps: Deps, item: ItemWithListing, error: unknown): ErrorKey {
  if (error instanceof ApiError) return error.key;
  if (failedOutcome(error) !== null) return 'SERVICE_UNAVAILABLE';
  deps.log.error(
    { err: error, itemId: item.id },
    'failed to cancel an item of a trade; its caller is told SERVER_ERROR',
  );
  return 'SERVER_ERROR';
}
