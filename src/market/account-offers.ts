import { type Mills, markedUp, NOTHING } from '../core/money.ts';
import type { SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { Offer } from './market.ts';
import { PackedListings } from './packed-listings.ts';
import { sharedTexts } from './shared-texts.ts';

/** An account, and the operator's policy for it and a game. */
export interface Selling {
  readonly supplier: Supplier;
  readonly policy: SupplierPolicy;
}

/**
 * What one account sells of one catalogue item: all of it offered, or all of it withheld. Immutable: a change creates a new
 * object.
 */
export class AccountOffers {
  readonly supplier: Supplier;
  readonly policy: SupplierPolicy;
  readonly count: number;
  /** What the marketplace asks for the cheapest and for the dearest. */
  readonly lowestMills: Mills;
  readonly highestMills: Mills;
  /** The cheapest of each delivery and phase, cheapest first. */
  readonly cheapest: readonly Offer[];
  /** Cheapest first. A CS2 item can have hundreds, of which few are ever read: they are made anew each time. */
  readonly #all: readonly Offer[] | PackedListings;

  /**
   * @param listings at least one, in any order
   * @param areShown whether market pages show all of them
   */
  constructor({ supplier, policy }: Selling, listings: readonly Listing[], areShown: boolean) {
    this.supplier = supplier;
    this.policy = policy;
    const [first] = listings;
    const offers = listings
      .map((listing) => this.#offerOf(first ? sharedTexts(listing, first) : listing))
      .sort(byPrice);
    this.count = offers.length;
    this.lowestMills = offers.at(0)?.listing.priceMills ?? NOTHING;
    this.highestMills = offers.at(-1)?.listing.priceMills ?? NOTHING;
    this.cheapest = cheapestOfEachKind(offers);
    const areKept = areShown || this.cheapest.length === offers.length;
    this.#all = areKept ? offers : new PackedListings(offers.map(({ listing }) => listing));
  }

  /** All offers, cheapest first. */
  all(): readonly Offer[] {
    return this.#all instanceof PackedListings ? this.#all.all().map((listing) => this.#offerOf(listing)) : this.#all;
  }

  /** Cheapest first. */
  listings(): readonly Listing[] {
    return this.#all instanceof PackedListings ? this.#all.all() : this.#all.map(({ listing }) => listing);
  }

  find(nativeId: string): Offer | undefined {
    if (!(this.#all instanceof PackedListings)) return this.#all.find(({ listing }) => listing.nativeId === nativeId);
    const listing = this.#all.find(nativeId);
    return listing ? this.#offerOf(listing) : undefined;
  }

  #offerOf(listing: Listing): Offer {
    const { supplier, policy } = this;
    const id = supplier.listingIds.toPublic(listing.nativeId);
    return { id, supplier, listing, policy, weight: markedUp(listing.priceMills, policy.markupBps) };
  }
}

/** @param offers cheapest first, as the result */
export function cheapestOfEachKind(offers: readonly Offer[]): readonly Offer[] {
  const kinds = new Set<string>();
  return offers.filter(({ listing: { delivery, phase = '' } }) => kinds.size < kinds.add(`${delivery} ${phase}`).size);
}

/** By price with the markup, then by the operator's preference, then by ids, so that the order is stable. */
export function byPrice(a: Offer, b: Offer): number {
  return (
    compare(a.weight, b.weight) ||
    a.policy.preference - b.policy.preference ||
    compare(a.id, b.id) ||
    compare(a.supplier.id, b.supplier.id)
  );
}

function compare<T extends string | bigint>(a: T, b: T): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}
