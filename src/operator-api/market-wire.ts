import Type, { type Static } from 'typebox';
import { CS2 } from '../core/games.ts';
import { decimal } from '../core/money.ts';
import type { Availability, Offer } from '../market/market.ts';
import { quoteOffer } from '../market/pricing.ts';
import { isWithinLimit } from '../market/terms.ts';
import { Dollars, orNull } from './wire.ts';

/** Why a listing that is on sale is not offered. */
const reasons = ['purchases-fail', 'balance', 'limit'] as const;

export type WithheldReason = (typeof reasons)[number];

const text = orNull(Type.String());

export const MarketListing = Type.Object(
  {
    id: Type.String({ description: 'Listing id, for `/secure/buy`' }),
    itemId: Type.String({ description: 'Catalogue id, for all listings of the item' }),
    marketHashName: Type.String(),
    exterior: text,
    phase: text,
    wear: orNull(Type.String({ description: 'Float value' })),
    delivery: orNull(Type.Enum(['standard', 'instant'], { description: 'null: Rust' })),
    price: Dollars,
    source: orNull(
      Type.Object(
        {
          marketplace: Type.String({ description: 'The account with which it is bought' }),
          cost: Dollars,
          markupBps: Type.Integer(),
        },
        { description: 'null for members of a merchant' },
      ),
    ),
    withheldBecause: orNull(
      Type.Enum([...reasons], {
        description:
          'null: it is offered. `purchases-fail`: those at the marketplace do; `balance`: it costs more than the account has; ' +
          '`limit`: it costs more than the account may still spend',
      }),
    ),
  },
  { $id: 'MarketListing' },
);

export const MarketListings = Type.Object(
  {
    items: Type.Array(MarketListing),
    count: Type.Integer({ description: 'The number of all matching rows, on all pages' }),
  },
  { $id: 'MarketListings' },
);

/** How someone sees listings. */
export interface Eyes {
  readonly feeBps: number;
  /** Whether the operator's costs are shown. */
  readonly isStaff: boolean;
}

export function listingToWire(
  offer: Offer,
  { feeBps, isStaff }: Eyes,
  withheldBecause: WithheldReason | null = null,
): Static<typeof MarketListing> {
  const { id, supplier, listing, policy } = offer;
  const { catalogId, marketHashName, exterior, phase, wear, game, delivery, priceMills } = listing;
  const source = { marketplace: supplier.id, cost: decimal(priceMills), markupBps: policy.markupBps };
  return {
    ...{ id, itemId: catalogId, marketHashName },
    ...{ exterior: exterior ?? null, phase: phase ?? null, wear: wear ?? null },
    delivery: game === CS2 ? delivery : null,
    price: decimal(quoteOffer(offer, feeBps)),
    source: isStaff ? source : null,
    withheldBecause,
  };
}

/** Why an account does not offer a listing: the first reason that applies. */
export function reasonOf({ listing }: Offer, availability: Availability): WithheldReason {
  if (availability.closedUntil !== null) return 'purchases-fail';
  return isWithinLimit(listing.priceMills, availability) ? 'balance' : 'limit';
}
