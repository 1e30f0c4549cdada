import { CS2 } from '../../../src/core/games.ts';
import { type Mills, parseDollars } from '../../../src/core/money.ts';
import type { ItemError } from '../../../src/core/trade-errors.ts';
import { webUrlOf } from '../../../src/net/web-url.ts';
import type {
  CancelRefusal,
  Charm,
  FoundOrder,
  Listing,
  OrderStatus,
  Sticker,
} from '../../../src/suppliers/supplier.ts';
import type { WireCharm, WireListing, WireOrder, WireSticker } from './shapes.ts';

/** Translates the CS2 marketplace's codes and statuses into ours. A code that is not listed here is unknown. */

const AUTO_DELIVERY = 2;

export const REFERENCE_USED = 140014;

export const notOnSale: ReadonlySet<number> = new Set([1317, 1014452]);

/**
 * Codes that prove that no purchase was made. These are left out on purpose, because an order may exist: 1363 and the
 * 14000x system errors, 140014 (`REFERENCE_USED`) and 140018 (time-out further upstream).
 */
export const buyRefusals: ReadonlyMap<number, ItemError> = new Map([
  [1207, 'LISTING_UNAVAILABLE'],
  [1317, 'LISTING_UNAVAILABLE'],
  [1014452, 'LISTING_UNAVAILABLE'],
  [1403, 'PRICE_CHANGED'],
  [1454, 'PRICE_CHANGED'],
  [106310, 'TRADE_URL_INVALID'],
  [140005, 'TRADE_URL_INVALID'],
  [101008, 'STEAM_ACCOUNT_RESTRICTED'],
  [106006, 'STEAM_ACCOUNT_RESTRICTED'],
  [106505, 'STEAM_ACCOUNT_RESTRICTED'],
  [106509, 'STEAM_ACCOUNT_RESTRICTED'],
  [106516, 'STEAM_ACCOUNT_RESTRICTED'],
  [106517, 'STEAM_ACCOUNT_RESTRICTED'],
  [1367, 'BUYER_TRADE_RESTRICTED'],
  [1369, 'BUYER_TRADE_RESTRICTED'],
  [70001, 'MARKET_UNAVAILABLE'],
  [100001, 'MARKET_UNAVAILABLE'],
  [100002, 'MARKET_UNAVAILABLE'],
  [140010, 'MARKET_UNAVAILABLE'],
  [140011, 'MARKET_UNAVAILABLE'],
  [140020, 'MARKET_UNAVAILABLE'],
  [140001, 'PURCHASE_FAILED'],
]);

export const cancelRefusals: ReadonlyMap<number, CancelRefusal> = new Map([
  [1502, 'too_early'],
  [1503, 'already_sent'],
  [1504, 'already_closed'],
  [1505, 'not_allowed'],
]);

