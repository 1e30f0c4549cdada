import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { pino } from 'pino';
import { findCallbacks } from '../src/callbacks/log.ts';
import { loadConfig } from '../src/config/config.ts';
import { DAY_MS, later, systemClock } from '../src/core/clock.ts';
import type { Database, Db } from '../src/db/connect.ts';
import { checkArchives } from '../src/retention/check.ts';
import { keepPartitions } from '../src/retention/partitions.ts';
import { removeBodies, removeTrades } from '../src/retention/run.ts';
import { pageOfTrades } from '../src/trades/queries.ts';
import { verify } from '../src/verify/verify.ts';
import { listEntries } from '../src/wallets/read-entries.ts';
import type { Cleanup } from './cleanup.ts';
import { machineFacts } from './machine.ts';
import { quantile } from './numbers.ts';
import { makePlace, withDatabase } from './places.ts';
import { seedHistory } from './verify-seed.ts';

const log = pino({ level: 'warn' });
const READS = 400;
const PAGE = 20;
/** The trades span a year that ended a month ago, and the first two months are removed. */
const [YEAR_DAYS, ENDED_DAYS] = [360, 30];
const ARCHIVED_MONTHS = 2;
/** Nothing is under way in trades that are older. */
const ENDED_SHARE = 0.9;
const ITEMS_PER_TRADE = 3;
const ITEMS_PER_MERCHANT = 1000;
/** A body of one item with its attributes, as a callback of the sandbox has it. */
const BODY_BYTES = 1100;

const usage = `npm run bench -- growth [--items <n>]

  --items <n>   items of the history (1000000; on the embedded database 20000)

On PostgreSQL when DATABASE_URL is set, on the embedded database otherwise.
`;

/**
 * What a history of many items needs on the disk, table by table, and how fast it is read, before and after the bodies and
 * the trades of two months were removed.
 * @returns the exit code: 1 when verify, the archives or the balances are wrong
 */
export async function benchGrowth(args: readonly string[], cleanup: Cleanup): Promise<number> {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const items = readItems(args, databaseUrl === '' ? '20000' : '1000000');
  if (items === null) {
    process.stderr.write(usage);
    return 2;
  }
  const place = await makePlace('growth', databaseUrl, cleanup);
  return withDatabase(place, (database) => measure(database, items, place.dataDir));
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

async function measure(database: Database, items: number, folder: string): Promise<number> {
  const now = new Date();
  const start = later(now, -(YEAR_DAYS + ENDED_DAYS) * DAY_MS);
  const from = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth()));
  const everyMs = Math.floor((YEAR_DAYS * DAY_MS * ITEMS_PER_TRADE) / items);
  const seeded = performance.now();
  await makeMonths(database, from);
  await seedHistory(database, items, {
    from,
    everyMs,
    bodyBytes: BODY_BYTES,
    merchants: Math.max(10, Math.round(items / ITEMS_PER_MERCHANT)),
    ended: (items / ITEMS_PER_TRADE) * ENDED_SHARE,
  });
  say(`made ${items} items in ${seconds(performance.now() - seeded)} s`);
  const machine = await machineFacts(database);
  print([
    `${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${machine.database.split(' on ')[0]}, load average ${loadavg()[0]?.toFixed(1)}`,
  ]);
  const before = await show(database, `with bodies of ${BODY_BYTES} bytes`);
  const balances = await balancesOf(database.db);
  const removed = await retain(database, from, folder);
  const after = await show(database, 'after retention');
  const isSame = (await balancesOf(database.db)) === balances;
  print([`disk: ${megabytes(before)} → ${megabytes(after)} MB; balances ${isSame ? 'unchanged' : 'CHANGED'}`]);
  return removed && isSame ? 0 : 1;
}

