import { afterEach, describe, expect, test } from 'vitest';
import { decide } from '../../src/approvals/decide.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { type FrozenScope, freeze, listFreezes, unfreeze } from '../../src/freezes/operations.ts';
import { setDisabled } from '../../src/merchants/operations.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** The operator's emergency stop: nothing new is bought, what is at a marketplace goes on. */

const world = useWorld();
const EVERYTHING: FrozenScope = { scope: 'all', target: '' };
const CS2_MARKET: FrozenScope = { scope: 'supplier', target: 'cs2dt' };
const only = (merchant: Merchant): FrozenScope => ({ scope: 'merchant', target: merchant.id });

async function freezes(scope: FrozenScope): Promise<void> {
  await freeze(world().gateway.deps, scope, { reason: 'prices are wrong', actor: 'operator:test' });
}

async function lifts(scope: FrozenScope): Promise<void> {
  await unfreeze(world().gateway.deps, scope);
  await world().settles();
}

afterEach(async () => {
  for (const row of await listFreezes(world().gateway.deps)) await unfreeze(world().gateway.deps, row);
  // What was approved while frozen is due again five seconds after it.
  await world().passes('5s');
});

/** A trade whose merchant has not been asked yet, as everything was frozen in the moment after it was recorded. */
async function buysJustBefore(merchant: Merchant, scope: FrozenScope, behaviour = 'ships-at-once') {
  merchant.says(503);
  const { body } = await merchant.asksToBuy([world().testListing(behaviour)]);
  expect(body.error).toBeUndefined();
  await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
  await freezes(scope);
  merchant.says(200);
  return body.data as { id: string; items: { id: string }[] };
}

/** The merchant's yes that was on its way when the freeze began. */
async function approvesLate(merchant: Merchant, tradeId: string): Promise<void> {
  const { deps } = world().gateway;
  await inTransaction(deps, (trx) => decide(deps, trx, { merchantId: merchant.id, tradeId }, { state: 'approved' }));
  await world().settles();
}

function purchasesOf(tradeId: string) {
  return world().gateway.deps.db.selectFrom('purchase').select('state').where('trade_id', '=', tradeId).execute();
}

describe('while everything is frozen', () => {
  test('I cannot buy, and am told that nothing was bought and that I can try later', async () => {
    const merchant = await world().merchant();
    await freezes(EVERYTHING);
    for (const answer of [
      await merchant.asksToBuy([world().testListing('ships-at-once')]),
      await merchant.asksToBuyQuick(world().testListing('never-ships')),
      await merchant.client().asksToWithdraw([world().testListing('ships-at-once')]),
    ]) {
      expect(answer.body.error).toMatchObject({ key: 'SERVICE_UNAVAILABLE' });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('60');
      expect(answer.body.error).toMatchObject({
        key: 'SERVICE_UNAVAILABLE',
        message: expect.stringContaining('Nothing was bought'),
        details: { reason: 'buying_frozen', scope: 'all' },
      });
    }
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('the gateway is well, and shows what is on sale', async () => {
    const merchant = await world().merchant();
    await freezes(EVERYTHING);
    expect((await world().call('GET', '/health')).status).toBe(200);
    expect((await merchant.call('GET', '/secure/market')).status).toBe(200);
  });

  test('I am not asked about what I ordered just before, and it goes on when the freeze is lifted', async () => {
    const merchant = await world().merchant();
    const trade = await buysJustBefore(merchant, EVERYTHING);
    const asked = merchant.questionsAbout(trade.id).length;
    await world().passes('50m');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(asked);
    expect((await merchant.trade(trade.id)).status).toBe('initiated');
    await lifts(EVERYTHING);
    await world().passes('1m');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(asked + 1);
    expect((await merchant.trade(trade.id)).status).toBe('hold');
  });

  test('what I approved in that moment is not sent to the marketplace before the freeze is lifted', async () => {
    const merchant = await world().merchant();
    const trade = await buysJustBefore(merchant, EVERYTHING);
    await approvesLate(merchant, trade.id);
    await world().passes('50m');
    expect(await purchasesOf(trade.id)).toEqual([{ state: 'recorded' }]);
    expect((await merchant.trade(trade.id)).status).toBe('pending');
    await lifts(EVERYTHING);
    await world().passes('1m');
    expect((await merchant.trade(trade.id)).status).toBe('hold');
  });

  test('a quick buy that was approved before finds no listing', async () => {
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuyQuick(world().testListing('never-ships'));
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await freezes(EVERYTHING);
    merchant.says(200);
    await approvesLate(merchant, body.data.id);
    await world().passes('5m');
    expect(await purchasesOf(body.data.id)).toEqual([]);
    await lifts(EVERYTHING);
    await world().passes('1m');
    expect((await merchant.trade(body.data.id)).items).toHaveLength(1);
  });

  test('what is at the marketplace is delivered, paid for and told', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await freezes(EVERYTHING);
    await world().passes('8d');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade.status).toBe('completed');
  });

  test('I can cancel what is at the marketplace, and have my money back', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    await freezes(EVERYTHING);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world().passes('1m');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('the operator sees how much waits, and how much money is locked for it', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once');
    await buysJustBefore(merchant, EVERYTHING);
    const [row] = await listFreezes(world().gateway.deps);
    expect(row).toMatchObject({ scope: 'all', reason: 'prices are wrong', actor: 'operator:test' });
    expect(row?.held.items).toBe(1);
    expect(Number(row?.held.locked)).toBe(Math.round(listing.price * 1000));
  });
});

