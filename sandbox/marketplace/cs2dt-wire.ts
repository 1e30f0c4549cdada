import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { add, type Mills, NOTHING, subtract, sum, toDecimalText, toMills } from '../../src/core/money.ts';
import { steamIdOf } from '../../src/core/steam.ts';
import type { HintFormat } from './hints.ts';
import type { ToldOrder } from './history.ts';
import type { Listing } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { type Order, orderIdOf } from './orders.ts';
import { isInEffect } from './sales.ts';
import { steamAccountOf } from './steam.ts';
import type { Phase } from './timeline.ts';

interface WireStatus {
  readonly status: number;
  readonly statusName: string;
  readonly failedCode?: string;
}

const wireStatuses: Readonly<Record<Phase, WireStatus>> = {
  waiting: { status: 1, statusName: 'waiting for delivery' },
  preparing: { status: 2, statusName: 'delivery in progress' },
  offered: { status: 3, statusName: 'waiting for receipt' },
  accepted: { status: 10, statusName: 'received' },
  settled: { status: 200, statusName: 'settled' },
  cancelled: {
    status: 11,
    statusName: 'failed',
    failedCode: 'ORDER_FAILED_OF_SELLER_DELIVER_TOO_SLOW_CHANNEL_BUYER_CANCEL',
  },
  sellerFailed: { status: 11, statusName: 'failed', failedCode: 'ORDER_FAILED_OF_SELLER_CANCEL' },
  declined: { status: 11, statusName: 'failed', failedCode: 'ORDER_FAILED_OF_BUYER_DECLINE' },
  recalledBySeller: { status: 221, statusName: 'recalled' },
  reversedByUser: { status: 220, statusName: 'reversed' },
  unheardOf: { status: 77, statusName: 'unheard of' },
};

const hasNoOffer: ReadonlySet<Phase> = new Set(['waiting', 'preparing', 'unheardOf', 'cancelled', 'sellerFailed']);

const CENT_MILLS = 10n;
const FEE_MIN = toMills(10n);
const FEE_MAX = toMills(10_000n);

// Real ids have 19 digits; those in the books have 18.
const FIRST_DIGIT = '1';
const WIRE_ID = new RegExp(`^${FIRST_DIGIT}(\\d{18})$`);

/** The id of a listing or an order on this front. */
export function wireIdOf(id: string): string {
  return `${FIRST_DIGIT}${id}`;
}

/** @returns an id that nothing has, if it is not one of this front */
export function idOfWire(wireId: string): string {
  return WIRE_ID.exec(wireId)?.[1] ?? '';
}

/** The number of a catalogue item. */
export function itemIdOf({ catalogId }: Pick<Listing, 'catalogId'>): string {
  return BigInt(`0x${catalogId.slice(0, 12)}`).toString();
}

/** Money has two decimals here, and the books have three: a fraction of a cent costs a cent. */
export function toCents(amount: Mills): Mills {
  return toMills(((amount + CENT_MILLS - 1n) / CENT_MILLS) * CENT_MILLS);
}

export function dollarsOf(amount: Mills): string {
  return toDecimalText(toCents(amount)).slice(0, -1);
}

const MANUAL_DELIVERY = 1;
const AUTO_DELIVERY = 2;

export function deliveryOf({ instant }: Listing): number {
  return instant ? AUTO_DELIVERY : MANUAL_DELIVERY;
}

/** A product; prices of products are text. */
export function productOnWire(listing: Listing, priceMills: Mills) {
  return {
    id: wireIdOf(listing.nativeId),
    appId: 730,
    itemId: itemIdOf(listing),
    marketHashName: listing.marketHashName,
    price: dollarsOf(priceMills),
    delivery: deliveryOf(listing),
    sellerInfo: null,
    assetInfo: {
      wear: listing.wear,
      paintIndex: listing.ordinary?.paintIndex ?? null,
      paintSeed: listing.paintSeed,
      levelName: listing.phase,
      gradient: '0.0',
      inspectImageUrl: null,
      stickers: [],
    },
  };
}

/** The answer to a purchase; prices of orders are numbers. */
export function boughtOnWire(order: Order, listing: Listing) {
  const buyPrice = Number(dollarsOf(order.priceMills));
  return { buyPrice, orderId: wireIdOf(orderIdOf(order)), delivery: deliveryOf(listing), offerId: null };
}

/** An order in the list of orders. Its `orderAssetId` is what a purchase was answered with. */
export function orderRowOnWire(
  marketplace: Marketplace,
  { order, status: current, feeMills, isUnreadable }: ToldOrder,
) {
  const { status, statusName } = wireStatuses[current.phase];
  const createTime = Math.floor(order.createdAtMs / 1000);
  return {
    orderId: `2${orderIdOf(order)}`,
    orderAssetId: wireIdOf(orderIdOf(order)),
    productId: wireIdOf(order.listingId),
    outTradeNo: order.reference,
    tradeOfferId: offerIdOf(order, current.phase),
    sellerSteamId: '76561197960265730',
    receiveSteamId: '76561197960265729',
    status,
    statusName,
    price: isUnreadable ? 'free' : Number(dollarsOf(order.priceMills)),
    buyerFee: Number(dollarsOf(feeMills ?? NOTHING)),
    deliverType: deliveryOf(marketplace.listingOf(order)),
    type: 1,
    createTime,
    updateTime: createTime,
  };
}

