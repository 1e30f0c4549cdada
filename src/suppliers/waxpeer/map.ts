import { allGames, type Game, RUST } from '../../core/games.ts';
import { packListingId, unpackListingId } from '../../core/ids.ts';
import { type Mills, NOTHING, toMills } from '../../core/money.ts';
import { steamIdOf } from '../../core/steam.ts';
import type { ItemError } from '../../core/trade-errors.ts';
import type { TradeUrlAnswer } from '../../trade-urls/checker.ts';
import type { HistoryOrder } from '../history.ts';
import type { FoundOrder, ListingIds, OrderStatus } from '../supplier.ts';
import { utcDateOf } from '../wire-texts.ts';
import type { WireHistoryRow, WireOwnTrade, WireTrade, WireTradelinkCheck } from './shapes.ts';

/** Translates Waxpeer's messages, statuses and ids into ours. A message that is not listed here is unknown. */

/** Part of every public CS2 listing id of this supplier. Never change it: ids that merchants have would stop working. */
const SUPPLIER_CODE = 2;
const PUBLIC_RUST_ID = /^rust:waxpeer:([1-9]\d{0,19})$/;
const NATIVE_RUST_ID = /^rust:([1-9]\d{0,19})$/;

/** An id that a public listing id can hold. Zeros at its start would be lost. */
const wireIds: Readonly<Record<Game, RegExp>> = { '730': /^[1-9]\d{0,17}$/, '252490': /^[1-9]\d{0,19}$/ };

export const gameNames: Readonly<Record<Game, string>> = { '730': 'csgo', '252490': 'rust' };

/** Their ids do not say the game, so ours of Rust listings have a prefix: `rust:1234`. */
export function nativeIdOf(game: Game, wireId: string): string | null {
  if (!wireIds[game].test(wireId)) return null;
  return game === RUST ? `rust:${wireId}` : wireId;
}

export function wireIdOf(nativeId: string): string {
  return NATIVE_RUST_ID.exec(nativeId)?.[1] ?? nativeId;
}

export const listingIds: ListingIds = {
  toPublic: (nativeId) => {
    const rustId = NATIVE_RUST_ID.exec(nativeId)?.[1];
    return rustId === undefined ? packListingId(SUPPLIER_CODE, nativeId) : `rust:waxpeer:${rustId}`;
  },
  toNative: (publicId) => {
    const rustId = PUBLIC_RUST_ID.exec(publicId)?.[1];
    return rustId === undefined ? unpackListingId(SUPPLIER_CODE, publicId) : `rust:${rustId}`;
  },
};

/** Refusals about the recipient, as answers to a purchase and as reasons of a failed trade. */
const recipientErrors: readonly (readonly [string, ItemError])[] = [
  ['Invalid tradelink', 'TRADE_URL_INVALID'],
  ['Missing partner', 'TRADE_URL_INVALID'],
  ['Missing token', 'TRADE_URL_INVALID'],
  ['Your tradelink is incorect, please update it', 'TRADE_URL_INVALID'],
  [
    "We couldn't validate your trade link, either your inventory is private or you can't trade",
    'STEAM_ACCOUNT_RESTRICTED',
  ],
  ['Please set your steam inventory public', 'STEAM_ACCOUNT_RESTRICTED'],
  ['User has VACBAN or Game Ban', 'STEAM_ACCOUNT_RESTRICTED'],
  ["You're banned for not accepting trades", 'BUYER_TRADE_RESTRICTED'],
];

/**
 * What the messages of a check of a trade URL mean. A message that leaves the cause open, or names a ban of the
 * marketplace's own, is a refusal and no more.
 */
const checkMessages: ReadonlyMap<string, 'url_invalid' | 'inventory_private' | 'refused'> = new Map([
  ...recipientErrors.map(
    ([message, error]) => [message, error === 'TRADE_URL_INVALID' ? 'url_invalid' : 'refused'] as const,
  ),
  ['Please set your steam inventory public', 'inventory_private'],
  ['Inventory is private', 'inventory_private'],
]);
/** Steam's own text, with the name of the account in it. */
const TRADE_BAN = /^You cannot trade with .* because they have a trade ban\.$/s;

/** @returns null when the messages are not known */
export function toTradeUrlAnswer({ success, msg, info }: WireTradelinkCheck, tradeUrl: string): TradeUrlAnswer | null {
  const steamId = steamIdOf(tradeUrl);
  const messages = [info, msg].flatMap((each) => each || []);
  if (success && messages.length === 0) return { standing: 'normal', steamId, canTrade: true };
  if (messages.some((each) => TRADE_BAN.test(each))) {
    return { standing: 'banned', steamId, canTrade: false, escrowDays: 0, isOnProbation: false };
  }
  const known = messages.find((each) => checkMessages.has(each)) ?? '';
  const standing = checkMessages.get(known);
  switch (standing) {
    case undefined:
      return null;
    case 'url_invalid':
      return { standing };
    case 'inventory_private':
      return { standing, steamId };
    case 'refused':
      return { standing, cause: known };
  }
}

/** Messages behind which a trade may exist. They have nothing to do with the wallet. */
export const openRefusals: ReadonlySet<string> = new Set([
  'System busy',
  'projectId already exists',
  'There was an error with tradelink,please try again',
]);

/** Messages that prove that no purchase was made. */
export const buyRefusals: ReadonlyMap<string, ItemError> = new Map([
  ...recipientErrors,
  ['Item sold', 'LISTING_UNAVAILABLE'],
  ['Price changed', 'PRICE_CHANGED'],
  ['buy_csgo', 'MARKET_UNAVAILABLE'],
  ['buy_rust', 'MARKET_UNAVAILABLE'],
]);

