import type { Offer } from './market.ts';

/** A power of two. With a million offers, a part has 4,000. */
const PARTS = 256;

/**
 * Offers by their public id, in many small maps: a map that grows beyond half a million entries is copied, which blocked the
 * event loop for 34 ms.
 */
export class OfferTable {
  readonly #parts: readonly Map<string, Offer>[] = Array.from({ length: PARTS }, () => new Map());

  get(id: string): Offer | undefined {
    return this.#partOf(id).get(id);
  }

  set(offer: Offer): void {
    this.#partOf(offer.id).set(offer.id, offer);
  }

  delete(id: string): void {
    this.#partOf(id).delete(id);
  }

  /** The ends of ids differ: they hold the marketplace's own number. */
  #partOf(id: string): Map<string, Offer> {
    let hash = 0;
    for (let at = Math.max(0, id.length - 4); at < id.length; at++) hash = hash * 31 + id.charCodeAt(at);
    const part = this.#parts[hash & (PARTS - 1)];
    if (!part) throw new Error('a masked number is the index of a part');
    return part;
  }
}