/** The detail of an order. It leaves out what the documentation leaves open. */
export function orderOnWire(marketplace: Marketplace, order: Order) {
  const { phase, sinceMs } = marketplace.statusOf(order);
  const { status, statusName, failedCode } = wireStatuses[phase];
  const tradeOfferId = offerIdOf(order, phase);
  return {
    orderId: wireIdOf(orderIdOf(order)),
    productId: wireIdOf(order.listingId),
    outTradeNo: order.reference,
    price: Number(dollarsOf(order.priceMills)),
    status,
    statusName,
    ...(failedCode === undefined ? {} : { failedCode, failedDesc: null }),
    deliverType: deliveryOf(marketplace.listingOf(order)),
    receiveSteamId: '76561197960265729',
    createTime: Math.floor(order.createdAtMs / 1000),
    offerInfoDTO: tradeOfferId === null ? null : { transferId: null, tradeOfferId, deliverTime: sinceMs },
  };
}

function offerIdOf(order: Order, phase: Phase): string | null {
  return hasNoOffer.has(phase) ? null : `7${orderIdOf(order).slice(-9)}`;
}

/** What the account has left of its money: orders in effect and fees are paid. */
export function balanceOf(marketplace: Marketplace, wallet: Mills): Mills {
  const orders = marketplace.orders.ofFront('cs2dt');
  const paid = orders.filter((order) => isInEffect(marketplace, order)).map(({ priceMills }) => toCents(priceMills));
  const fees = orders.map((order) => feeOf(marketplace, order));
  return subtract(wallet, add(sum(paid), sum(fees)));
}

/**
 * 2 % of the price, from one cent to ten dollars, of an order whose cancel was accepted and that was sent all the same, or
 * whose offer the buyer declined.
 */
export function feeOf(marketplace: Marketplace, order: Order): Mills {
  const { phase } = marketplace.statusOf(order);
  const isLostCancel = order.cancelAcceptedAtMs !== null && !hasNoOffer.has(phase);
  if (!isLostCancel && phase !== 'declined') return NOTHING;
  const fee = toCents(toMills(toCents(order.priceMills) / 50n));
  if (fee < FEE_MIN) return FEE_MIN;
  return fee > FEE_MAX ? FEE_MAX : fee;
}

export const cs2dtHints: HintFormat = {
  front: 'cs2dt',
  setting: 'cs2dt_callback',
  retryGapsMs: [1, 2, 5, 10, 30].map((minutes) => minutes * MINUTE_MS),
  messageOf: (marketplace, order, secret) => {
    const fields = callbackOf(marketplace, order);
    return { headers: {}, body: JSON.stringify({ ...fields, sign: signatureOf(fields, secret) }) };
  },
  isReceipt: (_status, body) => body === 'success',
};

type CallbackFields = Readonly<Record<string, string | number | null>>;

/** The set of fields varies: without an offer, one of its two ids is left out. */
function callbackOf(marketplace: Marketplace, order: Order): CallbackFields {
  const { phase } = marketplace.statusOf(order);
  const { orderId, outTradeNo, status, statusName } = orderOnWire(marketplace, order);
  const tradeOfferId = offerIdOf(order, phase);
  return {
    orderId,
    outTradeNo,
    status,
    statusName,
    offerId: tradeOfferId,
    ...(tradeOfferId === null ? {} : { tradeOfferId }),
    type: 0,
    typeName: 'BUYER_ORDER_STATUS',
  };
}

export function signatureOf(fields: CallbackFields, secret: string): string {
  const pairs = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = pairs.map(([name, value]) => `${name}=${value}&`).join('');
  return createHash('md5').update(`${text}sign=${secret}`).digest('hex').toUpperCase();
}

const [FINE, PROBLEM, UNHEARD_OF] = [1, 2, 7];

/** The state of a check. What the list of problems holds is not known. */
export function steamCheckOnWire(tradeUrl: string): object | 'unavailable' | 'hang' {
  const account = steamAccountOf(URL.parse(tradeUrl)?.searchParams.get('token') ?? '');
  if (account === 'unavailable' || account === 'hang') return account;
  if (account === 'try the other door') return { checkStatus: UNHEARD_OF, steamInfo: null, statusList: [] };
  if (typeof account === 'string') return { checkStatus: PROBLEM, steamInfo: null, statusList: [] };
  const { economy_ban, tradable, vac_banned, inventory } = account;
  const isFine = economy_ban !== 'banned' && tradable && !vac_banned && inventory === 'public';
  const steamInfo = { steamId: steamIdOf(tradeUrl), nickName: 'sandbox' };
  return { checkStatus: isFine ? FINE : PROBLEM, steamInfo, statusList: [] };
}
