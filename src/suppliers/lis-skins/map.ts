import { DAY_MS, later } from '../../core/clock.ts';
import { allGames, type Game, RUST } from '../../core/games.ts';
import { packListingId, unpackListingId } from '../../core/ids.ts';
import { type Mills, NOTHING, parseDollars, subtract, sum, toDecimalText, toMills } from '../../core/money.ts';
import type { ItemError } from '../../core/trade-errors.ts';
import type { HistoryOrder } from '../history.ts';
import type { FoundOrder, ListingIds, OrderStatus } from '../supplier.ts';
import { utcDateOf } from '../wire-texts.ts';
import { moneyShape, type WireMoney, type WireOwnPurchase, type WirePurchase, type WireSkin } from './shapes.ts';

/** Translates LIS-SKINS' codes, statuses, money and ids into ours. A code that is not listed here is unknown. */

/** Part of every public CS2 listing id of this supplier. Never change it: ids that merchants have would stop working. */
const SUPPLIER_CODE = 3;
const PUBLIC_RUST_ID = /^rust:lis-skins:([1-9]\d{0,17})$/;
const NATIVE_RUST_ID = /^rust:([1-9]\d{0,17})$/;
const NATIVE_ID = /^(?:rust:)?([1-9]\d{0,17})$/;

/** In the API: the game of a listing, and the files of price lists. */
export const wireGames: Readonly<Record<Game, { readonly id: number; readonly file: string }>> = {
  '730': { id: 1, file: 'api_csgo_full.json' },
  '252490': { id: 3, file: 'api_rust_full.json' },
};

/** Their ids do not say the game, so ours of Rust listings have a prefix: `rust:1234`. */
export function nativeIdOf(game: Game, wireId: number): string {
  return game === RUST ? `rust:${wireId}` : String(wireId);
}

/** @returns null for what is no id */
export function wireIdOf(nativeId: string): string | null {
  return NATIVE_ID.exec(nativeId)?.[1] ?? null;
}

export const listingIds: ListingIds = {
  toPublic: (nativeId) => {
    const rustId = NATIVE_RUST_ID.exec(nativeId)?.[1];
    return rustId === undefined ? packListingId(SUPPLIER_CODE, nativeId) : `rust:lis-skins:${rustId}`;
  },
  toNative: (publicId) => {
    const rustId = PUBLIC_RUST_ID.exec(publicId)?.[1];
    return rustId === undefined ? unpackListingId(SUPPLIER_CODE, publicId) : `rust:${rustId}`;
  },
};

/** What is wrong with the recipient: refusals of a purchase, and causes of an offer that could not be made. */
const recipientErrors: readonly (readonly [string, ItemError])[] = [
  ['invalid_trade_url', 'TRADE_URL_INVALID'],
  ['user_trade_ban', 'STEAM_ACCOUNT_RESTRICTED'],
  ['user_cant_trade', 'STEAM_ACCOUNT_RESTRICTED'],
  ['private_inventory', 'STEAM_ACCOUNT_RESTRICTED'],
];

/** What a purchase answers if an earlier one had its reference. */
export const REFERENCE_USED = 'custom_id_already_exists';

/** Codes that prove that nothing was bought. `REFERENCE_USED` is not one: the purchase is there, or was. */
const buyRefusals: ReadonlyMap<string, ItemError> = new Map([
  ...recipientErrors,
  ['invalid_partner_value', 'TRADE_URL_INVALID'],
  ['invalid_token_value', 'TRADE_URL_INVALID'],
  ['skins_unavailable', 'LISTING_UNAVAILABLE'],
  ['skins_price_higher_than_max_price', 'PRICE_CHANGED'],
  ['insufficient_funds', 'MARKET_UNAVAILABLE'],
  ['too_many_failed_attempts_for_user', 'BUYER_TRADE_RESTRICTED'],
]);

/** Any other value that the marketplace does not take is a fault of this adapter. */
const INVALID_VALUE = /^invalid_\w+_value$/;

/** @returns null for a code behind which a purchase may exist */
export function buyRefusalOf(code: string): ItemError | null {
  return buyRefusals.get(code) ?? (INVALID_VALUE.test(code) ? 'PURCHASE_FAILED' : null);
}

export function namesBalance(code: string): boolean {
  return code === 'insufficient_funds';
}

/** Why an offer could not be made. */
const offerErrors: ReadonlyMap<unknown, ItemError> = new Map<unknown, ItemError>([
  ...recipientErrors,
  ['user_inventory_full', 'STEAM_ACCOUNT_RESTRICTED'],
]);

/** Steam can take an accepted CS2 item back for so long; the marketplace does not say when that is over. */
const PROTECTION_MS = 7 * DAY_MS;

