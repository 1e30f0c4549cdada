import { MINUTE_MS } from '../../src/core/clock.ts';
import { PROTECTION_MS } from './behaviour.ts';
import type { ToldOrder } from './history.ts';
import { iconPath } from './icons.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { onSaleAt } from './on-sale.ts';
import type { Order } from './orders.ts';
import { type SteamProfile, type SteamRefusal, steamAccountOf } from './steam.ts';
import { acceptedAt, type OrderStatus, type Phase } from './timeline.ts';

interface WireStatus {
  readonly status: number;
  readonly reason?: string;
}

// Waxpeer has one status for an offer and for its acceptance, and one for a failure and for a reversal.
const wireStatuses: Readonly<Record<Phase, WireStatus>> = {
  waiting: { status: 0 },
  preparing: { status: 2 },
  offered: { status: 4 },
  accepted: { status: 4 },
  settled: { status: 5 },
  cancelled: { status: 6, reason: 'Seller failed to accept' },
  sellerFailed: { status: 6, reason: 'Seller failed to accept' },
  declined: { status: 6, reason: 'Buyer failed to accept' },
  recalledBySeller: { status: 6 },
  reversedByUser: { status: 6 },
  unheardOf: { status: 77 },
};

/** For how long a trade may stay in a status. */
const deadlinesMs: Readonly<Record<number, number>> = { 0: 5 * MINUTE_MS, 2: 10 * MINUTE_MS, 4: 30 * MINUTE_MS };

const offerExists: ReadonlySet<Phase> = new Set([
  'offered',
  'accepted',
  'settled',
  'declined',
  'recalledBySeller',
  'reversedByUser',
]);
const wasAccepted: ReadonlySet<Phase> = new Set(['accepted', 'settled', 'recalledBySeller', 'reversedByUser']);

// Real trade ids have eight digits today, and are JSON numbers.
const TRADE_ID_BASE = 40_000_000;

export function tradeIdOf({ number }: Order): number {
  return TRADE_ID_BASE + number;
}

export function tradeOnWire(marketplace: Marketplace, order: Order, current = marketplace.statusOf(order)) {
  const { status, reason } = wireStatuses[current.phase];
  const releasesAtMs = releaseOf(marketplace, order, current);
  return {
    id: tradeIdOf(order),
    project_id: order.reference,
    custom_id: `00000000-0000-4000-8000-${String(order.number).padStart(12, '0')}`,
    name: wireNameOf(marketplace.listingOf(order)),
    price: Number(order.priceMills),
    status,
    trade_id: offerExists.has(current.phase) ? `6${String(tradeIdOf(order)).padStart(9, '0')}` : null,
    done: status === 5 || status === 6,
    for_steamid64: '76561197960265729',
    reason: reason ?? null,
    release_date: releasesAtMs === null ? null : new Date(releasesAtMs).toISOString(),
    is_released: current.phase === 'settled',
    send_until: secondsOf(current.sinceMs + (deadlinesMs[status] ?? 0)),
    last_updated: secondsOf(current.sinceMs),
    penalties: current.phase === 'reversedByUser' ? penaltiesOf(order) : null,
  };
}

/** A trade in the list of the account's trades, which has no reference. */
export function historyRowOf(marketplace: Marketplace, { order, status, isUnreadable }: ToldOrder) {
  const listing = marketplace.listingOf(order);
  const created = new Date(order.createdAtMs).toISOString();
  return {
    date: created,
    created,
    id: isUnreadable ? null : tradeIdOf(order),
    item_id: listing.nativeId,
    give_amount: Number(order.priceMills),
    price: Number(order.priceMills),
    game: order.side === 'rust' ? 'rust' : 'csgo',
    name: wireNameOf(listing),
    status: wireStatuses[status.phase].status,
    action: 'buy',
  };
}

/** The end of Steam's protection, from the acceptance on. Rust has no protection. */
function releaseOf(marketplace: Marketplace, order: Order, { phase }: OrderStatus): number | null {
  if (order.side === 'rust' || !wasAccepted.has(phase)) return null;
  const acceptedAtMs = acceptedAt(marketplace.listingOf(order).behaviour, order, marketplace.nowMs);
  return acceptedAtMs === null ? null : acceptedAtMs + PROTECTION_MS;
}

function penaltiesOf({ priceMills }: Order) {
  const price = Number(priceMills);
  return { rollback_fee: Math.floor(price / 5), rollback_penalty: Math.floor(price / 10) };
}

function secondsOf(ms: number): string {
  return String(Math.floor(ms / 1000));
}

export function availableOnWire(marketplace: Marketplace, listing: Listing, origin: string) {
  return {
    item_id: listing.nativeId,
    selling: true,
    price: Number(marketplace.pricesOf(listing).liveMills),
    name: wireNameOf(listing),
    image: `${origin}${iconPath(listing.catalogId)}`,
  };
}

/** Every listing of a side as CSV, a page at a time. */
export function* snapshotOf(marketplace: Marketplace, side: Side): Generator<string> {
  yield 'item_id,name,price,auto,inspect\n';
  for (const page of onSaleAt(marketplace, 'waxpeer', side)) {
    yield page.map((listing) => rowOf(marketplace, listing)).join('');
  }
}

const PRICE_DIGITS = 12;

function rowOf(marketplace: Marketplace, listing: Listing): string {
  const price = String(marketplace.pricesOf(listing).listedMills).padStart(PRICE_DIGITS, '0');
  const inspect = listing.ordinary?.inspectToken ?? '';
  return `${listing.nativeId},${quoted(wireNameOf(listing))},${price},${listing.instant},${inspect}\n`;
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The phase of a Doppler is part of its name. */
function wireNameOf({ marketHashName, phase }: Listing): string {
  return phase === null ? marketHashName : marketHashName.replace('Doppler (', `Doppler ${phase} (`);
}

const CANNOT_VALIDATE = "We couldn't validate your trade link, either your inventory is private or you can't trade";

/** What a check says of a trade URL. Steam's bans in a game are told together, and a hold is not told. */
export function tradelinkCheckOnWire(link: string): object | 'unavailable' | 'hang' {
  const { searchParams } = URL.parse(link) ?? new URL('none:');
  const [partner, token] = [searchParams.get('partner'), searchParams.get('token')];
  if (!partner) return { success: false, msg: 'Missing partner' };
  if (!token) return { success: false, msg: 'Missing token' };
  const account = steamAccountOf(token);
  if (account === 'unavailable' || account === 'hang') return account;
  if (typeof account === 'string') return { success: false, msg: refusalOf(account) };
  return { link, token, steamid32: Number(partner), ...reasonOf(account) };
}

function refusalOf(refusal: Exclude<SteamRefusal, 'unavailable' | 'hang'>): string {
  if (refusal === 'no_such_token') return 'Your tradelink is incorect, please update it';
  return refusal === 'no_such_account' ? 'Invalid tradelink' : 'There was an error with tradelink,please try again';
}

function reasonOf({ economy_ban, tradable, vac_banned, rust_banned, inventory }: SteamProfile) {
  const tradeBan = 'You cannot trade with sandbox because they have a trade ban.';
  if (economy_ban === 'banned') return { success: false, info: tradeBan, msg: CANNOT_VALIDATE };
  if (!tradable) return { success: false, msg: CANNOT_VALIDATE };
  if (vac_banned || rust_banned) return { success: false, msg: 'User has VACBAN or Game Ban' };
  return inventory === 'private' ? { success: true, info: 'Inventory is private' } : { success: true };
}
