import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../src/callbacks/events.ts';
import type { EventWire } from '../../src/callbacks/log.ts';
import { MINUTE_MS, MovableClock } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { type Database, openDatabase } from '../../src/db/connect.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Trx } from '../../src/db/transaction.ts';
import { decodePosition } from '../../src/http/paging.ts';
import { createTestDatabase, postgresUrl, type TestDatabase } from '../support/database.ts';

/** Whoever follows the log sees each event once, however writers on several nodes commit. */
describe.skipIf(!postgresUrl)('the log of events while nodes write', () => {
  let database: TestDatabase;
  let opened: Database;
  const clock = new MovableClock();

  beforeAll(async () => {
    database = await createTestDatabase();
    opened = await openDatabase({ url: database.url, poolMax: 20 });
    await migrate(opened);
  });

  afterAll(async () => {
    await opened.close();
    await database.drop();
  });

  const deps = () => ({ db: opened.db, clock });

  async function merchant(): Promise<string> {
    const id = newId(clock.now());
    await opened.db
      .insertInto('merchant')
      .values({ id, name: id, verified: true, fee_bps: 0, route_limits: '{}', created_at: clock.now() })
      .execute();
    return id;
  }

  async function trade(merchantId: string): Promise<string> {
    const id = newId(clock.now());
    const now = clock.now();
    await opened.db
      .insertInto('trade')
      .values({
        merchant_id: merchantId,
        id,
        external_id: null,
        type: 'withdraw',
        source: 'self',
        game: '730',
        trade_url: 'none',
        steam_id: '1',
        status: 'pending',
        error: null,
        version: 0,
        active_at: null,
        hold_end_at: null,
        created_at: now,
        updated_at: now,
      })
      .execute();
    return id;
  }

  /** A step as the gateway makes one: under the trade's lock, with its callback, dated by the node's own clock. */
  async function step(trx: Trx, merchantId: string, tradeId: string, at: Date): Promise<string> {
    const { version } = await trx
      .updateTable('trade')
      .set({ version: sql<number>`version + 1` })
      .where('merchant_id', '=', merchantId)
      .where('id', '=', tradeId)
      .returning('version')
      .executeTakeFirstOrThrow();
    const id = newId(at);
    await trx
      .insertInto('callback')
      .values({
        merchant_id: merchantId,
        id,
        trade_id: tradeId,
        number: version,
        body: JSON.stringify({ trade: { id: tradeId, version } }),
        state: 'pending',
        due_at: null,
        created_at: at,
        delivered_at: null,
      })
      .execute();
    return id;
  }

  /** Begins a transaction that commits when told to. */
  async function slowly(work: (trx: Trx) => Promise<unknown>): Promise<{ commit: () => Promise<void> }> {
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const ended = opened.db.transaction().execute(async (trx) => {
      await work(trx);
      begun.resolve();
      await gate.promise;
    });
    await begun.promise;
    return {
      commit: async () => {
        gate.resolve();
        await ended;
      },
    };
  }

  interface Reader {
    readonly seen: EventWire[];
    read(limit?: number): Promise<EventWire[]>;
  }

  function follow(merchantId: string): Reader {
    const seen: EventWire[] = [];
    let after = 0n;
    return {
      seen,
      read: async (limit = 7) => {
        const page = await readEvents(deps(), merchantId, { after, limit });
        after = decodePosition(page.nextCursor, 'after');
        seen.push(...page.items);
        return page.items;
      },
    };
  }

  const idsOf = (events: readonly EventWire[]) => events.map((event) => event.id);
  /** Test bodies carry the version, which trades on the wire do not have. */
  const versionOf = (event: EventWire) => Number(Reflect.get(event.trade, 'version'));

  function expectTradesInOrder(events: readonly EventWire[]): void {
    for (const [id, own] of Map.groupBy(events, (event) => event.trade.id)) {
      expect(own.map(versionOf), id).toEqual(own.map((_event, index) => index + 1));
    }
  }

  test('an event that is committed late comes later, and is not passed over', async () => {
    const merchantId = await merchant();
    const [slow, quick] = [await trade(merchantId), await trade(merchantId)];
    const early = clock.now();
    const late = await slowly((trx) => step(trx, merchantId, slow, early));
    await opened.db.transaction().execute((trx) => step(trx, merchantId, quick, clock.now()));
    const reader = follow(merchantId);
    expect((await reader.read()).map((event) => event.trade.id)).toEqual([quick]);
    expect(await reader.read()).toEqual([]);
    await late.commit();
    expect((await reader.read()).map((event) => event.trade.id)).toEqual([slow]);
    expect(idsOf(await follow(merchantId).read())).toEqual(idsOf(reader.seen));
  });

  test('reading does not wait for a trade that is being written, nor does that wait for reading', async () => {
    const merchantId = await merchant();
    const tradeId = await trade(merchantId);
    await opened.db.transaction().execute((trx) => step(trx, merchantId, tradeId, clock.now()));
    const reading = await slowly(async (trx) => {
      await trx.selectFrom('merchant').select('id').where('id', '=', merchantId).forNoKeyUpdate().execute();
    });
    await opened.db.transaction().execute((trx) => step(trx, merchantId, tradeId, clock.now()));
    const another = await trade(merchantId);
    await reading.commit();
    const writing = await slowly((trx) => step(trx, merchantId, another, clock.now()));
    expect(await follow(merchantId).read()).toHaveLength(2);
    await writing.commit();
  });

  test('writers on nodes whose clocks differ, readers beside them: each sees all, once, in one order', async () => {
    const merchantId = await merchant();
    const trades = await Promise.all(Array.from({ length: 6 }, () => trade(merchantId)));
    const made: string[] = [];
    const skews = [0, -3 * MINUTE_MS, 2 * MINUTE_MS, 7];
    const writer = async (skewMs: number, offset: number) => {
      for (let n = 0; n < 30; n++) {
        const tradeId = trades[(n * 5 + offset) % trades.length] ?? '';
        const id = await opened.db.transaction().execute(async (trx) => {
          const made = await step(trx, merchantId, tradeId, new Date(clock.now().getTime() + skewMs));
          // Commits cross each other: some transactions stay open for several statements more.
          for (let wait = 0; wait < (n * 7 + offset) % 5; wait++) await sql`select 1`.execute(trx);
          return made;
        });
        made.push(id);
      }
    };
    let isWriting = true;
    const readers = Array.from({ length: 3 }, () => follow(merchantId));
    const reading = readers.map(async (reader, index) => {
      while (isWriting) await reader.read(index + 1);
      while ((await reader.read()).length > 0);
    });
    await Promise.all(skews.map((skewMs, index) => writer(skewMs, index)));
    isWriting = false;
    await Promise.all(reading);
    for (const { seen } of readers) {
      expect(idsOf(seen).toSorted()).toEqual(made.toSorted());
      expect(idsOf(seen)).toEqual(idsOf(readers[0]?.seen ?? []));
      expectTradesInOrder(seen);
    }
  });

  test('a hundred thousand events that nobody has read yet are numbered a thousand at a time', async () => {
    const merchantId = await merchant();
    const [one, other] = [await trade(merchantId), await trade(merchantId)];
    // One trade's clock runs backwards; with its last events all of the earlier ones come.
    await sql`insert into callback (merchant_id, id, trade_id, number, body, state, created_at)
      select ${merchantId}::uuid, gen_random_uuid(), case when n <= 200 then ${one}::uuid else ${other}::uuid end,
        case when n <= 200 then n else n - 200 end,
        jsonb_build_object('trade', jsonb_build_object('id', case when n <= 200 then ${one} else ${other} end,
          'version', case when n <= 200 then n else n - 200 end))::text, 'delivered',
        now() + n * interval '1 millisecond' * case when n <= 200 then -1 else 1 end
      from generate_series(1, 100000) as n`.execute(opened.db);
    const started = performance.now();
    const first = await readEvents(deps(), merchantId, { after: 0n, limit: 100 });
    expect(performance.now() - started).toBeLessThan(5000);
    const { events_numbered } = await opened.db
      .selectFrom('merchant')
      .select('events_numbered')
      .where('id', '=', merchantId)
      .executeTakeFirstOrThrow();
    expect(events_numbered).toBe(1000n);
    expect(first.hasMore).toBe(true);
    const reader = follow(merchantId);
    for (let page = 0; page < 30; page++) await reader.read(100);
    expect(new Set(idsOf(reader.seen)).size).toBe(3000);
    expectTradesInOrder(reader.seen);
  });
});
