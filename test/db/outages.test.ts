// What a merchant and an operator meet while PostgreSQL, or the way to it, is not well.
import { sql } from 'kysely';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/connect.ts';
import { createPostgres, postgresUrl, type TestDatabase } from '../support/database.ts';
import { DatabaseWire } from '../support/database-wire.ts';
import type { Merchant } from '../support/merchant.ts';
import { World } from '../support/world.ts';

/** A gateway whose database is reached by a wire that things can happen to, with all that it logs. */
class Shop {
  readonly world: World;
  readonly merchant: Merchant;
  readonly wire: DatabaseWire;
  readonly lines: Record<string, unknown>[];
  readonly #database: TestDatabase;

  private constructor(
    world: World,
    merchant: Merchant,
    wire: DatabaseWire,
    lines: Record<string, unknown>[],
    database: TestDatabase,
  ) {
    this.world = world;
    this.merchant = merchant;
    this.wire = wire;
    this.lines = lines;
    this.#database = database;
  }

  /** @param prepare is run on the database before the gateway meets it; `$name` stands for its name */
  static async open(prepare: readonly string[] = [], settings: Record<string, string> = {}): Promise<Shop> {
    const database = await createPostgres(postgresUrl ?? '');
    for (const statement of prepare) await onServer(database, statement);
    const wire = await DatabaseWire.to(database.url);
    const lines: Record<string, unknown>[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
    // A run of verify that a cut interrupts logs an error of its own.
    const world = await World.start({ DATABASE_URL: wire.url, VERIFY_EVERY_MIN: '0', ...settings }, log);
    return new Shop(world, await world.merchant(), wire, lines, database);
  }

  /** Ends all connections of the gateway from the server's side, and runs `statement` before. */
  async interrupt(statement: string): Promise<void> {
    await onServer(this.#database, statement);
    await onServer(
      this.#database,
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = '$name' and pid <> pg_backend_pid()",
    );
  }

  /** Each answer's status until one is 200; that one took `ms` from now. */
  async buysUntilItWorks(): Promise<{ statuses: number[]; ms: number }> {
    const started = performance.now();
    const statuses: number[] = [];
    while (statuses.at(-1) !== 200) {
      const answer = await this.merchant.asksToBuy([this.world.testListing('never-ships')]);
      statuses.push(answer.status);
      if (answer.status === 503) expect(answer.headers.get('retry-after')).toBe('5');
      if (performance.now() - started > 60_000) break;
    }
    return { statuses, ms: performance.now() - started };
  }

  messages(level: number): unknown[] {
    return this.lines.filter((line) => line['level'] === level).map(({ msg }) => msg);
  }

  async close(): Promise<void> {
    await this.world.stop();
    this.wire.close();
    await this.#database.drop();
  }
}

async function onServer(database: TestDatabase, statement: string): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(statement.replaceAll('$name', name));
  await client.end();
}

describe.skipIf(!postgresUrl)('with PostgreSQL', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open();
  });
  afterAll(() => shop.close());

  test('a gateway whose connections have all gone silent says so at once, and buys again within 15 seconds', async () => {
    await Promise.all(Array.from({ length: 12 }, () => shop.merchant.tradeCount()));
    shop.wire.silence();
    const asked = performance.now();
    const health = await shop.world.call('GET', '/health');
    expect(health.status).toBe(503);
    expect(health.body.error?.message).toBe('The database did not answer within 2000 ms.');
    expect(performance.now() - asked).toBeLessThan(4000);
    expect((await shop.world.call('GET', '/health/live')).status).toBe(200);
    const { statuses, ms } = await shop.buysUntilItWorks();
    expect(new Set(statuses.slice(0, -1)).difference(new Set([503]))).toEqual(new Set());
    expect(performance.now() - asked).toBeLessThan(15_000 + 4000);
    expect(ms).toBeLessThan(15_000);
    expect((await shop.world.call('GET', '/health')).status).toBe(200);
  });

  test('while the database is away every answer is 503, and the log tells it twice: away, and back', async () => {
    await shop.world.settles();
    shop.lines.length = 0;
    shop.wire.newConnections = 'end';
    shop.wire.cut();
    // A request on a connection that does not know yet that it was cut is logged by itself: it may have been applied.
    await shop.world.until(
      async () => (await shop.world.call('GET', '/health/ready')).status === 503,
      'the cut was noticed',
    );
    for (let times = 0; times < 20; times++) {
      const answers = await Promise.all([
        shop.merchant.asksToBuy([shop.world.testListing('never-ships')]),
        shop.merchant.call('GET', '/v1/wallets/me/balance'),
        shop.merchant.cancels('order-1', 'item-1'),
        shop.world.call('GET', '/health/ready'),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    }
    expect(await shop.world.metric('skinrail_database_up')).toBe(0);
    shop.wire.newConnections = 'pass';
    await shop.world.until(
      async () => (await shop.world.call('GET', '/health')).status === 200,
      'the database is back',
    );
    await shop.world.settles();
    expect(shop.messages(50)).toEqual([]);
    expect(shop.messages(40)).toEqual([
      'the database is unavailable; requests are answered with 503 and due work waits until it is back',
    ]);
    expect(shop.messages(30).filter((msg) => msg === 'the database is back')).toHaveLength(1);
    expect(await shop.world.metric('skinrail_database_up')).toBe(1);
  });

  test.each(['is lost on its way', 'is lost on its way back'] as const)(
    'a buy whose commit %s is bought once, and answered as bought',
    async (fate) => {
      const buyer = await shop.world.merchant();
      const listing = shop.world.testListing('never-ships');
      for (const [externalId, asksToBuy] of [
        [`order: ${fate}`, () => buyer.asksToBuy([listing], { externalId: `order: ${fate}` })],
        [`quick: ${fate}`, () => buyer.asksToBuyQuick(listing, { externalId: `quick: ${fate}` })],
      ] as const) {
        shop.wire.losesCommit = { of: externalId, fate };
        const answer = await asksToBuy();
        expect(shop.wire.losesCommit).toBeNull();
        expect(answer.body).toMatchObject({ success: true, data: { externalId } });
      }
      await shop.world.settles();
      expect(await buyer.tradeCount()).toBe(2);
    },
  );

  test('a server that takes no writes any more is left within seconds, never answered 500 for, and unhealthy meanwhile', async () => {
    await shop.interrupt('alter database $name set default_transaction_read_only = on');
    const answer = await shop.merchant.asksToBuy([shop.world.testListing('never-ships')]);
    expect(answer.status).toBe(503);
    const health = await shop.world.call('GET', '/health');
    expect(health.status).toBe(503);
    await shop.interrupt('alter database $name reset default_transaction_read_only');
    const { statuses, ms } = await shop.buysUntilItWorks();
    expect(statuses).not.toContain(500);
    expect(ms).toBeLessThan(10_000);
  });

  test('a statement that waits for a lock for too long is refused with 503, and costs no connection', async () => {
    await shop.close();
    // At the end the books are verified under the same limit, on a machine that may be busy.
    shop = await Shop.open([], { DATABASE_STATEMENT_TIMEOUT_MS: '3000' });
    const holder = new pg.Client({ connectionString: shop.wire.url });
    await holder.connect();
    await holder.query('begin; lock table account in access exclusive mode');
    const answer = await shop.merchant.asksToBuy([shop.world.testListing('never-ships')]);
    await holder.query('rollback');
    await holder.end();
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await shop.buysUntilItWorks()).statuses.at(-1)).toBe(200);
  });
});