export function toOrderStatus(skin: Omit<WireSkin, 'price'>): OrderStatus {
  const offer = skin.steam_trade_offer_id ? { steamOfferId: String(skin.steam_trade_offer_id) } : {};
  switch (skin.status) {
    case 'processing':
      return { kind: 'waiting' };
    case 'wait_accept':
      return 'steamOfferId' in offer ? { kind: 'offered', ...offer } : { kind: 'waiting' };
    case 'accepted': {
      const acceptedAt = utcDateOf(skin.steam_trade_offer_finished_at);
      // Without it the hold would have no end.
      if (!acceptedAt) return { kind: 'unrecognised', raw: 'accepted without a readable finished_at' };
      return { kind: 'accepted', ...offer, holdEndsAt: later(acceptedAt, PROTECTION_MS) };
    }
    case 'return':
      return toReturned(skin);
    default:
      return { kind: 'unrecognised', raw: String(skin.status) };
  }
}

/** The money has come back. */
function toReturned({ return_reason: reason, error }: Omit<WireSkin, 'price'>): OrderStatus {
  switch (reason) {
    case 'rollback_user':
      return { kind: 'reverted', by: 'user' };
    case 'rollback_supplier':
      return { kind: 'reverted', by: 'supplier' };
    case 'trade_timeout':
    // Nobody says who cancelled the offer, so the recipient is not blamed.
    case 'trade_canceled':
      return { kind: 'failed', error: 'OFFER_NOT_ACCEPTED' };
    case 'trade_create_error':
      return { kind: 'failed', error: offerErrors.get(error) ?? 'PURCHASE_FAILED' };
    default:
      return { kind: 'failed', error: 'PURCHASE_FAILED' };
  }
}

/**
 * A purchase has the one skin that was ordered; anything else is unrecognised.
 * @returns null when a price cannot be read
 */
export function orderOf({ custom_id: reference, purchase_id: orderId, skins }: WirePurchase): FoundOrder | null {
  const prices = skins.flatMap((skin) => moneyOf(skin.price) ?? []);
  const [skin] = skins;
  if (!skin || prices.length < skins.length) return null;
  const isOne = skins.length === 1;
  const status: OrderStatus = isOne ? toOrderStatus(skin) : { kind: 'unrecognised', raw: `${skins.length} skins` };
  return { reference, orderId: String(orderId), costMills: sum(prices), status };
}

/**
 * A purchase as the marketplace's books have it. A return gives the price back, less the commission that it names.
 * @returns null when an amount cannot be read
 */
export function historyOrderOf(purchase: WireOwnPurchase): HistoryOrder | null {
  const { custom_id: reference, created_at: created, skins } = purchase;
  const order = orderOf({ ...purchase, custom_id: reference ?? '' });
  const returned = skins.filter(({ status }) => status === 'return');
  const fees = returned.flatMap((skin) => commissionOf(skin) ?? []);
  if (!order || fees.length < returned.length) return null;
  const feeMills = sum(fees);
  const pricesBack = sum(returned.flatMap((skin) => moneyOf(skin.price) ?? []));
  return {
    orderId: order.orderId,
    reference: reference || null,
    costMills: order.costMills,
    refundMills: subtract(pricesBack, feeMills),
    feeMills,
    status: order.status,
    nativeListingIds: skins.length === 1 ? nativeIdsOf(skins[0]?.id) : [],
    orderedAt: utcDateOf(created),
  };
}

/** A purchase does not say the game of its listing. */
function nativeIdsOf(wireId: unknown): string[] {
  return Number.isSafeInteger(wireId) ? allGames.map((game) => nativeIdOf(game, Number(wireId))) : [];
}

/** @returns null when it cannot be read */
function commissionOf({ return_charged_commission: commission }: Omit<WireSkin, 'price'>): Mills | null {
  if (commission === undefined || commission === null) return NOTHING;
  return moneyShape.Check(commission) ? moneyOf(commission) : null;
}

/** @returns null when it is not a plain amount of dollars, or below zero */
export function moneyOf(dollars: WireMoney): Mills | null {
  return parseDollars(String(dollars), 3);
}

/** What is left in the account, which may be a debt. */
export function balanceOf(dollars: WireMoney): Mills | null {
  const text = String(dollars);
  const amount = moneyOf(text.replace(/^-/, ''));
  return amount === null || !text.startsWith('-') ? amount : toMills(-amount);
}

/** A limit in whole cents, rounded down. */
export function ceilingOf(ceilingMills: Mills): number {
  return Number(toDecimalText(toMills(ceilingMills - (ceilingMills % 10n))));
}
