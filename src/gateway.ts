import type { Logger } from 'pino';
import { buildApp } from './app.ts';
import { systemClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './db/connect.ts';
import { openMigrated } from './db/open-migrated.ts';
import type { Deps } from './deps.ts';
import type { App } from './http/app-type.ts';
import { Jobs } from './jobs/jobs.ts';
import { Workers } from './jobs/workers.ts';
import { createMetrics } from './metrics.ts';
import { SandboxClock } from './sandbox/clock.ts';
import { sandboxRoutes } from './sandbox/routes.ts';
import { Sandbox, type SandboxFile } from './sandbox/sandbox.ts';
import { sandboxSecretKey } from './sandbox/secret-key.ts';
import { SecretBox } from './secrets.ts';
import { Signals } from './signals.ts';
import { SupplierRegistry } from './suppliers/registry.ts';

export interface Gateway {
  readonly baseUrl: string;
  readonly deps: Deps;
  readonly database: Database;
  /** In the sandbox: what scripts need, and whether the demo merchant's key was made now. */
  readonly sandbox: (SandboxFile & { isNewKey: boolean }) | null;
  /** Ends in phases: no new requests, then no new work, then the connections (see `docs/operating.md`). */
  stop(): Promise<void>;
}

/**
 * Starts one node: database, suppliers, HTTP and workers, as the settings say.
 * @throws Error in words for the operator when the database or a port cannot be had
 */
export async function startGateway(config: Config, log: Logger): Promise<Gateway> {
  const node = await prepareNode(config, log);
  const { deps, sandbox, workers } = node;
  const app = await buildApp(deps, {
    ...(sandbox ? { sandboxRoutes: (routes: App) => sandboxRoutes(routes, deps, sandbox) } : {}),
  });
  const stop = () => stopInPhases(node, app);
  try {
    // Requests enqueue jobs, so the queue is there before the first of them.
    await node.jobs.start();
    const address = await app.listen({ host: config.host, port: config.port });
    const baseUrl = config.publicUrl || address;
    const file = sandbox ? await sandbox.connect(deps, baseUrl, () => workers?.wake()) : null;
    await workers?.start();
    return { baseUrl, deps, database: node.database, sandbox: file, stop };
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
}

async function prepareNode(config: Config, log: Logger): Promise<Node> {
  const { database } = await openMigrated(config, config.poolMax);
  try {
    return await assembleNode(config, log, database);
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function assembleNode(config: Config, log: Logger, database: Database): Promise<Node> {
  const { db } = database;
  const secretKey = config.secretKey || sandboxSecretKey(config.dataDir);
  const sandboxClock = config.sandbox ? new SandboxClock(db) : null;
  const sandbox = sandboxClock ? await Sandbox.start(config, sandboxClock, secretKey) : null;
  const jobs = new Jobs(database, log);
  const deps: Deps = {
    config,
    db,
    log,
    jobs,
    suppliers: new SupplierRegistry(sandbox?.suppliers ?? []),
    clock: sandboxClock ?? systemClock,
    metrics: createMetrics(),
    secrets: new SecretBox(secretKey),
    signals: new Signals(),
  };
  return { deps, database, jobs, sandbox, workers: config.role === 'api' ? null : new Workers(deps, jobs) };
}

async function stopInPhases({ deps, database, jobs, sandbox, workers }: Node, app: App): Promise<void> {
  await app.close();
  await workers?.stop();
  await jobs.stop();
  await deps.suppliers.close();
  await sandbox?.stop();
  await database.close();
}
