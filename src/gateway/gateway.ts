import type { Logger } from 'pino';
import type { Sandbox, SandboxFile } from '../../sandbox/index.ts';
import { Authentication } from '../auth/authentication.ts';
import { createCallbackDispatcher } from '../callbacks/post.ts';
import { createCancelGroups } from '../cancellations/groups.ts';
import { type Config, previousKeys } from '../config/config.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { loadSandbox } from '../core/load-sandbox.ts';
import { closeToOthers, requireOwnFolder } from '../core/private-folder.ts';
import { SecretBox } from '../core/secrets.ts';
import { Signals } from '../core/signals.ts';
import { weaknessOf } from '../core/weak-key.ts';
import type { Database, Db } from '../db/connect.ts';
import { isDistributed } from '../db/distribution.ts';
import { claimEnvironment } from '../db/environment.ts';
import { openMigrated } from '../db/open-migrated.ts';
import { openWithRetry } from '../db/wait-for-database.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Arrivals } from '../http/arrivals.ts';
import { LiveFeed } from '../live/feed.ts';
import { Feeds } from '../market/feeds.ts';
import { MarketCache } from '../market/market-cache.ts';
import type { CallKind } from '../net/call-budget.ts';
import { requireArchiveFolder } from '../retention/policy.ts';
import { requireReadableSecrets } from '../secrets/stored-secrets.ts';
import { createSuppliers } from '../supplier-accounts/create-suppliers.ts';
import { openWorkOf } from '../supplier-accounts/operations.ts';
import { CallBudgets } from '../suppliers/call-budgets.ts';
import { supplierKinds } from '../suppliers/kinds.ts';
import { knownSuppliers, rememberSuppliers } from '../suppliers/known.ts';
import { SupplierRegistry } from '../suppliers/registry.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { checkerOf } from '../trade-urls/marketplaces.ts';
import { Jobs } from '../work/jobs.ts';
import { NodeNews } from '../work/node-news.ts';
import { AdminListener } from './admin-listener.ts';
import { buildApp } from './app.ts';
import type { NodeState } from './health.ts';
import { createMetrics } from './metrics.ts';
import { endInPhases } from './phases.ts';
import { Workers } from './workers.ts';

export interface Gateway {
  readonly baseUrl: string;
  /** The URL of `/metrics`, `/docs` and `/openapi.json`. */
  readonly adminUrl: string;
  readonly deps: Deps;
  readonly database: Database;
  /** In the sandbox: the data that scripts need, and whether the demo merchant's key was created by this start. */
  readonly sandbox: (SandboxFile & { isNewKey: boolean }) | null;
  /** Whether this node is processing due rows or reading a market feed. */
  isWorking(): boolean;
  /** Looks for rows that are due at once; for tests, which need not wait for the next tick. */
  lookForWork(): void;
  /**
   * Stops in phases, each with a time limit: first new requests and work, then jobs, then connections.
   * @returns false when a phase exceeded its limit; another node or the next start continues its work from the database
   */
  stop(): Promise<boolean>;
}

/**
 * Starts one node: database, suppliers, HTTP and workers, according to the settings.
 * @param kinds the marketplaces for which it has adapters
 * @param clock the time outside the sandbox, which has a clock of its own
 * @throws Error with a message for the operator when the database or a port is not available, or a supplier account cannot
 * be used
 */
