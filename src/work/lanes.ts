/** Attempts of one node that are under way at once. */
const NODE_MAX = 512;
/** Of one merchant: what a modest server takes at once. */
export const MERCHANT_MAX = 32;
/** Of a merchant whose last attempt failed: each may hold its lane until the time limit. */
const FAILING_MERCHANT_MAX = 4;

/** How many more attempts a merchant may have, where that is not `MERCHANT_MAX`. */
export interface MerchantRoom {
  readonly merchantId: string;
  readonly room: number;
}

/**
 * Counts this node's attempts that are under way, so that a merchant whose URL is slow or gone uses up its own lanes
 * and nobody else's. Only a limit: who sends what is decided by the rows.
 */
export class Lanes {
  readonly #underWay = new Map<string, number>();
  readonly #failing = new Set<string>();
  #total = 0;

  get underWay(): number {
    return this.#total;
  }

  get room(): number {
    return NODE_MAX - this.#total;
  }

  rooms(): MerchantRoom[] {
    const merchants = new Set([...this.#underWay.keys(), ...this.#failing]);
    return [...merchants].map((merchantId) => ({ merchantId, room: this.#roomOf(merchantId) }));
  }

  enter(merchantId: string): void {
    this.#total++;
    this.#underWay.set(merchantId, (this.#underWay.get(merchantId) ?? 0) + 1);
  }

  /** @returns whether a callback may have found no lane before, and finds one now */
  leave(merchantId: string, isTaken: boolean): boolean {
    const [nodeWasFull, merchantWasFull] = [this.room <= 0, this.#roomOf(merchantId) === 0];
    const left = (this.#underWay.get(merchantId) ?? 1) - 1;
    if (left > 0) this.#underWay.set(merchantId, left);
    else this.#underWay.delete(merchantId);
    this.#total--;
    if (isTaken) this.#failing.delete(merchantId);
    else this.#failing.add(merchantId);
    return nodeWasFull || (merchantWasFull && this.#roomOf(merchantId) > 0);
  }

  #roomOf(merchantId: string): number {
    const max = this.#failing.has(merchantId) ? FAILING_MERCHANT_MAX : MERCHANT_MAX;
    return Math.max(0, max - (this.#underWay.get(merchantId) ?? 0));
  }
}
