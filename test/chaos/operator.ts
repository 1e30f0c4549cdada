import { withMoveDeps } from '../../src/cli/move-deps.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { endByOperator } from '../../src/settlement/end-by-operator.ts';
import { allMarkets } from './markets.ts';
import { DATABASE } from './stage.ts';

/** The first call and five repeats: after them, only a look-up can tell. */
const CALLS_MAX = 6;

/** Marketplaces that never say of a reference that there is no order, except when they have refused its purchase. */
const silent = allMarkets.filter(({ staysSilent }) => staysSilent).map(({ id }) => id);

/** Where it looks: the database, and the marketplace's own books. */
interface Places {
  readonly postgres: { url(database: string): string };
  readonly secretKey: string;
  /** Straight to the marketplace, past all wires. */
  readonly marketplaceUrl: string;
}

/**
 * The operator who is left with purchases that nothing can resolve any more: it looks into the marketplace's own books, and
 * ends those that were never made, as `skinrail unknown end` does. What it must not end stays, and is found by the judge.
 */
export class Operator {
  /** How many purchases it ended, by marketplace. */
  readonly ended = new Map<string, number>();
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
  }

  /** Once the gateways have done all that they can do for now. */
  async settlesWhatIsLeft(): Promise<void> {
    const { postgres, secretKey } = this.#places;
    const config = loadConfig({ DATABASE_URL: postgres.url(DATABASE), SECRET_KEY: secretKey });
    await withSession(config, async ({ deps }) => {
      const left = await deps.db
        .selectFrom('purchase')
        .select(['merchant_id', 'id', 'trade_id', 'item_id', 'supplier', 'reference'])
        .where('state', '=', 'unknown')
        .where('supplier', 'in', silent)
        .where('calls', '>=', CALLS_MAX)
        .execute();
      for (const purchase of left) {
        if (await this.#isMade(purchase.reference)) continue;
        const said = { actor: 'operator', reason: 'its own pages have no such order' };
        const outcome = await endByOperator(withMoveDeps(deps), purchase, said);
        if (outcome === 'ended') this.ended.set(purchase.supplier, (this.ended.get(purchase.supplier) ?? 0) + 1);
      }
    });
  }

  /** @throws Error when the marketplace does not say */
  async #isMade(reference: string): Promise<boolean> {
    const answer = await fetch(`${this.#places.marketplaceUrl}/control/orders/${reference}`);
    if (answer.status === 404) return false;
    const { outcome } = (await answer.json()) as { readonly outcome: string }; // the sandbox's own route
    return outcome === 'made';
  }
}