export async function startGateway(
  config: Config,
  log: Logger,
  kinds = supplierKinds,
  clock: Clock = systemClock,
  onListening: () => void = () => {},
): Promise<Gateway> {
  const node = await prepareNode(config, log, kinds, clock);
  const { deps, sandbox, workers, feeds } = node;
  const wake = () => {
    workers?.wake();
    feeds.wake();
  };
  const adminListener = config.adminPort < 0 ? null : new AdminListener(config);
  const app = await buildApp(deps, stateOf(node), {
    authentication: node.authentication,
    adminListener,
    ...(await routesOfSandbox(node)),
  });
  const stop = () => stopInPhases(node, app);
  if (config.role !== 'worker') node.liveFeed.serve(app.server);
  try {
    // Requests enqueue jobs, so the queue starts before the server listens.
    await node.jobs.start();
    const address = await app.listen({ host: config.host, port: config.port });
    onListening();
    const baseUrl = config.publicUrl || address;
    const adminUrl = (await adminListener?.listen()) ?? baseUrl;
    const file = sandbox ? await sandbox.connect({ ...deps, news: node.news }, baseUrl, wake) : null;
    await Promise.all([workers?.start(), feeds.start()]);
    return {
      baseUrl,
      adminUrl,
      deps,
      database: node.database,
      sandbox: file,
      isWorking: () => feeds.isWorking || (workers?.isWorking ?? false),
      lookForWork: () => workers?.wake(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Node {
  readonly deps: Deps;
  readonly database: Database;
  readonly jobs: Jobs;
  readonly news: NodeNews;
  readonly sandbox: Sandbox | null;
  readonly workers: Workers | null;
  readonly feeds: Feeds;
  readonly authentication: Authentication;
  readonly liveFeed: LiveFeed;
}

function stateOf({ database, workers }: Node): NodeState {
  return {
    isWritable: () => database.isWritable(),
    get isDatabaseAway() {
      return database.isAway;
    },
    get stuck() {
      return workers?.stuck ?? [];
    },
  };
}

async function prepareNode(config: Config, log: Logger, kinds: typeof supplierKinds, clock: Clock): Promise<Node> {
  if (config.sandbox || !config.databaseUrl) prepareFolder(config.dataDir, log);
  const open = () => openMigrated(config, { poolMax: config.poolMax, log });
  if (config.role !== 'api' && config.retentionTradesDays > 0) requireArchiveFolder(config);
  const { database } = await openWithRetry(open, config.databaseWaitMs, log);
  try {
    await claimEnvironment(database.db, config.sandbox ? 'sandbox' : 'production');
    return await assembleNode(config, log, { database, kinds, clock });
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Checks the data folder before the database and the sandbox's keys are created in it. */
function prepareFolder(dataDir: string, log: Logger): void {
  requireOwnFolder(dataDir);
  const changed = closeToOthers(dataDir);
  if (changed > 0) log.warn({ changed }, 'other users could open files of the data folder; their access was removed');
}

interface Ground {
  readonly database: Database;
  readonly kinds: typeof supplierKinds;
  readonly clock: Clock;
}

async function assembleNode(config: Config, log: Logger, { database, kinds, clock }: Ground): Promise<Node> {
  const { db } = database;
  const sandboxModule = config.sandbox ? await loadSandbox() : null;
  const secretKey = config.secretKey || (sandboxModule?.sandboxSecretKey(config.dataDir) ?? '');
  const secrets = new SecretBox(secretKey, previousKeys(config));
  const weakness = weaknessOf(secretKey);
  if (weakness) log.warn(`SECRET_KEY can be guessed, as ${weakness}; the gateway refuses it outside the sandbox`);
  await requireReadableSecrets({ db, secrets, log });
  const metrics = createMetrics();
  const onHeld = (supplier: string, call: CallKind) => metrics.supplierCallsHeld.inc({ supplier, call });
  const budgets = new CallBudgets({ redisUrl: config.redisUrl, log, onHeld });
  const sandboxClock = sandboxModule ? new sandboxModule.SandboxClock(db) : null;
  const sandbox =
    sandboxModule && sandboxClock ? await sandboxModule.Sandbox.start(config, sandboxClock, secretKey) : null;
  const ofAccounts = await suppliersOfAccounts({ db, secrets, config, supplierKinds: kinds }, budgets, sandbox);
  const jobs = new Jobs(database, log);
  const suppliers = new SupplierRegistry(ofAccounts, budgets);
  warnWithoutSuppliers(suppliers, log);
  await warnOfLostAccounts(db, suppliers, log);
  const market = new MarketCache(suppliers.all, log);
  const ground = { db, clock: sandboxClock ?? clock, isDistributed: await isDistributed(db) };
  const deps: Deps = {
    ...ground,
    config,
    log,
    jobs,
    suppliers,
    supplierKinds: kinds,
    callBudgets: budgets,
    market,
    tradeUrls: sandbox?.tradeUrls ?? checkerOf(suppliers.all, { limitMs: config.supplierTimeoutMs, metrics }),
    callbackDispatcher: createCallbackDispatcher(config),
    metrics,
    secrets,
    signals: new Signals(),
    arrivals: new Arrivals(),
    cancelGroups: createCancelGroups({ ...ground, config, suppliers }),
  };
  await rememberSuppliers(
    db,
    suppliers.all.map((supplier) => supplier.id),
  );
  const news = new NodeNews(database, deps.signals);
  const workers = config.role === 'api' ? null : new Workers(deps, jobs, database, news);
  const feeds = new Feeds({ ...deps, db: database.quietDb }, market, news);
  const authentication = new Authentication(deps);
  const liveFeed = new LiveFeed(deps, database, authentication);
  return { deps, database, jobs, news, sandbox, workers, feeds, authentication, liveFeed };
}

async function suppliersOfAccounts(
  deps: Pick<Deps, 'db' | 'secrets' | 'config' | 'supplierKinds'>,
  budgets: CallBudgets,
  sandbox: Sandbox | null,
): Promise<Supplier[]> {
  try {
    await sandbox?.addAccounts(deps);
    return await createSuppliers(deps, budgets);
  } catch (error) {
    budgets.close();
    await sandbox?.stop();
    throw error;
  }
}

function warnWithoutSuppliers(suppliers: SupplierRegistry, log: Logger): void {
  if (suppliers.all.length > 0) return;
  log.warn(
    'no marketplace is configured: nothing can be bought, and market requests are answered with 503; ' +
      'add an account with skinrail supplier add and restart',
  );
}

/** An account that was removed past the commands, or that a sandbox of an earlier version had. */
async function warnOfLostAccounts(db: Db, suppliers: SupplierRegistry, log: Logger): Promise<void> {
  for (const supplier of await knownSuppliers(db)) {
    if (suppliers.find(supplier)) continue;
    const { purchases } = await openWorkOf(db, supplier);
    if (purchases === 0) continue;
    log.error(
      { supplier, purchases },
      'open purchases are looked up no more, because no account has the id of their supplier: add it again with ' +
        'skinrail supplier add --id, or begin a sandbox of an earlier version anew',
    );
  }
}

async function routesOfSandbox({ sandbox, deps }: Node) {
  if (!sandbox) return {};
  const { sandboxRoutes } = await loadSandbox();
  return { sandboxRoutes: (routes: App) => sandboxRoutes(routes, deps, sandbox) };
}

/** Shares of the stop's time limit. Most of it is for calls that wait for a supplier's answer. */
const [IN_FLIGHT_SHARE, JOBS_SHARE, CONNECTIONS_SHARE] = [0.55, 0.3, 0.1];

async function stopInPhases(node: Node, app: App): Promise<boolean> {
  const { deps, database, jobs, news, sandbox, workers, feeds, liveFeed } = node;
  const { config, log, suppliers, tradeUrls, callbackDispatcher } = deps;
  const share = (part: number) => Math.floor(config.stopTimeoutMs * part);
  // No new job starts from here on. Requests under way may still enqueue jobs, so the queue itself stops later.
  jobs.takeNoMore();
  const jobsLimitMs = share(JOBS_SHARE);
  return endInPhases(
    [
      {
        what: 'requests, market feeds and due work',
        limitMs: share(IN_FLIGHT_SHARE),
        end: () => Promise.all([liveFeed.disconnectAll(), app.close(), workers?.stop(), feeds.stop()]),
      },
      { what: 'running jobs', limitMs: jobsLimitMs, end: () => jobs.stop(jobsLimitMs) },
      {
        what: 'connections',
        limitMs: share(CONNECTIONS_SHARE),
        end: async () => {
          await Promise.all([
            liveFeed.close(),
            news.close(),
            suppliers.close(),
            tradeUrls?.close(),
            callbackDispatcher.close(),
            sandbox?.stop(),
          ]);
          await database.close();
        },
      },
    ],
    log,
  );
}
