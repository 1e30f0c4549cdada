import { compare } from '../core/compare.ts';
import { type Mills, markedUp, NOTHING } from '../core/money.ts';
import type { SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { Listing, Supplier } from '../suppliers/supplier.ts';
import type { Offer } from './market.ts';
import { PackedListings } from './packed-listings.ts';
import { sharedTexts } from './shared-texts.ts';

/** So few listings are kept as offers: packing five of them saves a tenth of their memory, and changes take twice as long. */
const KEPT_MAX = 6;

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
   * @param before what the account offered of the item: offers of the same listings stay the same objects
   */
  constructor(selling: Selling, listings: readonly Listing[], areShown: boolean, before?: AccountOffers) {
    this.supplier = selling.supplier;
    this.policy = selling.policy;
    const sorted = this.#sorted(listings);
    this.count = sorted.length;
    this.lowestMills = sorted.at(0)?.priceMills ?? NOTHING;
    this.highestMills = sorted.at(-1)?.priceMills ?? NOTHING;
    const areKept = areShown || sorted.length <= KEPT_MAX;
    const kept = this.#offersOf(areKept ? sorted : firstOfEachKind(sorted, (listing) => listing), before);
    this.cheapest = firstOfEachKind(kept, ({ listing }) => listing);
    this.#all = areKept ? kept : new PackedListings(sorted);
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

  /** As `byPrice` sorts their offers. An id costs a digest, so it is made only where prices are equal. */
  #sorted(listings: readonly Listing[]): readonly Listing[] {
    const idOf = ({ nativeId }: Listing) => this.supplier.listingIds.toPublic(nativeId);
    return listings.toSorted((a, b) => compare(a.priceMills, b.priceMills) || compare(idOf(a), idOf(b)));
  }

  #offersOf(listings: readonly Listing[], before: AccountOffers | undefined): readonly Offer[] {
    const known = new Map<Listing, Offer>();
    if (before?.policy === this.policy) for (const offer of before.#kept) known.set(offer.listing, offer);
    const [first] = listings;
    return listings.map(
      (listing) => known.get(listing) ?? this.#offerOf(first ? sharedTexts(listing, first) : listing),
    );
  }

  get #kept(): readonly Offer[] {
    return this.#all instanceof PackedListings ? this.cheapest : this.#all;
  }

  #offerOf(listing: Listing): Offer {
    const { supplier, policy } = this;
    const id = supplier.listingIds.toPublic(listing.nativeId);
    return { id, supplier, listing, policy, weight: markedUp(listing.priceMills, policy.markupBps) };
  }
}

/** The first of each delivery and phase. */
export function firstOfEachKind<T>(sorted: readonly T[], listingOf: (each: T) => Listing): readonly T[] {
  const kinds = new Set<string>();
  const first = sorted.filter((each) => {
    const { delivery, phase = '' } = listingOf(each);
    return kinds.size < kinds.add(`${delivery} ${phase}`).size;
  });
  // A list that was filtered keeps room for more: with two for each item, a listing took 74 bytes more.
  return first.slice();
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
