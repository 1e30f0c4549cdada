import Type, { type Static } from 'typebox';
import { CS2, type Game } from '../core/games.ts';
import { toMerchantDollars } from '../core/money.ts';
import { listToJson } from '../http/long-list.ts';
import type { CatalogueItem } from './catalogue-item.ts';
import type { MarketView, Offer } from './market.ts';
import { phases } from './phases.ts';
import { quoteOffer } from './pricing.ts';
import { requireKnown } from './search-market.ts';

const Dollars = Type.Union([Type.Number(), Type.Null()]);
const Deposit = {
  accepted: Type.Boolean({ description: 'Always false: deposits are not supported' }),
  deposit: Type.Number(),
};
const Withdraw = Type.Object({ standard: Dollars, instant: Dollars });

export const Cs2Price = Type.Object(
  {
    itemId: Type.Union([Type.String(), Type.Null()]),
    marketHashName: Type.String(),
    ...Deposit,
    withdraw: Withdraw,
    phases: Type.Optional(Type.Array(Type.Object({ phase: Type.Enum([...phases]), ...Deposit, withdraw: Withdraw }))),
  },
  { $id: 'Cs2Price' },
);

export const RustPrice = Type.Object(
  { marketHashName: Type.String(), ...Deposit, withdraw: Dollars },
  { $id: 'RustPrice' },
);

export type Cs2Price = Static<typeof Cs2Price>;
export type RustPrice = Static<typeof RustPrice>;

/** Deposits are not supported. */
const notAccepted = { accepted: false, deposit: 0 };

/**
 * The lowest price of each item, including the merchant's fee, as JSON text.
 * @throws SERVICE_UNAVAILABLE while the market is not loaded
 */
export async function listPrices(market: MarketView, feeBps: number, game: Game): Promise<string> {
  requireKnown(market, game);
  const { items } = market.index(game);
  return listToJson(items, (item) => (game === CS2 ? cs2Price(item, feeBps) : rustPrice(item, feeBps)));
}

function cs2Price(item: CatalogueItem, feeBps: number): Cs2Price {
  const { catalogId, marketHashName, cheapest } = item;
  const seen = new Set(cheapest.map(({ listing }) => listing.phase));
  const inPhases = phases
    .filter((phase) => seen.has(phase))
    .map((phase) => {
      const those = cheapest.filter(({ listing }) => listing.phase === phase);
      return { phase, ...notAccepted, withdraw: floorsOf(those, feeBps) };
    });
  return {
    itemId: catalogId,
    marketHashName,
    ...notAccepted,
    withdraw: floorsOf(cheapest, feeBps),
    ...(inPhases.length === 0 ? {} : { phases: inPhases }),
  };
}

function rustPrice({ marketHashName, cheapest }: CatalogueItem, feeBps: number): RustPrice {
  return { marketHashName, ...notAccepted, withdraw: dollars(cheapest[0], feeBps) };
}

/** @param offers cheapest first */
function floorsOf(offers: readonly Offer[], feeBps: number) {
  const floor = (delivery: 'standard' | 'instant') =>
    dollars(
      offers.find(({ listing }) => listing.delivery === delivery),
      feeBps,
    );
  return { standard: floor('standard'), instant: floor('instant') };
}

function dollars(offer: Offer | undefined, feeBps: number): number | null {
  return offer ? toMerchantDollars(quoteOffer(offer, feeBps)) : null;
}
