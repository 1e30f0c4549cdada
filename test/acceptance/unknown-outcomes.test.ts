// What got no clear answer is kept, shown, asked again and resolved.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SandboxClock } from '../../sandbox/clock.ts';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { CollectedOutput } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { newId } from '../../src/core/ids.ts';
import { measureBacklog } from '../../src/gateway/backlog.ts';
import { makeOrdersDue } from '../../src/purchases/store.ts';
import { nextAttemptAt } from '../../src/work/backoff.ts';
import type { Merchant } from '../support/merchant.ts';
import { type TestListing, World } from '../support/world.ts';

const folder = mkdtempSync(join(tmpdir(), 'skinrail-unknown-'));
let marketplace: RunningMarketplace;
let theWorld: World;
const world = () => theWorld;
const openMarketplace = (port: number) =>
  startMarketplace({ port, file: join(folder, 'marketplace.db'), plugins: [shop] });

beforeAll(async () => {
  marketplace = await openMarketplace(0);
  theWorld = await World.start({ MARKETPLACE_URL: marketplace.url });
});

afterAll(async () => {
  await theWorld.stop();
  await marketplace.close();
  rmSync(folder, { recursive: true });
});

/** The marketplace is gone while `work` runs; its orders are not. */
async function whileMarketplaceIsAway(work: () => Promise<void>): Promise<void> {
  await marketplace.close();
  try {
    await work();
  } finally {
    marketplace = await openMarketplace(marketplace.port);
  }
}

/** `skinrail <args>`, carried out by the running gateway. */
async function operator(...args: string[]) {
  const output = new CollectedOutput();
  const { deps } = world().gateway;
  return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
}

// biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
async function unknownOf(merchant: Merchant, kind: string): Promise<any[]> {
  const said = await operator('unknown', 'list', '--kind', kind, '--merchant', merchant.id, '--json');
  expect(said.exitCode).toBe(0);
  return JSON.parse(said.stdout);
}

/** Buys without waiting for more than the lost answer. */
async function buysWithoutAnswer(merchant: Merchant, listing: TestListing) {
  const answer = await merchant.asksToBuy([listing]);
  expect(answer.status).toBe(200);
  await world().until(async () => (await unknownOf(merchant, 'purchase')).length === 1, 'the purchase is unknown');
  return answer.body.data;
}

const alerts = (supplier = 'cs2dt') =>
  world().metric('skinrail_supplier_words_unrecognised_total', `{supplier="${supplier}"}`);

