import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { Pool } from 'undici';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/db/connect.ts';
import { makeLink } from '../src/people/links.ts';
import { addPerson } from '../src/people/people.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { seedMonth } from './console-seed.ts';
import { secrets, startGateway } from './gateway.ts';
import { gatewayTarget, type Round, runRound, type Target } from './load.ts';
import { machineFacts, untilCalm } from './machine.ts';
import { quantile } from './numbers.ts';
import { makePlace, withDatabase } from './places.ts';
import { seed, settleDown } from './seed.ts';
import { makeStock, type StockItem, shuffled } from './stock.ts';

const LIST_P95_MAX_MS = 200;
const CHART_P95_MAX_MS = 500;
const CANCEL_RATIO_MAX = 1.2;
const RUNS = 40;
const SAMPLES = 500;
/** Cancels are made at half of the rate that one gateway reaches on these machines, alone and beside a person in turns. */
const ROUNDS = 5;
const ROUND_SECONDS = 12;
const CANCELS_IN_FLIGHT = 4;
/** How long a person looks at an answer before the next click. */
const LOOK_MS = 300;

const usage = `DATABASE_URL=postgres://… npm run bench -- console [--trades <n>]

  --trades <n>   trades of the month that is looked at (1000000)
`;

/**
 * How long the lists, searches and charts of the operator API take over a month of many trades, and what a person who
 * browses costs those who cancel.
 * @returns the exit code: 1 when a bar is missed
 */
export async function benchConsole(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const trades = readTrades(args);
  if (trades === null || databaseUrl === '') {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('console', databaseUrl, cleanup);
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const plan = { items: ROUNDS * 2 * 2500, merchants: 50, itemsPerTrade: 4, behaviour: 'cancel-confirmed-later' };
  const stock = await makeStock(marketplaceUrl, { ...plan, callbackUrl: null });
  const seen = await withDatabase(place, async (database) => {
    await seedMonth(database, trades);
    await seed(database, stock, secrets);
    await settleDown(database);
    print([`${trades} trades`, ...Object.values(await machineFacts(database)).map(String)]);
    return samplesOf(database, trades);
  });
  const { child, baseUrl } = await startGateway(place, marketplaceUrl, [], cleanup);
  const cookie = await withDatabase(place, (database) => signIn(database, baseUrl));
  const browser = new Browser(baseUrl, cookie);
  await untilCalm(child.pid);
  const isFast = await measureRoutes(browser, seen);
  const isGentle = await measureCancels(gatewayTarget(baseUrl, child.pid), shuffled(stock.items), browser, seen);
  await browser.close();
  await child.stop();
  return isFast && isGentle ? 0 : 1;
}

function readTrades(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { trades: { type: 'string', default: '1000000' } } });
    const trades = Number(values.trades);
    return Number.isInteger(trades) && trades >= 1000 ? trades : null;
  } catch {
    return null;
  }
}

/** Ids and texts that are really there, to be looked for. */
interface Samples {
  readonly merchants: readonly string[];
  readonly trades: readonly { id: string; merchantId: string; itemId: string; steamId: string; externalId: string }[];
}

async function samplesOf({ db }: Database, trades: number): Promise<Samples> {
  const percent = Math.min(100, (SAMPLES / trades) * 100);
  const { rows } = await sql<Samples['trades'][number]>`
    select trade.id, trade.merchant_id as "merchantId", item.id as "itemId", steam_id as "steamId",
      trade.external_id as "externalId"
    from trade tablesample bernoulli (${sql.lit(percent)}) join item on item.merchant_id = trade.merchant_id and item.trade_id = trade.id
    where length(trade.external_id) < 20`.execute(db);
  return { merchants: [...new Set(rows.map(({ merchantId }) => merchantId))], trades: rows };
}

