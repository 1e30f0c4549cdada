import { isDeepStrictEqual } from 'node:util';
import type { Listing } from '../suppliers/supplier.ts';

const structuredFields = ['stickers', 'charm'] as const satisfies readonly (keyof Listing)[];

type Structured = (typeof structuredFields)[number];

/** What changes most often comes first. Every field must be here, which its type says. */
const plainFields = Object.keys({
  priceMills: true,
  delivery: true,
  nativeId: true,
  game: true,
  catalogId: true,
  marketHashName: true,
  wear: true,
  paintSeed: true,
  phase: true,
  paintIndex: true,
  fade: true,
  iconUrl: true,
  previewToken: true,
  type: true,
  exterior: true,
  rarity: true,
  color: true,
} satisfies Record<Exclude<keyof Listing, Structured>, true>) as Exclude<keyof Listing, Structured>[]; // the keys above

export const listingFields: readonly (keyof Listing)[] = [...plainFields, ...structuredFields];

/** As `isDeepStrictEqual`, in a tenth of its time: a feed is compared with hundreds of thousands of known listings. */
export function isSameListing(a: Listing, b: Listing): boolean {
  for (const field of plainFields) if (a[field] !== b[field]) return false;
  return isSame(a.stickers, b.stickers) && isSame(a.charm, b.charm);
}

function isSame<T extends object>(a: T | undefined, b: T | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && isDeepStrictEqual(a, b));
}
