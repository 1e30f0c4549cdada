import { hash } from 'node:crypto';
import type { Listing } from './supplier.ts';

/** Which listings a list had, and what each of them said. */
export interface KnownList {
  /** The same for lists that say the same. */
  readonly version: string;
  /** A line for each listing: its id, and a digest. Text in 21 bytes a listing, and not a map that the garbage collector has to visit. */
  readonly lines: Uint8Array<ArrayBuffer>;
}

/** How a list differs from the one before. */
export interface ListDifference {
  /** What is new or says something else; without a list before, everything. */
  readonly listings: readonly Listing[];
  /** Native ids. */
  readonly gone: readonly string[];
  readonly known: KnownList;
}

/** 64 bits, as text. */
const DIGEST_LENGTH = 11;

/** @param before null: nobody knows what was there before */
export function differenceOf(listings: readonly Listing[], before: KnownList | null): ListDifference {
  // A list can name a listing twice; the later one counts, as it does in the market.
  const byId = new Map(listings.map((listing) => [listing.nativeId, listing]));
  const digests = before ? digestsIn(before) : null;
  const changed: Listing[] = [];
  const lines: string[] = [];
  for (const [nativeId, listing] of byId) {
    const digest = digestOf(listing);
    lines.push(`${nativeId} ${digest}\n`);
    if (digests?.get(nativeId) !== digest) changed.push(listing);
    digests?.delete(nativeId);
  }
  // Only what is said counts, not in which order.
  const text = lines.sort().join('');
  const known = { version: hash('md5', text, 'base64url'), lines: new Uint8Array(Buffer.from(text)) };
  return { listings: changed, gone: [...(digests?.keys() ?? [])], known };
}

function digestsIn({ lines }: KnownList): Map<string, string> {
  const digests = new Map<string, string>();
  for (const line of Buffer.from(lines.buffer).toString().split('\n')) {
    if (line !== '') digests.set(line.slice(0, -DIGEST_LENGTH - 1), line.slice(-DIGEST_LENGTH));
  }
  return digests;
}

function digestOf(listing: Listing): string {
  const text = JSON.stringify({ ...listing, priceMills: String(listing.priceMills) });
  return hash('md5', text, 'base64url').slice(0, DIGEST_LENGTH);
}