test.skipIf(!postgresUrl)('no statement is compiled, because that takes longer than to run it', async () => {
  const created = await createPostgres(postgresUrl ?? '');
  const database = await openDatabase({ url: created.url, poolMax: 1 });
  for (const db of [database.db, database.slowDb]) {
    expect((await sql<{ jit: string }>`show jit`.execute(db)).rows).toEqual([{ jit: 'off' }]);
  }
  await database.close();
  await created.drop();
});

const UNUSUAL = [
  "DateStyle = 'German'",
  "IntervalStyle = 'iso_8601'",
  "TimeZone = 'America/St_Johns'",
  'standard_conforming_strings = off',
  "bytea_output = 'escape'",
  'extra_float_digits = -15',
  "client_encoding = 'LATIN1'",
  "default_transaction_isolation = 'serializable'",
  'default_transaction_deferrable = on',
  "idle_session_timeout = '700ms'",
  "idle_in_transaction_session_timeout = '1ms'",
  "statement_timeout = '1ms'",
  "lock_timeout = '1ms'",
  "search_path = 'nowhere'",
  'transform_null_equals = on',
];

test.skipIf(!postgresUrl)(
  'a database whose own settings are all unusual is used like any other, from the first start on',
  async () => {
    const shop = await Shop.open(UNUSUAL.map((setting) => `alter database $name set ${setting}`));
    const { world, merchant } = shop;
    const externalId = 'Bestellung Nr. 1: Ärger für 5 €';
    const trade = await merchant.buys([world.testListing('never-ships')], { externalId });
    expect(Math.abs(Date.parse(trade.createdAt) - world.now.getTime())).toBeLessThan(60_000);
    const item = trade.items[0]?.id ?? '';
    expect((await merchant.cancels(trade.id, item)).body.error?.key).toBe('TRADE_CANCEL_TOO_SOON');
    await world.passes('31m');
    expect((await merchant.cancels(externalId, item)).status).toBe(200);
    await world.settles();
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(shop.messages(50)).toEqual([]);
    await shop.close();
  },
);