describe('an operator', () => {
  test('sees a cancellation request without a clear answer, and has it asked about now', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-503');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(503);
    const [cancellation] = await unknownOf(merchant, 'cancellation');
    expect(cancellation).toMatchObject({
      kind: 'cancellation',
      state: 'unknown',
      tradeId: trade.id,
      listingId: listing.id,
    });
    expect(cancellation.cause).toContain('503');
    const shown = await operator('unknown', 'show', cancellation.id);
    expect(shown.stdout).toContain(cancellation.reference);
    expect(shown.stdout).toContain(`skinrail trade show ${trade.id}`);

    const pushed = JSON.parse((await operator('unknown', 'push', cancellation.id, '--json')).stdout);
    expect(pushed).toEqual([
      { id: cancellation.id, kind: 'cancellation', became: expect.stringMatching(/accepted|settled/) },
    ]);
    expect(await unknownOf(merchant, 'cancellation')).toEqual([]);
    await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'reverted', 'reverted');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).cancelCalls).toBe(2);
  });

  test('sees a purchase without an answer; a push looks it up, and never buys again', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('buy-answer-lost-found-late');
    const trade = await buysWithoutAnswer(merchant, listing);
    const [purchase] = await unknownOf(merchant, 'purchase');
    expect(purchase).toMatchObject({ kind: 'purchase', state: 'unknown', tradeId: trade.id });
    expect(purchase.reference).toHaveLength(26);

    const pushed = await operator('unknown', 'push', purchase.id);
    expect(pushed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('still unknown') });
    await world().passes('2m');
    expect(await unknownOf(merchant, 'purchase')).toEqual([]);
    const known = await operator('unknown', 'show', purchase.id);
    expect(known).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/is not a purchase or cancellation with an unknown outcome/),
    });
    expect((await world().supplierCalls(merchant.id, trade.id, listing.id)).buyCalls).toBe(1);
    expect((await merchant.item(trade.id, listing.id)).status).toBe('pending');
  });

  test('pushes everything at once, and is told when there is nothing', async () => {
    const merchants = await Promise.all([world().merchant(), world().merchant()]);
    const listing = world().testListing('cancel-html');
    for (const merchant of merchants) {
      const trade = await merchant.buys([world().testListing('cancel-html', merchants.indexOf(merchant) + 1)]);
      await world().passes('31m');
      const [item] = trade.items;
      expect((await merchant.cancels(trade.id, item?.id ?? listing.id)).status).toBe(503);
    }
    const { exitCode, stdout } = await operator('unknown', 'push', '--all', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).length).toBeGreaterThan(0);
    await world().settles();
    expect((await operator('unknown', 'push', '--all')).stdout).toBe('nothing is unknown\n');
    expect((await operator('unknown', 'list')).stdout).toBe('nothing is unknown\n');
  });

  test.each([
    [['push'], /give the id of one purchase or cancellation, or use --all/],
    [
      ['push', '--all', '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10'],
      /give the id of one purchase or cancellation, or use --all/,
    ],
    [
      ['push', '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10'],
      /01990c4e-.* is not a purchase or cancellation with an unknown outcome/,
    ],
    [['show', 'order-1'], /"order-1" is not a purchase or cancellation id/],
    [['list', '--kind', 'callback'], /unknown kind callback; valid kinds are purchase, cancellation/],
    [['list', '--limit', '0'], /--limit must be a whole number from 1 to 1000/],
  ])('who asks for what cannot be, is told so: unknown %s', async (args, text) => {
    const said = await operator('unknown', ...args);
    expect(said).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringMatching(text) });
  });

  test('reads the age of the oldest unknown in the metrics', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('buy-answer-lost');
    await buysWithoutAnswer(merchant, listing);
    await whileMarketplaceIsAway(async () => {
      await new SandboxClock(world().gateway.deps.db).advance(600_000);
      await world().until(
        async () =>
          (await unknownOf(merchant, 'purchase')).some((one) => Date.parse(one.since) < +world().now - 600_000),
        'time has passed',
      );
      await measureBacklog(world().gateway.deps);
      const age = await world().metric('skinrail_oldest_unknown_seconds', '{kind="purchase"}');
      expect(age).toBeGreaterThanOrEqual(600);
    });
    await world().passes('2h');
    await measureBacklog(world().gateway.deps);
    expect(await world().metric('skinrail_oldest_unknown_seconds', '{kind="purchase"}')).toBe(0);
  });

  test('sees a purchase of which repeats prove nothing, how often it was repeated, and why', async () => {
    const merchant = await world().merchant();
    const trade = await buysWithoutAnswer(merchant, world().testListing('buy-sold-when-repeated'));
    const [before] = await unknownOf(merchant, 'purchase');
    expect(before).toMatchObject({ tradeId: trade.id, repeats: 0 });
    await world().passes('1m');
    for (let look = 0; look < 6; look++) await world().passes('20s');
    const [purchase] = await unknownOf(merchant, 'purchase');
    const cause = 'the repeat was refused: LISTING_UNAVAILABLE';
    expect(purchase).toMatchObject({ id: before.id, since: before.since, state: 'unknown', repeats: 1, cause });
    const { stdout } = await operator('unknown', 'show', purchase.id);
    expect(stdout).toMatch(/^repeats +1$/m);
    expect(stdout).toContain(cause);
  });
});

