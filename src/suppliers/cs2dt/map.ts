import { MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import { CS2 } from '../../core/games.ts';
import { packListingId, unpackListingId } from '../../core/ids.ts';
import { type Mills, NOTHING, parseDollars, toDecimalText } from '../../core/money.ts';
import { steamIdOf } from '../../core/steam.ts';
import type { ItemError } from '../../core/trade-errors.ts';
import type { TradeUrlAnswer } from '../../trade-urls/checker.ts';
import type { HistoryOrder } from '../history.ts';
import type {
  CancelAnswer,
  CancelRefusal,
  FoundOrder,
  Listing,
  ListingIds,
  OrderStatus,
  SupplierFault,
} from '../supplier.ts';
import { exteriorOf } from '../wire-texts.ts';
import type { WireOrder, WireOrderRow, WireProduct } from './shapes.ts';

/** Translates CS2DT's codes, statuses and ids into ours. A code that is not listed here is unknown. */

/** Part of every public listing id of this supplier. Never change it: ids that merchants have would stop working. */
const SUPPLIER_CODE = 4;
/** A public listing id has room for numbers below this, which the marketplace's ids reach in about 2049. */
const NATIVE_ID_LIMIT = 1n << 62n;

/** A cancel costs 2 % before 30 minutes of the order's time, and "more than" 30 are asked for. */
export const FREE_CANCEL_AGE_MS = 30 * MINUTE_MS;

/** Whether a listing of the marketplace can have this id. */
export function isNativeId(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id) && BigInt(id) < NATIVE_ID_LIMIT;
}

export const listingIds: ListingIds = {
  toPublic: (nativeId) => packListingId(SUPPLIER_CODE, nativeId),
  toNative: (publicId) => unpackListingId(SUPPLIER_CODE, publicId),
};

/**
 * Codes that prove that no purchase was made. These are left out on purpose, because an order may exist: 1363, 70002 and
 * the system errors 100000, 140000, 140002, 140024; 140014 (`NUMBER_USED`) and 140018 (a time-out further up).
 */
export const buyRefusals: ReadonlyMap<number, ItemError> = byCode<ItemError>([
  ['LISTING_UNAVAILABLE', 1207, 1317, 1014452],
  ['PRICE_CHANGED', 1403, 1454],
  ['TRADE_URL_INVALID', 106310, 140005],
  ['STEAM_ACCOUNT_RESTRICTED', 101008, 140006, 106006, 106505, 106509, 106516, 106517],
  ['BUYER_TRADE_RESTRICTED', 1367, 1369],
  ['MARKET_UNAVAILABLE', 70001, 100001, 100002, 140010, 140011, 140020],
  ['PURCHASE_FAILED', 140001],
]);

/** Codes that say that a call has failed, whatever it was about. */
export const systemErrors: ReadonlySet<number> = new Set([1363, 70002, 100000, 140000, 140001, 140002, 140018, 140024]);

const INVENTORY_PRIVATE = 106509;

/** What a refusal by a code means for a trade URL that is checked; null: the code is not about the recipient. */
export function tradeUrlRefusalOf(code: number, tradeUrl: string): TradeUrlAnswer | null {
  if (code === INVENTORY_PRIVATE) return { standing: 'inventory_private', steamId: steamIdOf(tradeUrl) };
  switch (buyRefusals.get(code)) {
    case 'TRADE_URL_INVALID':
      return { standing: 'url_invalid' };
    case 'STEAM_ACCOUNT_RESTRICTED':
    case 'BUYER_TRADE_RESTRICTED':
      return { standing: 'refused', cause: `code ${code}` };
    default:
      return null;
  }
}

/** Codes that only the operator can mend: money; the list of addresses, permissions, the contract, the key. */
export const faults: ReadonlyMap<number, SupplierFault> = byCode<SupplierFault>([
  ['balance', 70001],
  ['misconfigured', 100001, 100002, 140011, 140020],
]);

function byCode<T>(rows: readonly (readonly [meaning: T, ...codes: number[]])[]): ReadonlyMap<number, T> {
  return new Map(rows.flatMap(([meaning, ...codes]) => codes.map((code) => [code, meaning])));
}

/** What a purchase answers if an earlier one had its number. */
export const NUMBER_USED = 140014;

/** What a look-up answers if the purchase with this number has failed and there is no order. */
export const NEVER_MADE = 140015;

