import type { ItemName } from './item-updates.ts';

/** A power of two. With a million listings, a part has 250, and a look-up takes 1 µs. */
const PARTS = 4096;

/** A catalogue item, and how many listings are of it, those of all accounts. */
interface Place extends ItemName {
  readonly index: number;
  listings: number;
}

/**
 * Of which catalogue item each listing of each account is. Not by the native ids but by numbers that are made of them, which few
 * share: 630,000 listings take 6 MB, where maps took 25 MB more.
 */
export class ListingPlaces {
  readonly #accounts = new Map<string, readonly Part[]>();
  readonly #byName = new Map<string, Place>();
  readonly #byIndex: (Place | undefined)[] = [];
  /** Indexes of places that have gone. */
  readonly #free: number[] = [];

  /** The items of which a listing may be; mostly one, which has it. */
  of(account: string, nativeId: string): readonly ItemName[] {
    const number = numberOf(nativeId);
    return this.#partOf(account, number)
      .of(number)
      .flatMap((index) => this.#byIndex[index] ?? []);
  }

  add(account: string, nativeId: string, item: ItemName): void {
    const number = numberOf(nativeId);
    const place = this.#placeOf(item);
    place.listings++;
    this.#partOf(account, number).add(number, place.index);
  }

  /** @param item the one of which the listing is */
  delete(account: string, nativeId: string, item: ItemName): void {
    const number = numberOf(nativeId);
    const place = this.#placeOf(item);
    this.#partOf(account, number).delete(number, place.index);
    place.listings--;
    if (place.listings > 0) return;
    this.#byName.delete(keyOf(item));
    this.#byIndex[place.index] = undefined;
    this.#free.push(place.index);
  }

  #partOf(account: string, number: number): Part {
    let parts = this.#accounts.get(account);
    if (!parts) {
      parts = Array.from({ length: PARTS }, () => new Part());
      this.#accounts.set(account, parts);
    }
    const part = parts[number & (PARTS - 1)];
    if (!part) throw new Error('a masked number is the index of a part');
    return part;
  }

  #placeOf(item: ItemName): Place {
    const known = this.#byName.get(keyOf(item));
    if (known) return known;
    const { game, catalogId } = item;
    const place = { game, catalogId, index: this.#free.pop() ?? this.#byIndex.length, listings: 0 };
    this.#byName.set(keyOf(item), place);
    this.#byIndex[place.index] = place;
    return place;
  }
}

/** Most parts of a small market stay empty. */
const EMPTY = new Int32Array(0);

/** Numbers, each with the index of a place, in no order. A number can have several. */
class Part {
  /** A number, its place, a number, its place … */
  #pairs = EMPTY;
  /** Of the pairs that are in use, twice. */
  #length = 0;

  of(number: number): number[] {
    const places: number[] = [];
    for (let at = 0; at < this.#length; at += 2) {
      if (this.#pairs[at] === number) places.push(this.#pairs[at + 1] ?? 0);
    }
    return places;
  }

  add(number: number, place: number): void {
    if (this.#length === this.#pairs.length) {
      const larger = new Int32Array(this.#length + 2 * Math.max(4, this.#length >> 3));
      larger.set(this.#pairs);
      this.#pairs = larger;
    }
    this.#pairs.set([number, place], this.#length);
    this.#length += 2;
  }

  delete(number: number, place: number): void {
    for (let at = 0; at < this.#length; at += 2) {
      if (this.#pairs[at] !== number || this.#pairs[at + 1] !== place) continue;
      this.#length -= 2;
      this.#pairs.copyWithin(at, this.#length, this.#length + 2);
      return;
    }
  }
}

function keyOf({ game, catalogId }: ItemName): string {
  return `${game} ${catalogId}`;
}

/** FNV-1a, in 32 bits. */
function numberOf(nativeId: string): number {
  let number = 0x811c9dc5 | 0;
  for (let at = 0; at < nativeId.length; at++) number = Math.imul(number ^ nativeId.charCodeAt(at), 0x01000193);
  return number;
}
