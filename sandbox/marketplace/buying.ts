import { type Mills, toMills } from '../../src/core/money.ts';
import { findListing } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order, Outcome } from './orders.ts';
import { pricesAt } from './prices.ts';
import { isSold } from './sales.ts';

export interface BuyAsk {
  readonly side: Side;
  readonly reference: string;
  readonly listingId: string;
  readonly ceilingMills: Mills;
}

/** How a purchase is to be answered, in words of both sides. */
export type BuyReply =
  | { readonly kind: 'bought'; readonly order: Order; readonly listing: Listing }
  | { readonly kind: 'sold' }
  | { readonly kind: 'dearer' | 'above ceiling'; readonly newPriceMills: Mills }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'html' }
  | { readonly kind: 'hang' };

const RAISED_PERCENT = 110n;

/** Buys as the listing's behaviour says. A reference is used up by its first call, whatever came of it. */
export function buy(marketplace: Marketplace, ask: BuyAsk): BuyReply {
  const earlier = marketplace.orders.byReference(ask.reference);
  if (earlier) {
    marketplace.orders.countBuy(earlier);
    return { kind: earlier.outcome === 'never_arrived' ? 'hang' : 'duplicate' };
  }
  const listing = findListing(ask.side, ask.listingId);
  if (!listing || isSold(marketplace, listing)) {
    record(marketplace, ask, 'not_made', ask.ceilingMills);
    return { kind: 'sold' };
  }
  return buyListing(marketplace, ask, listing);
}

function buyListing(marketplace: Marketplace, ask: BuyAsk, listing: Listing): BuyReply {
  const { chargedMills, liveMills } = pricesAt(listing, marketplace.nowMs);
  const refuse = (reply: BuyReply, outcome: Outcome = 'not_made'): BuyReply => {
    record(marketplace, ask, outcome, chargedMills);
    return reply;
  };
  switch (listing.behaviour.buy) {
    case 'refused as sold':
      return refuse({ kind: 'sold' });
    case 'refused as dearer':
      return refuse({ kind: 'dearer', newPriceMills: raised(liveMills) });
    case 'not made, 503':
      return refuse({ kind: 'unavailable' });
    case 'never arrives':
      return refuse({ kind: 'hang' }, 'never_arrived');
  }
  if (chargedMills > ask.ceilingMills) {
    return refuse({ kind: 'above ceiling', newPriceMills: liveMills });
  }
  const order = record(marketplace, ask, 'made', chargedMills);
  marketplace.changed();
  switch (listing.behaviour.buy) {
    case 'made':
      return { kind: 'bought', order, listing };
    case 'made, answer lost':
      return { kind: 'hang' };
    case 'made, answer is HTML':
      return { kind: 'html' };
  }
}

function record(marketplace: Marketplace, ask: BuyAsk, outcome: Outcome, priceMills: Mills): Order {
  const createdAtMs = marketplace.nowMs;
  const pushes = outcome === 'made' && ask.side === 'cs2';
  const number = marketplace.orders.insert({
    reference: ask.reference,
    side: ask.side,
    listingId: ask.listingId,
    outcome,
    priceMills,
    createdAtMs,
    buyCalls: 1,
    hintPhase: null,
    hintDueAtMs: pushes ? createdAtMs : null,
  });
  const order = marketplace.orders.byNumber(number);
  if (!order) throw new Error('an order that was just stored cannot be read');
  return order;
}

function raised(price: Mills): Mills {
  return toMills((price * RAISED_PERCENT) / 100n);
}
