import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { request } from 'undici';
import type { Database } from '../src/db/connect.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { startGateway } from './gateway.ts';
import { machineFacts, residentMb } from './machine.ts';
import { quantile } from './numbers.ts';
import { makePlace, type Place, withDatabase } from './places.ts';
import { postmasterOf, processorMs, serverProcessorMs } from './processor.ts';

/** Shares of one core. */
const BARS = { postgres: 0.01, pglite: 0.02 };
const WAKE_P99_MAX_MS = 50;
/** A start works off what it begins with and reads the market, which a sandbox goes on with for half a minute. */
const START_ENDS_MS = 60_000;
/** After it a gateway is at rest again: it looks once more after the last statement, and then rests. */
const REST_MS = 2500;
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

const usage = `npm run bench -- idle [--seconds <n>] [--buys <n>]

  --seconds <n>   how long the gateway is left alone (60)
  --buys <n>      how often one that rests is woken (100)

On PostgreSQL when DATABASE_URL is set, on the embedded database otherwise.
`;

/**
 * What a gateway costs that has nothing to do, and how soon it works when it has.
 * @returns the exit code: 1 when a bar is missed
 */
export async function benchIdle(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const options = readOptions(args);
  if (options === null) {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('idle', process.env['DATABASE_URL'] ?? '', cleanup);
  print(await withDatabase(place, headLines));
  // The embedded database is that of a sandbox, which has its marketplace with it.
  const marketplaceUrl =
    place.kind === 'postgres' ? (await Child.start({ script: './marketplace.ts' }, cleanup)).line : '';
  const gateway = await startGateway(place, marketplaceUrl, [], cleanup);
  const idle = await measureIdle(place, gateway.child.pid, options.seconds);
  for (let buy = 1; buy <= options.buys; buy++) {
    await pause(REST_MS * (1 + Math.random()));
    await buyOne(place, gateway.baseUrl);
  }
  await pause(REST_MS);
  await gateway.child.stop();
  const wakes = await withDatabase(place, readWakes);
  return report(place, idle, wakes);
}

interface Options {
  readonly seconds: number;
  readonly buys: number;
}

function readOptions(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { seconds: { type: 'string', default: '60' }, buys: { type: 'string', default: '100' } },
    });
    const options = { seconds: Number(values.seconds), buys: Number(values.buys) };
    return Object.values(options).every((number) => Number.isInteger(number) && number > 0) ? options : null;
  } catch {
    return null;
  }
}

async function headLines(database: Database): Promise<string[]> {
  const machine = await machineFacts(database);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    machine.database.split(' on ')[0] ?? '',
  ];
}

interface Idle {
  /** Of one core. */
  readonly gatewayShare: number;
  /** Of the whole server, which nothing else may use; null on the embedded database, or on another machine. */
  readonly serverShare: number | null;
  readonly memoryMb: number;
}

async function measureIdle(place: Place, pid: number, seconds: number): Promise<Idle> {
  await pause(START_ENDS_MS);
  const postmaster = place.databaseUrl === '' ? null : await postmasterOf(place.databaseUrl);
  const spent = () => ({
    gateway: processorMs(pid) ?? Number.NaN,
    server: postmaster === null ? null : serverProcessorMs(postmaster),
  });
  const before = spent();
  const started = performance.now();
  await pause(seconds * 1000);
  const ms = performance.now() - started;
  const after = spent();
  return {
    gatewayShare: (after.gateway - before.gateway) / ms,
    serverShare: after.server === null || before.server === null ? null : (after.server - before.server) / ms,
    memoryMb: residentMb(pid),
  };
}

/** Buys as the sandbox's own merchant. */
async function buyOne({ dataDir }: Place, baseUrl: string): Promise<void> {
  const { apiKey } = JSON.parse(readFileSync(join(dataDir, 'sandbox.json'), 'utf8')) as { apiKey: string };
  const call = async (method: 'GET' | 'POST', path: string, body?: unknown) => {
    const headers = { 'api-key': apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await request(`${baseUrl}${path}`, { method, headers, body: body ? JSON.stringify(body) : null });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`${method} ${path} was answered with ${answer.statusCode}: ${text}`);
    return JSON.parse(text).data;
  };
  const listings = (await call('GET', '/sandbox/listings')) as {
    id: string;
    behaviour: string;
    game: string;
    price: number;
  }[];
  const listing = listings
    .filter(({ behaviour, game }) => behaviour === 'never-ships' && game === '730')
    .sort((one, other) => one.price - other.price)[0];
  if (!listing) throw new Error('the sandbox has no listing that never ships');
  const items = [{ itemId: listing.id, price: listing.price }];
  await call('POST', '/secure/buy', { items, game: listing.game, tradeUrl: TRADE_URL });
}

interface Wake {
  readonly what: 'purchase' | 'callback';
  readonly ms: number;
}

/** From the time at which something was recorded to the time at which it was begun. */
async function readWakes({ db }: Database): Promise<readonly Wake[]> {
  const { rows } = await sql<Wake>`
    select 'purchase' as what, (extract(epoch from asked_at - created_at) * 1000)::float8 as ms
    from purchase where asked_at is not null
    union all
    select 'callback', (extract(epoch from callback_attempt.at - callback.created_at) * 1000)::float8
    from callback join callback_attempt on callback_attempt.merchant_id = callback.merchant_id
      and callback_attempt.callback_id = callback.id and callback_attempt.number = 1`.execute(db);
  return rows;
}

function report(place: Place, idle: Idle, wakes: readonly Wake[]): number {
  const { gatewayShare, serverShare, memoryMb } = idle;
  const share = gatewayShare + (serverShare ?? 0);
  const bar = BARS[place.kind];
  const percent = (of: number) => `${(of * 100).toFixed(2)} %`;
  const lines = [
    `at rest        ${percent(gatewayShare)} of a core, ${Math.round(memoryMb)} MB` +
      (serverShare === null ? '' : `; with the database ${percent(share)}`),
  ];
  let isGood = share <= bar;
  lines.push(`${isGood ? 'PASS' : 'MISS'}  at most ${percent(bar)}`);
  for (const what of ['purchase', 'callback'] as const) {
    const all = wakes.filter((wake) => wake.what === what).map(({ ms }) => ms);
    const [p50 = 0, p99 = 0] = [0.5, 0.99].map((part) => quantile(all, part));
    const isSoon = all.length > 0 && p99 <= WAKE_P99_MAX_MS;
    isGood &&= isSoon;
    lines.push(
      `${what}s begun  p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms after they were recorded (${all.length})`,
    );
    lines.push(`${isSoon ? 'PASS' : 'MISS'}  p99 at most ${WAKE_P99_MAX_MS} ms`);
  }
  lines.push(`load average ${loadavg()[0]?.toFixed(1)}`);
  print(lines);
  return isGood ? 0 : 1;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
