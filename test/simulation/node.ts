import { pino } from 'pino';
import { createCancelGroups } from '../../src/cancellations/groups.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Clock } from '../../src/core/clock.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { Signals } from '../../src/core/signals.ts';
import type { Deps } from '../../src/deps.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { Arrivals } from '../../src/http/arrivals.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import { SupplierRegistry } from '../../src/suppliers/registry.ts';
import { gatedDatabase, type SharedDatabase } from './gated-database.ts';
import type { SimMarket } from './markets.ts';
import { type SharedNetwork, SimNetwork } from './network.ts';
import { NodeQueue, type SimQueue } from './queue.ts';
import type { SimProcess } from './scheduler.ts';
import { layOut, UNDIVIDED } from './stall.ts';

/** Requests come by calls here, so none waits to be read. */
class NoArrivals extends Arrivals {
  override async drained(): Promise<void> {}
}

/** What the simulated nodes share. */
export interface Shared extends SharedDatabase, SharedNetwork {
  readonly queue: SimQueue;
  /** Where the gateway has accounts. */
  readonly markets: readonly SimMarket[];
}

export interface SimNode {
  readonly process: SimProcess;
  readonly deps: Deps;
}

export const MARKET_URL = 'http://market.test';
export const SHOP_URL = 'http://shop.test';

export const config = loadConfig({ SUPPLIER_TIMEOUT_MS: '2000', APPROVAL_TIMEOUT_MS: '15000' });
export const secrets = new SecretBox('00'.repeat(32));
const log = pino({ level: 'silent' });
const metrics = createMetrics();

/** A gateway process: the real operations, adapters and HTTP client, on a world that the scheduler holds the strings of. */
export function startNode(name: string, shared: Shared): SimNode {
  const process = { name, isAlive: true, stalledUntilMs: 0 };
  const jobs = new NodeQueue(shared.queue);
  const { db, isInTransaction } = gatedDatabase(shared, process, jobs);
  const network = new SimNetwork(shared, process, isInTransaction);
  const { supplierTimeoutMs: timeoutMs } = config;
  const way = { url: MARKET_URL, timeoutMs, dispatcher: network };
  const suppliers = new SupplierRegistry(shared.markets.map((market) => market.open(way)));
  const clock = clockOf(process, shared);
  // A slow statement would be told by real time, which is not the story's.
  const ground = { config, db, suppliers, clock, isDistributed: false };
  const cancelGroups = createCancelGroups(ground, Number.POSITIVE_INFINITY);
  const deps: Deps = {
    ...ground,
    jobs,
    supplierKinds: [],
    callBudgets: null,
    market: layOut(new MarketCache(suppliers.all, log, UNDIVIDED), suppliers.all),
    tradeUrls: null,
    callbackDispatcher: network,
    log,
    metrics,
    secrets,
    signals: new Signals(),
    arrivals: new NoArrivals(),
    cancelGroups,
  };
  return { process, deps };
}

function clockOf(process: SimProcess, { clock, scheduler }: Shared): Clock {
  return {
    now: () => clock.now(),
    wait: (ms) => scheduler.gate(process, 'goes on after a pause', { notBeforeMs: clock.nowMs + ms }),
  };
}