const [MANUAL_DELIVERY, AUTO_DELIVERY] = [1, 2];
const WAITING = 1;
const ACCEPTED = 10;

export function toOrderStatus({
  status,
  failedCode,
  offerInfoDTO,
}: Pick<WireOrder, 'status' | 'failedCode' | 'offerInfoDTO'>): OrderStatus {
  const offerId = offerInfoDTO?.tradeOfferId;
  const offer = offerId ? { steamOfferId: String(offerId) } : {};
  switch (status) {
    case WAITING:
    case 2:
      return { kind: 'waiting' };
    case 3:
      return { kind: 'offered', ...offer };
    case ACCEPTED:
      return { kind: 'accepted', ...offer };
    case 11:
      return failures.get(failedCode ?? '') ?? failed('PURCHASE_FAILED');
    case 200:
      return { kind: 'settled', ...offer };
    case 220:
      return { kind: 'reverted', by: 'user' };
    case 221:
      return { kind: 'reverted', by: 'supplier' };
    default:
      return { kind: 'unrecognised', raw: String(status) };
  }
}

const ourCancel: OrderStatus = { kind: 'reverted', by: 'supplier', onOurCancel: true };

/** The reasons of status 11, which always ends an order: a reason that is not listed leaves only the cause open. */
const failures: ReadonlyMap<string, OrderStatus> = new Map([
  ['ORDER_FAILED_OF_CHANNEL_BUYER_CANCEL', ourCancel],
  ['ORDER_FAILED_OF_SELLER_DELIVER_TOO_SLOW_CHANNEL_BUYER_CANCEL', ourCancel],
  ['ORDER_FAILED_OF_BUYER_DECLINE', { kind: 'declined' }],
  ['ORDER_FAILED_OF_BUYER_COUNTERED', { kind: 'declined' }],
  ['ORDER_FAILED_OF_AUTO_DELIVER_ORDER_CANCEL_OF_BUYER_NOT_ACCEPT', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_MANUAL_DELIVER_ORDER_CANCEL_OF_BUYER_NOT_ACCEPT', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_MANUAL_DELIVER_ORDER_CANCEL_OF_SELLER_CANCEL', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_OFFER_EXPIRED', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_INVALID_ITEMS', failed('LISTING_UNAVAILABLE')],
  ['ORDER_ASSET_NOT_IN_INVENTORY_CANCEL', failed('LISTING_UNAVAILABLE')],
]);

function failed(error: ItemError): OrderStatus {
  return { kind: 'failed', error };
}

// With status 2 the seller has begun to deliver, but there is no offer yet.
const cancelRefusals: ReadonlyMap<unknown, CancelRefusal> = byCode<CancelRefusal>([
  ['not_allowed', 2],
  ['already_sent', 3, ACCEPTED],
  ['already_closed', 11, 200, 220, 221],
]);

/**
 * Why an order must not be cancelled now; null: it can. Only an order that waits for a seller who delivers by hand is
 * cancelled free of charge, so that what an order does not say is never taken for it.
 * @param serverSeconds the time of the answer by the marketplace's clock; absent: it does not say
 */
export function cancelHindrance(order: WireOrder, serverSeconds?: number): CancelAnswer | null {
  const { status, deliverType } = order;
  const reason = cancelRefusals.get(status);
  if (reason) return { outcome: 'refused', reason };
  if (status === WAITING && deliverType === MANUAL_DELIVERY)
    return isTooEarly(order, serverSeconds) ? { outcome: 'refused', reason: 'too_early' } : null;
  if (status === WAITING && deliverType === AUTO_DELIVERY) return { outcome: 'refused', reason: 'not_allowed' };
  return { outcome: 'unknown', cause: `the order has status ${status} and delivery ${deliverType}` };
}

/**
 * Why an order cannot be cancelled any more, even by a cancel that may still be under way: the buyer has the item, or the
 * order is over. An offer that is only sent can still be taken back. null: a cancel may still take effect.
 */
export function beyondCancel({ status }: WireOrder): CancelAnswer | null {
  const reason = cancelRefusals.get(status);
  const isFinal = reason === 'already_closed' || status === ACCEPTED;
  return reason && isFinal ? { outcome: 'refused', reason } : null;
}

