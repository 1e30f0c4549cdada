import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { request } from 'undici';
import { systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/db/connect.ts';
import { createKey, createMerchant, setRouteLimit } from '../src/merchants/operations.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { productionEnv, secrets } from './gateway.ts';
import { machineFacts, residentMb } from './machine.ts';
import { cs2ItemOf } from './market-listings.ts';
import { type Question, questionsOf } from './market-questions.ts';
import { quantile } from './numbers.ts';
import { makePlace, withDatabase } from './places.ts';

const P99_MAX_MS = 20;
const FEE_BPS = 150;
const KNOWN_MAX_MS = 120_000;
/** Prices that have moved at each look, of each game. */
const MOVING = 500;

const usage = `DATABASE_URL=postgres://… npm run bench -- market [--listings <n>] [--requests <n>] [--cpu-prof <folder>]

  --listings <n>        listings of each game (100000)
  --requests <n>        of each question, one after the other (1000)
  --cpu-prof <folder>   write a CPU profile of the gateway
`;

interface Options {
  readonly listings: number;
  readonly requests: number;
  readonly cpuProf: string | null;
}

/**
 * How long merchants wait for pages of a large market, while its prices move.
 * @returns the exit code: 1 when an answer was wrong; a missed bar does not change it
 */
export async function benchMarket(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const options = read(args);
  if (options === null || databaseUrl === '') {
    process.stderr.write(usage);
    return 2;
  }
  const { listings } = options;
  const place = await makePlace('market', databaseUrl, cleanup);
  const memory = { script: './market-memory.ts', args: [String(listings)], nodeArgs: ['--expose-gc'] };
  const { line: bytes } = await Child.start(memory, cleanup);
  const { line: supplierUrl } = await Child.start(
    { script: './market-supplier.ts', args: [String(listings), String(MOVING)] },
    cleanup,
  );
  return withDatabase(place, async (database) => {
    const apiKey = await seedMerchant(database);
    const profiling = options.cpuProf === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.cpuProf}`];
    const { child, line: baseUrl } = await Child.start(
      {
        script: './market-gateway.ts',
        args: [supplierUrl],
        // As `npm start` does.
        nodeArgs: ['--max-semi-space-size=8', ...profiling],
        env: productionEnv(place),
      },
      cleanup,
    );
    const knownMs = await untilKnown(baseUrl, apiKey);
    const machine = await machineFacts(database);
    print([
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
      machine.database.split(' on ')[0] ?? '',
      `${listings} listings of each game, ${MOVING} prices of each move every second; known after ${(knownMs / 1000).toFixed(1)} s`,
      `a CS2 listing takes ${bytes} bytes of memory; the gateway has ${Math.round(residentMb(child.pid))} MB`,
    ]);
    const isRight = await askAll(baseUrl, apiKey, options);
    print([`memory of the gateway ${Math.round(residentMb(child.pid))} MB, load average ${loadavg()[0]?.toFixed(1)}`]);
    await child.stop();
    return isRight ? 0 : 1;
  });
}

function read(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        listings: { type: 'string', default: '100000' },
        requests: { type: 'string', default: '1000' },
        'cpu-prof': { type: 'string' },
      },
    });
    const [listings, requests] = [Number(values.listings), Number(values.requests)];
    const isUsable = [listings, requests].every((number) => Number.isInteger(number) && number >= 100);
    return isUsable ? { listings, requests, cpuProf: values['cpu-prof'] ?? null } : null;
  } catch {
    return null;
  }
}

/** With limits that the run cannot reach. @returns its key */
async function seedMerchant({ db }: Database): Promise<string> {
  const deps = { db, clock: systemClock, secrets };
  const { merchant } = await createMerchant(deps, { name: 'Bench', verified: true, feeBps: FEE_BPS });
  for (const route of ['market', 'market-item', 'prices']) await setRouteLimit(deps, merchant.id, route, 1_000_000);
  return (await createKey(deps, merchant.id)).apiKey;
}

async function untilKnown(baseUrl: string, apiKey: string): Promise<number> {
  const started = performance.now();
  for (const game of ['730', '252490']) {
    const path = `/secure/market?game=${game}&perPage=1`;
    while ((await get(`${baseUrl}${path}`, apiKey)).status !== 200) {
      if (performance.now() - started > KNOWN_MAX_MS) throw new Error(`the market of ${game} is not known in time`);
      await pause(50);
    }
  }
  return performance.now() - started;
}

async function askAll(baseUrl: string, apiKey: string, { listings, requests }: Options): Promise<boolean> {
  let isRight = true;
  let worstMs = 0;
  for (const question of questionsOf(cs2ItemOf(listings))) {
    // Nobody asks for everything a thousand times.
    const times = question.hasBar ? requests : Math.ceil(requests / 20);
    const { latencies, wrong, bytes } = await askMany(baseUrl, apiKey, question, times);
    const [p50, p99, max] = [quantile(latencies, 0.5), quantile(latencies, 0.99), quantile(latencies, 1)];
    if (question.hasBar) worstMs = Math.max(worstMs, p99);
    const size = bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
    print([
      `  ${question.name.padEnd(26)} ${String(times).padStart(5)} times  p50 ${ms(p50)}  p99 ${ms(p99)}  max ${ms(max)} ms  ${size}`,
      ...wrong.slice(0, 3).map((why) => `FAIL  ${why}`),
    ]);
    isRight &&= wrong.length === 0;
  }
  print([`${worstMs < P99_MAX_MS ? 'PASS' : 'MISS'}  the slowest p99 ${worstMs.toFixed(1)} ms (< ${P99_MAX_MS} ms)`]);
  return isRight;
}

async function askMany(baseUrl: string, apiKey: string, question: Question, times: number) {
  const draw = drawer();
  const [latencies, wrong]: [number[], string[]] = [[], []];
  let bytes = 0;
  for (let time = 0; time < times; time++) {
    const path = question.path(draw);
    const asked = performance.now();
    const { status, text } = await get(`${baseUrl}${path}`, apiKey);
    latencies.push(performance.now() - asked);
    bytes = Math.max(bytes, text.length);
    // A range of floats may be empty.
    const isFine = status === 200 || (status === 404 && path.includes('float'));
    if (!isFine || !text.includes(status === 200 ? '"success":true' : 'LISTING_NOT_FOUND')) {
      wrong.push(`${path}: status ${status}: ${text.slice(0, 200)}`);
    }
  }
  return { latencies, wrong, bytes };
}

async function get(url: string, apiKey: string): Promise<{ status: number; text: string }> {
  const { statusCode, body } = await request(url, { headers: { 'api-key': apiKey } });
  return { status: statusCode, text: await body.text() };
}

/** The same numbers in every run. */
function drawer(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function ms(value: number): string {
  return value.toFixed(1).padStart(6);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
