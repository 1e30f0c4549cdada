import { toDecimalText } from '../core/money.ts';
import type { ItemRow, QuickBuyRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Freezes } from '../freezes/freezes.ts';
import type { Offer, OfferQuery } from '../market/market.ts';
import type { Choice, LeftOutReason } from '../purchases/choice.ts';
import { offersWithin, within } from './search.ts';

/** The listings for the units of a quick buy, cheapest first. */
export interface Candidates {
  readonly offers: readonly Offer[];
  readonly leftOut: readonly LeftOut[];
}

/** A listing that nobody has taken, of a marketplace at which nothing, or nothing so dear, can be bought. */
export interface LeftOut {
  readonly offer: Offer;
  readonly why: LeftOutReason;
}

interface Exclusions {
  readonly freezes: Freezes;
  /** Ids of listings that the trade has or had. */
  readonly taken: ReadonlySet<string | null>;
  /** Suppliers that refused a purchase of the trade for a reason of their own. */
  readonly refusing: ReadonlySet<string>;
}

/** @param units those without a listing; all have the same fee */
export function candidatesFor(
  deps: Deps,
  quickBuy: QuickBuyRow,
  [unit]: readonly ItemRow[],
  exclusions: Exclusions,
): Candidates {
  if (!unit) return { offers: [], leftOut: [] };
  const { max_price_mills: maxPrice } = quickBuy;
  const query = queryOf(quickBuy);
  const isFree = ({ id }: Offer) => !exclusions.taken.has(id);
  const onSale = offersWithin(deps, query, maxPrice, unit.fee_bps).filter(isFree);
  const withheld = within(deps.market.withheld(query), maxPrice, unit.fee_bps).filter(isFree);
  const leftOut = onSale.flatMap((offer) => {
    const why = exclusionOf(offer, exclusions);
    return why ? [{ offer, why }] : [];
  });
  const excluded = new Set(leftOut.map(({ offer }) => offer));
  return {
    offers: onSale.filter((offer) => !excluded.has(offer)),
    leftOut: [...leftOut, ...withheld.map((offer) => ({ offer, why: reasonToWithhold(deps, offer) }))],
  };
}

function queryOf({ game, catalog_id, market_hash_name, delivery, phase }: QuickBuyRow): OfferQuery {
  return {
    game,
    ...(catalog_id === null ? {} : { catalogId: catalog_id }),
    ...(market_hash_name === null ? {} : { marketHashName: market_hash_name }),
    ...(delivery === null ? {} : { delivery }),
    ...(phase === null ? {} : { phase }),
  };
}

function exclusionOf({ supplier }: Offer, { freezes, refusing }: Exclusions): LeftOutReason | null {
  if (freezes.suppliers.has(supplier.id)) return 'frozen';
  return refusing.has(supplier.id) ? 'refused' : null;
}

function reasonToWithhold({ market }: Deps, { supplier }: Offer): LeftOutReason {
  return market.availability(supplier.id).closedUntil ? 'purchases_fail' : 'balance';
}

/** Why this offer is the one to buy. */
export function choiceOf(chosen: Offer, { offers, leftOut }: Candidates): Choice {
  const isElsewhere = ({ supplier }: Offer) => supplier.id !== chosen.supplier.id;
  const next = offers.find(isElsewhere);
  const cheaper = leftOut.filter(({ offer }) => offer.weight <= chosen.weight);
  const cheapest = [...Map.groupBy(cheaper, ({ offer }) => offer.supplier.id).values()].flatMap((own) => own[0] ?? []);
  return {
    ...priceOf(chosen),
    next: next ? { supplier: next.supplier.id, ...priceOf(next) } : null,
    leftOut: cheapest.map(({ offer, why }) => ({ supplier: offer.supplier.id, ...priceOf(offer), why })),
  };
}

function priceOf({ listing, policy }: Offer) {
  return { price: toDecimalText(listing.priceMills), markupBps: policy.markupBps };
}