/** Both times are the marketplace's: no clock of ours that is wrong can make a cancel cost money. */
function isTooEarly(order: WireOrder, serverSeconds: number | undefined): boolean {
  const orderedAt = timeOf(order);
  if (orderedAt === null || serverSeconds === undefined) return false;
  return serverSeconds * SECOND_MS - orderedAt.getTime() < FREE_CANCEL_AGE_MS;
}

/** null: the price cannot be read. */
export function orderOf(reference: string, order: WireOrder): FoundOrder | null {
  const costMills = moneyOf(order.price);
  if (costMills === null) return null;
  return { reference, orderId: String(order.orderId), costMills, status: toOrderStatus(order) };
}

/**
 * An order as the marketplace's books have it. An order that failed is paid back; of one that was reversed for the buyer it
 * does not say how much. How it shows the fees for cancelling is not known, so that no fee in a row is no proof of none.
 * @returns null when an amount cannot be read
 */
export function historyOrderOf(row: WireOrderRow): HistoryOrder | null {
  const costMills = moneyOf(row.price);
  const feeMills = moneyOf(row.buyerFee ?? 0);
  if (costMills === null || feeMills === null) return null;
  const status = toOrderStatus(row);
  return {
    orderId: String(row.orderAssetId),
    reference: row.outTradeNo || null,
    costMills,
    refundMills: refundOf(status, costMills),
    feeMills: feeMills === NOTHING ? null : feeMills,
    status,
    nativeListingIds: row.productId === undefined || row.productId === null ? [] : [String(row.productId)],
    orderedAt: timeOf(row),
  };
}

function refundOf(status: OrderStatus, costMills: Mills): Mills | null {
  if (status.kind === 'reverted') return status.by === 'user' ? null : costMills;
  return status.kind === 'failed' || status.kind === 'declined' ? costMills : NOTHING;
}

/** Seconds since 1970. null: it cannot be read. */
export function timeOf({ createTime }: { readonly createTime?: unknown }): Date | null {
  return /^\d{9,10}$/.test(String(createTime)) ? new Date(Number(createTime) * 1000) : null;
}

/** The names of a catalogue item, which the rows of its listings may leave out. */
export interface CatalogueItem {
  readonly itemId: string;
  readonly name: string;
}

const PHASE = /^(Phase [1-4]|Ruby|Sapphire|Black Pearl|Emerald)$/;
const deliveries: ReadonlyMap<unknown, Listing['delivery']> = new Map([
  [MANUAL_DELIVERY, 'standard'],
  [AUTO_DELIVERY, 'instant'],
]);

/** null: its id, price or delivery cannot be read, so that it cannot be bought. */
export function listingOf(row: WireProduct, item: CatalogueItem | null): Listing | null {
  const priceMills = priceOf(row);
  const nativeId = String(row.id);
  const delivery = deliveries.get(row.delivery);
  const name = row.marketHashName || item?.name;
  if (!priceMills || !delivery || !name || !isNativeId(nativeId)) return null;
  const exterior = exteriorOf(name);
  const { wear, paintIndex, paintSeed, levelName } = row.assetInfo ?? {};
  return {
    nativeId,
    game: CS2,
    catalogId: String(row.itemId ?? item?.itemId ?? name),
    marketHashName: name,
    delivery,
    priceMills,
    ...(exterior ? { exterior } : {}),
    ...(typeof wear === 'string' && /^[01]\.\d+$/.test(wear) ? { wear } : {}),
    ...(Number.isInteger(paintIndex) ? { paintIndex: Number(paintIndex) } : {}),
    ...(Number.isInteger(paintSeed) ? { paintSeed: Number(paintSeed) } : {}),
    ...(typeof levelName === 'string' && PHASE.test(levelName) ? { phase: levelName } : {}),
  };
}

/** null: the price cannot be read; nothing is given away. */
export function priceOf({ price }: WireProduct): Mills | null {
  const priceMills = moneyOf(price);
  return priceMills === 0n ? null : priceMills;
}

/** Dollars as text or as a JSON number; the shortest text of a number is what was sent. null: it cannot be read. */
export function moneyOf(price: string | number): Mills | null {
  return parseDollars(String(price), 3);
}

/** A ceiling with two decimals, which is all that the marketplace knows. Rounded down: it is the most that may be paid. */
export function toCentsText(ceilingMills: Mills): string {
  return toDecimalText(ceilingMills).slice(0, -1);
}
