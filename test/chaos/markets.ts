import { SANDBOX_CS2DT_KEY } from '../../sandbox/marketplace/cs2dt.ts';
import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { purchaseIdOf } from '../../sandbox/marketplace/lis-skins-wire.ts';
import { type Order, type OtherFront, orderIdOf } from '../../sandbox/marketplace/orders.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { tradeIdOf } from '../../sandbox/marketplace/waxpeer-wire.ts';
import { CS2, type Game, RUST } from '../../src/core/games.ts';
import { toMerchantDollars, toMills } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import { cs2dt } from '../../src/suppliers/cs2dt/index.ts';
import { listingIds as cs2dtIds } from '../../src/suppliers/cs2dt/map.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import { listingIds as lisSkinsIds } from '../../src/suppliers/lis-skins/map.ts';
import type { ListingIds } from '../../src/suppliers/supplier.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { listingIds as waxpeerIds } from '../../src/suppliers/waxpeer/map.ts';
import { marketOf, type SimMarket, stockOf } from '../simulation/markets.ts';
import type { TestListing } from './shopping.ts';

/** An account of the operator's at one of the marketplaces for which there are adapters, beside the sandbox's own two. */
export interface Account {
  readonly market: SimMarket;
  readonly front: OtherFront;
  readonly kind: SupplierKind;
  /** What the operator sets, for a marketplace at this address. */
  readonly given: (url: string) => Readonly<Record<string, string>>;
  readonly listingIds: ListingIds;
  /** The id of an order as the marketplace tells it. */
  readonly orderIdOf: (order: Order) => string;
  /** For how long its edge lets a request wait for an answer. Absent: the gateway gives up first. */
  readonly silenceMaxMs?: number;
}

/** So many that none is held back: that is not a fault, and would only make a run longer. */
const CALLS = { callsPerSecond: '500' };
export const CS2DT_SECRET = 'chaos-callbacks';

export const accounts: readonly Account[] = [
  {
    market: marketOf('waxpeer-1'),
    front: 'waxpeer',
    kind: waxpeer,
    given: (url) => ({ ...CALLS, apiKey: SANDBOX_WAXPEER_KEY, baseUrl: `${url}/waxpeer` }),
    listingIds: waxpeerIds,
    orderIdOf: (order) => String(tradeIdOf(order)),
  },
  {
    market: marketOf('lis-skins-1'),
    front: 'lis-skins',
    kind: lisSkins,
    given: (url) => ({
      ...CALLS,
      apiKey: SANDBOX_LIS_SKINS_KEY,
      baseUrl: `${url}/lis-skins/v1`,
      exportUrl: `${url}/lis-skins/market_export_json`,
    }),
    listingIds: lisSkinsIds,
    orderIdOf: (order) => String(purchaseIdOf(order)),
    // The adapter waits for half a minute. By then time has moved by days, so that the edge gives up as soon as callers of
    // the others do.
    silenceMaxMs: 4500,
  },
  {
    market: marketOf('cs2dt-1'),
    front: 'cs2dt',
    kind: cs2dt,
    given: (url) => ({
      ...CALLS,
      apiKey: SANDBOX_CS2DT_KEY,
      callbackSecret: CS2DT_SECRET,
      // What is bought need not be found: a listing is read live.
      searches: 'Never Ships',
      feedCallsPerSecond: '500',
      baseUrl: `${url}/cs2dt`,
    }),
    listingIds: cs2dtIds,
    orderIdOf: (order) => `1${orderIdOf(order)}`,
  },
];

/** Where the sandbox has accounts of its own. */
const [ownCs2, ownRust] = [marketOf('sandbox-cs2'), marketOf('sandbox-rust')];

export const allMarkets: readonly SimMarket[] = [ownCs2, ownRust, ...accounts.map(({ market }) => market)];

/** The marketplace that sold an order, and the order's id there. */
export function soldAt(order: Order): { readonly market: SimMarket; readonly orderId: string } {
  const account = accounts.find(({ front }) => front === order.front);
  if (account) return { market: account.market, orderId: account.orderIdOf(order) };
  return { market: order.side === 'cs2' ? ownCs2 : ownRust, orderId: orderIdOf(order) };
}

/** A listing as `GET /sandbox/listings` shows it. */
export interface ShownListing {
  readonly id: string;
  readonly game: Game;
  readonly behaviour: string;
  readonly price: number;
}

/** What merchants buy: the sandbox's own listings, as it shows them, and the same goods at the other marketplaces. */
export function allListings(shown: readonly ShownListing[]): TestListing[] {
  const own = shown.map((listing) => ({ ...listing, market: listing.game === CS2 ? ownCs2 : ownRust }));
  return [...own, ...accounts.flatMap(listingsAt)];
}

/** As the demo merchant's, with which the sandbox shows its prices. */
const FEE_BPS = 150;

function listingsAt({ market, listingIds }: Account): TestListing[] {
  return [...stockOf(market)].map(([nativeId, { side, behaviour, listedMills, instant }]) => ({
    id: listingIds.toPublic(nativeId),
    game: side === 'cs2' ? CS2 : RUST,
    behaviour: behaviour.name,
    price: toMerchantDollars(quote(toMills(market.priceOnWire(listedMills)), FEE_BPS)),
    market,
    isAutomatic: instant,
  }));
}
