import type { Offer } from './market.ts';

/** A power of two. With a million offers, a part has 4,000. */
const PARTS = 256;

/**
 * Offers by their account and public id, in many small maps: a map that grows beyond half a million entries is copied, which
 * blocked the event loop for 34 ms.
 */
export class OfferTable {
  readonly #accounts = new Map<string, readonly Map<string, Offer>[]>();

  get(account: string, id: string): Offer | undefined {
    const parts = this.#accounts.get(account);
    return parts && partOf(parts, id).get(id);
  }

  /** The offers of a listing, one of each account that has it. */
  all(id: string): Offer[] {
    return [...this.#accounts.values()].flatMap((parts) => partOf(parts, id).get(id) ?? []);
  }

  set(offer: Offer): void {
    const { id: account } = offer.supplier;
    let parts = this.#accounts.get(account);
    if (!parts) {
      parts = Array.from({ length: PARTS }, () => new Map<string, Offer>());
      this.#accounts.set(account, parts);
    }
    partOf(parts, offer.id).set(offer.id, offer);
  }

  delete({ supplier, id }: Offer): void {
    const parts = this.#accounts.get(supplier.id);
    if (parts) partOf(parts, id).delete(id);
  }
}

/** The ends of ids differ: they hold the marketplace's own number. */
function partOf(parts: readonly Map<string, Offer>[], id: string): Map<string, Offer> {
  let hash = 0;
  for (let at = Math.max(0, id.length - 4); at < id.length; at++) hash = hash * 31 + id.charCodeAt(at);
  const part = parts[hash & (PARTS - 1)];
  if (!part) throw new Error('a masked number is the index of a part');
  return part;
}
