import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

/** For so long, work on much data runs without a break. A request needs several turns of the event loop. */
const SLICE_MS = 5;

/**
 * Divides long work, so that other work of the process runs in between. The caller asks `isOver` after each small part:
 * waiting only when it is costs nothing for work that ends within the first slice.
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
    await yieldToEventLoop();
    this.#signal?.throwIfAborted();
    this.#beganAt = performance.now();
  }
}
