import { CS2, RUST } from '../core/games.ts';
import type { Deps } from '../deps.ts';
import { readPolicies } from '../supplier-accounts/policy.ts';
import { circuitState } from '../supplier-health/breaker.ts';
import { closedUntil, HEALTHY, readHealth } from '../supplier-health/store.ts';
import type { MarketCache } from './market-cache.ts';

export type AvailabilityDeps = Pick<Deps, 'db' | 'clock' | 'metrics' | 'suppliers' | 'signals'>;

/** Prices listings by the operator's policies, and withholds them as the health of their suppliers says: from the database, for all nodes alike. */
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
    const policies = await readPolicies(this.#deps);
    const now = clock.now();
    for (const supplier of suppliers.all) {
      const { id } = supplier;
      this.#market.setPolicies(supplier, { '730': policies(id, CS2), '252490': policies(id, RUST) });
      const health = known.get(id) ?? HEALTHY;
      const { balanceMills } = health;
      this.#market.setAvailability(id, { closedUntil: closedUntil(health, now), balanceMills });
      metrics.supplierCircuit.set({ supplier: id }, circuitState(health.circuit, now) === 'closed' ? 0 : 1);
      metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
    }
  }
}
