import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'undici';
import { Child } from '../../bench/child.ts';
import type { Cleanup } from '../../bench/cleanup.ts';
import { makePlace } from '../../bench/places.ts';
import { MovableClock } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import type { Db } from '../../src/db/connect.ts';
import { createKey, createMerchant, setRouteLimit } from '../../src/merchants/operations.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { until } from './eventually.ts';
import type { Options } from './options.ts';
import { Receiver } from './receiver.ts';

const SECRET_KEY = randomBytes(32).toString('hex');
const MERCHANTS = 4;
const FUNDS = toMills(100_000_000_000n);
/** As the demo merchant's, for which the sandbox shows its prices. */
const FEE_BPS = 150;
const NO_LIMIT = 100_000_000;
const UNLIMITED = [
  'item-cancel',
  'trade-cancel',
  'buy',
  'trades',
  'client-withdraw',
  'client-item-cancel',
  'client-trade-cancel',
];
/** Answers to cancels take this long, so that the other nine requests come while one is under way. */
const CANCEL_ANSWER_MS = 10;
/** A machine that is busy with other things is no fault of the gateway. */
const CONNECT_MAX_MS = 120_000;
/** Often enough that the nodes' own sweeps strike in the midst of a round. */
/** Ten requests at a time go to an item; other tests run beside the races on the server's 100 connections. */
const POOL_MAX = 10;
const TICK_MS = 100;

export interface Merchant {
  readonly id: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** All that the rounds need: gateway processes on one database, a marketplace process, merchants, a receiver. */
export interface World {
  readonly db: Db;
  readonly nodes: readonly Pool[];
  readonly marketplace: Pool;
  readonly merchants: readonly Merchant[];
  readonly receiver: Receiver;
  readonly secretKey: string;
  /** As far ahead as the gateways' clocks. */
  readonly clock: MovableClock;
}

export async function openWorld(options: Options, cleanup: Cleanup): Promise<World> {
  const place = await makePlace('races', options.databaseUrl, cleanup);
  const database = await place.open();
  cleanup.add('the connections', () => database.close());
  const receiver = new Receiver();
  cleanup.add('the receiver', () => receiver.stop());
  await receiver.start();
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const nodes: Pool[] = [];
  // One after the other: each makes sure that there is a demo merchant.
  for (let i = 0; i < options.nodes; i++) nodes.push(await startNode(place.databaseUrl, marketplaceUrl, cleanup));
  const marketplace = open(marketplaceUrl, cleanup);
  await send(marketplace, 'PUT', '/control/pace', { cancelAnswerMs: CANCEL_ANSWER_MS });
  const merchants = await Promise.all(Array.from({ length: MERCHANTS }, () => merchant(database.db, receiver.url)));
  const clock = new MovableClock();
  return { db: database.db, nodes, marketplace, merchants, receiver, secretKey: SECRET_KEY, clock };
}

async function startNode(databaseUrl: string, marketplaceUrl: string, cleanup: Cleanup): Promise<Pool> {
  const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-races-'));
  cleanup.add(`folder ${dataDir}`, async () => rmSync(dataDir, { recursive: true, force: true }));
  const env = {
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_MAX: String(POOL_MAX),
    MARKETPLACE_URL: marketplaceUrl,
    SECRET_KEY,
    TICK_MS: String(TICK_MS),
    LOG_LEVEL: 'fatal',
  };
  await Child.start({ script: '../src/main.ts', args: ['serve'], env }, cleanup);
  // Written by the gateway before its first line.
  const file = JSON.parse(readFileSync(join(dataDir, 'sandbox.json'), 'utf8')) as { baseUrl: string };
  return open(file.baseUrl, cleanup);
}

function open(url: string, cleanup: Cleanup): Pool {
  const pool = new Pool(url, { connections: 256, connect: { timeout: CONNECT_MAX_MS } });
  cleanup.add(`connections to ${url}`, () => pool.destroy());
  return pool;
}

async function merchant(db: Db, callbackUrl: string): Promise<Merchant> {
  const deps = { db, clock: new MovableClock(), secrets: new SecretBox(SECRET_KEY) };
  const { merchant, apiSecret } = await createMerchant(deps, {
    name: 'Racer',
    verified: true,
    feeBps: FEE_BPS,
    callbackUrl,
  });
  const { apiKey } = await createKey(deps, merchant.id);
  for (const route of UNLIMITED) await setRouteLimit(deps, merchant.id, route, NO_LIMIT);
  const { id: merchantId } = merchant;
  await moveFunding(deps, { merchantId, direction: 'credit', amountMills: FUNDS, actor: 'races', reference: 'races' });
  return { id: merchantId, apiKey, apiSecret };
}

export interface Reply {
  readonly status: number;
  readonly json: unknown;
}

type Method = 'GET' | 'POST' | 'PUT';

export async function send(
  pool: Pool,
  method: Method,
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const answer = await pool.request({
    method,
    path,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  // A push is answered with the text that its marketplace takes as received.
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return { status: answer.statusCode, json: isJson ? await answer.body.json() : await answer.body.text() };
}

/** Moves time on every node and at the marketplace. */
export async function advance({ nodes, clock }: World, ms: number): Promise<void> {
  const [first] = nodes;
  if (!first) throw new Error('there is a node');
  const target = (await offsetOf(await send(first, 'POST', '/sandbox/clock', { advance: `${ms}ms` }))) ?? 0;
  for (const node of nodes) {
    await until(
      'one time on all nodes',
      async () => (await offsetOf(await send(node, 'GET', '/sandbox/clock'))) === target,
    );
  }
  clock.adoptOffset(target);
}

function offsetOf({ json }: Reply): number {
  return (json as { data: { offsetMs: number } }).data.offsetMs; // as documented
}
