import { createHmac } from 'node:crypto';
import { MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { type Mills, toDecimalText } from '../../src/core/money.ts';
import { PROTECTION_MS } from './behaviour.ts';
import type { FeedReply } from './feed.ts';
import type { HintFormat } from './hints.ts';
import { iconPath } from './icons.ts';
import type { Charm, Listing, Ordinary } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { type Order, orderIdOf } from './orders.ts';
import type { Phase } from './timeline.ts';

interface WireStatus {
  readonly status: number;
  readonly statusName: string;
  readonly failedCode?: string;
}

const wireStatuses: Readonly<Record<Phase, WireStatus>> = {
  waiting: { status: 1, statusName: 'waiting for the seller' },
  preparing: { status: 2, statusName: 'delivery in progress' },
  offered: { status: 3, statusName: 'offer sent' },
  accepted: { status: 10, statusName: 'offer accepted' },
  settled: { status: 200, statusName: 'settled' },
  cancelled: { status: 11, statusName: 'failed', failedCode: 'ORDER_FAILED_OF_CHANNEL_BUYER_CANCEL' },
  sellerFailed: { status: 11, statusName: 'failed', failedCode: 'ORDER_FAILED_OF_SELLER_CANCEL' },
  declined: { status: 11, statusName: 'failed', failedCode: 'ORDER_FAILED_OF_BUYER_DECLINE' },
  recalledBySeller: { status: 221, statusName: 'recalled by the seller' },
  reversedByUser: { status: 220, statusName: 'reversed' },
  unheardOf: { status: 77, statusName: 'on a coffee break' },
};

const offerGone: ReadonlySet<Phase> = new Set(['waiting', 'preparing', 'unheardOf', 'cancelled', 'sellerFailed']);
const inInventory: ReadonlySet<Phase> = new Set(['accepted', 'settled']);

const MANUAL_DELIVERY = 1;
const AUTO_DELIVERY = 2;

/** @param priceMills the price, which may differ between the feed and the single listing */
export function listingOnWire(listing: Listing, priceMills: Mills, origin: string) {
  return {
    id: listing.nativeId,
    itemId: listing.catalogId,
    marketHashName: listing.marketHashName,
    // A JSON number here but decimal text in orders: real marketplaces mix both, so adapters must read both.
    price: Number(toDecimalText(priceMills)),
    delivery: deliveryOf(listing),
    type: listing.type,
    rarity: listing.rarity,
    exterior: listing.exterior,
    wear: listing.wear,
    paintSeed: listing.paintSeed,
    phase: listing.phase,
    color: listing.color,
    iconUrl: `${origin}${iconPath(listing.catalogId)}`,
    ...(listing.ordinary ? ordinaryOnWire(listing.ordinary, origin) : {}),
  };
}

function ordinaryOnWire({ paintIndex, fadePercent, inspectToken, stickers, charm }: Ordinary, origin: string) {
  return {
    paintIndex,
    fadePercent,
    inspectToken,
    stickers: stickers.map(({ slot, wear, ...sticker }) => ({ ...charmOnWire(sticker, origin), slot, wear })),
    charm: charm && charmOnWire(charm, origin),
  };
}

function charmOnWire({ name, marketHashName, catalogId }: Charm, origin: string) {
  return { name, marketHashName, iconUrl: `${origin}${iconPath(catalogId)}` };
}

export function feedOnWire(marketplace: Marketplace, reply: FeedReply, origin: string) {
  const { isWhole, onSale, soldIds, cursor, hasMore } = reply;
  return {
    full: isWhole,
    list: onSale.map((listing) => listingOnWire(listing, marketplace.pricesOf(listing).listedMills, origin)),
    removed: soldIds,
    cursor,
    hasMore,
  };
}

export function deliveryOf(listing: Listing): number {
  return listing.instant ? AUTO_DELIVERY : MANUAL_DELIVERY;
}

export function orderOnWire(marketplace: Marketplace, order: Order) {
  const { phase, sinceMs } = marketplace.statusOf(order);
  const { status, statusName, failedCode } = wireStatuses[phase];
  return {
    outTradeNo: order.reference,
    orderId: orderIdOf(order),
    productId: order.listingId,
    price: toDecimalText(order.priceMills),
    status,
    statusName,
    failedCode: failedCode ?? null,
    tradeOfferId: offerGone.has(phase) ? null : `7${orderIdOf(order).slice(-9)}`,
    assetId: inInventory.has(phase) ? `41${orderIdOf(order).slice(-9)}` : null,
    settleAt: phase === 'accepted' ? new Date(sinceMs + PROTECTION_MS).toISOString() : null,
  };
}

/** The hex HMAC-SHA256 of the body with the secret that the gateway registered. */
const SIGNATURE_HEADER = 'x-market-signature';

export const cs2Hints: HintFormat = {
  front: null,
  setting: 'hint',
  retryGapsMs: [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS],
  messageOf: (marketplace, order, secret) => {
    const body = hintBody(marketplace, order);
    return { headers: { [SIGNATURE_HEADER]: createHmac('sha256', secret).update(body).digest('hex') }, body };
  },
  isReceipt: (status) => status >= 200 && status < 300,
};

/** The message that is pushed after a change of status. */
function hintBody(marketplace: Marketplace, order: Order): string {
  const { outTradeNo, orderId, status, statusName, tradeOfferId } = orderOnWire(marketplace, order);
  return JSON.stringify({
    type: 0,
    typeName: 'BUYER_ORDER_STATUS',
    outTradeNo,
    orderId,
    status,
    statusName,
    tradeOfferId,
  });
}
