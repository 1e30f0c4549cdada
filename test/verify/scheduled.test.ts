// The proof that runs by itself, on any one of the nodes.
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import type { Deps } from '../../src/deps.ts';
import { createMetrics } from '../../src/gateway/metrics.ts';
import { claimRun, endRun, lastRun, renewRun } from '../../src/verify/last-run.ts';
import { verifyWhenDue } from '../../src/verify/scheduled.ts';
import { showLastRun } from '../../src/verify/show-last-run.ts';
import { Books, listings } from './books.ts';

const running = new AbortController().signal;
let books: Books;
let log: Record<string, unknown>[];

beforeAll(async () => {
  books = await Books.open();
  await books.buys(listings.ordinary);
});

beforeEach(async () => {
  await sql`delete from verification`.execute(books.deps.db);
  log = [];
});

afterAll(() => books.close());

/** Another node on the same database: its own log and metrics, the same truth. */
function node(settings: Record<string, string> = {}): Deps {
  const stream = { write: (line: string) => log.push(JSON.parse(line)) };
  return {
    ...books.deps,
    config: loadConfig(settings),
    metrics: createMetrics(),
    log: pino({ level: 'info' }, stream),
  };
}

function passes(ms: number): void {
  books.clock.adoptOffset(books.clock.offsetMs + ms);
}

async function gaugesOf(deps: Deps): Promise<Record<string, number>> {
  await showLastRun(deps);
  const lines = (await deps.metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('skinrail_verify'));
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0], Number(line.split(' ')[1])]));
}

async function raiseBalance(mills: number): Promise<void> {
  await sql`update account set balance_mills = balance_mills + ${mills} where name = 'available'`.execute(
    books.deps.db,
  );
}

test('one node at a time proves the database, and again when the interval is over', async () => {
  const taken = await Promise.all([1, 2, 3, 4].map(() => claimRun(node(), HOUR_MS)));
  const runs = taken.filter((run) => run !== null);
  expect(runs).toHaveLength(1);
  await endRun(node(), runs[0] ?? '', { broken: [], durationMs: 1 });

  passes(59 * MINUTE_MS);
  expect(await claimRun(node(), HOUR_MS)).toBeNull();
  passes(MINUTE_MS);
  expect(await claimRun(node(), HOUR_MS)).not.toBeNull();
});

test('a node that dies in the midst of it does not stop the next run', async () => {
  const dead = await claimRun(node(), HOUR_MS);
  await verifyWhenDue(node(), running);
  expect(await lastRun(books.deps)).toBeUndefined();

  passes(MINUTE_MS);
  await verifyWhenDue(node(), running);
  expect(await lastRun(books.deps)).toMatchObject({ broken: [] });

  // It was not dead but slow: what it says now is of no interest any more.
  expect(await renewRun(node(), dead ?? '')).toBe(false);
  await endRun(node(), dead ?? '', { broken: [{ rule: 'old', row: {} }], durationMs: 1 });
  expect(await lastRun(books.deps)).toMatchObject({ broken: [] });
});

test('a node that lives keeps its run, however long that takes', async () => {
  const run = await claimRun(node(), HOUR_MS);
  for (let minute = 0; minute < 3; minute++) {
    passes(MINUTE_MS - 1000);
    expect(await renewRun(node(), run ?? '')).toBe(true);
    expect(await claimRun(node(), HOUR_MS)).toBeNull();
  }
});

test('a node that stops lets another begin at once', async () => {
  const stopping = new AbortController();
  stopping.abort();
  await verifyWhenDue(node(), stopping.signal);
  expect(await lastRun(books.deps)).toBeUndefined();
  await verifyWhenDue(node(), running);
  expect(await lastRun(books.deps)).toMatchObject({ broken: [] });
});

test('a broken rule is an error in the log that names the row, and a metric on every node until it is mended', async () => {
  const [first, second] = [node(), node({ ROLE: 'api' })];
  await raiseBalance(10);
  await verifyWhenDue(first, running);

  const alerts = log.filter((line) => line['level'] === 50);
  expect(alerts).toContainEqual(
    expect.objectContaining({
      rule: 'balance-is-its-transfers',
      row: expect.objectContaining({ merchant_id: books.merchantId, account: 'available' }),
    }),
  );
  for (const deps of [first, second]) {
    expect(await gaugesOf(deps)).toMatchObject({
      skinrail_verify_broken_rules: 2,
      skinrail_verify_last_success_timestamp_seconds: 0,
    });
  }

  await raiseBalance(-10);
  passes(HOUR_MS);
  await verifyWhenDue(first, running);
  const { skinrail_verify_last_success_timestamp_seconds: success, ...others } = await gaugesOf(second);
  expect(others).toMatchObject({ skinrail_verify_broken_rules: 0 });
  expect(others['skinrail_verify_duration_seconds']).toBeGreaterThan(0);
  expect(Math.abs(Number(success) - books.clock.now().getTime() / 1000)).toBeLessThan(60);
});

test('without a run there is no metric that could look like a clean one', async () => {
  expect(await gaugesOf(node())).toEqual({});
  await verifyWhenDue(node(), running);
  expect(Object.keys(await gaugesOf(node()))).toHaveLength(3);
  expect(await gaugesOf(node({ VERIFY_EVERY_MIN: '0' }))).toEqual({});
});
