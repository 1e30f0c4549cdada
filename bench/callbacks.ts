import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { request } from 'undici';
import type { Database } from '../src/db/connect.ts';
import { measureOthers } from './callbacks-others.ts';
import { seedMerchants, seedQueue, seedTrades } from './callbacks-seed.ts';
import { Child } from './child.ts';
import type { Cleanup } from './cleanup.ts';
import { startGateway } from './gateway.ts';
import { machineFacts } from './machine.ts';
import { makePlace, withDatabase } from './places.ts';

const PER_SECOND_MIN = 1000;
const SLOWER_MAX = 2;
const MERCHANTS = 100;
const PER_TRADE = 4;
const DRAIN_MAX_MS = 600_000;

const usage = `DATABASE_URL=postgres://… npm run bench -- callbacks [--callbacks <n>] [--cpu-prof <folder>]

  --callbacks <n>       how many are queued when the gateway starts (100000)
  --cpu-prof <folder>   write a CPU profile of the gateway
`;

interface Options {
  readonly callbacks: number;
  readonly cpuProf: string | null;
}

/**
 * How fast queued callbacks go out, and whether a merchant whose URL never answers delays those of the others.
 * @returns the exit code: 1 when something was lost; a missed bar does not change it
 */
export async function benchCallbacks(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const options = read(args);
  if (options === null || databaseUrl === '') {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('callbacks', databaseUrl, cleanup);
  const { line: marketplaceUrl } = await Child.start({ script: './marketplace.ts' }, cleanup);
  const { line: urls } = await Child.start({ script: './callback-receiver.ts' }, cleanup);
  const [fastUrl = '', silentUrl = ''] = urls.split(' ');
  return withDatabase(place, async (database) => {
    const merchants = await seedQueueOf(database, options.callbacks, fastUrl);
    print(await headLines(database));
    const profiling = options.cpuProf === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.cpuProf}`];
    const gateway = await startGateway(place, marketplaceUrl, profiling, cleanup);
    const isDrained = await measureDrain(database, options.callbacks, fastUrl);
    const others = await measureOthers(database, merchants, { fastUrl, silentUrl });
    print([
      ...others.lines,
      bar(
        others.ratio < SLOWER_MAX,
        `p99 of the others with a dead merchant / without: ${others.ratio.toFixed(2)} (< ${SLOWER_MAX})`,
      ),
    ]);
    await gateway.child.stop();
    return isDrained && others.isComplete ? 0 : 1;
  });
}

function read(args: readonly string[]): Options | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { callbacks: { type: 'string', default: '100000' }, 'cpu-prof': { type: 'string' } },
    });
    const callbacks = Number(values.callbacks);
    const isUsable = Number.isInteger(callbacks) && callbacks >= MERCHANTS * PER_TRADE;
    return isUsable ? { callbacks, cpuProf: values['cpu-prof'] ?? null } : null;
  } catch {
    return null;
  }
}

async function seedQueueOf(database: Database, callbacks: number, url: string): Promise<string[]> {
  const merchants = await seedMerchants(database, MERCHANTS, url);
  await seedTrades(database, merchants, Math.ceil(callbacks / MERCHANTS / PER_TRADE));
  await seedQueue(database, merchants, PER_TRADE);
  for (const table of ['merchant', 'trade', 'callback']) await database.exec(`vacuum analyze ${table}`);
  return merchants;
}

async function headLines(database: Database): Promise<string[]> {
  const machine = await machineFacts(database);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    `${machine.database.split(' on ')[0]}, synchronous_commit ${machine.synchronousCommit}, fsync ${machine.fsync}`,
  ];
}

/** From the first to the last that the receiver has seen. @returns whether each came, and came once */
async function measureDrain({ db }: Database, callbacks: number, url: string): Promise<boolean> {
  const end = performance.now() + DRAIN_MAX_MS;
  while ((await count(url)) < callbacks && performance.now() < end) await pause(100);
  await pause(1000);
  const arrivals = await timesAt(url);
  const times = arrivals.map(([, atMs]) => atMs).toSorted((a, b) => a - b);
  const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const perSecond = arrivals.length / seconds;
  const { rows } = await sql<{ wrong: number }>`
    select count(*)::int as wrong from callback where state <> 'delivered' or attempts <> 1`.execute(db);
  const isRight = arrivals.length === callbacks && rows[0]?.wrong === 0;
  print([
    `${arrivals.length} callbacks of ${MERCHANTS} merchants, ${PER_TRADE} for each trade, in ${seconds.toFixed(1)} s, load average ${loadavg()[0]?.toFixed(1)}`,
    bar(perSecond >= PER_SECOND_MIN, `queued callbacks drain at ${Math.round(perSecond)}/s (≥ ${PER_SECOND_MIN}/s)`),
    ...(isRight ? [] : [`FAIL  ${rows[0]?.wrong} of them are not delivered by one attempt`]),
  ]);
  return isRight;
}

async function count(url: string): Promise<number> {
  return Number(await (await request(`${url}/count`)).body.text());
}

/** What has come since the last look. */
export async function timesAt(url: string): Promise<[id: string, atMs: number][]> {
  return (await (await request(`${url}/times`)).body.json()) as [string, number][]; // our own receiver
}

function bar(isReached: boolean, text: string): string {
  return `${isReached ? 'PASS' : 'MISS'}  ${text}`;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
