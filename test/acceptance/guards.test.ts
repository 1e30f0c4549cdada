import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { findAndRecord } from '../../src/cancellations/fast-path.ts';
import { createCancelGroups } from '../../src/cancellations/groups.ts';
import { cancelItem } from '../../src/cancelling/cancel-item.ts';
import { MINUTE_MS, systemClock } from '../../src/core/clock.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { moveItems } from '../../src/trades/move.ts';
import { itemsOf, lockTrade } from '../../src/trades/queries.ts';
import type { Merchant } from '../support/merchant.ts';
import { heard } from '../support/suppliers.ts';
import { useOwnWorld } from '../support/world.ts';

/** What holds even when something above it fails: keys, guards, the exact minute, and no call inside a transaction. */

const world = useOwnWorld({ SUPPLIER_TIMEOUT_MS: '6000' });
/** Long enough for a busy machine to answer something else meanwhile. */

async function oldItem(behaviour: string, age = '31m') {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing(behaviour)], { externalId: randomUUID() });
  await world().passes(age);
  return { merchant, trade, itemId: trade.items[0]?.id ?? '' };
}

/** What the marketplace's own control routes do and know. */
async function marketplace(method: string, path: string, body?: unknown) {
  const headers = { 'content-type': 'application/json' };
  const sent = body === undefined ? {} : { headers, body: JSON.stringify(body) };
  return (await fetch(`${world().gateway.sandbox?.marketplaceUrl}/control${path}`, { method, ...sent })).json();
}

/** The request of this trade is lost at this moment, whatever the clock has done since. */
async function lostNow(tradeId: string, at: Date): Promise<void> {
  const lost = world().gateway.deps.db.updateTable('cancellation').set({ closed_at: at });
  const { numUpdatedRows } = await lost.where('trade_id', '=', tradeId).where('state', '=', 'lost').executeTakeFirst();
  expect(numUpdatedRows).toBe(1n);
}

describe('the database itself refuses', () => {
  /** The same row again, under another id. */
  async function again(table: string, where: RawBuilder<unknown>, id: Record<string, unknown>): Promise<unknown> {
    const { db } = world().gateway.deps;
    const copy = sql`
      insert into ${sql.table(table)}
      select (jsonb_populate_record(same, ${JSON.stringify(id)}::jsonb)).*
      from ${sql.table(table)} as same where ${where} limit 1`;
    const { code } = await copy.execute(db).then(
      () => ({ code: 'taken' }),
      (error: { code?: string }) => error,
    );
    return code;
  }

  const UNIQUE_VIOLATION = '23505';
  let merchant: Merchant;
  beforeAll(async () => {
    const item = await oldItem('cancel-confirmed-later');
    merchant = item.merchant;
    expect((await merchant.cancels(item.trade.id, item.itemId)).status).toBe(200);
  });
  const newId = () => ({ id: randomUUID() });

  test.each([
    ['a second open request to cancel an item', 'cancellation', newId],
    ['a second purchase of an item that may have been bought', 'purchase', newId],
    ['a second trade under one externalId', 'trade', newId],
    ['a movement of money under a key that was used', 'transfer', () => ({})],
    ['a second callback about one step', 'callback', newId],
    ['a second event under one number', 'trade_event', () => ({ event: 'offer' })],
  ] as const)('%s', async (_what, table, id) => {
    expect(await again(table, sql`merchant_id = ${merchant.id}`, id())).toBe(UNIQUE_VIOLATION);
  });
});

test('a step of an item that has moved on meanwhile changes nothing', async () => {
  const { merchant, trade } = await oldItem('never-ships', '1s');
  const { deps } = world().gateway;
  const seen = await itemsOf(deps.db, merchant.id, [trade.id]);
  const offer = () =>
    inTransaction(deps, async (trx) => {
      const row = await lockTrade(trx, merchant.id, trade.id);
      await moveItems(deps, trx, { trade: row, items: seen, event: 'offer', origin: { actor: 'operator' } });
    });
  await offer();
  await expect(offer()).rejects.toThrow('left pending meanwhile');
  const { version } = await inTransaction(deps, (trx) => lockTrade(trx, merchant.id, trade.id));
  expect(version).toBe(3);
  expect((await merchant.trade(trade.id)).status).toBe('active');
});

test('a step that is undone leaves no callback and no job behind', async () => {
  const { merchant, trade } = await oldItem('never-ships', '1s');
  const { deps } = world().gateway;
  const left = async () => {
    const { rows } = await sql`select
      (select count(*)::int from callback where trade_id = ${trade.id}) as callbacks,
      (select count(*)::int from pgboss.job where data->>'tradeId' = ${trade.id}) as jobs`.execute(deps.db);
    return rows[0];
  };
  const before = await left();
  const undone = inTransaction(deps, async (trx) => {
    const row = await lockTrade(trx, merchant.id, trade.id);
    const items = await itemsOf(trx, merchant.id, [trade.id]);
    await moveItems(deps, trx, { trade: row, items, event: 'offer', origin: { actor: 'operator' } });
    throw new Error('the power is cut');
  });
  await expect(undone).rejects.toThrow('the power is cut');
  await world().settles();
  expect(await left()).toEqual(before);
  expect((await merchant.trade(trade.id)).status).toBe('pending');
});

