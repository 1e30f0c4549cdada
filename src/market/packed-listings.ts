import { toMills } from '../core/money.ts';
import type { Listing } from '../suppliers/supplier.ts';
import { listingFields } from './same-listing.ts';

type Field = keyof Listing;

/**
 * Listings of one catalogue item. They differ in few fields, which are kept as text: so a listing takes 56 bytes instead of
 * 430, and the garbage collector has one text to visit for all of them. Immutable.
 */
export class PackedListings {
  /** What all of them say. */
  readonly #common: Partial<Listing>;
  /** What each says for itself. The native id comes first, so that a listing is found by how its line begins. */
  readonly #fields: readonly Field[];
  /** For each listing a line of JSON, which has no line breaks of its own. */
  readonly #lines: string;

  /** @param listings at least one */
  constructor(listings: readonly Listing[]) {
    const [first] = listings;
    const differing = listingFields.filter((field) => listings.some((listing) => listing[field] !== first?.[field]));
    this.#fields = [...new Set<Field>(['nativeId', ...differing])];
    // Not by deleting fields: what is left of an object then takes five times as much.
    this.#common = Object.fromEntries(
      Object.entries(first ?? {}).filter(([field]) => !this.#fields.some((own) => own === field)),
    );
    this.#lines = listings.map((listing) => lineOf(listing, this.#fields)).join('\n');
  }

  /** In the order in which they were given. */
  all(): Listing[] {
    return this.#lines.split('\n').map((line) => this.#listingOf(line));
  }

  find(nativeId: string): Listing | null {
    const begin = JSON.stringify([nativeId]).slice(0, -1);
    const at = `\n${this.#lines}`.indexOf(`\n${begin}`);
    return at === -1 ? null : this.#listingOf(this.#lines.slice(at).split('\n', 1)[0] ?? '');
  }

  #listingOf(line: string): Listing {
    const values = JSON.parse(line) as unknown[]; // `lineOf` has written it
    const listing: Record<string, unknown> = { ...this.#common };
    for (const [index, field] of this.#fields.entries()) {
      const value = values[index];
      if (value !== null) listing[field] = field === 'priceMills' ? toMills(BigInt(String(value))) : value;
    }
    return listing as unknown as Listing; // it says all that the packed one said
  }
}

function lineOf(listing: Listing, fields: readonly Field[]): string {
  return JSON.stringify(fields.map((field) => (field === 'priceMills' ? String(listing[field]) : listing[field])));
}
