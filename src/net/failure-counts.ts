import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../core/clock.ts';

/** Above this number the oldest entries are dropped, which limits memory. */
const COUNTED_MAX = 10_000;

/**
 * Counts failures by name, such as a caller's network, on this node, in windows of a minute that start with the first
 * failure. Not shared over Redis: it protects this node from work and must cost less than that work.
 */
export class FailureCounts {
  readonly #max: number;
  readonly #counts = new LRUCache<string, { count: number }>({ max: COUNTED_MAX, ttl: MINUTE_MS });

  /** @param max failures per name and minute; 0: no limit */
  constructor(max: number) {
    this.#max = max;
  }

  add(name: string): void {
    const known = this.#counts.get(name);
    if (known) known.count++;
    else this.#counts.set(name, { count: 1 });
  }

  /** Takes back one that turned out to be none. */
  remove(name: string): void {
    const known = this.#counts.get(name);
    if (known) known.count = Math.max(0, known.count - 1);
  }

  /** @returns the time until the next failure is allowed; 0: now */
  waitSeconds(name: string): number {
    const { count = 0 } = this.#counts.get(name) ?? {};
    if (this.#max === 0 || count < this.#max) return 0;
    return Math.max(1, Math.ceil(this.#counts.getRemainingTTL(name) / 1000));
  }
}
