import { earlier, msBetween, SECOND_MS } from '../core/clock.ts';
import { CS2, RUST } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import type { Deps } from '../deps.ts';
import { readPolicies } from '../supplier-accounts/policy.ts';
import { leftOf, readLimits, type SpendingLimit } from '../supplier-accounts/spending.ts';
import { circuitState } from '../supplier-health/breaker.ts';
import { closedUntil, HEALTHY, readHealth, type SupplierHealth } from '../supplier-health/store.ts';
import type { Availability } from './market.ts';
import type { MarketCache } from './market-cache.ts';
import type { Policies } from './terms.ts';

/** How late a node may learn what was spent with an account. */
const LIMITS_EVERY_MS = 5 * SECOND_MS;

export type AvailabilityDeps = Pick<Deps, 'db' | 'clock' | 'metrics' | 'suppliers' | 'signals'>;

/** Prices listings by the operator's policies, and withholds them as the health of their suppliers says: from the database, for all nodes alike. */
export class AvailabilityReader {
  readonly #deps: AvailabilityDeps;
  readonly #market: MarketCache;
  #limits: { readonly at: Date; readonly known: ReadonlyMap<string, SpendingLimit> } | null = null;

  constructor(deps: AvailabilityDeps, market: MarketCache) {
    this.#deps = deps;
    this.#market = market;
  }

  /**
   * Resolves when the market follows; a large one follows in slices, after the update that is being applied.
   * @param signal ends the changes between two slices
   * @returns when the listings of a supplier are offered again that are withheld now; null: none are
   */
  async read(signal?: AbortSignal): Promise<Date | null> {
    const { suppliers } = this.#deps;
    const known = await readHealth(this.#deps);
    const policies = await readPolicies(this.#deps);
    const limits = await this.#readLimits();
    // At the same time, because a change of one supplier does not have to wait for an update of another.
    const again = await Promise.all(
      suppliers.all.map(async (supplier) => {
        const { id } = supplier;
        const own = { '730': policies(id, CS2), '252490': policies(id, RUST) };
        const limit = limits.get(id);
        const availability = this.#availabilityOf(id, known.get(id) ?? HEALTHY, limit ? leftOf(limit) : null);
        await this.#follow(id, own, availability, signal);
        return availability.closedUntil;
      }),
    );
    return again.reduce((first, at) => (first && at ? earlier(first, at) : (first ?? at)), null);
  }

  async #follow(
    id: string,
    policies: Policies,
    availability: Availability,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { metrics } = this.#deps;
    await Promise.all([
      this.#market.setAvailability(id, availability, signal),
      this.#market.setPolicies(id, policies, signal),
    ]);
    metrics.feedListings.set({ supplier: id }, this.#market.countOf(id));
  }

  /** The items of a day are many where much is bought, so they are not added up each time. */
  async #readLimits(): Promise<ReadonlyMap<string, SpendingLimit>> {
    const now = this.#deps.clock.now();
    if (!this.#limits || Math.abs(msBetween(this.#limits.at, now)) >= LIMITS_EVERY_MS)
      this.#limits = { at: now, known: await readLimits(this.#deps) };
    return this.#limits.known;
  }

  #availabilityOf(id: string, health: SupplierHealth, limitLeftMills: Mills | null): Availability {
    const { clock, metrics } = this.#deps;
    const now = clock.now();
    metrics.supplierCircuit.set({ supplier: id }, circuitState(health.circuit, now) === 'closed' ? 0 : 1);
    return { closedUntil: closedUntil(health, now), balanceMills: health.balanceMills, limitLeftMills };
  }
}
