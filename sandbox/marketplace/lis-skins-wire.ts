import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { type Mills, toDecimalText, toMills } from '../../src/core/money.ts';
import { indexOf } from './catalogue.ts';
import type { ToldOrder } from './history.ts';
import { iconPath } from './icons.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { onSaleAt } from './on-sale.ts';
import type { Order } from './orders.ts';
import { acceptedAt, type Phase } from './timeline.ts';

interface WireStatus {
  readonly status: string;
  readonly return_reason?: string;
  readonly error?: string;
}

const ACCEPTED: WireStatus = { status: 'accepted' };
// Nothing says that Steam's protection is over.
const wireStatuses: Readonly<Record<Phase, WireStatus>> = {
  waiting: { status: 'processing' },
  preparing: { status: 'wait_accept' },
  offered: { status: 'wait_accept' },
  accepted: ACCEPTED,
  settled: ACCEPTED,
  cancelled: { status: 'return', return_reason: 'manual_cancel' },
  sellerFailed: { status: 'return', return_reason: 'trade_create_error', error: 'unknown_error' },
  declined: { status: 'return', return_reason: 'trade_canceled' },
  recalledBySeller: { status: 'return', return_reason: 'rollback_supplier' },
  reversedByUser: { status: 'return', return_reason: 'rollback_user' },
  unheardOf: { status: 'on_a_coffee_break' },
};
const hasNoOffer: ReadonlySet<Phase> = new Set(['waiting', 'preparing', 'cancelled', 'sellerFailed', 'unheardOf']);

const OFFER_LASTS_MS = 10 * MINUTE_MS;
const LOCK_DAYS = 5;
const PURCHASE_ID_BASE = 60_000_000;
const GAME_IDS: Readonly<Record<Side, number>> = { cs2: 1, rust: 3 };

// Real ids have nine digits and are JSON numbers, so they are made from the place of a listing in its game.
const ID_BASES: Readonly<Record<Side, number>> = { cs2: 730_000_000, rust: 252_000_000 };
/** Beside every tenth listing the lists have two that we must not buy: a slow one and a locked one. */
const OTHERS_EVERY = 10;
const SLOW_ID_OFFSET = 100_000;
const LOCKED_ID_OFFSET = 200_000;

const idsBySide = { cs2: new Map<string, number>(), rust: new Map<string, number>() };

/** @throws Error when the game has no such listing */
export function lisSkinsIdOf({ side, nativeId }: Pick<Listing, 'side' | 'nativeId'>): number {
  const ids = idsBySide[side];
  if (ids.size === 0) for (const [at, listing] of indexOf(side).listings.entries()) ids.set(listing.nativeId, at + 1);
  const number = ids.get(nativeId);
  if (number === undefined) throw new Error(`the ${side} side has no listing ${nativeId}`);
  return ID_BASES[side] + number;
}

/** A listing of either game: the ids of the games do not overlap. */
export function findByLisSkinsId(id: number): Listing | undefined {
  const side = id >= ID_BASES.cs2 ? 'cs2' : 'rust';
  return indexOf(side).listings[id - ID_BASES[side] - 1];
}

export function purchaseIdOf({ number }: Pick<Order, 'number'>): number {
  return PURCHASE_ID_BASE + number;
}

export function numberOfPurchase(purchaseId: number): number {
  return purchaseId - PURCHASE_ID_BASE;
}

/** Two places, rounded up to the cent. */
export function dollarsOf(mills: Mills): number {
  return Number(toDecimalText(toMills(((mills + 9n) / 10n) * 10n)));
}

export function purchaseOnWire(marketplace: Marketplace, order: Order) {
  return {
    purchase_id: purchaseIdOf(order),
    steam_id: '76561197960265729',
    created_at: timeOf(order.createdAtMs),
    custom_id: order.reference,
    skins: [skinOnWire(marketplace, order)],
  };
}

