import Fastify, { type FastifyInstance } from 'fastify';
import { cs2Side } from '../../sandbox/marketplace/cs2.ts';
import { Marketplace } from '../../sandbox/marketplace/marketplace.ts';
import type { Order } from '../../sandbox/marketplace/orders.ts';
import { rustSide } from '../../sandbox/marketplace/rust.ts';
import { SandboxStore } from '../../sandbox/marketplace/store.ts';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import type { StillClock } from './still-clock.ts';

/** The sandbox's own marketplace with its routes, which a story asks without a connection. */
export class SimMarketplace {
  readonly marketplace: Marketplace;
  readonly #store = SandboxStore.open(':memory:');
  readonly #app: FastifyInstance = Fastify();

  private constructor(clock: StillClock) {
    this.marketplace = new Marketplace(this.#store, clock);
  }

  static async open(clock: StillClock): Promise<SimMarketplace> {
    const sim = new SimMarketplace(clock);
    const { marketplace } = sim;
    await sim.#app.register(cs2Side, { prefix: '/cs2', marketplace });
    await sim.#app.register(rustSide, { prefix: '/rust', marketplace });
    await sim.#app.ready();
    return sim;
  }

  restart(): void {
    this.#store.database.exec('delete from marketplace_order');
  }

  async answer(method: 'GET' | 'POST', url: string, body: string | null): Promise<{ status: number; body: string }> {
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#app.inject({ method, url, ...(body === null ? {} : { body, headers }) });
    return { status: answer.statusCode, body: answer.body };
  }

  order(reference: string): Order | undefined {
    return this.marketplace.orders.byReference(reference);
  }

  /** Every phase that an order has been in up to now, however briefly. */
  phasesOf(order: Order): Set<Phase> {
    const { timeline, afterCancel } = this.marketplace.listingOf(order).behaviour;
    const { createdAtMs, cancelAcceptedAtMs } = order;
    const nowMs = this.marketplace.nowMs;
    const untilMs = Math.min(cancelAcceptedAtMs ?? nowMs, nowMs);
    const before = timeline.filter(({ afterMs }) => createdAtMs + afterMs <= untilMs);
    const after = cancelAcceptedAtMs === null ? [] : afterCancel;
    const since = after.filter(({ afterMs }) => (cancelAcceptedAtMs ?? nowMs) + afterMs <= nowMs);
    return new Set(['waiting', ...[...before, ...since].map(({ phase }) => phase)]);
  }
}
