import { type Mills, toMills } from '../../src/core/money.ts';
import { findListing } from './catalogue.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Front, Order, OrderOutcome } from './orders.ts';
import { isSold } from './sales.ts';

export interface BuyRequest {
  readonly side: Side;
  readonly reference: string;
  readonly listingId: string;
  readonly ceilingMills: Mills;
  readonly front: Front;
  /** Whether changes of the order's status are pushed to the gateway. */
  readonly isPushed: boolean;
}

/** The answer to a purchase, for every front. */
export type BuyReply =
  | { readonly kind: 'bought'; readonly order: Order; readonly listing: Listing }
  | { readonly kind: 'sold' }
  | { readonly kind: 'dearer' | 'above ceiling'; readonly newPriceMills: Mills }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'html' }
  | { readonly kind: 'hang' };

const RAISED_PERCENT = 110n;

/**
 * Buys according to the listing's behaviour. A reference can be used only once, whatever the result; only a call that never
 * arrived has not used it.
 */
export function buy(marketplace: Marketplace, request: BuyRequest): BuyReply {
  const earlier = marketplace.orders.byReference(request.reference);
  if (earlier) {
    marketplace.orders.countBuy(earlier);
    return earlier.outcome === 'never_arrived' ? repeatLost(marketplace, request, earlier) : { kind: 'duplicate' };
  }
  const listing = findListing(request.side, request.listingId);
  if (!listing || isSold(marketplace, listing)) {
    record(marketplace, request, 'not_made', request.ceilingMills);
    return { kind: 'sold' };
  }
  return buyListing(marketplace, request, listing);
}

/** The behaviour says whether a repeat of a call that never arrived does arrive. */
function repeatLost(marketplace: Marketplace, request: BuyRequest, lost: Order): BuyReply {
  const listing = marketplace.listingOf(lost);
  const { orders, nowMs } = marketplace;
  switch (listing.behaviour.buy) {
    case 'arrives when repeated': {
      const { chargedMills, liveMills } = marketplace.pricesOf(listing);
      if (chargedMills > request.ceilingMills) return { kind: 'above ceiling', newPriceMills: liveMills };
      const order = orders.arrive(lost, chargedMills, nowMs, request.isPushed ? nowMs : null);
      marketplace.changed();
      return { kind: 'bought', order, listing };
    }
    case 'never arrives, and is sold when repeated':
      return { kind: 'sold' };
    default:
      return { kind: 'hang' };
  }
}

function buyListing(marketplace: Marketplace, request: BuyRequest, listing: Listing): BuyReply {
  const { chargedMills, liveMills } = marketplace.pricesOf(listing);
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
    case 'arrives when repeated':
    case 'never arrives, and is sold when repeated':
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
  const number = marketplace.orders.insert({
    reference: request.reference,
    side: request.side,
    listingId: request.listingId,
    outcome,
    priceMills,
    createdAtMs,
    buyCalls: 1,
    front: request.front,
    hintPhase: null,
    hintDueAtMs: outcome === 'made' && request.isPushed ? createdAtMs : null,
  });
  const order = marketplace.orders.byNumber(number);
  if (!order) throw new Error('a stored order could not be read back');
  return order;
}

function raised(price: Mills): Mills {
  return toMills((price * RAISED_PERCENT) / 100n);
}
