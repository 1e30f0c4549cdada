import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../bench/cleanup.ts';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import { hangUp } from '../chaos/call.ts';
import type { Identity } from '../chaos/merchant.ts';
import { Receiver } from '../chaos/receiver.ts';
import { createDatabase, DATABASE, openMerchants, ROLE } from '../chaos/stage.ts';
import { Supervised } from '../chaos/supervised.ts';
import type { Tally } from '../chaos/tally.ts';
import { until } from '../chaos/wait.ts';
import type { Cluster, Server } from './cluster.ts';
import type { FailoverOptions } from './options.ts';
import { PatroniCluster } from './patroni/patroni-cluster.ts';
import { roleSettings, startPgBouncers } from './pgbouncer.ts';
import { PlainCluster } from './plain-cluster.ts';

const READY_WITHIN_MS = 120_000;

/** All that takes part in a run. */
export interface Stage {
  readonly cluster: Cluster;
  /** The primary of the moment. */
  readonly postgres: Server;
  readonly marketplace: Supervised;
  readonly marketplaceFile: string;
  readonly marketplaceUrl: string;
  readonly gateways: readonly Supervised[];
  readonly nodes: readonly string[];
  readonly secretKey: string;
  readonly receiver: Receiver;
  readonly merchants: readonly Identity[];
}

interface Place {
  readonly programs: string;
  readonly folder: string;
  readonly tally: Tally;
  readonly cleanup: Cleanup;
}

/** Starts the cluster, a marketplace, the merchants' receiver and two gateways. */
export async function setUp(options: FailoverOptions, place: Place): Promise<Stage> {
  const { programs, folder, tally, cleanup } = place;
  const [receiverPort = 0, marketplacePort = 0, a = 0, b = 0] = await freePorts(4);
  const receiver = new Receiver(tally);
  await receiver.start(receiverPort);
  cleanup.add('receiver', () => receiver.stop());
  const kind = options.cluster === 'patroni' ? PatroniCluster : PlainCluster;
  const cluster = await kind.start(programs, folder, cleanup);
  await createDatabase(cluster.primary.server);
  const secretKey = randomBytes(32).toString('hex');
  const merchants = await openMerchants({ postgres: cluster.primary.server, secretKey }, receiver, receiverPort);
  const marketplaceFile = join(folder, 'marketplace.db');
  const marketplaceUrl = `http://127.0.0.1:${marketplacePort}`;
  const marketplaceArgs = ['marketplace', '--port', String(marketplacePort), '--file', marketplaceFile];
  const marketplace = new Supervised('marketplace', marketplaceArgs, {}, folder);
  const ways = await waysTo(cluster, options, place);
  const gateway = (name: string, port: number, way: Settings) =>
    gatewayAt(name, port, { ...way, MARKETPLACE_URL: marketplaceUrl, SECRET_KEY: secretKey }, folder);
  const gateways = [gateway('gateway-a', a, ways[0]), gateway('gateway-b', b, ways[1])];
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

type Settings = Readonly<Record<string, string>>;

/** The settings with which each of the two gateways reaches the database, through a pooler if there is one. */
async function waysTo(cluster: Cluster, { pooler }: FailoverOptions, place: Place): Promise<[Settings, Settings]> {
  const ports = [cluster.portsOf(0), cluster.portsOf(1)] as const;
  if (pooler === 'none') return [reaching(ports[0]), reaching(ports[1])];
  if (pooler === 'transaction') await cluster.primary.server.run(...roleSettings(ROLE));
  const pooled = await startPgBouncers([...new Set(ports.flat())], { ...place, mode: pooler, role: ROLE });
  const through = (own: readonly number[]) => reaching(own.map((port) => pooled.get(port) ?? port));
  const prepare: Settings = pooler === 'transaction' ? { DATABASE_PREPARE: 'off' } : {};
  return [
    { ...through(ports[0]), ...prepare },
    { ...through(ports[1]), ...prepare },
  ];
}

function reaching(ports: readonly number[]): Settings {
  const hosts = ports.map((port) => `127.0.0.1:${port}`).join();
  return { DATABASE_URL: `postgres://${ROLE}@${hosts}/${DATABASE}?target_session_attrs=read-write` };
}

function gatewayAt(name: string, port: number, settings: Settings, folder: string): Supervised {
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
