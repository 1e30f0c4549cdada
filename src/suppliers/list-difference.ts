import { hash } from 'node:crypto';
import { compare } from '../core/compare.ts';
import type { Listing } from './supplier.ts';

/** Which listings a list had, and what each of them said. */
export interface KnownList {
  /** The same for lists that say the same. */
  readonly version: string;
  /**
   * A line for each listing: its id, and a digest. Text in 21 bytes a listing, and not a map that the garbage collector has to
   * visit. Shared with threads: copying 8 MB to one took 8 ms of the event loop.
   */
  readonly lines: Uint8Array<SharedArrayBuffer>;
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
/** More than Node takes from a buffer that many share. */
const LINES_MIN_BYTES = 64 * 1024;

/**
 * Walks along both lists by id, because a map of what was there before took 60 MB for 280,000 listings.
 * @param before null: nobody knows what was there before
 */
export function differenceOf(listings: readonly Listing[], before: KnownList | null): ListDifference {
  const isChanged = new Uint8Array(listings.length);
  const gone: string[] = [];
  const lines = new Lines();
  const known = knownIn(before);
  let old = known.next().value;
  for (const [position, listing] of onceById(listings)) {
    const { nativeId } = listing;
    for (; old && old.nativeId < nativeId; old = known.next().value) gone.push(old.nativeId);
    const digest = digestOf(listing);
    lines.add(`${nativeId} ${digest}\n`);
    const isKnown = old?.nativeId === nativeId;
    if (!isKnown || old?.digest !== digest) isChanged[position] = 1;
    if (isKnown) old = known.next().value;
  }
  for (; old; old = known.next().value) gone.push(old.nativeId);
  const bytes = lines.all();
  return {
    listings: listings.filter((_, position) => isChanged[position] === 1),
    gone,
    // The lines are in one order, so only what is said counts.
    known: { version: hash('md5', bytes, 'base64url'), lines: bytes },
  };
}

/** Text that grows, as bytes: as texts, the lines of 350,000 listings took 35 MB more. */
class Lines {
  #bytes = Buffer.allocUnsafe(LINES_MIN_BYTES);
  #length = 0;

  add(line: string): void {
    const needed = this.#length + Buffer.byteLength(line);
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * needed);
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(line, this.#length);
  }

  all(): Uint8Array<SharedArrayBuffer> {
    const all = new Uint8Array(new SharedArrayBuffer(this.#length));
    all.set(this.#bytes.subarray(0, this.#length));
    return all;
  }
}

/** Each listing with its position, by id. A list can name a listing twice; the later one counts, as it does in the market. */
function* onceById(listings: readonly Listing[]): Generator<[number, Listing]> {
  const idAt = (position: number) => listings[position]?.nativeId ?? '';
  const order = Uint32Array.from(listings.keys()).sort((a, b) => compare(idAt(a), idAt(b)) || a - b);
  for (const [place, position] of order.entries()) {
    const listing = listings[position];
    const next = order[place + 1];
    if (listing && (next === undefined || idAt(next) !== listing.nativeId)) yield [position, listing];
  }
}

interface KnownListing {
  readonly nativeId: string;
  readonly digest: string;
}

/** By id. */
function* knownIn(list: KnownList | null): Generator<KnownListing, undefined> {
  if (!list) return;
  const lines = Buffer.from(list.lines.buffer, list.lines.byteOffset, list.lines.byteLength);
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf('\n', at);
    const digestAt = end - DIGEST_LENGTH;
    yield { nativeId: lines.toString('utf8', at, digestAt - 1), digest: lines.toString('latin1', digestAt, end) };
    at = end + 1;
  }
}

function digestOf(listing: Listing): string {
  const text = JSON.stringify({ ...listing, priceMills: String(listing.priceMills) });
  return hash('md5', text, 'base64url').slice(0, DIGEST_LENGTH);
}
