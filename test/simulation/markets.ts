import type { Dispatcher } from 'undici';
import { openFront } from '../../sandbox/front-accounts.ts';
import { testListings } from '../../sandbox/marketplace/catalogue.ts';
import { lisSkinsIdOf } from '../../sandbox/marketplace/lis-skins-wire.ts';
import type { Listing, Side } from '../../sandbox/marketplace/listing.ts';
import type { Front } from '../../sandbox/marketplace/orders.ts';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import type { ItemState } from '../../src/core/item-states.ts';
import type { Supplier } from '../../src/suppliers/supplier.ts';
import { cs2dtCalls, lisSkinsCalls, type MarketCalls, tradesCalls } from './market-calls.ts';
import type { Random } from './random.ts';

/** How a node calls a marketplace. */
interface Way {
  readonly url: string;
  readonly timeoutMs: number;
  readonly dispatcher: Dispatcher;
}

/** A marketplace at which the gateway of a story may have an account: its adapter, and what is true of the marketplace. */
export interface SimMarket {
  readonly id: Front;
  readonly sides: readonly Side[];
  readonly open: (way: Way) => Supplier;
  readonly calls: MarketCalls;
  /** The adapter's id of a listing. */
  readonly nativeIdOf: (listing: Listing) => string;
  /** A price as the marketplace writes it. */
  readonly priceOnWire: (mills: bigint) => bigint;
  /** What it does not sell, by the name of its behaviour. */
  readonly lacks: ReadonlySet<string>;
  /** How old an order must be to be cancelled; null: it cannot cancel. */
  readonly cancelMinAgeMs: number | null;
  /** It charges for the cancel of an order that is younger than this. */
  readonly freeCancelAgeMs: number;
  readonly hasPush: boolean;
  /** It surely refuses a reference that was used before, so that a purchase may be repeated there. */
  readonly refusesRepeats: boolean;
  /** It never says of a reference that there is no order, except when it has refused its purchase. */
  readonly staysSilent: boolean;
  /** Where the items of these orders come to stand, if it is elsewhere than with the other marketplaces. */
  readonly truths: Readonly<Partial<Record<Phase, ItemState>>>;
  /** How long after a CS2 order is final the gateway takes it so, because nobody says it. */
  readonly settlesLateMs: number;
}

/** Delivered although it had failed: that is for a person to settle, so no truth of the marketplace's is followed. */
const FOR_A_PERSON = 'delivers-after-failing';
/** What loses requests and answers is left out: the network of a story does that, to all of them. */
const lostOnTheWay = /lost|never arrives|arrives when repeated|cut/;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const plain = {
  priceOnWire: (mills: bigint) => mills,
  nativeIdOf: ({ nativeId }: Listing) => nativeId,
  lacks: new Set<string>(),
  cancelMinAgeMs: null,
  freeCancelAgeMs: 0,
  hasPush: false,
  refusesRepeats: false,
  staysSilent: false,
  truths: {},
  settlesLateMs: 0,
} as const satisfies Partial<SimMarket>;

/** Its own side of a listing's id says the game; the adapter's says it with a prefix. */
function withGame(isRust: boolean, id: string): string {
  return isRust ? `rust:${id}` : id;
}

const waxpeerMarket: SimMarket = {
  ...plain,
  id: 'waxpeer',
  sides: ['cs2', 'rust'],
  open: ({ url, ...way }) => openFront('waxpeer', { ...way, marketplaceUrl: url }),
  calls: tradesCalls({ buy: '/waxpeer/v1/buy-one-p2p', find: '/waxpeer/v1/check-many-project-id' }, (id) =>
    withGame(id.startsWith('252'), id),
  ),
  nativeIdOf: ({ side, nativeId }) => withGame(side === 'rust', nativeId),
  // It says the same of an offer that was declined and of one that expired.
  truths: { declined: 'failed' },
};

