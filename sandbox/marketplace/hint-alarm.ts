import type { Marketplace } from './marketplace.ts';
import type { Front } from './orders.ts';

/** Timers take no more than 2^31 ms. */
const SET_AT_MOST_MS = 86_400_000;

/** Rings when the next push of a front is due. Whatever makes one due earlier tells the marketplace's listeners. */
export class HintAlarm {
  readonly #marketplace: Marketplace;
  readonly #front: Front;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(marketplace: Marketplace, front: Front, ring: () => void) {
    this.#marketplace = marketplace;
    this.#front = front;
    this.#ring = ring;
  }

  /**
   * Sets it anew, after everything has been begun that was due at a time.
   * @param begunMs that time: read once more here, the clock may have passed the next due time meanwhile
   */
  set(begunMs: number): void {
    this.stop();
    const { orders, nowMs } = this.#marketplace;
    const nextMs = orders.nextHintMs(begunMs, this.#front);
    if (nextMs === null) return;
    const inMs = Math.min(Math.max(0, nextMs - nowMs), SET_AT_MOST_MS);
    this.#timer = setTimeout(this.#ring, inMs).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