/** What the marketplace answers with status 403 to a wrong key and to an address that is not in the account's list. */
export const accessRefusals: ReadonlySet<string> = new Set(['wrong api', 'You need to whitelist your IP']);

/** The exact message of a purchase that costs more than the wallet has is not known. The wallet must confirm it. */
export function namesBalance(message: string): boolean {
  return /\b(balance|wallet|funds|money)\b/i.test(message);
}

const failures: ReadonlyMap<string, ItemError> = new Map([
  ...recipientErrors,
  // The marketplace says it both of offers that were declined and of offers that expired.
  ['Buyer failed to accept', 'OFFER_NOT_ACCEPTED'],
  ['Seller failed to accept', 'PURCHASE_FAILED'],
  ['Item price has increased or item is no longer available', 'LISTING_UNAVAILABLE'],
]);

/** The reason of a delivered trade: on a failed trade it contradicts the status. */
const REASON_OF_SUCCESS = 'Accepted';

export type TradeFacts = Pick<WireTrade, 'status' | 'trade_id' | 'reason' | 'release_date' | 'penalties'>;

export function toOrderStatus(trade: TradeFacts): OrderStatus {
  const offer = trade.trade_id ? { steamOfferId: String(trade.trade_id) } : {};
  switch (trade.status) {
    case 0:
    case 1:
    case 2:
      return { kind: 'waiting' };
    case 4:
      return offeredOrAccepted(trade, offer);
    case 5:
      return { kind: 'settled', ...offer };
    case 6:
      return failedOrReverted(trade);
    default:
      return { kind: 'unrecognised', raw: String(trade.status) };
  }
}

/** The end of Steam's protection is set when the buyer has accepted; null before. */
function offeredOrAccepted({ release_date: releaseDate }: TradeFacts, offer: { steamOfferId?: string }): OrderStatus {
  if (releaseDate === null) return { kind: 'offered', ...offer };
  const holdEndsAt = utcDateOf(releaseDate);
  if (!holdEndsAt) return { kind: 'unrecognised', raw: '4 with an unreadable release_date' };
  return { kind: 'accepted', ...offer, holdEndsAt };
}

/** Penalties are set when the buyer is to blame for a reversal. */
function failedOrReverted({ release_date: releaseDate, penalties, reason }: TradeFacts): OrderStatus {
  if (hasFields(penalties)) return { kind: 'reverted', by: 'user' };
  if (penalties !== null && penalties !== undefined)
    return { kind: 'unrecognised', raw: '6 with unreadable penalties' };
  if (utcDateOf(releaseDate)) return { kind: 'reverted', by: 'supplier' };
  if (releaseDate !== null) return { kind: 'unrecognised', raw: '6 with an unreadable release_date' };
  if (reason === REASON_OF_SUCCESS) return { kind: 'unrecognised', raw: `6 ${reason}` };
  return { kind: 'failed', error: failures.get(reason ?? '') ?? 'PURCHASE_FAILED' };
}

function hasFields(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
}

/**
 * The order of a reference. A lost answer can leave several trades under one reference: one that is alive counts, and
 * two of them are unrecognised. Of trades that ended alike, the latest counts.
 * @param trades all trades with this reference, at least one
 */
export function orderOf(trades: readonly [WireTrade, ...WireTrade[]]): FoundOrder {
  const orders = trades.map(toOrder).toSorted(byAgeFromLatest);
  const latest = orders[0] ?? toOrder(trades[0]);
  const [alive, another] = orders.filter(({ status }) => status.kind !== 'failed' && status.kind !== 'reverted');
  if (alive && !another) return alive;
  const isAgreed = !alive && orders.every(({ status }) => status.kind === latest.status.kind);
  if (isAgreed) return latest;
  return { ...latest, status: { kind: 'unrecognised', raw: `${orders.length} trades under one project_id` } };
}

function toOrder(trade: WireTrade): FoundOrder {
  return {
    reference: trade.project_id,
    orderId: String(trade.id),
    costMills: moneyOf(trade.price),
    status: toOrderStatus(trade),
  };
}

function byAgeFromLatest(a: FoundOrder, b: FoundOrder): number {
  return BigInt(a.orderId) < BigInt(b.orderId) ? 1 : -1;
}

/** The marketplace counts in thousandths of a dollar, as we do. */
export function moneyOf(thousandths: number): Mills {
  return toMills(BigInt(thousandths));
}

/**
 * A trade as the marketplace's books have it. What ends without penalties is paid back in full; in which unit penalties are
 * counted is not known, so that the rest is not known either.
 * @param created the time of ordering, which only the list of trades has
 */
export function historyOrderOf(trade: WireOwnTrade, { created, item_id: wireId, game }: WireHistoryRow): HistoryOrder {
  const status = toOrderStatus(trade);
  const costMills = moneyOf(trade.price);
  const isOver = status.kind === 'failed' || status.kind === 'reverted';
  const overMills = status.kind === 'reverted' && status.by === 'user' ? null : costMills;
  return {
    orderId: String(trade.id),
    reference: trade.project_id || null,
    costMills,
    refundMills: isOver ? overMills : NOTHING,
    feeMills: null,
    status,
    nativeListingIds: nativeIdsOf(String(wireId), game),
    orderedAt: utcDateOf(created),
  };
}

/** An id that comes without its game can be a listing of any. */
function nativeIdsOf(wireId: string, gameName: unknown): string[] {
  const named = allGames.filter((game) => gameNames[game] === gameName);
  return (named.length > 0 ? named : allGames).flatMap((game) => nativeIdOf(game, wireId) ?? []);
}