const lisSkinsMarket: SimMarket = {
  ...plain,
  id: 'lis-skins',
  sides: ['cs2', 'rust'],
  // Without a user id it opens no connection.
  open: ({ url, ...way }) => openFront('lis-skins', { ...way, marketplaceUrl: url, differs: { userId: '' } }),
  calls: lisSkinsCalls((id) => withGame(id.startsWith('252'), id)),
  nativeIdOf: (listing) => withGame(listing.side === 'rust', String(lisSkinsIdOf(listing))),
  priceOnWire: inCents,
  refusesRepeats: true,
  // It does not say who cancelled the offer.
  truths: { declined: 'failed' },
  settlesLateMs: DAY_MS,
};

const cs2dtMarket: SimMarket = {
  ...plain,
  id: 'cs2dt',
  sides: ['cs2'],
  open: ({ url, ...way }) =>
    openFront('cs2dt', { ...way, marketplaceUrl: url, callbackSecret: 'hint', differs: { cancelMarginSeconds: '60' } }),
  calls: cs2dtCalls,
  nativeIdOf: ({ nativeId }) => `1${nativeId}`,
  priceOnWire: inCents,
  // While it says a status that nobody knows, no cancel is sent: that is for a person to settle.
  lacks: new Set(['unknown-word']),
  cancelMinAgeMs: 31 * MINUTE_MS,
  freeCancelAgeMs: 30 * MINUTE_MS,
  hasPush: true,
  refusesRepeats: true,
  staysSilent: true,
};

const allMarkets: readonly SimMarket[] = [waxpeerMarket, lisSkinsMarket, cs2dtMarket];

/** Two places, rounded up to the cent. */
function inCents(mills: bigint): bigint {
  return ((mills + 9n) / 10n) * 10n;
}

/** Where a story's gateway has accounts: at any of the marketplaces, of which at least one sells CS2. */
export function drawMarkets(random: Random): readonly SimMarket[] {
  const drawn = allMarkets.filter(({ cancelMinAgeMs }) => random.chance(cancelMinAgeMs === null ? 0.4 : 0.8));
  if (drawn.some(({ sides }) => sides.includes('cs2'))) return drawn;
  return [...drawn, random.pick(allMarkets.filter(({ sides }) => sides.includes('cs2')))];
}

/** @throws Error when there is no such marketplace */
export function marketOf(id: string): SimMarket {
  const market = allMarkets.find((each) => each.id === id);
  if (!market) throw new Error(`there is no marketplace ${id}`);
  return market;
}

/** The test listings that a marketplace sells, by the adapter's id: they neither sell out nor change their prices. */
const stocks: ReadonlyMap<SimMarket, ReadonlyMap<string, Listing>> = new Map(
  allMarkets.map((market) => {
    const sold = testListings.filter(({ side, behaviour }) => {
      return market.sides.includes(side) && !market.lacks.has(behaviour.name);
    });
    return [market, new Map(sold.map((listing) => [market.nativeIdOf(listing), listing]))];
  }),
);

export function stockOf(market: SimMarket): ReadonlyMap<string, Listing> {
  return stocks.get(market) ?? new Map();
}

/** @throws Error when the marketplace does not sell it */
export function listingAt(market: SimMarket, nativeId: string): Listing {
  const listing = stockOf(market).get(nativeId);
  if (!listing) throw new Error(`${market.id} has no listing ${nativeId}`);
  return listing;
}

function isPlayable({ behaviour: { name, buy, cancel } }: Listing): boolean {
  return name !== FOR_A_PERSON && ![buy, ...cancel].some((script) => lostOnTheWay.test(script));
}

/** What stories buy of a side at a marketplace, by behaviour. */
export const decks: ReadonlyMap<SimMarket, Readonly<Record<Side, readonly Listing[][]>>> = new Map(
  allMarkets.map((market) => [market, { cs2: deckOf(market, 'cs2'), rust: deckOf(market, 'rust') }]),
);

function deckOf(market: SimMarket, side: Side): Listing[][] {
  const playable = [...stockOf(market).values()].filter((listing) => listing.side === side && isPlayable(listing));
  return [...Map.groupBy(playable, ({ behaviour }) => behaviour.name).values()];
}