describe('what waits for longer than an hour', () => {
  test('before I was asked is cancelled, my money is released, and I am told once', async () => {
    const merchant = await world().merchant();
    const trade = await buysJustBefore(merchant, EVERYTHING);
    await world().passes('61m');
    expect((await merchant.trade(trade.id)).status).toBe('canceled');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(merchant.callbacksOf(trade.id).map((callback) => callback.trade.status)).toEqual(['canceled']);
    await lifts(EVERYTHING);
    expect(await purchasesOf(trade.id)).toEqual([]);
  });

  test('after my yes is cancelled too, and never sent to the marketplace', async () => {
    const merchant = await world().merchant();
    const trade = await buysJustBefore(merchant, EVERYTHING);
    await approvesLate(merchant, trade.id);
    await world().passes('61m');
    expect((await merchant.trade(trade.id)).status).toBe('canceled');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    await lifts(EVERYTHING);
    await world().passes('1m');
    expect(await purchasesOf(trade.id)).toEqual([{ state: 'refused' }]);
    expect((await merchant.trade(trade.id)).status).toBe('canceled');
  });

  test('of a quick buy is cancelled as well', async () => {
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuyQuick(world().testListing('never-ships'), { amount: 2 });
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await freezes(EVERYTHING);
    await approvesLate(merchant, body.data.id);
    await world().passes('61m');
    expect((await merchant.trade(body.data.id)).status).toBe('canceled');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('of a disabled merchant is cancelled as well', async () => {
    const { deps } = world().gateway;
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuy([world().testListing('ships-at-once')]);
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await setDisabled(deps, merchant.id, true);
    await world().passes('61m');
    await setDisabled(deps, merchant.id, false);
    await world().until(async () => (await merchant.trade(body.data.id)).status === 'canceled', 'the trade is read');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });
});

describe('while one merchant is frozen', () => {
  test('it cannot buy and can still read and cancel, and others buy as ever', async () => {
    const [stopped, other] = [await world().merchant(), await world().merchant()];
    const listing = world().testListing('never-ships');
    const trade = await stopped.buys([listing]);
    await freezes(only(stopped));
    const { status, body } = await stopped.asksToBuy([listing]);
    expect(status).toBe(403);
    expect(body.error).toMatchObject({
      key: 'ACCOUNT_DISABLED',
      code: 1301,
      details: { reason: 'buying_frozen', scope: 'merchant' },
    });
    expect((await other.buys([listing])).status).toBe('initiated');
    await world().passes('31m');
    expect((await stopped.cancels(trade.id, listing.id)).status).toBe(200);
  });

  test('what it approved in that moment is not sent, and others’ purchases are', async () => {
    const [stopped, other] = [await world().merchant(), await world().merchant()];
    const trade = await buysJustBefore(stopped, only(stopped));
    await approvesLate(stopped, trade.id);
    const bought = await other.buys([world().testListing('ships-at-once')]);
    await world().passes('1m');
    expect(await purchasesOf(trade.id)).toEqual([{ state: 'recorded' }]);
    expect((await other.trade(bought.id)).status).toBe('hold');
  });
});

describe('once a merchant is disabled', () => {
  test('nothing more is bought for it, not even what it approved before', async () => {
    const { deps } = world().gateway;
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuy([world().testListing('ships-at-once')]);
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await setDisabled(deps, merchant.id, true);
    merchant.says(200);
    await approvesLate(merchant, body.data.id);
    await world().passes('5m');
    expect(await purchasesOf(body.data.id)).toEqual([{ state: 'recorded' }]);
    await setDisabled(deps, merchant.id, false);
    await world().passes('1m');
    expect(await purchasesOf(body.data.id)).toEqual([{ state: 'done' }]);
  });
});

describe('while one marketplace is frozen', () => {
  test('its items cannot be bought, and those of others can', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once');
    await freezes(CS2_MARKET);
    const { status, body } = await merchant.asksToBuy([listing]);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({
      key: 'SERVICE_UNAVAILABLE',
      details: { reason: 'buying_frozen', scope: 'supplier', items: [{ itemId: listing.id }] },
    });
    const quick = await merchant.asksToBuyQuick(world().testListing('never-ships'));
    expect(quick.body.error).toMatchObject({ key: 'SERVICE_UNAVAILABLE', details: { scope: 'supplier' } });
    const rust = await merchant.buys([world().rustListing('ships-at-once')]);
    expect((await merchant.trade(rust.id)).status).not.toBe('initiated');
  });

  test('I am not asked about its items, and what I approved in that moment is not sent', async () => {
    const merchant = await world().merchant();
    const trade = await buysJustBefore(merchant, CS2_MARKET);
    const asked = merchant.questionsAbout(trade.id).length;
    await world().passes('10m');
    expect(merchant.questionsAbout(trade.id)).toHaveLength(asked);
    await approvesLate(merchant, trade.id);
    expect(await purchasesOf(trade.id)).toEqual([{ state: 'recorded' }]);
  });

  test('a quick buy waits for it, and fails when it has waited for an hour', async () => {
    const merchant = await world().merchant();
    merchant.says(503);
    const { body } = await merchant.asksToBuyQuick(world().testListing('never-ships'));
    await world().until(() => merchant.questionsAbout(body.data.id).length > 0, 'the question');
    await freezes(CS2_MARKET);
    await approvesLate(merchant, body.data.id);
    await world().passes('50m');
    expect((await merchant.trade(body.data.id)).status).toBe('pending');
    await world().passes('11m');
    expect(await merchant.trade(body.data.id)).toMatchObject({ status: 'failed', error: 'MARKET_UNAVAILABLE' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });
});
