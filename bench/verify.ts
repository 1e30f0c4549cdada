import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { Database } from '../src/db/connect.ts';
import { type Batch, verify } from '../src/verify/verify.ts';
import type { Cleanup } from './cleanup.ts';
import { machineFacts } from './machine.ts';
import { makePlace, withDatabase } from './places.ts';
import { seedHistory } from './verify-seed.ts';

const SECONDS_MAX_PER_MILLION = 60;
const RUNS = 2;

const usage = `npm run bench -- verify [--items <n>]

  --items <n>   items of the history that is proved (1000000; on the embedded database 50000)

On PostgreSQL when DATABASE_URL is set, on the embedded database otherwise.
`;

/**
 * How long `skinrail verify` takes over a history of many items.
 * @returns the exit code: 1 when the bar is missed on PostgreSQL, or the history is not clean
 */
export async function benchVerify(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const items = readItems(args, databaseUrl === '' ? '50000' : '1000000');
  if (items === null) {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('verify', databaseUrl, cleanup);
  return withDatabase(place, async (database) => {
    const seedStarted = performance.now();
    await seedHistory(database, items);
    say(`made ${items} items with all that belongs to them in ${seconds(performance.now() - seedStarted)} s`);
    print(await headLines(database));
    let isGood = true;
    for (let run = 1; run <= RUNS; run++) isGood = (await measureRun(database, items, run)) && isGood;
    return isGood ? 0 : 1;
  });
}

function readItems(args: readonly string[], usual: string): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { items: { type: 'string', default: usual } } });
    const items = Number(values.items);
    return Number.isInteger(items) && items > 0 ? items : null;
  } catch {
    return null;
  }
}

async function headLines(database: Database): Promise<string[]> {
  const machine = await machineFacts(database);
  const counts = ['merchant', 'trade', 'item', 'trade_event', 'transfer', 'purchase', 'cancellation', 'callback'];
  const rows = await Promise.all(
    counts.map(async (table) => {
      const result = await sql<{ count: bigint }>`select count(*) from ${sql.table(table)}`.execute(database.db);
      return `${result.rows[0]?.count} ${table}`;
    }),
  );
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    machine.database.split(' on ')[0] ?? '',
    `rows: ${rows.join(', ')}`,
  ];
}

async function measureRun(database: Database, items: number, run: number): Promise<boolean> {
  const tables = new Map<string, { batches: number; tookMs: number; longestMs: number }>();
  const onBatch = ({ table, tookMs }: Batch) => {
    const before = tables.get(table) ?? { batches: 0, tookMs: 0, longestMs: 0 };
    const longestMs = Math.max(before.longestMs, tookMs);
    tables.set(table, { batches: before.batches + 1, tookMs: before.tookMs + tookMs, longestMs });
  };
  const started = performance.now();
  const results = await verify(database.db, new Date(), { onBatch, lanes: database.kind === 'pglite' ? 1 : 2 });
  const tookMs = performance.now() - started;
  const perMillion = (tookMs / items) * 1000;
  const broken = results.filter((result) => result.broken !== null);
  const isFast = database.kind === 'pglite' || perMillion <= SECONDS_MAX_PER_MILLION;
  print([
    `run ${run}: ${results.length} rules over ${items} items in ${seconds(tookMs)} s, ${perMillion.toFixed(1)} s for 10⁶ items, load average ${loadavg()[0]?.toFixed(1)}`,
    ...[...tables].map(
      ([table, { batches, tookMs, longestMs }]) =>
        `  ${table.padEnd(13)} ${String(batches).padStart(6)} batches ${seconds(tookMs).padStart(7)} s, longest ${Math.round(longestMs)} ms`,
    ),
    ...(database.kind === 'pglite'
      ? []
      : [`${isFast ? 'PASS' : 'MISS'}  ≤ ${SECONDS_MAX_PER_MILLION} s for 10⁶ items`]),
    ...broken.map(({ name, broken }) => `FAIL  ${name}: ${JSON.stringify(broken, bigintText)}`),
  ]);
  return isFast && broken.length === 0;
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
