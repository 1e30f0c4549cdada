import type { Deps } from '../deps.ts';
import { circuitState } from '../supplier-health/breaker.ts';
import { closedUntil, HEALTHY, readHealth } from '../supplier-health/store.ts';
import type { MarketCache } from './market-cache.ts';

export type AvailabilityDeps = Pick<Deps, 'db' | 'clock' | 'metrics' | 'suppliers' | 'signals'>;

/** Withholds listings as the health of their suppliers says, which all nodes read from the database. */
export class AvailabilityReader {
  readonly #deps: AvailabilityDeps;
  readonly #market: MarketCache;

  constructor(deps: AvailabilityDeps, market: MarketCache) {
    this.#deps = deps;
    this.#market = market;
  }

  async read(): Promise<void> {
    const { clock, metrics, suppliers } = this.#deps;
    const known = await readHealth(this.#deps);
    const now = clock.now();
    for (const { id } of suppliers.all) {
      const health = known.get(id) ?? HEALTHY;
      const { balanceMills } = health;
      this.#market.setAvailability(id, { closedUntil: closedUntil(health, now), balanceMills });
      metrics.supplierCircuit.set({ supplier: id }, circuitState(health.circuit, now) === 'closed' ? 0 : 1);
      metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
    }
  }
}
