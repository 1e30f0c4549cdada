import type { Timer } from '../../src/net/call-budget.ts';

/** A timer that stands still until the test moves it. */
export class HeldTimer implements Timer {
  #now = 0;
  readonly #waiting = new Set<{ readonly until: number; readonly end: () => void }>();
  readonly #onWait = new Set<() => void>();

  nowMs(): number {
    return this.#now;
  }

  wait(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = { until: this.#now + ms, end: resolve };
    this.#waiting.add(waiting);
    signal?.addEventListener('abort', () => resolve());
    for (const tell of this.#onWait) tell();
    this.#onWait.clear();
    return promise.finally(() => this.#waiting.delete(waiting));
  }

  /** Resolves when something waits. */
  async untilWaiting(): Promise<void> {
    if (this.#waiting.size > 0) return;
    await new Promise<void>((resolve) => this.#onWait.add(resolve));
  }

  pass(ms: number): void {
    this.#now += ms;
    for (const { until, end } of this.#waiting) if (until <= this.#now) end();
  }
}
