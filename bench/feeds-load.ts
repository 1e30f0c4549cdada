import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { cancelOnce, type Target } from './load.ts';
import type { StockItem } from './stock.ts';

/** Between one cancel and the next, on average. */
const EVERY_MS = 60;

/** Cancels items one after the other, at a modest rate and at odd times, whether those before are answered or not. */
export class CancelLoad {
  readonly failures: string[] = [];
  readonly #target: Target;
  readonly #pool: Pool;
  readonly #items: readonly StockItem[];
  #next = 0;

  constructor(target: Target, items: readonly StockItem[]) {
    this.#target = target;
    this.#items = items;
    this.#pool = new Pool(target.baseUrl, { connections: 32, pipelining: 1 });
  }

  /** @returns how long each cancel took, in milliseconds, until `isOver` or no item is left */
  async run(isOver: () => boolean): Promise<number[]> {
    const times: number[] = [];
    const underWay: Promise<void>[] = [];
    while (!isOver()) {
      const item = this.#items[this.#next++];
      if (!item) break;
      underWay.push(this.#cancel(item, times));
      await pause(EVERY_MS * 2 * Math.random());
    }
    await Promise.all(underWay);
    return times;
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #cancel(item: StockItem, times: number[]): Promise<void> {
    const started = performance.now();
    const failure = await cancelOnce(this.#pool, this.#target, item);
    times.push(performance.now() - started);
    if (failure !== null) this.failures.push(failure);
  }
}
