import { setImmediate } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { App } from './app-type.ts';

/** Limits `drained` on a node that always has new connections. */
const TURNS_MAX = 512;

/**
 * The arrival time of each request. The event loop accepts one connection per turn, and a turn takes milliseconds while the
 * embedded database works: of fifty simultaneous cancels, 45 were read only after the first one was settled. Code that
 * depends on the order of arrival therefore waits until all open connections are accepted.
 */
export class Arrivals {
  readonly #arrivals = new WeakMap<FastifyRequest, Date>();
  #count = 0;

  /** Records arrivals. Call it before any other hook is added. */
  watch(app: App, clock: Clock): void {
    app.server.on('connection', () => {
      this.#count++;
    });
    app.addHook('onRequest', async (request) => {
      this.#count++;
      this.#arrivals.set(request, clock.now());
    });
  }

  /** @throws Error when the app is not watched, which is a programming error */
  of(request: FastifyRequest): Date {
    const arrival = this.#arrivals.get(request);
    if (!arrival) throw new Error('no arrival was recorded for this request');
    return arrival;
  }

  /** Resolves when all waiting connections are accepted and their requests are recorded. */
  async drained(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const before = this.#count;
      await setImmediate();
      await setImmediate();
      if (this.#count === before) return;
    }
  }
}
