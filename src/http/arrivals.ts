import { setImmediate } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.ts';
import type { App } from './app-type.ts';

/** A bound for `drained` on a node that is never without new connections. */
const TURNS_MAX = 512;

/**
 * When each request arrived. The event loop accepts one connection a turn, and a turn takes milliseconds while the
 * embedded database works: of fifty cancels sent at once, 45 were read only after the first of them was settled. Their
 * connections were made before, so whatever depends on what was asked before a moment lets them in first.
 */
export class Arrivals {
  readonly #arrivals = new WeakMap<FastifyRequest, Date>();
  #count = 0;

  /** Notes arrivals at an app, before anything else is done with a request. Call it before all other hooks are added. */
  watch(app: App, clock: Clock): void {
    app.server.on('connection', () => {
      this.#count++;
    });
    app.addHook('onRequest', async (request) => {
      this.#count++;
      this.#arrivals.set(request, clock.now());
    });
  }

  /** @throws Error when the app is not watched: a mistake of ours */
  of(request: FastifyRequest): Date {
    const arrival = this.#arrivals.get(request);
    if (!arrival) throw new Error('no arrival was noted for this request');
    return arrival;
  }

  /** Resolves when the connections that are waiting now were accepted, and their requests noted. */
  async drained(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const before = this.#count;
      await setImmediate();
      await setImmediate();
      if (this.#count === before) return;
    }
  }
}
