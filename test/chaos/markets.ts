import { wireIdOf } from '../../sandbox/marketplace/cs2dt-wire.ts';
import { purchaseIdOf } from '../../sandbox/marketplace/lis-skins-wire.ts';
import { type Front, fronts, type Order, orderIdOf } from '../../sandbox/marketplace/orders.ts';
import { tradeIdOf } from '../../sandbox/marketplace/waxpeer-wire.ts';
import { CS2, type Game, RUST } from '../../src/core/games.ts';
import { toMerchantDollars, toMills } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import { listingIds as cs2dtIds } from '../../src/suppliers/cs2dt/map.ts';
import { listingIds as lisSkinsIds } from '../../src/suppliers/lis-skins/map.ts';
import type { ListingIds } from '../../src/suppliers/supplier.ts';
import { listingIds as waxpeerIds } from '../../src/suppliers/waxpeer/map.ts';
import { marketOf, type SimMarket, stockOf } from '../simulation/markets.ts';
import type { TestListing } from './shopping.ts';

/** Where the sandbox has its accounts, each of which offers all that its marketplace sells. */
export const allMarkets: readonly SimMarket[] = fronts.map((front) => marketOf(front));

export const listingIdsAt: Readonly<Record<Front, ListingIds>> = {
  cs2dt: cs2dtIds,
  'lis-skins': lisSkinsIds,
  waxpeer: waxpeerIds,
};

/** The id of an order as each marketplace tells it. */
const orderIdAt: Readonly<Record<Front, (order: Order) => string>> = {
  cs2dt: (order) => wireIdOf(orderIdOf(order)),
  'lis-skins': (order) => String(purchaseIdOf(order)),
  waxpeer: (order) => String(tradeIdOf(order)),
};

/** The marketplace that sold an order, and the order's id there. */
export function soldAt(order: Order): { readonly market: SimMarket; readonly orderId: string } {
  return { market: marketOf(order.front), orderId: orderIdAt[order.front](order) };
}

/** As the demo merchant's, with which the sandbox shows its prices. */
const FEE_BPS = 150;

const gameOf: Readonly<Record<'cs2' | 'rust', Game>> = { cs2: CS2, rust: RUST };

/** What merchants buy: the test listings of every marketplace. */
export const allListings: readonly TestListing[] = allMarkets.flatMap((market) =>
  [...stockOf(market)].map(([nativeId, { side, behaviour, listedMills, instant }]) => ({
    id: listingIdsAt[market.id].toPublic(nativeId),
    game: gameOf[side],
    behaviour: behaviour.name,
    price: toMerchantDollars(quote(toMills(market.priceOnWire(listedMills)), FEE_BPS)),
    market,
    isAutomatic: instant,
  })),
);
