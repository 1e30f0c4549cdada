import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePorts } from '../../sandbox/demo/free-ports.ts';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { openMigrated } from '../../src/db/open-migrated.ts';
import { createKey, createMerchant, setRouteLimit } from '../../src/merchants/operations.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import type { Random } from '../simulation/random.ts';
import type { Identity } from './merchant.ts';
import { PostgresServer } from './postgres-server.ts';
import { type Cutting, CuttingProxy } from './proxy.ts';
import type { Receiver } from './receiver.ts';
import { Supervised } from './supervised.ts';

export const DATABASE = 'skinrail_chaos';
const LIMITED = [
  'item-cancel',
  'trade-cancel',
  'buy',
  'trades',
  'client-withdraw',
  'client-item-cancel',
  'client-trade-cancel',
  'callback-url',
  'callback-replay',
];
/** Not a superuser: PostgreSQL spares those no connection limit. */
export const ROLE = 'skinrail_gateway';
export const OPENING_MILLS = 100_000_000_000n;
const FEES_BPS = [0, 150, 275, 400];
const POOL_MAX = 8;
const CUTTING_MARKETPLACES: Cutting = {
  share: 0.4,
  // A purchase and its answer have about a thousand bytes, so that some are lost.
  bytesMax: 6000,
  // The adapter of LIS-SKINS waits for half a minute. By then time has moved by days, so that the edge gives up as soon as
  // callers of the others do.
  silenceMaxMs: 4500,
};
/** A gateway stops within thirty seconds at most; the marketplace's answers come at once. */
const LIMIT_PER_MINUTE = 1_000_000;

/** The processes and the wires between them, each of which can be broken. */
export interface Stage {
  readonly postgres: PostgresServer;
  readonly marketplace: Supervised;
  readonly marketplaceFile: string;
  /** Straight to the marketplace, past all wires. */
  readonly marketplaceUrl: string;
  readonly gateways: readonly Supervised[];
  readonly proxies: {
    readonly database: CuttingProxy;
    readonly marketplace: CuttingProxy;
    readonly merchants: readonly CuttingProxy[];
  };
  /** Where merchants reach the gateways, through wires that are cut. */
  readonly nodes: readonly string[];
  readonly secretKey: string;
}

/** Starts PostgreSQL and makes everything else, not started yet. */
export async function setUp(programs: string, folder: string, random: Random): Promise<Stage> {
  const [
    postgresPort = 0,
    marketplacePort = 0,
    databaseWire = 0,
    marketplaceWire = 0,
    a = 0,
    b = 0,
    w = 0,
    wireA = 0,
    wireB = 0,
  ] = await freePorts(9);
  const postgres = PostgresServer.create(programs, folder, postgresPort);
  await postgres.start();
  await createDatabase(postgres);
  const secretKey = randomBytes(32).toString('hex');
  const marketplaceFile = join(folder, 'marketplace.db');
  const marketplaceArgs = ['marketplace', '--port', String(marketplacePort), '--file', marketplaceFile];
  const gateway = (name: string, port: number, role: string) => {
    const dataDir = join(folder, name);
    mkdirSync(dataDir);
    return new Supervised(
      name,
      ['serve', '--role', role],
      {
        PORT: String(port),
        DATA_DIR: dataDir,
        DATABASE_URL: `postgres://${ROLE}@127.0.0.1:${databaseWire}/${DATABASE}`,
        DATABASE_POOL_MAX: String(POOL_MAX),
        MARKETPLACE_URL: `http://127.0.0.1:${marketplaceWire}`,
        SANDBOX_MARKETPLACES: 'all',
        SECRET_KEY: secretKey,
        LOG_LEVEL: 'warn',
      },
      folder,
    );
  };
  const http = { share: 0.15, bytesMax: 20_000 };
  return {
    postgres,
    marketplace: new Supervised('marketplace', marketplaceArgs, {}, folder),
    marketplaceFile,
    marketplaceUrl: `http://127.0.0.1:${marketplacePort}`,
    gateways: [gateway('gateway-a', a, 'all'), gateway('gateway-b', b, 'all'), gateway('worker', w, 'worker')],
    proxies: {
      database: await CuttingProxy.start(databaseWire, postgresPort, { share: 0.2, bytesMax: 200_000 }, random),
      marketplace: await CuttingProxy.start(marketplaceWire, marketplacePort, CUTTING_MARKETPLACES, random),
      merchants: [await CuttingProxy.start(wireA, a, http, random), await CuttingProxy.start(wireB, b, http, random)],
    },
    nodes: [wireA, wireB].map((port) => `http://127.0.0.1:${port}`),
    secretKey,
  };
}

/** An empty database and the gateways' role, which owns it. */
export async function createDatabase(postgres: Pick<PostgresServer, 'url'>): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query(`create role ${ROLE} login`);
  await client.query(`create database ${DATABASE} owner ${ROLE}`);
  await client.end();
}

/** Brings the schema in, as the gateways' role, and opens merchants with a wallet each. */
export async function openMerchants(
  stage: { readonly postgres: Pick<PostgresServer, 'port'>; readonly secretKey: string },
  receiver: Receiver,
  receiverPort: number,
): Promise<Identity[]> {
  const databaseUrl = `postgres://${ROLE}@127.0.0.1:${stage.postgres.port}/${DATABASE}`;
  const { database } = await openMigrated(loadConfig({ DATABASE_URL: databaseUrl }), { poolMax: 2 });
  const deps = { db: database.db, clock: systemClock, secrets: new SecretBox(stage.secretKey) };
  const identities: Identity[] = [];
  for (const feeBps of FEES_BPS) {
    const wanted = { name: `Shop with ${feeBps}`, verified: true, feeBps };
    const { merchant, apiSecret } = await createMerchant(deps, wanted);
    await deps.db
      .updateTable('merchant')
      .set({ callback_url: `http://127.0.0.1:${receiverPort}/${merchant.id}` })
      .where('id', '=', merchant.id)
      .execute();
    for (const route of LIMITED) await setRouteLimit(deps, merchant.id, route, LIMIT_PER_MINUTE);
    const { apiKey } = await createKey(deps, merchant.id);
    await moveFunding(deps, {
      merchantId: merchant.id,
      direction: 'credit',
      amountMills: toMills(OPENING_MILLS),
      actor: 'operator',
    });
    receiver.know(merchant.id, apiSecret);
    identities.push({ id: merchant.id, apiKey, apiSecret, feeBps });
  }
  await database.close();
  return identities;
}
