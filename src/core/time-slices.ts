import { setTimeout as pause, setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** For so long, work on much data runs without a break. */
const SLICE_MS = 3;
/** A process that did not run for a while does not rest for as long. */
const REST_MAX_MS = 20;

/**
 * Divides long work, so that other work of the process runs in between. A rest is as long as the slice before it: a request
 * takes several turns of the event loop, and would wait for a slice in each of them. The caller asks `isOver` after each
 * small part; waiting only when it is costs nothing for work that ends within the first slice.
 */
export class TimeSlices {
  readonly #signal: AbortSignal | undefined;
  readonly #sliceMs: number;
  #beganAt = performance.now();

  /** @param signal ends the work at the next break */
  constructor(signal?: AbortSignal, sliceMs: number = SLICE_MS) {
    this.#signal = signal;
    this.#sliceMs = sliceMs;
  }

  get isOver(): boolean {
    return performance.now() - this.#beganAt >= this.#sliceMs;
  }

  /**
   * Lets other work run, and begins the next slice.
   * @throws the signal's reason when it is aborted
   */
  async next(): Promise<void> {
    const workedMs = performance.now() - this.#beganAt;
    if (workedMs >= 1) await pause(Math.min(workedMs, REST_MAX_MS));
    // Timers that are due run one after the other: two such works could take turns there, and requests would wait.
    await yieldToEventLoop();
    this.#signal?.throwIfAborted();
    this.#beganAt = performance.now();
  }
}
