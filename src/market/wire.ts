import Type, { type Static } from 'typebox';
import { toMerchantDollars } from '../money.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import { quote } from './pricing.ts';

/** A listing as the public API spells it (wire-api §2.1). Absent fields are omitted. */
export const ListingWire = Type.Object({
  id: Type.String({ description: 'Listing id, for `/secure/buy`' }),
  appid: Type.Integer(),
  marketHashName: Type.String(),
  type: Type.Optional(Type.String()),
  iconUrl: Type.Optional(Type.String()),
  tradable: Type.Boolean(),
  amount: Type.Number(),
  exterior: Type.Optional(Type.String()),
  rarity: Type.Optional(Type.String()),
  wear: Type.Optional(Type.String()),
  paintSeed: Type.Optional(Type.Integer()),
  doppler: Type.Optional(Type.Object({ name: Type.String() })),
  offer: Type.Object({
    price: Type.Number({ description: 'US dollars, the merchant’s fee included' }),
    delivery: Type.Optional(Type.Enum(['standard', 'instant'])),
  }),
});

export type ListingWire = Static<typeof ListingWire>;

export function listingToWire(supplier: Supplier, listing: Listing, feeBps: number): ListingWire {
  const { type, iconUrl, exterior, rarity, wear, paintSeed, phase, delivery } = listing;
  return {
    id: supplier.listingIds.toPublic(listing.nativeId),
    appid: Number(listing.game),
    marketHashName: listing.marketHashName,
    ...(type === undefined ? {} : { type }),
    ...(iconUrl === undefined ? {} : { iconUrl }),
    tradable: true,
    amount: 1,
    ...(exterior === undefined ? {} : { exterior }),
    ...(rarity === undefined ? {} : { rarity }),
    ...(wear === undefined ? {} : { wear }),
    ...(paintSeed === undefined ? {} : { paintSeed }),
    ...(phase === undefined ? {} : { doppler: { name: phase } }),
    offer: { price: toMerchantDollars(quote(listing.priceMills, feeBps)), delivery },
  };
}
