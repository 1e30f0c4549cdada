import { describe, expect, test } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { toMills } from '../../src/core/money.ts';
import type { PurchaseRow } from '../../src/db/tables.ts';
import { endByOperator } from '../../src/settlement/end-by-operator.ts';
import { recordBought } from '../../src/settlement/purchase-outcome.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** An operator ends a purchase of which its marketplace has said that it was never made. */

const world = useWorld();
const REASON = 'their support: no such order';
const bought = { orderId: '930000000000888888', costMills: toMills(500n) };

async function end(id: string, ...args: string[]): Promise<CommandResult> {
  const { deps } = world().gateway;
  const output = new CollectedOutput();
  const session = async () => ({ deps, applied: [] });
  const command = ['unknown', 'end', id, '--reason', REASON, ...args];
  return output.with(await runInGateway(command, session, output, 'operator:alice'));
}

async function purchaseOf(tradeId: string): Promise<PurchaseRow> {
  const { db } = world().gateway.deps;
  return db.selectFrom('purchase').selectAll().where('trade_id', '=', tradeId).executeTakeFirstOrThrow();
}

/** A purchase whose last call, a repeat after 85 minutes, was left unanswered more than an hour ago. */
async function unknownFor(pause: string) {
  const merchant = await world().merchant();
  const trade = await merchant.buys([world().testListing('buy-never-arrives')]);
  for (const part of pause.split(' ')) await world().passes(part);
  const purchase = await purchaseOf(trade.id);
  expect(purchase.state).toBe('unknown');
  return { merchant, trade, purchase };
}

const LONG = '2m 2m 5m 20m 90m 65m';

async function expectAllBack(merchant: Merchant, tradeId: string): Promise<void> {
  expect(await merchant.trade(tradeId)).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
}

describe('a purchase that stays unknown', () => {
  test('is ended: its money is released once, its merchant is told, and who said so is kept', async () => {
    const { merchant, trade, purchase } = await unknownFor(LONG);
    const said = await end(purchase.id);
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said.stdout).toContain(purchase.reference);
    await world().settles();
    await expectAllBack(merchant, trade.id);
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
    const event = await world()
      .gateway.deps.db.selectFrom('trade_event')
      .select(['event', 'actor', 'cause'])
      .where('trade_id', '=', trade.id)
      .orderBy('number', 'desc')
      .executeTakeFirstOrThrow();
    const cause = { reference: purchase.reference, reason: REASON };
    expect(event).toEqual({ event: 'fail', actor: 'operator:alice', cause });

    const again = await end(purchase.id);
    expect(again).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('may be known by now') });
    await expectAllBack(merchant, trade.id);
  });

  test('raises an alert when its order turns up all the same, and no money moves a second time', async () => {
    const { merchant, trade, purchase } = await unknownFor(LONG);
    await end(purchase.id);
    const alerts = () => world().metric('skinrail_supplier_words_unrecognised_total', '{supplier="cs2dt"}');
    const before = await alerts();
    await recordBought(world().gateway.deps, purchase, bought);
    expect(await alerts()).toBe(before + 1);
    await expectAllBack(merchant, trade.id);
  });

  test('is ended or bought, never both, when the answer comes at the same moment', async () => {
    const { merchant, trade, purchase } = await unknownFor(LONG);
    const { deps } = world().gateway;
    const statement = { actor: 'operator:alice', reason: REASON };
    const [outcome] = await Promise.all([
      endByOperator(deps, purchase, statement),
      recordBought(deps, purchase, bought),
      endByOperator(deps, purchase, statement),
    ]);
    const { state } = await purchaseOf(trade.id);
    expect(['done', 'refused']).toContain(state);
    if (state === 'refused') return expectAllBack(merchant, trade.id);
    expect(outcome).toBe('known');
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'pending' });
  });
});

describe('it is not ended', () => {
  test('while its last call may still arrive', async () => {
    const { merchant, trade, purchase } = await unknownFor('2m');
    expect(await end(purchase.id)).toMatchObject({
      exitCode: 1,
      stderr: `skinrail: ${purchase.id} is not ended: its last call was less than an hour ago, and may still arrive; try again later\n`,
    });
    expect((await merchant.trade(trade.id)).status).toBe('pending');
  });

  test('while a call is under way', async () => {
    const { trade, purchase } = await unknownFor(LONG);
    const { db } = world().gateway.deps;
    const claimed = { state: 'asked', due_at: new Date(world().now.getTime() + 60_000) } as const;
    await db.updateTable('purchase').set(claimed).where('id', '=', purchase.id).execute();
    expect(await end(purchase.id)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('a call is under way'),
    });
    expect((await purchaseOf(trade.id)).state).toBe('asked');
    await db.updateTable('purchase').set({ state: 'unknown' }).where('id', '=', purchase.id).execute();
  });

  test('when it was bought meanwhile, however long ago that is', async () => {
    const { merchant, trade, purchase } = await unknownFor(LONG);
    const { deps } = world().gateway;
    await recordBought(deps, purchase, bought);
    await world().passes('65m');
    const { pendingBalance } = await merchant.balance();
    expect(await endByOperator(deps, purchase, { actor: 'operator:alice', reason: REASON })).toBe('known');
    expect((await purchaseOf(trade.id)).state).toBe('done');
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    expect((await merchant.balance()).pendingBalance).toBe(pendingBalance);
  });

  test('when the marketplace has said that it knows the reference', async () => {
    const { trade, purchase } = await unknownFor(LONG);
    const { db } = world().gateway.deps;
    await db.updateTable('purchase').set({ known_at: world().now }).where('id', '=', purchase.id).execute();
    expect(await end(purchase.id)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('it knows the reference, so there may be an order'),
    });
    expect((await purchaseOf(trade.id)).state).toBe('unknown');
  });

  test('when it is a cancellation', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('cancel-503');
    const trade = await merchant.buys([listing]);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(503);
    const { db } = world().gateway.deps;
    const request = db.selectFrom('cancellation').select('id').where('trade_id', '=', trade.id);
    const { id } = await request.executeTakeFirstOrThrow();
    expect(await end(id)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is a cancellation') });
  });
});
