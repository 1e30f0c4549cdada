/** So that reading takes at most a tenth of the time, however much there is to read and however many ask. */
const FRESH_TIMES = 10;
/** For so long an earlier value is given at once while the next one is read. */
const USABLE_TIMES = 100;

interface Known<T> {
  readonly value: T;
  readonly readAt: number;
  readonly tookMs: number;
}

/**
 * A value that takes long to read where there is much, and may be a little old: it is fresh for ten times as long as reading
 * it took. What is read in milliseconds is read nearly each time; what takes a second is ten seconds old at most when it is
 * asked for all the time.
 */
export class Remembered<T> {
  readonly #read: () => Promise<T>;
  #known: Known<T> | null = null;
  #reading: Promise<T> | null = null;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** @throws what reading throws, when there is no value that can be used */
  async get(): Promise<T> {
    const known = this.#known;
    const ageMs = known ? performance.now() - known.readAt : Number.POSITIVE_INFINITY;
    if (known && ageMs < known.tookMs * FRESH_TIMES) return known.value;
    // Callers at the same time share one reading.
    this.#reading ??= this.#renew().finally(() => {
      this.#reading = null;
    });
    if (!known || ageMs >= known.tookMs * USABLE_TIMES) return this.#reading;
    this.#reading.catch(() => {}); // The next caller tries again.
    return known.value;
  }

  async #renew(): Promise<T> {
    const readAt = performance.now();
    const value = await this.#read();
    this.#known = { value, readAt, tookMs: performance.now() - readAt };
    return value;
  }
}
