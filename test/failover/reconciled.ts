import { Agent } from 'undici';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { HOUR_MS, later } from '../../src/core/clock.ts';
import { hasHistory } from '../../src/reconciliation/read-whole.ts';
import { reconcile } from '../../src/reconciliation/reconcile.ts';
import { allMarkets } from '../chaos/markets.ts';
import { DATABASE } from '../chaos/stage.ts';
import type { Stage } from './stage.ts';

const ANSWER_WITHIN_MS = 10_000;

export interface Reconciled {
  readonly supplier: string;
  readonly orders: number;
  readonly purchases: number;
  /** Each difference in a line, and why not all orders could be compared. */
  readonly wrong: readonly string[];
}

/** Compares each marketplace's own list of orders with the purchases, as `skinrail supplier reconcile` does. */
export async function reconcileAll({ postgres, secretKey, marketplaceUrl }: Stage, from: Date): Promise<Reconciled[]> {
  const config = loadConfig({ DATABASE_URL: postgres.url(DATABASE), SECRET_KEY: secretKey });
  const results: Reconciled[] = [];
  await withSession(config, async ({ deps }) => {
    for (const market of allMarkets) {
      // Closing an adapter closes its way to the marketplace.
      const dispatcher = new Agent();
      const supplier = market.open({ url: marketplaceUrl, timeoutMs: ANSWER_WITHIN_MS, dispatcher });
      if (!hasHistory(supplier)) continue;
      const range = { from, to: later(deps.clock.now(), HOUR_MS) };
      const { orders, purchases, cause, differences } = await reconcile(deps, supplier, range);
      const wrong = differences.map(({ kind, reference, itemId }) => `${kind} ${reference} ${itemId}`);
      results.push({ supplier: market.id, orders, purchases, wrong: cause === null ? wrong : [...wrong, cause] });
      await supplier.close();
    }
  });
  return results;
}
