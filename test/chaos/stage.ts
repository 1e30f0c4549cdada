import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { loadConfig } from '../../src/config/config.ts';
import { systemClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { openMigrated } from '../../src/db/open-migrated.ts';
import { createKey, createMerchant, setRouteLimit } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { supplierKinds } from '../../src/suppliers/kinds.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import type { Random } from '../simulation/random.ts';
import { accounts, CS2DT_SECRET } from './markets.ts';
import type { Identity } from './merchant.ts';
import { PostgresServer } from './postgres-server.ts';
import { CuttingProxy } from './proxy.ts';
import type { Receiver } from './receiver.ts';
import { Supervised } from './supervised.ts';
import { freePorts, until } from './wait.ts';

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
/** A purchase and its answer have about a thousand bytes: each account loses some of them. */
const ACCOUNT_BYTES_MAX = 4000;
const REGISTERED_WITHIN_MS = 60_000;
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
    /** To the sandbox's own fronts, and to the front of each account by its id. */
    readonly marketplace: CuttingProxy;
    readonly accounts: ReadonlyMap<string, CuttingProxy>;
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
    ...accountWires
  ] = await freePorts(9 + accounts.length);
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
      marketplace: await CuttingProxy.start(marketplaceWire, marketplacePort, { share: 0.3, bytesMax: 20_000 }, random),
      accounts: await wiresOfAccounts(accountWires, marketplacePort, random),
      merchants: [await CuttingProxy.start(wireA, a, http, random), await CuttingProxy.start(wireB, b, http, random)],
    },
    nodes: [wireA, wireB].map((port) => `http://127.0.0.1:${port}`),
    secretKey,
  };
}

async function wiresOfAccounts(
  ports: readonly number[],
  marketplacePort: number,
  random: Random,
): Promise<ReadonlyMap<string, CuttingProxy>> {
  const wires = accounts.map(async ({ market, silenceMaxMs = 0 }, index) => {
    const cutting = { share: 0.4, bytesMax: ACCOUNT_BYTES_MAX, silenceMaxMs };
    return [market.id, await CuttingProxy.start(ports[index] ?? 0, marketplacePort, cutting, random)] as const;
  });
  return new Map(await Promise.all(wires));
}

async function createDatabase(postgres: PostgresServer): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  await client.query(`create role ${ROLE} login`);
  await client.query(`create database ${DATABASE} owner ${ROLE}`);
  await client.end();
}

/** Tells CS2DT where to send its callbacks, as its console does. Its process must have been started. */
export async function registerCallbacks({ marketplaceUrl, nodes }: Stage): Promise<void> {
  const body = { hintUrl: `${nodes[0]}/suppliers/cs2dt-1/hint`, hintSecret: CS2DT_SECRET };
  const isSet = await until(async () => {
    const headers = { 'content-type': 'application/json' };
    const put = fetch(`${marketplaceUrl}/control/cs2dt/callbacks`, {
      method: 'PUT',
      headers,
      body: JSON.stringify(body),
    });
    return put.then(({ ok }) => ok).catch(() => false);
  }, REGISTERED_WITHIN_MS);
  if (!isSet) throw new Error('the marketplace does not take the URL of callbacks');
}

/** Brings the schema in, as the gateways' role, and opens the operator's accounts and merchants with a wallet each. */
export async function openMerchants(stage: Stage, receiver: Receiver, receiverPort: number): Promise<Identity[]> {
  const databaseUrl = `postgres://${ROLE}@127.0.0.1:${stage.postgres.port}/${DATABASE}`;
  const { database } = await openMigrated(loadConfig({ DATABASE_URL: databaseUrl }), { poolMax: 2 });
  const deps = { db: database.db, clock: systemClock, secrets: new SecretBox(stage.secretKey) };
  for (const { market, kind, given } of accounts) {
    const url = `http://127.0.0.1:${stage.proxies.accounts.get(market.id)?.port}`;
    await addAccount({ ...deps, supplierKinds }, { kind: kind.name, id: market.id, given: given(url) });
  }
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
