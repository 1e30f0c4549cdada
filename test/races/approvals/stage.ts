import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { Cleanup } from '../../../bench/cleanup.ts';
import { GatewayProcess } from '../../../sandbox/demo/gateway-process.ts';
import { startMarketplace } from '../../../sandbox/marketplace/server.ts';
import { shop } from '../../../sandbox/shop.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { toMills } from '../../../src/core/money.ts';
import { SecretBox } from '../../../src/core/secrets.ts';
import { type Db, openDatabase } from '../../../src/db/connect.ts';
import { createKey, createMerchant, setRouteLimit } from '../../../src/merchants/operations.ts';
import { moveFunding } from '../../../src/wallets/operations.ts';
import { call } from '../../chaos/call.ts';
import { until } from '../../chaos/wait.ts';
import { createTestDatabase } from '../../support/database.ts';
import type { Buyer } from './orders.ts';
import { GateReceiver } from './receiver.ts';

const SECRET_KEY = 'ab'.repeat(32);
const MERCHANTS = 3;
const FUNDS = toMills(100_000_000n);
/** As the demo merchant's, for which the sandbox shows its prices. */
const FEE_BPS = 150;
/** A machine that is busy with other things is no merchant that keeps silent. */
const APPROVAL_TIMEOUT_MS = 8000;
const SETTLED_WITHIN_MS = 2000;
const ROUNDS_MAX = 15;

/** Gateway processes on one PostgreSQL, a marketplace with a file, and merchants with an endpoint. */
export interface Stage {
  readonly databaseUrl: string;
  readonly db: Db;
  readonly marketplaceFile: string;
  readonly nodes: readonly GatewayProcess[];
  readonly receiver: GateReceiver;
  readonly buyers: readonly Buyer[];
  /** Ends the nodes and the marketplace, in order; their books stay. */
  readonly end: () => Promise<void>;
}

export async function openStage(nodeCount: number, cleanup: Cleanup): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-approvals-'));
  cleanup.add('the folder', async () => rmSync(folder, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanup.add('the database', () => database.drop());
  const receiver = new GateReceiver();
  cleanup.add('the receiver', () => receiver.stop());
  await receiver.start();
  const marketplaceFile = join(folder, 'marketplace.db');
  const marketplace = await startMarketplace({ port: 0, file: marketplaceFile, plugins: [shop] });
  const processes = new Cleanup();
  cleanup.add('the processes', () => processes.run());
  processes.add('the marketplace', () => marketplace.close());
  const nodes = await startNodes(nodeCount, folder, settingsOf(database.url, marketplace.url, folder), processes);
  const opened = await openDatabase({ url: database.url, poolMax: 2 });
  cleanup.add('the connections', () => opened.close());
  const { db } = opened;
  const buyers = await Promise.all(Array.from({ length: MERCHANTS }, () => openMerchant(db, receiver)));
  const end = () => processes.run();
  return { databaseUrl: database.url, db, marketplaceFile, nodes, receiver, buyers, end };
}

function settingsOf(databaseUrl: string, marketplaceUrl: string, folder: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    MARKETPLACE_URL: marketplaceUrl,
    SECRET_KEY,
    TICK_MS: '50',
    APPROVAL_TIMEOUT_MS: String(APPROVAL_TIMEOUT_MS),
    // Starts are what these tests spend most of their time on.
    NODE_COMPILE_CACHE: join(folder, 'compiled'),
  };
}

async function startNodes(
  count: number,
  folder: string,
  settings: Record<string, string>,
  cleanup: Cleanup,
): Promise<GatewayProcess[]> {
  const nodes: GatewayProcess[] = [];
  // One after the other: each makes sure that there is a demo merchant.
  for (let i = 0; i < count; i++) {
    const node = await GatewayProcess.start(mkdtempSync(join(folder, 'node-')), settings);
    cleanup.add('a gateway', () => node.stop());
    nodes.push(node);
  }
  return nodes;
}

async function openMerchant(db: Db, receiver: GateReceiver): Promise<Buyer> {
  const deps = { db, clock: systemClock, secrets: new SecretBox(SECRET_KEY) };
  const { merchant, apiSecret } = await createMerchant(deps, { name: 'Shop', verified: true, feeBps: FEE_BPS });
  const { id } = merchant;
  await db
    .updateTable('merchant')
    .set({ callback_url: receiver.urlOf(id) })
    .where('id', '=', id)
    .execute();
  receiver.know(id, apiSecret);
  await setRouteLimit(deps, id, 'buy', 100_000);
  await moveFunding(deps, { merchantId: id, direction: 'credit', amountMills: FUNDS, actor: 'test' });
  const { apiKey } = await createKey(deps, id);
  return { id, apiKey };
}

export interface TestListing {
  readonly id: string;
  readonly game: string;
  readonly behaviour: string;
  readonly price: number;
}

/** Listings that are sold, and then nothing more is heard of them. */
export async function listingsThatNeverShip({ nodes }: Stage): Promise<TestListing[]> {
  const answer = await call('GET', `${nodes[0]?.baseUrl}/sandbox/listings`);
  const testListings = answer.kind === 'answer' ? (answer.data as TestListing[]) : []; // as documented
  return testListings.filter((testListing) => testListing.behaviour === 'never-ships' && testListing.game === '730');
}

/** Until nothing is under way any more; time moves on past leases whose owners are dead, and what they left unknown. */
export async function drain(stage: Stage): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (await until(async () => (await openRows(stage)).length === 0, SETTLED_WITHIN_MS)) return;
    await call('POST', `${stage.nodes[0]?.baseUrl}/sandbox/clock`, { body: { advance: '1m' } });
  }
  throw new Error(`open in the end: ${(await openRows(stage)).join(', ')}`);
}

async function openRows({ db }: Stage): Promise<string[]> {
  const { rows } = await sql<{ row: string }>`
    select 'question of ' || trade_id as row from approval where state = 'asking'
    union all select state || ' purchase of ' || trade_id from purchase where state not in ('done', 'refused')
    union all select state || ' callback of ' || trade_id from callback where state <> 'delivered'`.execute(db);
  return rows.map(({ row }) => row);
}
