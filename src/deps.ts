import type { FastifyBaseLogger } from 'fastify';
import type { Dispatcher } from 'undici';
import type { CancelGroups } from './cancellations/groups.ts';
import type { Config } from './config/config.ts';
import type { Clock } from './core/clock.ts';
import type { SecretBox } from './core/secrets.ts';
import type { Signals } from './core/signals.ts';
import type { Db } from './db/connect.ts';
import type { Metrics } from './gateway/metrics.ts';
import type { Arrivals } from './http/arrivals.ts';
import type { Market } from './market/market.ts';
import type { CallBudgets } from './suppliers/call-budgets.ts';
import type { SupplierKind } from './suppliers/kind.ts';
import type { SupplierRegistry } from './suppliers/registry.ts';
import type { TradeUrlChecker } from './trade-urls/checker.ts';
import type { JobQueue } from './work/jobs.ts';

/** What operations are given. Made once in `gateway.ts`; nothing else reaches for a global. */
export interface Deps {
  readonly config: Config;
  readonly db: Db;
  /** Whether the tables are spread over the workers of a cluster, where a change is about one merchant. */
  readonly isDistributed: boolean;
  readonly jobs: JobQueue;
  readonly suppliers: SupplierRegistry;
  /** The marketplaces at which an operator can have an account. */
  readonly supplierKinds: readonly SupplierKind[];
  /** What limits the calls of the accounts at marketplaces; null: nothing. */
  readonly callBudgets: CallBudgets | null;
  readonly market: Market;
  /** Who is asked about trade URLs; null: nobody, because no account can check them. */
  readonly tradeUrls: TradeUrlChecker | null;
  /** What carries callbacks to merchants. */
  readonly callbackDispatcher: Dispatcher;
  readonly clock: Clock;
  /** In a request's operations this is the request's own, so that every line carries its id. */
  readonly log: FastifyBaseLogger;
  readonly metrics: Metrics;
  readonly secrets: SecretBox;
  readonly signals: Signals;
  /** The statements that cancels share. */
  readonly cancelGroups: CancelGroups;
  /** When this node's requests arrived. */
  readonly arrivals: Arrivals;
}
