import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { Pool } from 'undici';
import type { Database } from '../src/db/connect.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { secrets, startGateway } from './gateway.ts';
import { cancelOnce, gatewayTarget, type Target } from './load.ts';
import { machineFacts } from './machine.ts';
import { quantile } from './numbers.ts';
import { makePlace, withDatabase } from './places.ts';
import { seed, settleDown } from './seed.ts';
import { makeStock, type Stock, type StockItem } from './stock.ts';

const ITEMS_PER_TRADE = 4;
const ITEMS_PER_MERCHANT = 100;
/** Of each kind, cancels and reads, with nothing due and beside the timer. */
const REQUESTS = 600;
/** Between one cancel and the next, and between one read and the next, on average. */
const EVERY_MS = 50;
const DRAIN_MAX_MS = 1_800_000;

const usage = `DATABASE_URL=postgres://… npm run bench -- auto-cancel [--items <n>]

  --items <n>   how many items the timer finds due at once (100000)
`;

/**
 * How fast items are cancelled whose auto-cancel time has come for all of them at once, and what requests feel of it.
 * @returns the exit code: 1 when an item was not cancelled, or a request failed
 */
export async function benchAutoCancel(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const items = readItems(args);
  if (items === null || databaseUrl === '') {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('auto_cancel', databaseUrl, cleanup);
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const timed = await stockOf(marketplaceUrl, items);
  const asked = await stockOf(marketplaceUrl, REQUESTS * 2);
  return withDatabase(place, async (database) => {
    for (const stock of [timed, asked]) await seed(database, stock, secrets);
    await settleDown(database);
    print(await headLines(database));
    const gateway = await startGateway(place, marketplaceUrl, [], cleanup);
    const target = gatewayTarget(gateway.baseUrl, gateway.child.pid);
    const before = await measureRequests(target, asked.items.slice(0, REQUESTS));
    await makeDue(database, timed);
    const drain = measureDrain(database, items);
    const beside = await measureRequests(target, asked.items.slice(REQUESTS));
    const isBeside = (await dueItems(database)) > 0;
    const { perSecond, isRight } = await drain;
    print([
      `${items} items due at once were cancelled at ${Math.round(perSecond)}/s, load average ${loadavg()[0]?.toFixed(1)}`,
      `  cancels  p99 ${ms(before.cancels)} with nothing due, ${ms(beside.cancels)} beside the timer`,
      `  reads    p99 ${ms(before.reads)} with nothing due, ${ms(beside.reads)} beside the timer`,
      ...(isBeside ? [] : ['FAIL  the timer was done before the requests were: take more items']),
      ...[...before.failures, ...beside.failures].map((why) => `FAIL  ${why}`),
      ...(isRight ? [] : ['FAIL  not every item has just one request of the timer, accepted']),
    ]);
    await gateway.child.stop();
    return isRight && isBeside && before.failures.length + beside.failures.length === 0 ? 0 : 1;
  });
}

function readItems(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { items: { type: 'string', default: '100000' } } });
    const items = Number(values.items);
    return Number.isInteger(items) && items > 0 ? items : null;
  } catch {
    return null;
  }
}

/** Confirmed only minutes later, so that it is the timer that is measured, and not settlement. */
function stockOf(marketplaceUrl: string, items: number): Promise<Stock> {
  return makeStock(marketplaceUrl, {
    items,
    merchants: Math.max(1, Math.floor(items / ITEMS_PER_MERCHANT)),
    itemsPerTrade: ITEMS_PER_TRADE,
    behaviour: 'cancel-confirmed-later',
    callbackUrl: null,
  });
}

async function headLines(database: Database): Promise<string[]> {
  const machine = await machineFacts(database);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    `${machine.database.split(' on ')[0]}, synchronous_commit ${machine.synchronousCommit}, fsync ${machine.fsync}`,
  ];
}

/** As after a night in which no worker ran: everything that these merchants bought should have been cancelled. */
async function makeDue({ db }: Database, { merchants }: Stock): Promise<void> {
  const ids = merchants.map((merchant) => merchant.id);
  await sql`update trade set auto_cancel_at = created_at + interval '10 hours'
    where merchant_id = any(${ids}::uuid[])`.execute(db);
  await sql`update item set auto_cancel_due_at = created_at + interval '10 hours'
    where merchant_id = any(${ids}::uuid[])`.execute(db);
}

async function dueItems({ db }: Database): Promise<number> {
  const { rows } = await sql<{ due: number }>`
    select count(*)::int as due from item where auto_cancel_due_at is not null`.execute(db);
  return rows[0]?.due ?? 0;
}

/** Counted from the first request to the last. */
async function measureDrain(database: Database, items: number): Promise<{ perSecond: number; isRight: boolean }> {
  const end = performance.now() + DRAIN_MAX_MS;
  while ((await dueItems(database)) > 0 && performance.now() < end) await pause(500);
  const { rows } = await sql<{ cancellations: number; of_items: number; seconds: number }>`
    select count(*) filter (where state = 'accepted')::int as cancellations, count(distinct item_id)::int as of_items,
      extract(epoch from max(answered_at) - min(requested_at))::float as seconds
    from cancellation where actor = 'timer'`.execute(database.db);
  const { cancellations = 0, of_items = 0, seconds = 0 } = rows[0] ?? {};
  return { perSecond: cancellations / seconds, isRight: cancellations === items && of_items === items };
}

interface Felt {
  readonly cancels: readonly number[];
  readonly reads: readonly number[];
  readonly failures: readonly string[];
}

/** At a modest rate and at odd times; each is sent at its time, whether those before are answered or not. */
async function measureRequests(target: Target, items: readonly StockItem[]): Promise<Felt> {
  const pool = new Pool(target.baseUrl, { connections: 32, pipelining: 1 });
  const felt = { cancels: [] as number[], reads: [] as number[], failures: [] as string[] };
  const timed = async (times: number[], work: Promise<string | null>) => {
    const started = performance.now();
    const failure = await work;
    times.push(performance.now() - started);
    if (failure !== null) felt.failures.push(failure);
  };
  const underWay: Promise<void>[] = [];
  for (const item of items) {
    underWay.push(timed(felt.cancels, cancelOnce(pool, target, item)));
    await pause(EVERY_MS * Math.random());
    underWay.push(timed(felt.reads, readOnce(pool, item)));
    await pause(EVERY_MS * Math.random());
  }
  await Promise.all(underWay);
  await pool.close();
  return felt;
}

async function readOnce(pool: Pool, { merchant, tradeId }: StockItem): Promise<string | null> {
  try {
    const headers = { 'api-key': merchant.apiKey };
    const { statusCode, body } = await pool.request({ method: 'GET', path: `/secure/trades/${tradeId}`, headers });
    const text = await body.text();
    return statusCode === 200 ? null : `status ${statusCode}: ${text.slice(0, 300)}`;
  } catch (error) {
    return String(error);
  }
}

function ms(times: readonly number[]): string {
  return `${quantile(times, 0.99).toFixed(1)} ms`;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
