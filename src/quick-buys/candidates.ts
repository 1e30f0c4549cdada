import { type Mills, NOTHING, sum, toDecimalText } from '../core/money.ts';
import type { ItemRow, QuickBuyRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Freezes } from '../freezes/freezes.ts';
import type { Offer, OfferQuery } from '../market/market.ts';
import { isWithinLimit } from '../market/terms.ts';
import type { Choice, LeftOutReason } from '../purchases/choice.ts';
import { within } from './search.ts';

/** The listings for the units of a quick buy, cheapest first. */
export interface Candidates {
  /** One for each unit, as far as there are any: each listing once, with the account that buys it. */
  readonly offers: readonly Offer[];
  /** Each listing once for each account that can buy it. */
  readonly copies: readonly Offer[];
  readonly leftOut: readonly LeftOut[];
}

/** A listing that nobody has taken, and an account with which it cannot be bought. */
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
  /** Accounts that the merchant may not use. */
  readonly denied: readonly string[];
}

/** @param units those without a listing; all have the same fee */
export function candidatesFor(
  deps: Deps,
  quickBuy: QuickBuyRow,
  units: readonly ItemRow[],
  exclusions: Exclusions,
): Candidates {
  const [unit] = units;
  if (!unit) return { offers: [], copies: [], leftOut: [] };
  const { max_price_mills: maxPrice } = quickBuy;
  const query = queryOf(quickBuy);
  const isFree = ({ id }: Offer) => !exclusions.taken.has(id);
  const onSale = within(deps.market.copies(query), maxPrice, unit.fee_bps).filter(isFree);
  const withheld = within(deps.market.withheld(query), maxPrice, unit.fee_bps).filter(isFree);
  const leftOut = onSale.flatMap((offer) => {
    const why = exclusionOf(offer, exclusions);
    return why ? [{ offer, why }] : [];
  });
  const excluded = new Set(leftOut.map(({ offer }) => offer));
  const copies = onSale.filter((offer) => !excluded.has(offer));
  const notOffered = withheld.map((offer) => ({
    offer,
    why: isDenied(offer, exclusions) ? ('denied' as const) : reasonToWithhold(deps, offer),
  }));
  const { offers, beyondLimit } = assigned(deps, copies, units.length);
  return { offers, copies, leftOut: [...leftOut, ...beyondLimit, ...notOffered] };
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

/**
 * The cheapest copies for so many units. Together they stay within the operator's limits, which know nothing of them yet.
 * @param copies cheapest first
 */
function assigned({ market }: Deps, copies: readonly Offer[], units: number) {
  const given = new Map<string, Mills>();
  const offers = new Map<string, Offer>();
  const beyondLimit: LeftOut[] = [];
  for (const offer of copies) {
    if (offers.size === units) break;
    if (offers.has(offer.id)) continue;
    const { id } = offer.supplier;
    const total = sum([given.get(id) ?? NOTHING, offer.listing.priceMills]);
    if (!isWithinLimit(total, market.availability(id))) {
      beyondLimit.push({ offer, why: 'limit' });
      continue;
    }
    given.set(id, total);
    offers.set(offer.id, offer);
  }
  return { offers: [...offers.values()], beyondLimit };
}

function isDenied({ supplier }: Offer, { denied }: Exclusions): boolean {
  return denied.includes(supplier.id);
}

function exclusionOf(offer: Offer, exclusions: Exclusions): LeftOutReason | null {
  const { supplier } = offer;
  const { freezes, refusing } = exclusions;
  if (isDenied(offer, exclusions)) return 'denied';
  if (freezes.suppliers.has(supplier.id)) return 'frozen';
  return refusing.has(supplier.id) ? 'refused' : null;
}

function reasonToWithhold({ market }: Deps, { supplier, listing }: Offer): LeftOutReason {
  const availability = market.availability(supplier.id);
  if (availability.closedUntil) return 'purchases_fail';
  return isWithinLimit(listing.priceMills, availability) ? 'balance' : 'limit';
}

/** Why this offer is the one to buy. */
export function choiceOf(chosen: Offer, { copies, leftOut }: Candidates): Choice {
  const isElsewhere = ({ supplier }: Offer) => supplier.id !== chosen.supplier.id;
  const next = copies.find(isElsewhere);
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
