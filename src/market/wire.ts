import Type, { type Static } from 'typebox';
import { CS2 } from '../core/games.ts';
import { attributesOf, itemAttributes } from '../core/item-attributes.ts';
import { toMerchantDollars } from '../core/money.ts';
import type { Offer } from './market.ts';
import { quoteOffer } from './pricing.ts';

/** A listing in the form of the public API. Absent fields are omitted. */
export const ListingWire = Type.Object(
  {
    id: Type.String({ description: 'Listing id, for `/secure/buy`' }),
    itemId: Type.Optional(
      Type.String({ description: 'Catalogue id, for `/market/item`; on CS2 rows of `/market` only' }),
    ),
    appid: Type.Integer(),
    marketHashName: Type.String(),
    tradable: Type.Boolean(),
    amount: Type.Number(),
    ...itemAttributes,
    offer: Type.Object({
      price: Type.Number({ description: 'US dollars, including the merchant’s fee' }),
      delivery: Type.Optional(Type.Enum(['standard', 'instant'])),
    }),
    botInfo: Type.Optional(
      Type.Object(
        { name: Type.String(), steamId: Type.Optional(Type.String()) },
        { description: 'With `development` only' },
      ),
    ),
  },
  { $id: 'Listing' },
);

export type ListingWire = Static<typeof ListingWire>;

export const MarketPage = Type.Object(
  {
    items: Type.Array(ListingWire),
    count: Type.Integer({ description: 'The number of all matching rows, on all pages' }),
  },
  { $id: 'MarketPage' },
);

export function listingToWire(offer: Offer, feeBps: number): ListingWire {
  const { id, listing } = offer;
  const { game, marketHashName, delivery } = listing;
  return {
    id,
    appid: Number(game),
    marketHashName,
    tradable: true,
    amount: 1,
    ...attributesOf(listing),
    offer: { price: toMerchantDollars(quoteOffer(offer, feeBps)), ...(game === CS2 ? { delivery } : {}) },
  };
}

/** A row of `/market`. Rust rows have no `itemId`, because there is no route for the listings of a Rust item. */
export function rowToWire(offer: Offer, feeBps: number): ListingWire {
  const { game, catalogId } = offer.listing;
  const wire = listingToWire(offer, feeBps);
  return game === CS2 ? { ...wire, itemId: catalogId } : wire;
}

/** A row with every field set, for developers: an instant delivery, a preview token and a bot. */
export function stamped(row: ListingWire): ListingWire {
  return {
    ...row,
    previewToken: 'DEVELOPMENT',
    offer: { ...row.offer, delivery: 'instant' },
    botInfo: { name: 'Development bot', steamId: '76561197960265728' },
  };
}