describe('a request to cancel an item whose purchase is still unknown', () => {
  test('waits for it, and is acted on as soon as it is known', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('buy-answer-lost-never-ships');
    const trade = await buysWithoutAnswer(merchant, listing);
    await whileMarketplaceIsAway(async () => {
      await new SandboxClock(world().gateway.deps.db).advance(31 * 60_000);
      await world().until(
        async () => (await merchant.cancels(trade.id, listing.id)).status === 503,
        'the request is kept',
      );
      // Long enough for the request to have been taken up many times, each of them without asking.
      await new SandboxClock(world().gateway.deps.db).advance(3 * 86_400_000);
      const again = await merchant.cancels(trade.id, listing.id);
      expect(again.body.error).toMatchObject({ code: 1009, details: { outcome: 'unknown' } });
      expect((await merchant.item(trade.id, listing.id)).status).toBe('pending');
    });
    await world().passes('1h');
    await world().passes('15m'); // should the first read have met a connection to the marketplace that was
    await world().until(async () => (await merchant.item(trade.id, listing.id)).status === 'reverted', 'reverted');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const calls = await world().supplierCalls(merchant.id, trade.id, listing.id);
    expect(calls).toMatchObject({ buyCalls: 1, cancelCalls: 1 });
    const cancellation = await world()
      .gateway.deps.db.selectFrom('cancellation')
      .select('state')
      .where('trade_id', '=', trade.id)
      .execute();
    expect(cancellation).toEqual([{ state: 'settled' }]);
  });
});

describe('a supplier that changes its mind when all seems over', () => {
  test('and delivers what it had called failed: no money moves, and an alert is raised', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('delivers-after-failing')]);
    await world().passes('10m');
    expect((await merchant.trade(trade.id)).status).toBe('failed');
    const before = await alerts();
    await world().passes('2h');
    await world().until(async () => (await alerts()) > before, 'an alert');
    expect((await merchant.trade(trade.id)).status).toBe('failed');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(merchant.callbacksOf(trade.id).map((told) => told.trade.status)).toEqual(['pending', 'failed']);
  });

  test('and shows an order that look-ups had missed: the money stays with me, and an alert is raised', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('buy-answer-lost-found-too-late')]);
    for (let minutes = 0; minutes < 3; minutes++) await world().passes('1m');
    await world().until(async () => (await merchant.trade(trade.id)).status === 'failed', 'taken as never made');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    const before = await alerts('waxpeer');
    await world().passes('30h');
    await world().until(async () => (await alerts('waxpeer')) > before, 'an alert');
    expect((await merchant.trade(trade.id)).status).toBe('failed');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('is listened to for two weeks, and then no more', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('seller-fails')]);
    await world().passes('10m');
    const dueAt = async () => {
      const purchase = world().gateway.deps.db.selectFrom('purchase').select('due_at').where('trade_id', '=', trade.id);
      return (await purchase.executeTakeFirstOrThrow()).due_at;
    };
    await world().passes('13 days');
    expect(await dueAt()).not.toBeNull();
    await world().passes('2 days');
    expect(await dueAt()).toBeNull();
  });

  test('a marketplace that speaks of a purchase which it had refused is asked what there is', async () => {
    const merchant = await world().merchant();
    const { id } = await merchant.buys([world().testListing('purchase-refused')]);
    const { deps } = world().gateway;
    const purchase = () =>
      deps.db.selectFrom('purchase').selectAll().where('trade_id', '=', id).executeTakeFirstOrThrow();
    const { reference, due_at } = await purchase();
    expect(due_at).toBeNull();
    await makeOrdersDue(deps, 'cs2dt', [reference]);
    await world().settles();
    expect((await purchase()).due_at?.getTime()).toBeGreaterThan(world().now.getTime());
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed' });
  });
});

test.each([
  ['just now', 0, 2],
  ['five seconds', 5, 2],
  ['five minutes', 300, 30],
  ['a month', 30 * 86_400, 600],
])('what has been unknown for %s is asked about after a tenth of that, in its limits', async (_name, ageS, pauseS) => {
  const now = new Date('2026-06-01T12:00:00.000Z');
  const since = sql<Date>`${new Date(now.getTime() - ageS * 1000)}::timestamptz`;
  const next = nextAttemptAt(now, { since, id: sql.ref('row.id') }, { minMs: 2000, maxMs: 600_000 });
  const ids = Array.from({ length: 50 }, () => newId(now));
  const { rows } = await sql<{ at: Date }>`
    select ${next} as at from unnest(${ids}::uuid[]) as row (id)`.execute(world().gateway.deps.db);
  const pauses = rows.map((row) => (row.at.getTime() - now.getTime()) / 1000);
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(pauseS * 0.8);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(pauseS * 1.2);
  expect(new Set(pauses).size).toBeGreaterThan(40);
});
