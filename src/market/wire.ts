import Type, { type Static } from 'typebox';
import { toMerchantDollars } from '../money.ts';
import { CS2, type Listing } from '../suppliers/supplier.ts';
import type { Offer } from './market.ts';
import { quote } from './pricing.ts';

const Pictured = {
  name: Type.String(),
  iconUrl: Type.String(),
  marketHashName: Type.Optional(Type.String()),
};

/** A listing as the public API spells it (wire-api §2.1). Absent fields are omitted. */
export const ListingWire = Type.Object(
  {
    id: Type.String({ description: 'Listing id, for `/secure/buy`' }),
    itemId: Type.Optional(
      Type.String({ description: 'Catalogue id, for `/market/item`; on CS2 rows of `/market` only' }),
    ),
    appid: Type.Integer(),
    marketHashName: Type.String(),
    type: Type.Optional(Type.String()),
    iconUrl: Type.Optional(Type.String()),
    tradable: Type.Boolean(),
    amount: Type.Number(),
    exterior: Type.Optional(Type.String()),
    rarity: Type.Optional(Type.String()),
    color: Type.Optional(Type.String()),
    wear: Type.Optional(Type.String()),
    paintSeed: Type.Optional(Type.Integer()),
    previewToken: Type.Optional(Type.String()),
    doppler: Type.Optional(Type.Object({ name: Type.String(), paintIndex: Type.Optional(Type.Integer()) })),
    fade: Type.Optional(Type.Object({ percentage: Type.Number() })),
    stickers: Type.Optional(
      Type.Array(Type.Object({ ...Pictured, slot: Type.Integer(), wear: Type.Optional(Type.Number()) })),
    ),
    charm: Type.Optional(Type.Object(Pictured)),
    offer: Type.Object({
      price: Type.Number({ description: 'US dollars, the merchant’s fee included' }),
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
    count: Type.Integer({ description: 'All rows that match, on whatever page' }),
  },
  { $id: 'MarketPage' },
);

export function listingToWire({ id, listing }: Offer, feeBps: number): ListingWire {
  const { game, marketHashName, phase, paintIndex, fade, delivery, priceMills } = listing;
  return {
    id,
    appid: Number(game),
    marketHashName,
    tradable: true,
    amount: 1,
    ...looksOf(listing),
    ...(phase === undefined ? {} : { doppler: { name: phase, ...(paintIndex === undefined ? {} : { paintIndex }) } }),
    ...(fade === undefined ? {} : { fade: { percentage: fade } }),
    offer: { price: toMerchantDollars(quote(priceMills, feeBps)), ...(game === CS2 ? { delivery } : {}) },
  };
}

/** A row of `/market`. Rust has no listings behind its rows, so there is nothing to look up by an `itemId`. */
export function rowToWire(offer: Offer, feeBps: number): ListingWire {
  const { game, catalogId } = offer.listing;
  const wire = listingToWire(offer, feeBps);
  return game === CS2 ? { ...wire, itemId: catalogId } : wire;
}

/** What rows look like for a developer who wants to see every field: an instant delivery, a token and a bot. */
export function stamped(row: ListingWire): ListingWire {
  return {
    ...row,
    previewToken: 'DEVELOPMENT',
    offer: { ...row.offer, delivery: 'instant' },
    botInfo: { name: 'Development bot', steamId: '76561197960265728' },
  };
}

/** Fields that both sides spell alike. */
function looksOf(listing: Listing): Partial<ListingWire> {
  const { type, iconUrl, exterior, rarity, color, wear, paintSeed, previewToken, stickers, charm } = listing;
  return {
    ...(type === undefined ? {} : { type }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    ...(exterior === undefined ? {} : { exterior }),
    ...(rarity === undefined ? {} : { rarity }),
    ...(color === undefined ? {} : { color }),
    ...(wear === undefined ? {} : { wear }),
    ...(paintSeed === undefined ? {} : { paintSeed }),
    ...(previewToken === undefined ? {} : { previewToken }),
    ...(stickers === undefined ? {} : { stickers: [...stickers] }),
    ...(charm === undefined ? {} : { charm }),
  };
}
