import type { Logger } from 'pino';
import type { Sandbox, SandboxFile } from '../../sandbox/index.ts';
import { Authentication } from '../auth/authentication.ts';
import { createCallbackDispatcher } from '../callbacks/post.ts';
import { type Config, previousKeys } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { loadSandbox } from '../core/load-sandbox.ts';
import { closeToOthers, requireOwnFolder } from '../core/private-folder.ts';
import { SecretBox } from '../core/secrets.ts';
import { Signals } from '../core/signals.ts';
import { weaknessOf } from '../core/weak-key.ts';
import type { Database } from '../db/connect.ts';
import { claimEnvironment } from '../db/environment.ts';
import { openMigrated } from '../db/open-migrated.ts';
import { openWithRetry } from '../db/wait-for-database.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Arrivals } from '../http/arrivals.ts';
import { LiveFeed } from '../live/feed.ts';
import { Feeds } from '../market/feeds.ts';
import { MarketCache } from '../market/market-cache.ts';
import { requireReadableSecrets } from '../merchants/sealed-secrets.ts';
import { rememberSuppliers } from '../suppliers/known.ts';
import { SupplierRegistry } from '../suppliers/registry.ts';
import { Jobs } from '../work/jobs.ts';
import { AdminListener } from './admin-listener.ts';
import { buildApp } from './app.ts';
import type { NodeState } from './health.ts';
import { createMetrics } from './metrics.ts';
import { endInPhases } from './phases.ts';
import { Workers } from './workers.ts';

export interface Gateway {
  readonly baseUrl: string;
  /** Where `/metrics`, `/docs` and `/openapi.json` are. */
  readonly adminUrl: string;
  readonly deps: Deps;
  readonly database: Database;
  /** In the sandbox: what scripts need, and whether the demo merchant's key was made now. */
  readonly sandbox: (SandboxFile & { isNewKey: boolean }) | null;
  /** Whether this node is working on rows that were due, or reading what is on sale. */
  isWorking(): boolean;
  /** Looks for rows that are due at once; for tests, which need not wait for the next tick. */
  lookForWork(): void;
  /**
   * Ends in phases, each with its limit: no new requests and work, then the jobs, then the connections
   * (`docs/operators/install.md`). False: something was cut off and is continued from the database.
   */
  stop(): Promise<boolean>;
}

/**
 * Starts one node: database, suppliers, HTTP and workers, as the settings say.
 * @throws Error in words for the operator when the database or a port cannot be had
 */
export async function startGateway(config: Config, log: Logger): Promise<Gateway> {
  const node = await prepareNode(config, log);
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
    // Requests enqueue jobs, so the queue is there before the first of them.
    await node.jobs.start();
    const address = await app.listen({ host: config.host, port: config.port });
    const baseUrl = config.publicUrl || address;
    const adminUrl = (await adminListener?.listen()) ?? baseUrl;
    const file = sandbox ? await sandbox.connect(deps, baseUrl, wake) : null;
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

async function prepareNode(config: Config, log: Logger): Promise<Node> {
  if (config.sandbox || !config.databaseUrl) prepareFolder(config.dataDir, log);
  const open = () => openMigrated(config, { poolMax: config.poolMax, log });
  const { database } = await openWithRetry(open, config.databaseWaitMs, log);
  try {
    await claimEnvironment(database.db, config.sandbox ? 'sandbox' : 'production');
    return await assembleNode(config, log, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Before anything is put into it: the database, and the sandbox's keys. */
function prepareFolder(dataDir: string, log: Logger): void {
  requireOwnFolder(dataDir);
  const mended = closeToOthers(dataDir);
  if (mended > 0) log.warn({ mended }, 'other users could open files of the data folder; they cannot any more');
}

async function assembleNode(config: Config, log: Logger, database: Database): Promise<Node> {
  const { db } = database;
  const sandboxModule = config.sandbox ? await loadSandbox() : null;
  const secretKey = config.secretKey || (sandboxModule?.sandboxSecretKey(config.dataDir) ?? '');
  const secrets = new SecretBox(secretKey, previousKeys(config));
  const weakness = weaknessOf(secretKey);
  if (weakness) log.warn(`SECRET_KEY can be guessed, as ${weakness}; outside the sandbox it is refused`);
  await requireReadableSecrets({ db, secrets, log });
  const sandboxClock = sandboxModule ? new sandboxModule.SandboxClock(db) : null;
  const sandbox =
    sandboxModule && sandboxClock ? await sandboxModule.Sandbox.start(config, sandboxClock, secretKey) : null;
  const jobs = new Jobs(database, log);
  const suppliers = new SupplierRegistry(sandbox?.suppliers ?? []);
  if (suppliers.all.length === 0) {
    log.warn('no marketplace is set up: nothing can be bought, and requests for the market are answered with 503');
  }
  const market = new MarketCache(suppliers.all, log);
  const deps: Deps = {
    config,
    db,
    log,
    jobs,
    suppliers,
    market,
    tradeUrls: sandbox?.tradeUrls ?? null,
    callbackDispatcher: createCallbackDispatcher(config),
    clock: sandboxClock ?? systemClock,
    metrics: createMetrics(),
    secrets,
    signals: new Signals(),
    arrivals: new Arrivals(),
  };
  await rememberSuppliers(
    db,
    suppliers.all.map((supplier) => supplier.id),
  );
  const workers = config.role === 'api' ? null : new Workers(deps, jobs, database.slowDb);
  const feeds = new Feeds(deps, market);
  const authentication = new Authentication(deps);
  const liveFeed = new LiveFeed(deps, database, authentication);
  return { deps, database, jobs, sandbox, workers, feeds, authentication, liveFeed };
}

async function routesOfSandbox({ sandbox, deps }: Node) {
  if (!sandbox) return {};
  const { sandboxRoutes } = await loadSandbox();
  return { sandboxRoutes: (routes: App) => sandboxRoutes(routes, deps, sandbox) };
}

/** Shares of the time that a stop may take: most of it is for what waits for a supplier's answer. */
const [IN_FLIGHT_SHARE, JOBS_SHARE, CONNECTIONS_SHARE] = [0.55, 0.3, 0.1];

async function stopInPhases(node: Node, app: App): Promise<boolean> {
  const { deps, database, jobs, sandbox, workers, feeds, liveFeed } = node;
  const { config, log, suppliers, tradeUrls, callbackDispatcher } = deps;
  const share = (part: number) => Math.floor(config.stopTimeoutMs * part);
  // Nothing new is begun from here on; a request that is still answered may enqueue, so the queue itself goes later.
  jobs.takeNoMore();
  const jobsLimitMs = share(JOBS_SHARE);
  return endInPhases(
    [
      {
        what: 'requests, feeds and rounds of due work',
        limitMs: share(IN_FLIGHT_SHARE),
        end: () => Promise.all([liveFeed.letGo(), app.close(), workers?.stop(), feeds.stop()]),
      },
      { what: 'running jobs', limitMs: jobsLimitMs, end: () => jobs.stop(jobsLimitMs) },
      {
        what: 'connections',
        limitMs: share(CONNECTIONS_SHARE),
        end: async () => {
          await Promise.all([
            liveFeed.close(),
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
