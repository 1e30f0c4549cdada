import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../bench/cleanup.ts';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import { hangUp } from '../chaos/call.ts';
import type { Identity } from '../chaos/merchant.ts';
import type { PostgresServer } from '../chaos/postgres-server.ts';
import { Receiver } from '../chaos/receiver.ts';
import { createDatabase, DATABASE, openMerchants, ROLE } from '../chaos/stage.ts';
import { Supervised } from '../chaos/supervised.ts';
import type { Tally } from '../chaos/tally.ts';
import { until } from '../chaos/wait.ts';
import { Cluster } from './cluster.ts';

const READY_WITHIN_MS = 120_000;

/** All that takes part in a run. */
export interface Stage {
  readonly cluster: Cluster;
  /** The primary of the moment. */
  readonly postgres: PostgresServer;
  readonly marketplace: Supervised;
  readonly marketplaceFile: string;
  readonly marketplaceUrl: string;
  readonly gateways: readonly Supervised[];
  readonly nodes: readonly string[];
  readonly secretKey: string;
  readonly receiver: Receiver;
  readonly merchants: readonly Identity[];
}

/** Starts the cluster, a marketplace, the merchants' receiver and two gateways. */
export async function setUp(programs: string, folder: string, tally: Tally, cleanup: Cleanup): Promise<Stage> {
  const [receiverPort = 0, marketplacePort = 0, a = 0, b = 0] = await freePorts(4);
  const receiver = new Receiver(tally);
  await receiver.start(receiverPort);
  cleanup.add('receiver', () => receiver.stop());
  const cluster = await Cluster.start(programs, folder, cleanup);
  await createDatabase(cluster.primary.server);
  const secretKey = randomBytes(32).toString('hex');
  const merchants = await openMerchants({ postgres: cluster.primary.server, secretKey }, receiver, receiverPort);
  const marketplaceFile = join(folder, 'marketplace.db');
  const marketplaceUrl = `http://127.0.0.1:${marketplacePort}`;
  const marketplaceArgs = ['marketplace', '--port', String(marketplacePort), '--file', marketplaceFile];
  const marketplace = new Supervised('marketplace', marketplaceArgs, {}, folder);
  const shared = {
    DATABASE_URL: cluster.urlOf(ROLE, DATABASE),
    MARKETPLACE_URL: marketplaceUrl,
    SECRET_KEY: secretKey,
  };
  const gateways = [gatewayAt('gateway-a', a, shared, folder), gatewayAt('gateway-b', b, shared, folder)];
  await startAll([marketplace, ...gateways], cleanup);
  const nodes = [a, b].map((port) => `http://127.0.0.1:${port}`);
  const processes = { marketplace, marketplaceFile, marketplaceUrl, gateways, nodes };
  return {
    ...processes,
    cluster,
    get postgres() {
      return cluster.primary.server;
    },
    secretKey,
    receiver,
    merchants,
  };
}

function gatewayAt(name: string, port: number, settings: Readonly<Record<string, string>>, folder: string): Supervised {
  const dataDir = join(folder, name);
  mkdirSync(dataDir);
  const own = { PORT: String(port), DATA_DIR: dataDir, SANDBOX_MARKETPLACES: 'all', LOG_LEVEL: 'info' };
  return new Supervised(name, ['serve'], { ...settings, ...own }, folder);
}

async function startAll(processes: readonly Supervised[], cleanup: Cleanup): Promise<void> {
  for (const process of processes) {
    process.start();
    cleanup.add(process.name, () => process.stop());
  }
  cleanup.add('connections', hangUp);
  if (await until(() => processes.every(({ isReady }) => isReady), READY_WITHIN_MS)) return;
  const late = processes.filter(({ isReady }) => !isReady).map(({ name, logPath }) => `${name} (${logPath})`);
  throw new Error(`not ready in time: ${late.join(', ')}`);
}