async function signIn({ db }: Database, baseUrl: string): Promise<string> {
  const deps = { db, clock: systemClock };
  const owner = await addPerson(deps, { merchantId: null, email: 'owner@example.com', name: 'Owner', role: 'owner' });
  const { token } = await makeLink(deps, owner, { purpose: 'sign-in', actor: 'bench' });
  const answer = await fetch(`${baseUrl}/operator/v1/links/use`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(baseUrl).origin },
    body: JSON.stringify({ token }),
  });
  const [cookie] = answer.headers.getSetCookie();
  if (!cookie) throw new Error(`could not sign in: ${await answer.text()}`);
  return cookie.split(';', 1)[0] ?? '';
}

/** A person's browser: one request at a time. */
class Browser {
  readonly #pool: Pool;
  readonly #cookie: string;

  constructor(baseUrl: string, cookie: string) {
    this.#pool = new Pool(baseUrl, { connections: 1, pipelining: 1 });
    this.#cookie = cookie;
  }

  /** @returns how long the answer took, in milliseconds */
  async get(path: string): Promise<number> {
    const asked = performance.now();
    const { statusCode, body } = await this.#pool.request({ method: 'GET', path, headers: { cookie: this.#cookie } });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`${path}: status ${statusCode}: ${text.slice(0, 300)}`);
    return performance.now() - asked;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

interface Route {
  readonly what: string;
  readonly maxMs: number;
  readonly path: (run: number) => string;
}

/** What a person looks at; each run asks for something else. */
function routesOf({ merchants, trades }: Samples): Route[] {
  const of = <T>(all: readonly T[], run: number) => {
    const one = all[run % all.length];
    if (one === undefined) throw new Error('the month is empty');
    return one;
  };
  const list = (what: string, path: Route['path']): Route => ({ what, maxMs: LIST_P95_MAX_MS, path });
  const chart = (what: string, path: Route['path']): Route => ({ what, maxMs: CHART_P95_MAX_MS, path });
  const search = (text: string, more = '') => `/operator/v1/trades?q=${encodeURIComponent(text)}${more}`;
  const merchant = (run: number) => of(merchants, run);
  const trade = (run: number) => of(trades, run);
  return [
    list('newest trades', () => '/operator/v1/trades'),
    list('a page far back', (run) => `/operator/v1/trades?cursor=${trade(run).id}`),
    list('trades of a merchant', (run) => `/operator/v1/trades?merchantId=${merchant(run)}`),
    list('trades with a status', () => '/operator/v1/trades?status=declined'),
    list('trades with a status that none has', () => '/operator/v1/trades?status=canceled'),
    list('search: trade id', (run) => search(trade(run).id)),
    list('search: item id', (run) => search(trade(run).itemId)),
    list('search: externalId', (run) => search(trade(run).externalId)),
    list('search: Steam id', (run) => search(trade(run).steamId)),
    list('search: an item’s name', (run) => search(`Pattern ${(run * 37) % 5000} (`)),
    list('search: a word of many names', () => search('field')),
    list('search: a word of many names, of a merchant', (run) => search('field', `&merchantId=${merchant(run)}`)),
    list('search: nothing has it', (run) => search(`nothing ${run}`)),
    list('a trade', (run) => `/operator/v1/trades/${trade(run).id}`),
    list('callbacks', () => '/operator/v1/callbacks'),
    list('callbacks that failed', () => '/operator/v1/callbacks?state=failed'),
    list('callbacks of a merchant', (run) => `/operator/v1/callbacks?merchantId=${merchant(run)}`),
    list(
      'callbacks of a trade',
      (run) => `/operator/v1/callbacks?tradeId=${trade(run).id}&merchantId=${trade(run).merchantId}`,
    ),
    list('unknown outcomes', () => '/operator/v1/unknown'),
    list('merchants', () => '/operator/v1/merchants'),
    list('a merchant', (run) => `/operator/v1/merchants/${merchant(run)}`),
    list('search: a merchant', (run) => `/operator/v1/merchants?q=merchant%20${run}`),
    list('movements of a merchant', (run) => `/operator/v1/merchants/${merchant(run)}/entries`),
    list('refunds of a merchant', (run) => `/operator/v1/merchants/${merchant(run)}/entries?type=refund`),
    list('marketplaces', () => '/operator/v1/marketplaces'),
    list('freezes', () => '/operator/v1/freezes'),
    list('verify', () => '/operator/v1/verify'),
    list('audit', () => '/operator/v1/audit'),
    list('overview', () => '/operator/v1/overview'),
    list('overview of a merchant', (run) => `/operator/v1/overview?merchantId=${merchant(run)}`),
    chart('activity, 24 hours', () => '/operator/v1/activity?hours=24'),
    chart('activity, 72 hours', () => '/operator/v1/activity?hours=72'),
    chart('activity of a merchant, 72 hours', (run) => `/operator/v1/activity?hours=72&merchantId=${merchant(run)}`),
    chart('outcomes by marketplace, 24 hours', () => '/operator/v1/marketplace-outcomes?hours=24'),
    chart('outcomes by marketplace, 72 hours', () => '/operator/v1/marketplace-outcomes?hours=72'),
  ];
}

async function measureRoutes(browser: Browser, samples: Samples): Promise<boolean> {
  let isFast = true;
  for (const { what, maxMs, path } of routesOf(samples)) {
    await browser.get(path(RUNS));
    const took: number[] = [];
    for (let run = 0; run < RUNS; run++) took.push(await browser.get(path(run)));
    const p95 = quantile(took, 0.95);
    isFast = isFast && p95 < maxMs;
    const verdict = p95 < maxMs ? 'PASS' : 'MISS';
    print([`${verdict}  p50 ${ms(quantile(took, 0.5))}  p95 ${ms(p95)}  (< ${maxMs})  ${what}`]);
  }
  return isFast;
}

/** Cancels alone, and beside a person, in turns, so that a noisy machine is noisy for both. */
async function measureCancels(
  target: Target,
  items: readonly StockItem[],
  browser: Browser,
  samples: Samples,
): Promise<boolean> {
  const share = Math.floor(items.length / (ROUNDS * 2));
  const took = { alone: [] as number[], beside: [] as number[] };
  for (let round = 0; round < ROUNDS * 2; round++) {
    const mine = items.slice(round * share, (round + 1) * share);
    const isBeside = round % 2 === 1;
    const { latencies } = isBeside ? await besideAPerson(target, mine, browser, samples) : await cancels(target, mine);
    took[isBeside ? 'beside' : 'alone'].push(...latencies);
  }
  const [alone, beside] = [quantile(took.alone, 0.99), quantile(took.beside, 0.99)];
  const ratio = beside / alone;
  const isGentle = ratio <= CANCEL_RATIO_MAX;
  print([
    `cancels: ${took.alone.length} alone, p50 ${ms(quantile(took.alone, 0.5))} p99 ${ms(alone)}`,
    `         ${took.beside.length} beside a person, p50 ${ms(quantile(took.beside, 0.5))} p99 ${ms(beside)}`,
    `${isGentle ? 'PASS' : 'MISS'}  p99 beside a person is ${ratio.toFixed(2)} × (≤ ${CANCEL_RATIO_MAX}), load average ${loadavg()[0]?.toFixed(1)}`,
  ]);
  return isGentle;
}

function cancels(target: Target, items: readonly StockItem[]): Promise<Round> {
  const onFailure = (why: string) => process.stderr.write(`${why}\n`);
  return runRound(target, { inFlight: CANCELS_IN_FLIGHT, seconds: ROUND_SECONDS, items, onFailure });
}

async function besideAPerson(
  target: Target,
  items: readonly StockItem[],
  browser: Browser,
  samples: Samples,
): Promise<Round> {
  const routes = routesOf(samples);
  let isOver = false;
  const person = (async () => {
    for (let click = 0; !isOver; click++) {
      await browser.get(routes[click % routes.length]?.path(click) ?? '/operator/v1/trades');
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  const round = await cancels(target, items);
  isOver = true;
  await person;
  return round;
}

function ms(value: number): string {
  return `${value.toFixed(1).padStart(6)} ms`;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
