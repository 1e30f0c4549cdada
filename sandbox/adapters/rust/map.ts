import { RUST } from '../../../src/core/games.ts';
import { type Mills, toMills } from '../../../src/core/money.ts';
import type { ItemError } from '../../../src/core/trade-errors.ts';
import { webUrlOf } from '../../../src/net/web-url.ts';
import type { FoundOrder, Listing, OrderStatus } from '../../../src/suppliers/supplier.ts';
import type { WireItem, WireTrade } from './shapes.ts';

/** Translates the Rust marketplace's messages and statuses into ours. A message that is not listed here is unknown. */

export const NOT_ON_SALE = 'Item not found';

/**
 * Messages that prove that no purchase was made. These are left out on purpose, because an order may exist:
 * "System busy" and "projectId already exists".
 */
export const buyRefusals: ReadonlyMap<string, ItemError> = new Map([
  ['Item sold', 'LISTING_UNAVAILABLE'],
  [NOT_ON_SALE, 'LISTING_UNAVAILABLE'],
  ['Price changed', 'PRICE_CHANGED'],
  ['Invalid tradelink', 'TRADE_URL_INVALID'],
  ['wrong api', 'MARKET_UNAVAILABLE'],
  ['buy_rust', 'MARKET_UNAVAILABLE'],
  ['Invalid parameters', 'PURCHASE_FAILED'],
]);

const failures: ReadonlyMap<string, ItemError> = new Map([
  ['Invalid tradelink', 'TRADE_URL_INVALID'],
  ['Buyer failed to accept', 'OFFER_NOT_ACCEPTED'],
  ['Seller failed to accept', 'PURCHASE_FAILED'],
  ['Item price has increased or item is no longer available', 'LISTING_UNAVAILABLE'],
]);

/** The reason of a delivered trade: on a failed trade it contradicts the status. */
const REASON_OF_SUCCESS = 'Accepted';

/** An accepted item is final at once, because Rust items have no protection window. */
export function toOrderStatus(trade: Pick<WireTrade, 'status' | 'reason' | 'trade_id'>): OrderStatus {
  const offer = trade.trade_id ? { steamOfferId: trade.trade_id } : {};
  switch (trade.status) {
    case 0:
    case 1:
    case 2:
      return { kind: 'waiting' };
    case 4:
      return { kind: 'offered', ...offer };
    case 5:
      return { kind: 'settled', ...offer };
    case 6:
      return failureOf(trade.reason ?? '');
    default:
      return { kind: 'unrecognised', raw: String(trade.status) };
  }
}

/** Status 6 always ends a trade; a reason that is not listed leaves only the cause open. */
function failureOf(reason: string): OrderStatus {
  if (reason === REASON_OF_SUCCESS) return { kind: 'unrecognised', raw: `6 ${reason}` };
  return { kind: 'failed', error: failures.get(reason) ?? 'PURCHASE_FAILED' };
}

export function orderOf(trade: WireTrade): FoundOrder {
  return {
    reference: trade.project_id,
    orderId: trade.id,
    costMills: moneyOf(trade.price),
    status: toOrderStatus(trade),
  };
}

/** The marketplace has no catalogue ids, so the item's name is used. */
export function listingOf(item: WireItem): Listing {
  const icon = webUrlOf(item.image);
  return {
    nativeId: item.item_id,
    game: RUST,
    catalogId: item.name,
    marketHashName: item.name,
    delivery: 'standard',
    priceMills: moneyOf(item.price),
    ...(item.type ? { type: item.type } : {}),
    ...(item.color ? { color: item.color } : {}),
    ...(icon ? { iconUrl: icon } : {}),
  };
}

/** The marketplace counts in thousandths of a dollar, as we do. */
export function moneyOf(price: number): Mills {
  return toMills(BigInt(price));
}
