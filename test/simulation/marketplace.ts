import Fastify, { type FastifyInstance } from 'fastify';
import { cs2dtFront } from '../../sandbox/marketplace/cs2dt.ts';
import { lisSkinsFront } from '../../sandbox/marketplace/lis-skins.ts';
import { Marketplace } from '../../sandbox/marketplace/marketplace.ts';
import type { Order } from '../../sandbox/marketplace/orders.ts';
import { SandboxStore } from '../../sandbox/marketplace/store.ts';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import { waxpeerFront } from '../../sandbox/marketplace/waxpeer.ts';
import type { SimMarket } from './markets.ts';
import type { Message, Reply } from './network.ts';
import type { StillClock } from './still-clock.ts';

/** The sandbox's marketplace with all of its fronts, which a story asks without a connection. */
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
    await sim.#app.register(waxpeerFront, { prefix: '/waxpeer', marketplace });
    await sim.#app.register(lisSkinsFront, { prefix: '/lis-skins', marketplace });
    await sim.#app.register(cs2dtFront, { prefix: '/cs2dt', marketplace });
    await sim.#app.ready();
    return sim;
  }

  restart(): void {
    this.#store.database.exec('delete from marketplace_order');
  }

  async answer({ method, url, headers, body }: Message): Promise<Reply> {
    const answer = await this.#app.inject({ method, url, headers, ...(body === null ? {} : { body }) });
    return { status: answer.statusCode, body: answer.body };
  }

  order(reference: string): Order | undefined {
    return this.marketplace.orders.byReference(reference);
  }

  /** Where an order stands, as the gateway can know it: nobody says at once, at every marketplace, that a hold is over. */
  phaseOf(order: Order, market: SimMarket): Phase {
    const { phase } = this.marketplace.statusOf(order);
    return this.#isSettledLater(order, market) ? 'accepted' : phase;
  }

  /** When something about an order changes next by itself; null: never again. */
  nextChangeMs(order: Order, market: SimMarket): number | null {
    const { sinceMs, nextChangeAtMs } = this.marketplace.statusOf(order);
    if (!this.#isSettledLater(order, market)) return nextChangeAtMs;
    return Math.min(sinceMs + market.settlesLateMs, nextChangeAtMs ?? Number.POSITIVE_INFINITY);
  }

  #isSettledLater(order: Order, { settlesLateMs }: SimMarket): boolean {
    const { phase, sinceMs } = this.marketplace.statusOf(order);
    return phase === 'settled' && order.side === 'cs2' && this.marketplace.nowMs < sinceMs + settlesLateMs;
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