/** Removes the bodies and the trades of the first two months. @returns whether all is right afterwards */
async function retain(database: Database, from: Date, folder: string): Promise<boolean> {
  const { db } = database;
  const config = loadConfig({ RETENTION_TRADES_DAYS: '30', RETENTION_ARCHIVE: folder });
  const deps = { db: database.slowDb, clock: systemClock, log, config };
  const before = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + ARCHIVED_MONTHS));
  let longestMs = 0;
  const onBatch = async (tookMs: number) => {
    longestMs = Math.max(longestMs, tookMs);
  };
  let started = performance.now();
  const bodies = await removeBodies(deps, before, onBatch);
  print([
    `${bodies} bodies removed in ${seconds(performance.now() - started)} s, longest transaction ${Math.round(longestMs)} ms`,
  ]);
  started = performance.now();
  longestMs = 0;
  const trades = await removeTrades(deps, before, onBatch);
  print([
    `${trades} trades archived and removed in ${seconds(performance.now() - started)} s, longest transaction ${Math.round(longestMs)} ms`,
  ]);
  started = performance.now();
  const check = await checkArchives(deps, () => {});
  const { rows } = await sql<{ bytes: bigint }>`select sum(bytes)::bigint as bytes from archive_file`.execute(db);
  print([
    `${check.files} archives of ${megabytes(Number(rows[0]?.bytes ?? 0n))} MB checked in ${seconds(performance.now() - started)} s: ${check.faults.length} faults`,
  ]);
  const verified = performance.now();
  const results = await verify(database.slowDb, new Date());
  const broken = results.filter((rule) => rule.broken !== null).map(({ name }) => name);
  print([
    `verify: ${results.length} rules in ${seconds(performance.now() - verified)} s, broken: ${broken.join(', ') || 'none'}`,
  ]);
  return broken.length === 0 && check.faults.length === 0;
}

/** The months of the history; those of today are there. */
async function makeMonths(database: Database, from: Date): Promise<void> {
  for (let days = 0; days <= YEAR_DAYS + ENDED_DAYS; days += 28) {
    const at = later(from, days * DAY_MS);
    await keepPartitions({ db: database.db, log, clock: { now: () => at, wait: systemClock.wait } });
  }
}

/** Prints disk and reads. @returns the bytes of all tables */
async function show(database: Database, title: string): Promise<number> {
  const { rows } = await sql<{ name: string; heap: bigint; indexes: bigint }>`
    select coalesce(parent.relname, child.relname) as name, sum(pg_table_size(child.oid))::bigint as heap,
      sum(pg_indexes_size(child.oid))::bigint as indexes
    from pg_class child left join pg_inherits on inhrelid = child.oid left join pg_class parent on parent.oid = inhparent
    where child.relkind = 'r' and child.relnamespace = 'public'::regnamespace
    group by 1 order by sum(pg_total_relation_size(child.oid)) desc`.execute(database.db);
  const total = rows.reduce((sum, { heap, indexes }) => sum + Number(heap + indexes), 0);
  print([
    `${title}: ${megabytes(total)} MB`,
    ...rows
      .slice(0, 8)
      .map(
        ({ name, heap, indexes }) =>
          `  ${name.padEnd(16)} ${megabytes(Number(heap)).padStart(6)} MB, indexes ${megabytes(Number(indexes)).padStart(6)} MB`,
      ),
    ...(await reads(database.db)),
  ]);
  return total;
}

/** The first page of lists, of merchants of all sizes. */
async function reads(db: Db): Promise<string[]> {
  const merchants = (await db.selectFrom('merchant').select('id').orderBy('id').execute()).map(({ id }) => id);
  const [largest = ''] = merchants;
  const lists: Record<string, (merchantId: string) => Promise<unknown>> = {
    trades: (merchantId) => pageOfTrades(db, merchantId, { steamId: null, game: '730', limit: PAGE }),
    'wallet entries': (merchantId) => listEntries({ db }, merchantId, { limit: PAGE }),
    refunds: (merchantId) => listEntries({ db }, merchantId, { kind: 'refund', limit: PAGE }),
    callbacks: (merchantId) => findCallbacks(db, { merchantId, limit: PAGE }),
  };
  const lines: string[] = [];
  for (const [name, read] of Object.entries(lists)) {
    const times: number[] = [];
    for (let count = 0; count < READS; count++) {
      // Every other one of the merchant that has a third of all.
      const merchantId = count % 2 === 0 ? largest : (merchants[(count * 7) % merchants.length] ?? largest);
      const started = performance.now();
      await read(merchantId);
      times.push(performance.now() - started);
    }
    lines.push(
      `  ${name.padEnd(16)} p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`,
    );
  }
  return lines;
}

async function balancesOf(db: Db): Promise<string> {
  const { rows } = await sql<{ digest: string }>`
    select md5(string_agg(merchant_id || name || balance_mills, ',' order by merchant_id, name)) as digest from account`.execute(
    db,
  );
  return rows[0]?.digest ?? '';
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
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
