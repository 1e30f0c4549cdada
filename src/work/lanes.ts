/** Attempts that one node makes at the same time. */
const NODE_MAX = 512;
/** Of those, attempts for one merchant: what a modest server takes at the same time. */
export const MERCHANT_MAX = 32;
/** For a merchant whose last attempt failed: each attempt may hold its lane until the time limit. */
const FAILING_MERCHANT_MAX = 4;

/**
 * Counts the attempts that this node is making, so that a merchant whose URL is slow or gone uses up its own lanes and
 * no other merchant's. It is a limit only: the rows decide who sends what.
 */
export class Lanes {
  readonly #inHand = new Map<string, number>();
  readonly #failing = new Set<string>();
  #total = 0;

  get inHand(): number {
    return this.#total;
  }

  /** How many more attempts the node may make. */
  get room(): number {
    return NODE_MAX - this.#total;
  }

  /** How many more attempts a merchant may have. */
  roomOf(merchantId: string): number {
    const max = this.#failing.has(merchantId) ? FAILING_MERCHANT_MAX : MERCHANT_MAX;
    return Math.max(0, max - (this.#inHand.get(merchantId) ?? 0));
  }

  enter(merchantId: string): void {
    this.#total++;
    this.#inHand.set(merchantId, (this.#inHand.get(merchantId) ?? 0) + 1);
  }

  leave(merchantId: string, isWell: boolean): void {
    const left = (this.#inHand.get(merchantId) ?? 1) - 1;
    if (left > 0) this.#inHand.set(merchantId, left);
    else this.#inHand.delete(merchantId);
    this.#total--;
    if (isWell) this.#failing.delete(merchantId);
    else this.#failing.add(merchantId);
  }
}
