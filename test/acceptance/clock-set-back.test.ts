import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { bringForwardOverlong } from '../../src/gateway/overlong.ts';
import { cacheAnswer, cachedAnswer } from '../../src/trade-urls/cache.ts';
import { claimRun } from '../../src/verify/last-run.ts';
import { useOwnWorld } from '../support/world.ts';

/** A machine's clock is set back by two hours: what was put off by seconds must not wait for two hours. */

const world = useOwnWorld({ APPROVAL_TIMEOUT_MS: '900' });

type DueTable = 'callback' | 'approval' | 'cancellation' | 'purchase' | 'quick_buy';

/** As a gateway leaves its rows behind whose clock was two hours ahead. */
async function setBackUnder(table: DueTable, tradeId: string): Promise<void> {
  await sql`update ${sql.table(table)} set due_at = due_at + interval '2 hours'
    where trade_id = ${tradeId} and due_at is not null`.execute(world().gateway.deps.db);
}

async function bringsForward(isThorough = false): Promise<number> {
  const moved = await bringForwardOverlong(world().gateway.deps, isThorough);
  return moved;
}

async function dueIn(table: DueTable, tradeId: string): Promise<number> {
  const { deps } = world().gateway;
  const { rows } = await sql<{ due_at: Date }>`select due_at from ${sql.table(table)}
    where trade_id = ${tradeId} and due_at is not null order by due_at limit 1`.execute(deps.db);
  return ((rows[0]?.due_at.getTime() ?? Number.NaN) - world().now.getTime()) / 60_000;
}

describe('the clock is set back by two hours', () => {
  test('my callback comes again after seconds, not after two hours', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
    world().receiver.answers.delete(merchant.name);
    await setBackUnder('callback', trade.id);
    // The gateway's own look for it, which comes every ten seconds.
    await world().until(() => merchant.attemptsAt(trade.id).length === 2, 'the second attempt', 30_000);
    await world().settles();
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['pending']);
  });

  test('a callback that I asked to have later is not sent before', async () => {
    const merchant = await world().merchant();
    const later = { status: 503, body: '', headers: { 'retry-after': '3600' } };
    world().receiver.answers.set(merchant.name, later);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    world().receiver.answers.delete(merchant.name);
    await bringsForward();
    expect(await dueIn('callback', trade.id)).toBeGreaterThan(58);
    await setBackUnder('callback', trade.id);
    await bringsForward();
    await world().settles();
    expect(merchant.attemptsAt(trade.id)).toHaveLength(2);
  });

  test('what waits behind a callback of the same trade goes on waiting', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, { status: 500, headers: { 'retry-after': '3600' } });
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await world().passes('20s');
    await bringsForward(true);
    await world().settles();
    expect(merchant.attemptsAt(trade.id)).toHaveLength(1);
  });

  test('I am asked again whether to buy', async () => {
    const merchant = await world().merchant();
    merchant.says((_question, nth) => (nth === 1 ? { status: 503, headers: { 'retry-after': '20' } } : 200));
    const { body } = await merchant.asksToBuy([world().testListing('never-ships')]);
    await world().settles();
    await bringsForward();
    expect(merchant.questionsAbout(body.data.id)).toHaveLength(1);
    await setBackUnder('approval', body.data.id);
    expect(await bringsForward()).toBeGreaterThan(0);
    await world().settles();
    expect((await merchant.trade(body.data.id)).status).toBe('pending');
  });

  test('a cancellation without an answer is asked for again', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-timeout');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(503);
    await setBackUnder('cancellation', trade.id);
    expect(await bringsForward()).toBeGreaterThan(0);
    await world().settles();
    await world().passes('20m');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
  });

  test('an order is read again, however young it is', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships', 2)]);
    await setBackUnder('purchase', trade.id);
    await bringsForward();
    await world().settles();
    expect(await dueIn('purchase', trade.id)).toBeLessThan(1);
    await sql`update purchase set due_at = due_at + interval '20 minutes' where trade_id = ${trade.id}`.execute(
      world().gateway.deps.db,
    );
    expect(await bringsForward(true)).toBeGreaterThan(0);
    await world().settles();
    expect(await dueIn('purchase', trade.id)).toBeLessThan(1);
  });

  test('a quick buy is filled', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buysQuick(world().testListing('never-ships', 3));
    const due = new Date(world().now.getTime() + 7_200_000);
    const { db } = world().gateway.deps;
    await db.updateTable('quick_buy').set({ due_at: due }).where('trade_id', '=', trade.id).execute();
    expect(await bringsForward()).toBeGreaterThan(0);
    await world().settles();
    const left = await db.selectFrom('quick_buy').select('due_at').where('trade_id', '=', trade.id).executeTakeFirst();
    expect(left?.due_at).toBeNull();
  });

  test('an item is cancelled at the time that was announced, and looked at again soon after it', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships', 4)], { autoCancel: 45 });
    const { db } = world().gateway.deps;
    const announced = new Date((await merchant.trade(trade.id)).autoCancelAt ?? '');
    await bringsForward(true);
    const timerOf = async () =>
      (await db.selectFrom('item').select('auto_cancel_due_at').where('trade_id', '=', trade.id).executeTakeFirst())
        ?.auto_cancel_due_at;
    expect(await timerOf()).toEqual(announced);
    const lateLook = new Date(announced.getTime() + 7_200_000);
    await db.updateTable('item').set({ auto_cancel_due_at: lateLook }).where('trade_id', '=', trade.id).execute();
    expect(await bringsForward(true)).toBeGreaterThan(0);
    expect(await timerOf()).toEqual(announced);
  });

  test('what Steam said of a trade URL is not remembered for longer', async () => {
    const { deps } = world().gateway;
    const url = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=SetBack1';
    const answer = { standing: 'user_not_found' } as const;
    const future = new Date(world().now.getTime() + 7_200_000);
    await cacheAnswer(deps, url, answer, future);
    expect(await cachedAnswer(deps, url)).toBeNull();
    await cacheAnswer(deps, url, answer, world().now);
    const row = await deps.db
      .selectFrom('trade_url_check')
      .select('checked_at')
      .where('trade_url', '=', url)
      .executeTakeFirst();
    expect(row?.checked_at.getTime()).toBeLessThan(future.getTime() - 3_600_000);
  });

  test('the books are proved, though the last proof seems to be in the future', async () => {
    const { deps } = world().gateway;
    const { clock } = deps;
    const ahead = { db: deps.db, clock: { ...clock, now: () => new Date(clock.now().getTime() + 7_200_000) } };
    await claimRun(ahead, 3_600_000);
    expect(await claimRun(deps, 3_600_000)).not.toBeNull();
    // Nobody is at it any more, and it began in the future.
    const began = ahead.clock.now();
    await deps.db.updateTable('verification').set({ run_id: null, leased_until: null, started_at: began }).execute();
    expect(await claimRun(deps, 3_600_000)).not.toBeNull();
  });
});
