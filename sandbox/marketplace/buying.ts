import { type Mills, toMills } from '../../src/core/money.ts';
import { findListing } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order, OrderOutcome, OtherFront } from './orders.ts';
import { pricesAt } from './prices.ts';
import { isSold } from './sales.ts';

export interface BuyRequest {
  readonly side: Side;
  readonly reference: string;
  readonly listingId: string;
  readonly ceilingMills: Mills;
  /** false: changes of the order's status are not pushed to the gateway. Absent: those of CS2 orders are. */
  readonly isPushed?: false;
  /** Absent: the front of the side sells it. */
  readonly front?: OtherFront;
}

/** The answer to a purchase, for both sides. */
export type BuyReply =
  | { readonly kind: 'bought'; readonly order: Order; readonly listing: Listing }
  | { readonly kind: 'sold' }
  | { readonly kind: 'dearer' | 'above ceiling'; readonly newPriceMills: Mills }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'html' }
  | { readonly kind: 'hang' };

const RAISED_PERCENT = 110n;

/** Buys according to the listing's behaviour. A reference can be used only once, whatever the result. */
export function buy(marketplace: Marketplace, request: BuyRequest): BuyReply {
  const earlier = marketplace.orders.byReference(request.reference);
  if (earlier) {
    marketplace.orders.countBuy(earlier);
    return { kind: earlier.outcome === 'never_arrived' ? 'hang' : 'duplicate' };
  }
  const listing = findListing(request.side, request.listingId);
  if (!listing || isSold(marketplace, listing)) {
    record(marketplace, request, 'not_made', request.ceilingMills);
    return { kind: 'sold' };
  }
  return buyListing(marketplace, request, listing);
}

function buyListing(marketplace: Marketplace, request: BuyRequest, listing: Listing): BuyReply {
  const { chargedMills, liveMills } = pricesAt(listing, marketplace.nowMs);
  const refuse = (reply: BuyReply, outcome: OrderOutcome = 'not_made'): BuyReply => {
    record(marketplace, request, outcome, chargedMills);
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
  if (chargedMills > request.ceilingMills) {
    return refuse({ kind: 'above ceiling', newPriceMills: liveMills });
  }
  const order = record(marketplace, request, 'made', chargedMills);
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

function record(marketplace: Marketplace, request: BuyRequest, outcome: OrderOutcome, priceMills: Mills): Order {
  const createdAtMs = marketplace.nowMs;
  const pushes = outcome === 'made' && (request.isPushed ?? request.side === 'cs2');
  const number = marketplace.orders.insert({
    reference: request.reference,
    side: request.side,
    listingId: request.listingId,
    outcome,
    priceMills,
    createdAtMs,
    buyCalls: 1,
    front: request.front ?? null,
    hintPhase: null,
    hintDueAtMs: pushes ? createdAtMs : null,
  });
  const order = marketplace.orders.byNumber(number);
  if (!order) throw new Error('a stored order could not be read back');
  return order;
}

function raised(price: Mills): Mills {
  return toMills((price * RAISED_PERCENT) / 100n);
}