/** A purchase in the list of the account's purchases. */
export function toldPurchaseOnWire(marketplace: Marketplace, { order, status, feeMills, isUnreadable }: ToldOrder) {
  const skin = skinOnWire(marketplace, order, status);
  const commission = feeMills === null ? null : dollarsOf(feeMills);
  const skins = [{ ...skin, return_charged_commission: commission, ...(isUnreadable ? { price: 'free' } : {}) }];
  return { ...purchaseOnWire(marketplace, order), skins };
}

function skinOnWire(marketplace: Marketplace, order: Order, status = marketplace.statusOf(order)) {
  const listing = marketplace.listingOf(order);
  const { phase, sinceMs } = status;
  const { status: wireStatus, return_reason: reason = null, error = null } = wireStatuses[phase];
  const acceptedAtMs = acceptedAt(listing.behaviour, order, marketplace.nowMs);
  const hasOffer = !hasNoOffer.has(phase);
  return {
    id: lisSkinsIdOf(listing),
    name: listing.marketHashName,
    price: dollarsOf(order.priceMills),
    item_float: listing.wear,
    unlock_at: null,
    item_asset_id: String(purchaseIdOf(order)),
    status: wireStatus,
    return_reason: reason,
    return_charged_commission: null,
    error,
    steam_trade_offer_id: hasOffer ? `6${purchaseIdOf(order)}` : null,
    steam_trade_offer_created_at: hasOffer ? timeOf(order.createdAtMs) : null,
    steam_trade_offer_expiry_at: phase === 'offered' ? timeOf(sinceMs + OFFER_LASTS_MS) : null,
    steam_trade_offer_finished_at: acceptedAtMs === null ? null : timeOf(acceptedAtMs),
  };
}

/** Every listing of a side as JSON, a page at a time. */
export function* exportOf(marketplace: Marketplace, side: Side, origin: string): Generator<string> {
  const lastUpdate = Math.floor(marketplace.nowMs / 1000);
  yield `{"status":"success","last_update":${lastUpdate},"items":[`;
  let separator = '';
  for (const page of onSaleAt(marketplace, 'lis-skins', side)) {
    const rows = page.flatMap((listing) => rowsOf(marketplace, listing, origin));
    yield rows.map((row) => `${separator}${JSON.stringify(row)}`).join(separator === '' ? ',' : '');
    if (rows.length > 0) separator = ',';
  }
  yield ']}';
}

function rowsOf(marketplace: Marketplace, listing: Listing, origin: string) {
  const row = rowOf(marketplace, listing, origin);
  if (row.id % OTHERS_EVERY !== 0) return [row];
  const slow = { ...row, id: row.id + SLOW_ID_OFFSET, delivery_type: 2 };
  const locked = { ...row, id: row.id + LOCKED_ID_OFFSET, unlock_at: timeOf(marketplace.nowMs + LOCK_DAYS * DAY_MS) };
  return [row, slow, locked];
}

function rowOf(marketplace: Marketplace, listing: Listing, origin: string) {
  const { side, catalogId, marketHashName, wear, paintSeed, ordinary } = listing;
  const id = lisSkinsIdOf(listing);
  return {
    id,
    name: marketHashName,
    price: dollarsOf(marketplace.pricesOf(listing).listedMills),
    unlock_at: null,
    item_class_id: String(BigInt(`0x${catalogId}`)),
    created_at: timeOf(marketplace.nowMs - DAY_MS),
    item_float: wear,
    name_tag: null,
    item_paint_index: ordinary?.paintIndex ?? null,
    item_paint_seed: paintSeed,
    stickers: (ordinary?.stickers ?? []).map(({ name, slot, wear: scraped, catalogId: sticker }) => ({
      name,
      image: `${origin}${iconPath(sticker)}`,
      wear: Math.round(scraped * 100),
      slot,
    })),
    item_asset_id: `4${id}`,
    game_id: GAME_IDS[side],
    item_link: null,
    delivery_type: 1,
    is_internal: false,
  };
}

/** PHP writes microseconds. */
function timeOf(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
