import { randomUUID } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { cancelItem } from '../../src/cancellations/cancel-item.ts';
import { MINUTE_MS, systemClock } from '../../src/clock.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { moveItems } from '../../src/trades/move.ts';
import { itemsOf, lockTrade } from '../../src/trades/queries.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What holds even when something above it fails: keys, guards, the exact minute, and no call inside a transaction. */

const world = useWorld({ SUPPLIER_TIMEOUT_MS: '4000' });
const ANSWER_MS = 2500;

async function oldItem(behaviour: string, age = '31m') {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().card(behaviour)], { externalId: randomUUID() });
  await world().passes(age);
  return { merchant, trade, itemId: trade.items[0]?.id ?? '' };
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
    ['a second open wish to cancel an item', 'cancellation', newId],
    ['a second purchase of an item that may have been bought', 'purchase', newId],
    ['a second trade under one externalId', 'trade', newId],
    ['a movement of money under a key that was used', 'transfer', () => ({})],
    ['a second callback about one step', 'delivery', newId],
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
      await moveItems(deps, trx, row, seen, 'offer', { actor: 'operator' });
    });
  await offer();
  await expect(offer()).rejects.toThrow('left pending meanwhile');
  const { version } = await inTransaction(deps, (trx) => lockTrade(trx, merchant.id, trade.id));
  expect(version).toBe(3);
  expect((await merchant.trade(trade.id)).status).toBe('active');
});

test('an item can be cancelled from the very millisecond in which it is 30 minutes old', async () => {
  const { merchant, trade, itemId } = await oldItem('never-ships', '30m');
  const { deps } = world().gateway;
  const created = new Date(trade.createdAt).getTime();
  const canceller = { merchantId: merchant.id, source: 'self' as const, actor: 'test', requestId: randomUUID() };
  const cancelAfter = (ms: number) =>
    cancelItem({ ...deps, clock: { ...systemClock, now: () => new Date(created + ms) } }, canceller, {
      tradeRef: trade.id,
      itemRef: itemId,
    });
  await expect(cancelAfter(30 * MINUTE_MS - 1)).rejects.toMatchObject({ key: 'TRADE_CANCEL_TOO_SOON' });
  expect(await cancelAfter(30 * MINUTE_MS)).toMatchObject({ status: 'cancelled' });
});

describe('while the marketplace takes its time, everything else is answered', () => {
  const calls = (merchant: Merchant, tradeId: string, itemId: string) =>
    world().supplierCalls(merchant.id, tradeId, itemId);

  async function answersCancelsAfter(cancelAnswerMs: number): Promise<void> {
    const answer = await fetch(`${world().gateway.sandbox?.marketplaceUrl}/control/pace`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ cancelAnswerMs }),
    });
    expect(answer.status).toBe(200);
  }

  test('over a cancel', async () => {
    const { merchant, trade, itemId } = await oldItem('cancel-confirmed-later');
    await answersCancelsAfter(ANSWER_MS);
    const cancel = merchant.cancels(trade.id, itemId);
    const first = cancel.then(() => 'the cancel');
    await expect.poll(async () => (await calls(merchant, trade.id, itemId)).cancelCalls).toBe(1);
    const balance = merchant.balance().then(() => 'the balance');
    expect(await Promise.race([first, balance])).toBe('the balance');
    expect((await cancel).status).toBe(200);
    await answersCancelsAfter(0);
  });

  test('over a purchase', async () => {
    const merchant = await world().merchant();
    const { body } = await merchant.asksToBuy([world().card('buy-answer-lost')]);
    const [tradeId, itemId] = [body.data.id, body.data.items[0].id];
    const boughtOnce = async () => (await calls(merchant, tradeId, itemId).catch(() => null))?.buyCalls;
    await expect.poll(boughtOnce).toBe(1);
    await merchant.balance();
    const purchase = world().gateway.deps.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId);
    expect(await purchase.executeTakeFirstOrThrow()).toEqual({ state: 'asked' });
    await world().settles();
  });
});