test('a cancel that delivery has overtaken while it is asked answers the next one too: never two at a time', async () => {
  const { merchant, trade, itemId } = await oldItem('cancel-timeout');
  const { reference } = await world()
    .gateway.deps.db.selectFrom('purchase')
    .select('reference')
    .where('trade_id', '=', trade.id)
    .executeTakeFirstOrThrow();
  const first = merchant.cancels(trade.id, itemId);
  await expect.poll(() => marketplace('GET', `/orders/${reference}`)).toMatchObject({ cancelCalls: 1 });
  await marketplace('POST', `/orders/${reference}/deliver`);
  await expect.poll(async () => (await merchant.item(trade.id, itemId)).status).toBe('hold');

  for (const answer of [await merchant.cancels(trade.id, itemId), await first]) {
    expect(answer.body.error).toMatchObject({ code: 28, details: { reason: 'already_sent' } });
  }
  expect(await marketplace('GET', `/orders/${reference}`)).toMatchObject({ cancelCalls: 1, cancelsAtOnce: 1 });
  // It answers for its own item only: another one's request is recorded at once.
  const other = await oldItem('never-ships');
  const canceller = {
    merchantId: other.merchant.id,
    source: 'self' as const,
    steamId: null,
    actor: 'test',
    requestId: randomUUID(),
    askedAt: new Date(),
  };
  const { deps } = world().gateway;
  const now = deps.clock.now();
  const wanted = { ...canceller, now, trigger: 'request' as const };
  await lostNow(trade.id, now);
  const found = await findAndRecord(deps, wanted, { tradeRef: other.trade.id, itemRef: other.itemId });
  expect(found.kind).toBe('held');
  // Its time is over for good after two calls and a margin: whoever asks then is asking anew.
  const before = await world().refusedCancels();
  await world().passes('1m');
  expect((await merchant.cancels(trade.id, itemId)).body.error?.details).toEqual({ reason: 'already_sent' });
  expect(await world().refusedCancels()).toBe(before + 1);
});

test('a lost cancel is repeated only after a look at what became of the order', async () => {
  const { merchant, trade, itemId } = await oldItem('cancel-503');
  const { deps } = world().gateway;
  expect((await merchant.cancels(trade.id, itemId)).status).toBe(503);
  // The sweep would ask too, in two seconds: this test is about who asks now.
  const never = new Date(world().now.getTime() + 60 * MINUTE_MS);
  await deps.db.updateTable('cancellation').set({ due_at: never }).where('trade_id', '=', trade.id).execute();

  const calls: string[] = [];
  const suppliers = heard(deps.suppliers, (call) => void calls.push(call));
  const canceller = {
    merchantId: merchant.id,
    source: 'self' as const,
    steamId: null,
    actor: 'test',
    requestId: randomUUID(),
    askedAt: new Date(),
  };
  const again = await cancelItem({ ...deps, suppliers }, canceller, { tradeRef: trade.id, itemRef: itemId });
  expect(again).toMatchObject({ status: 'cancelled' });
  expect(calls).toEqual(['find', 'cancel']);
});

test('an item can be cancelled from the very millisecond in which its order is 30 minutes old', async () => {
  const { merchant, trade, itemId } = await oldItem('never-ships', '30m');
  const { deps } = world().gateway;
  const purchases = deps.db.selectFrom('purchase').select('ordered_at').where('trade_id', '=', trade.id);
  const ordered = (await purchases.executeTakeFirstOrThrow()).ordered_at?.getTime() ?? 0;
  expect(ordered).toBeGreaterThanOrEqual(Date.parse(trade.createdAt));
  const canceller = {
    merchantId: merchant.id,
    source: 'self' as const,
    steamId: null,
    actor: 'test',
    requestId: randomUUID(),
    askedAt: new Date(),
  };
  const cancelAfter = (ms: number) => {
    const moved = { ...deps, clock: { ...systemClock, now: () => new Date(ordered + ms) } };
    const refs = { tradeRef: trade.id, itemRef: itemId };
    return cancelItem({ ...moved, cancelGroups: createCancelGroups(moved) }, canceller, refs);
  };
  await expect(cancelAfter(30 * MINUTE_MS - 1)).rejects.toMatchObject({ key: 'TRADE_CANCEL_TOO_SOON' });
  expect(await cancelAfter(30 * MINUTE_MS)).toMatchObject({ status: 'cancelled' });
});

describe('while the marketplace takes its time, everything else is answered', () => {
  test('over a cancel', async () => {
    const { merchant, trade, itemId } = await oldItem('cancel-confirmed-later');
    const { deps } = world().gateway;
    const purchases = deps.db.selectFrom('purchase').select('reference').where('trade_id', '=', trade.id);
    const { reference } = await purchases.executeTakeFirstOrThrow();
    const facts = () => marketplace('GET', `/orders/${reference}`);

    await marketplace('PUT', '/pace', { cancelAnswerMs: MINUTE_MS });
    const cancel = merchant.cancels(trade.id, itemId);
    await expect.poll(facts).toMatchObject({ cancelCalls: 1 });
    await merchant.balance();
    expect(await facts()).toMatchObject({ cancelAnswers: { accepted: 0, refused: 0, unclear: 0 } });
    await marketplace('PUT', '/pace', { cancelAnswerMs: 0 });
    expect((await cancel).status).toBe(200);
  });

  test('over a purchase', async () => {
    const merchant = await world().merchant();
    const { body } = await merchant.asksToBuy([world().testListing('buy-answer-lost')]);
    const [tradeId, itemId] = [body.data.id, body.data.items[0].id];
    const bought = () =>
      world()
        .supplierCalls(merchant.id, tradeId, itemId)
        .catch(() => null);
    await expect.poll(bought).toMatchObject({ buyCalls: 1 });
    await merchant.balance();
    const purchase = world().gateway.deps.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId);
    expect(await purchase.executeTakeFirstOrThrow()).toEqual({ state: 'asked' });
    await world().settles();
  });
});