const failures: ReadonlyMap<string, OrderStatus> = new Map([
  ['ORDER_FAILED_OF_BUYER_DECLINE', { kind: 'declined' }],
  ['ORDER_FAILED_OF_BUYER_COUNTERED', { kind: 'declined' }],
  ['ORDER_FAILED_OF_AUTO_DELIVER_ORDER_CANCEL_OF_BUYER_NOT_ACCEPT', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_MANUAL_DELIVER_ORDER_CANCEL_OF_BUYER_NOT_ACCEPT', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_MANUAL_DELIVER_ORDER_CANCEL_OF_SELLER_CANCEL', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_OFFER_EXPIRED', failed('OFFER_NOT_ACCEPTED')],
  ['ORDER_FAILED_OF_INVALID_ITEMS', failed('LISTING_UNAVAILABLE')],
  ['ORDER_ASSET_NOT_IN_INVENTORY_CANCEL', failed('LISTING_UNAVAILABLE')],
]);

/** The end of every code that says "cancelled because the buyer requested it". */
const OUR_CANCEL = 'BUYER_CANCEL';

export function toOrderStatus(
  order: Pick<WireOrder, 'status' | 'failedCode' | 'tradeOfferId' | 'assetId' | 'settleAt'>,
): OrderStatus {
  const offer = order.tradeOfferId ? { steamOfferId: order.tradeOfferId } : {};
  const asset = order.assetId ? { assetId: order.assetId } : {};
  switch (order.status) {
    case 1:
    case 2:
      return { kind: 'waiting' };
    case 3:
      return { kind: 'offered', ...offer };
    case 10:
      return { kind: 'accepted', ...offer, ...asset, ...holdOf(order.settleAt) };
    case 11:
      return failureOf(order.failedCode ?? '');
    case 200:
      return { kind: 'settled', ...offer, ...asset };
    case 220:
      return { kind: 'reverted', by: 'user' };
    case 221:
      return { kind: 'reverted', by: 'supplier' };
    default:
      return { kind: 'unrecognised', raw: String(order.status) };
  }
}

/** Status 11 always ends an order; a code that is not listed leaves only the reason open. */
function failureOf(code: string): OrderStatus {
  if (code.endsWith(OUR_CANCEL)) return { kind: 'reverted', by: 'supplier', onOurCancel: true };
  return failures.get(code) ?? failed('PURCHASE_FAILED');
}

function failed(error: ItemError): OrderStatus {
  return { kind: 'failed', error };
}

function holdOf(settleAt: string | null | undefined): { holdEndsAt?: Date } {
  const holdEndsAt = new Date(settleAt ?? Number.NaN);
  return Number.isNaN(holdEndsAt.getTime()) ? {} : { holdEndsAt };
}

/** null: the price cannot be read. */
export function orderOf(order: WireOrder): FoundOrder | null {
  const costMills = moneyOf(order.price);
  if (costMills === null) return null;
  return { reference: order.outTradeNo, orderId: order.orderId, costMills, status: toOrderStatus(order) };
}

/** null: the price cannot be read. */
export function listingOf(row: WireListing): Listing | null {
  const priceMills = moneyOf(row.price);
  if (priceMills === null) return null;
  return {
    nativeId: row.id,
    game: CS2,
    catalogId: row.itemId,
    marketHashName: row.marketHashName,
    delivery: row.delivery === AUTO_DELIVERY ? 'instant' : 'standard',
    priceMills,
    ...(row.type ? { type: row.type } : {}),
    ...(row.rarity ? { rarity: row.rarity } : {}),
    ...(row.exterior ? { exterior: row.exterior } : {}),
    ...(row.wear ? { wear: row.wear } : {}),
    ...(row.phase ? { phase: row.phase } : {}),
    ...(row.color ? { color: row.color } : {}),
    ...(row.inspectToken ? { previewToken: row.inspectToken } : {}),
    ...(typeof row.paintSeed === 'number' ? { paintSeed: row.paintSeed } : {}),
    ...(typeof row.paintIndex === 'number' ? { paintIndex: row.paintIndex } : {}),
    ...(typeof row.fadePercent === 'number' ? { fade: row.fadePercent } : {}),
    ...looksOf(row),
  };
}

/** The parts with a picture. If the address of a picture is not valid, only that part is left out. */
function looksOf({ iconUrl, stickers, charm }: WireListing): Pick<Listing, 'iconUrl' | 'stickers' | 'charm'> {
  const icon = webUrlOf(iconUrl);
  const shownStickers = (stickers ?? []).flatMap((sticker) => stickerOf(sticker) ?? []);
  const shownCharm = charm ? charmOf(charm) : null;
  return {
    ...(icon ? { iconUrl: icon } : {}),
    ...(shownStickers.length > 0 ? { stickers: shownStickers } : {}),
    ...(shownCharm ? { charm: shownCharm } : {}),
  };
}

function stickerOf({ slot, wear, ...rest }: WireSticker): Sticker | null {
  const pictured = charmOf(rest);
  return pictured && { ...pictured, slot, ...(typeof wear === 'number' ? { wear } : {}) };
}

function charmOf({ name, iconUrl, marketHashName }: WireCharm): Charm | null {
  const icon = webUrlOf(iconUrl);
  return icon ? { name, iconUrl: icon, ...(marketHashName ? { marketHashName } : {}) } : null;
}

/** Dollars with up to three decimals, as text or as a JSON number; the shortest text of a number is what was sent. */
export function moneyOf(price: string | number): Mills | null {
  return parseDollars(String(price), 3);
}
