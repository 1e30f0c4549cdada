import type { Caller } from '../auth/authenticate.ts';
import { errors } from '../core/errors.ts';
import type { Game } from '../core/games.ts';
import { type Mills, toMerchantDollars } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import type { Freezes } from '../freezes/freezes.ts';
import { requireSupplierOpen } from '../freezes/require-open.ts';
import { ceilingFor, fits, highestAccepted, type PriceTolerance, quote } from '../market/pricing.ts';
import { requireAffordable, requireOffered } from '../market/require-offered.ts';
import type { Choice } from '../purchases/choice.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import { AccountChooser, choiceOfAccount } from './choose-account.ts';
import { readLiveListings } from './live-listings.ts';

export interface WantedItem extends PriceTolerance {
  readonly listingId: string;
  readonly externalId: string | null;
}

/** An item that can be bought now at a price that the merchant accepts. */
export interface QuotedItem {
  readonly wanted: WantedItem;
  readonly supplier: Supplier;
  readonly listing: Listing;
  /** What it costs now. */
  readonly price: Mills;
  /** The most that it may cost, which is reserved for it. */
  readonly limit: Mills;
  /** The most that the supplier may charge. */
  readonly ceiling: Mills;
  /** The operator's markup for the supplier, which the price includes. */
  readonly markupBps: number;
  /** Why it is bought with this account; null: its marketplace has no other. */
  readonly choice: Choice | null;
}

/**
 * Checks each wanted item against its listing as it is on sale now, before anything is recorded.
 * @throws INVALID_LISTING_ID, LISTING_NOT_FOUND, PRICE_CHANGED with `details.items`; SERVICE_UNAVAILABLE if a
 *   supplier gives no clear answer, is frozen, or does not complete purchases at the moment
 */
export async function quoteItems(
  deps: Deps,
  caller: Caller,
  freezes: Freezes,
  game: Game,
  wanted: readonly WantedItem[],
): Promise<QuotedItem[]> {
  const accounts = new AccountChooser(deps, caller, freezes, game);
  const owners = wanted.map((item) => ({ wanted: item, owner: accounts.choose(item.listingId) }));
  for (const [supplier, own] of Map.groupBy(owners, ({ owner }) => owner.supplier.id)) {
    const itemIds = own.map((each) => each.wanted.listingId);
    requireSupplierOpen(freezes, supplier, itemIds);
    requireOffered(deps, supplier, itemIds);
  }
  const liveListing = await readLiveListings(
    deps,
    owners.map(({ owner }) => owner),
  );
  const quoted = owners.map(({ wanted: item, owner }) => {
    const listing = liveListing(owner, item.listingId);
    if (listing.game !== game) throw errors.of('INVALID_LISTING_ID', { details: { itemId: item.listingId } });
    const limit = highestAccepted(item);
    const { markupBps } = deps.market.policy(owner.supplier.id, game);
    return {
      wanted: item,
      supplier: owner.supplier,
      listing,
      price: quote(listing.priceMills, caller.feeBps, markupBps),
      limit,
      ceiling: ceilingFor(limit, caller.feeBps, markupBps),
      markupBps,
      choice: choiceOfAccount(deps, owner, game, listing.priceMills),
    };
  });
  refuseDearer(quoted);
  refuseUnaffordable(deps, quoted);
  return quoted;
}

function refuseUnaffordable(deps: Deps, quoted: readonly QuotedItem[]): void {
  for (const [supplier, own] of Map.groupBy(quoted, (item) => item.supplier.id)) {
    const prices = own.map(({ listing }) => listing.priceMills);
    const itemIds = own.map(({ wanted }) => wanted.listingId);
    requireAffordable(deps, supplier, prices, itemIds);
  }
}

function refuseDearer(quoted: readonly QuotedItem[]): void {
  const dearer = quoted.filter(({ price, wanted }) => !fits(price, wanted));
  if (dearer.length === 0) return;
  const items = dearer.map(({ price, wanted }) => ({
    itemId: wanted.listingId,
    price: toMerchantDollars(wanted.price),
    // If the listing is above `maxPrice`, the price alone does not explain the error.
    ...(wanted.maxPrice === null ? {} : { maxPrice: toMerchantDollars(wanted.maxPrice) }),
    currentPrice: toMerchantDollars(price),
  }));
  throw errors.of('PRICE_CHANGED', { details: { items } });
}
