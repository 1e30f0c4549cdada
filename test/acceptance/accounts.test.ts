import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { signatureOf } from '../../sandbox/marketplace/cs2dt-wire.ts';
import { setAccess } from '../../src/auth/account-access.ts';
import { timelineText } from '../../src/cli/timeline-text.ts';
import { type Mills, toMills } from '../../src/core/money.ts';
import { freeze, unfreeze } from '../../src/freezes/operations.ts';
import { setPolicy } from '../../src/supplier-accounts/policy.ts';
import { readLimits, setLimit } from '../../src/supplier-accounts/spending.ts';
import { recordBalance } from '../../src/supplier-health/store.ts';
import type { BuyAnswer } from '../../src/suppliers/supplier.ts';
import { timelineOf } from '../../src/trades/timeline.ts';
import { FeedSocket } from '../support/feed.ts';
import type { Merchant } from '../support/merchant.ts';
import { SharedShop } from '../support/shared-shop.ts';
import { type TestListing, World } from '../support/world.ts';

/** The operator has several accounts at one marketplace. The sandbox's own, `cs2dt`, is one more there. */

const accounts = ['first', 'second'] as const;
/** With those of the sandbox, which sell the same goods and others. */
const everyAccount = [...accounts, 'cs2dt', 'lis-skins', 'waxpeer'];
let shop: SharedShop;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  shop = await SharedShop.start();
  const settings = { SECRET_KEY: '7c'.repeat(32), MARKETPLACE_URL: shop.url };
  world = await World.start(
    settings,
    undefined,
    accounts.map((id) => shop.account(id)),
  );
  await world.knowsMarket();
  merchant = await world.merchant({ funds: 5000 });
});
afterAll(async () => {
  await world?.stop();
  await shop?.stop();
});

const deps = () => world.gateway.deps;

/** The operator's order of preference. */
async function prefers(...ids: readonly string[]): Promise<void> {
  for (const [index, id] of ids.entries()) await setPolicy(deps(), id, ['730'], { preference: index + 1 });
  const known = () => ids.every((id, index) => deps().market.policy(id, '730').preference === index + 1);
  await follows(known);
}

/** Whether a markup is in all prices: a market takes it over item by item. */
function pricesHave(markupBps: number): boolean {
  return deps()
    .market.offers({ game: '730' })
    .every(({ policy }) => policy.markupBps === markupBps);
}

/** The market follows what the operator has set. */
async function follows(condition: () => boolean): Promise<void> {
  deps().signals.emit('supplierHealth', '');
  await world.until(condition, 'the market follows');
}

beforeAll(() => prefers('first', 'second', 'cs2dt'));
afterEach(() => {
  shop.calls.length = 0;
  shop.refused.clear();
});

function purchasesOf(tradeId: string) {
  return deps()
    .db.selectFrom('purchase')
    .select(['supplier', 'state'])
    .where('trade_id', '=', tradeId)
    .orderBy('id')
    .execute();
}

async function timelineFor(tradeId: string): Promise<string> {
  const trade = await deps().db.selectFrom('trade').selectAll().where('id', '=', tradeId).executeTakeFirstOrThrow();
  return timelineText(await timelineOf(deps().db, trade));
}

async function idsShown(by: Merchant, { marketHashName }: TestListing): Promise<string[]> {
  const { body } = await by.call('GET', `/secure/market/item?itemId=${await catalogIdOf(marketHashName)}&perPage=50`);
  return (body.data ?? []).map(({ id }: { id: string }) => id);
}

async function catalogIdOf(marketHashName: string): Promise<string> {
  const [offer] = deps().market.offers({ game: '730', marketHashName });
  return offer?.listing.catalogId ?? '';
}

const frozen = (target: string) => ({ scope: 'supplier', target }) as const;

describe('a listing that several accounts see', () => {
  test('is shown once', async () => {
    const listing = world.testListing('never-ships');
    const ids = await idsShown(merchant, listing);
    expect(ids).toContain(listing.id);
    expect(new Set(ids).size).toBe(ids.length);
    const { marketHashName } = listing;
    expect(deps().market.copies({ game: '730', marketHashName })).toHaveLength(3 * ids.length);
  });

  test('is bought with the account that comes first; the operator sees why', async () => {
    const trade = await merchant.buys([world.testListing('never-ships')]);
    expect(await purchasesOf(trade.id)).toEqual([{ supplier: 'first', state: 'done' }]);
    expect(await timelineFor(trade.id)).toMatch(
      /why here\n +\w{26} +the cheapest that was left, \$[\d.]+ at first; next best: \$[\d.]+ at second\n/,
    );
  });

  test('is bought with the next one while the first is paused or has too little money', async () => {
    await freeze(deps(), frozen('first'), { reason: 'a test', actor: 'test' });
    const paused = await merchant.buys([world.testListing('never-ships', 2)]);
    await unfreeze(deps(), frozen('first'));
    expect(await purchasesOf(paused.id)).toEqual([{ supplier: 'second', state: 'done' }]);
    expect(await timelineFor(paused.id)).toMatch(/left out: \$[\d.]+ at first, as buying there was stopped/);

    await recordBalance(deps(), 'first', toMills(10n));
    await follows(() => deps().market.availability('first').balanceMills === 10n);
    const poor = await merchant.buys([world.testListing('never-ships', 3)]);
    await recordBalance(deps(), 'first', null);
    await follows(() => deps().market.availability('first').balanceMills === null);
    expect(await purchasesOf(poor.id)).toEqual([{ supplier: 'second', state: 'done' }]);
    expect(await timelineFor(poor.id)).toMatch(/left out: \$[\d.]+ at first, as too little was left to spend there/);
  });

  test('goes to another account when one buy is more than the first can pay', async () => {
    const [one, two] = [world.testListing('never-ships', 4), world.testListing('never-ships', 5)];
    const priceOf = ({ id }: TestListing) => deps().market.offer(id)?.listing.priceMills ?? toMills(0n);
    const enoughForOne = priceOf(one) > priceOf(two) ? priceOf(one) : priceOf(two);
    await recordBalance(deps(), 'first', enoughForOne);
    await follows(() => deps().market.availability('first').balanceMills === enoughForOne);
    const trade = await merchant.buys([one, two]);
    await recordBalance(deps(), 'first', null);
    await follows(() => deps().market.availability('first').balanceMills === null);
    expect((await purchasesOf(trade.id)).map(({ supplier }) => supplier).toSorted()).toEqual(['first', 'second']);
  });

  test('is not bought at all while every account is paused', async () => {
    for (const id of [...accounts, 'cs2dt']) await freeze(deps(), frozen(id), { reason: 'a test', actor: 'test' });
    const answer = await merchant.asksToBuy([world.testListing('never-ships')]);
    for (const id of [...accounts, 'cs2dt']) await unfreeze(deps(), frozen(id));
    expect(answer.body.error).toMatchObject({ key: 'SERVICE_UNAVAILABLE', details: { reason: 'buying_frozen' } });
  });
});

describe('what was bought with an account', () => {
  test('is looked up and cancelled with it, also when another one comes first now', async () => {
    await prefers('second', 'first', 'cs2dt');
    const listing = world.testListing('never-ships', 6);
    const trade = await merchant.buys([listing]);
    await prefers('first', 'second', 'cs2dt');
    await world.passes('31m');
    expect((await merchant.cancels(trade.id, listing.id)).status).toBe(200);
    await world.passes('1m');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    expect(shop.calls.filter((call) => !call.endsWith('find'))).toEqual(['second buy', 'second cancel']);
    expect(shop.calls).toContain('second find');
  });

  test('is named by the pushes of that account only', async () => {
    const trade = await merchant.buys([world.testListing('never-ships', 7)]);
    const purchase = deps().db.selectFrom('purchase').where('trade_id', '=', trade.id);
    const { reference } = await purchase.select('reference').executeTakeFirstOrThrow();
    await deps().db.updateTable('purchase').set({ due_at: null }).where('trade_id', '=', trade.id).execute();
    const pushes = (account: string, key = account) => {
      const fields = { outTradeNo: reference, status: 1 };
      const body = JSON.stringify({ ...fields, sign: signatureOf(fields, `key-of-${key}`) });
      const headers = { 'content-type': 'application/json' };
      return fetch(`${world.baseUrl}/suppliers/${account}/hint`, { method: 'POST', headers, body });
    };
    expect((await pushes('first', 'second')).status).toBe(403);
    expect((await pushes('second')).status).toBe(200);
    expect(await purchase.select('due_at').executeTakeFirstOrThrow()).toEqual({ due_at: null });
    shop.calls.length = 0;
    expect((await pushes('first')).status).toBe(200);
    await world.settles();
    expect(shop.calls).toEqual(['first find']);
  });
});

describe('I buy quickly', () => {
  const REFUSED: BuyAnswer = { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' };

  /** So many as are on sale, so that no listing is left for a second try but the same one. */
  async function buysAll(by: Merchant, listing: TestListing, extra: Record<string, unknown> = {}) {
    const { marketHashName } = listing;
    const amount = deps().market.offers({ game: '730', marketHashName, delivery: 'standard' }).length;
    return by.buysQuick(listing, { amount, maxPrice: 10_000, ...extra });
  }

  test('and no listing is bought with two accounts', async () => {
    const rich = await world.merchant({ funds: 500_000 });
    const { id } = await buysAll(rich, world.testListing('never-ships', 8));
    const rows = await deps().db.selectFrom('item').select('listing_id').where('trade_id', '=', id).execute();
    const ids = rows.map(({ listing_id }) => listing_id);
    expect(ids).not.toContain(null);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set((await purchasesOf(id)).map(({ supplier }) => supplier))).toEqual(new Set(['first']));
  });

  test('and what one account is refused, the next one gets', async () => {
    shop.refused.set('first', REFUSED);
    const { id } = await merchant.buysQuick(world.testListing('never-ships', 9));
    expect(await purchasesOf(id)).toEqual([
      { supplier: 'first', state: 'refused' },
      { supplier: 'second', state: 'done' },
    ]);
    const items = await deps().db.selectFrom('item').select('listing_id').where('trade_id', '=', id).execute();
    expect(items).toHaveLength(1);
    expect(await timelineFor(id)).toMatch(/at first, as it had refused another purchase of the trade/);
  });

  test('and after an unclear answer of one account the other buys nothing', async () => {
    shop.refused.set('first', { outcome: 'unknown', cause: 'no answer' });
    const { id } = await merchant.buysQuick(world.testListing('never-ships', 9));
    expect(await purchasesOf(id)).toEqual([{ supplier: 'first', state: 'unknown' }]);
    expect(shop.calls.filter((call) => call.endsWith('buy'))).toEqual(['first buy']);
  });
});

describe('an account whose spending the operator has limited', () => {
  afterEach(() => limitIs(null));

  async function limitIs(dayMaxMills: Mills | null): Promise<void> {
    await setLimit(deps(), 'first', dayMaxMills);
    await world.passes('5s');
    await follows(
      () => ((deps().market.availability('first').limitLeftMills ?? null) === null) === (dayMaxMills === null),
    );
  }
  const spent = async () => (await readLimits(deps())).get('first')?.spentMills ?? toMills(0n);
  const askedFor = ({ id }: TestListing) => deps().market.offer(id)?.listing.priceMills ?? toMills(0n);

  test('buys until the limit is reached, then the next one does, and a day later it buys again', async () => {
    const listing = world.testListing('never-ships', 5);
    await limitIs(toMills(1n));
    await limitIs(toMills((await spent()) + askedFor(listing)));
    const one = await merchant.buys([listing]);
    await world.passes('5s');
    await follows(() => deps().market.availability('first').limitLeftMills === 0n);
    const two = await merchant.buys([listing]);
    expect([await purchasesOf(one.id), await purchasesOf(two.id)]).toEqual([
      [{ supplier: 'first', state: 'done' }],
      [{ supplier: 'second', state: 'done' }],
    ]);
    expect(await timelineFor(two.id)).toMatch(
      /left out: \$[\d.]+ at first, as its spending limit for 24 hours was reached/,
    );
    const dayMax = (await readLimits(deps())).get('first')?.dayMaxMills;
    expect(await spent()).toBe(dayMax);
    await world.passes('24h');
    expect(await spent()).toBe(0n);
    await follows(() => deps().market.availability('first').limitLeftMills === dayMax);
    expect(await purchasesOf((await merchant.buys([listing])).id)).toEqual([{ supplier: 'first', state: 'done' }]);
  });

  test('counts what waits for my approval, and nothing that comes back', async () => {
    await limitIs(toMills(1_000_000n));
    const before = await spent();
    const listing = world.testListing('never-ships', 6);
    merchant.says({ status: 500 });
    const answer = await merchant.asksToBuy([listing]);
    expect(await spent()).toBeGreaterThan(before);
    merchant.says({ status: 200 });
    for (let wait = 0; wait < 3; wait++) await world.passes('20s');
    const tradeId = answer.body.data.id;
    expect(await purchasesOf(tradeId)).toEqual([{ supplier: 'first', state: 'done' }]);
    expect(await spent()).toBeGreaterThan(before);
    await world.passes('31m');
    expect((await merchant.cancels(tradeId, listing.id)).status).toBe(200);
    await world.passes('1m');
    expect(await spent()).toBe(before);
  });

  test('is given no more units of a quick buy, and no more items of one buy, than the limit allows', async () => {
    const listing = world.testListing('never-ships', 8);
    const { marketHashName } = listing;
    const [, dearest] = deps().market.offers({ game: '730', marketHashName, delivery: 'standard' });
    if (!dearest) throw new Error('it has two listings at least');
    await limitIs(toMills(1n));
    await limitIs(toMills((await spent()) + dearest.listing.priceMills));
    const quick = await merchant.buysQuick(listing, { amount: 2, maxPrice: 500 });
    expect((await purchasesOf(quick.id)).map(({ supplier }) => supplier).toSorted()).toEqual(['first', 'second']);
    await limitIs(null);
    await limitIs(toMills((await spent()) + 1n));
    const items = [world.testListing('never-ships', 2), world.testListing('never-ships', 3)];
    const most = items.map(askedFor).reduce((a, b) => (a > b ? a : b));
    await limitIs(toMills((await spent()) + most));
    const named = await merchant.buys(items);
    expect((await purchasesOf(named.id)).map(({ supplier }) => supplier).toSorted()).toEqual(['first', 'second']);
  });
});

describe('a merchant who may not use an account', () => {
  let other: Merchant;
  const isBoughtWith = async (tradeId: string) => (await purchasesOf(tradeId)).map(({ supplier }) => supplier);
  const denies = (account: string) => setAccess(deps(), account, other.id, false);

  beforeAll(async () => {
    other = await world.merchant({ funds: 5000 });
  });

  test('has its items bought with the next one, and others go on as before; the operator sees why', async () => {
    await denies('first');
    await world.until(async () => {
      const trade = await other.buys([world.testListing('never-ships', 10)]);
      return (await isBoughtWith(trade.id)).includes('second');
    }, 'the rule is followed');
    const [named, quick] = [
      await other.buys([world.testListing('never-ships', 9)]),
      await other.buysQuick(world.testListing('never-ships', 9)),
    ];
    for (const { id } of [named, quick]) {
      expect(await isBoughtWith(id)).toEqual(['second']);
      expect(await timelineFor(id)).toMatch(/left out: \$[\d.]+ at first, as the merchant may not use it/);
    }
    const theirs = await merchant.buys([world.testListing('never-ships', 9)]);
    expect(await isBoughtWith(theirs.id)).toEqual(['first']);
  });

  test('is told by the live feed to read its market again when that changes, and hears nothing of what it may not buy', async () => {
    const feed = await FeedSocket.accepted(world.baseUrl, { apiKey: other.apiKey });
    const syncs = () => feed.heardMarket.filter((message) => message.type === 'sync').length;
    expect(syncs()).toBe(1);
    for (const account of everyAccount) await denies(account);
    await world.until(() => syncs() > 1, 'it is told');
    await world.until(
      async () => (await idsShown(other, world.testListing('never-ships', 10))).length === 0,
      'it has no CS2',
    );
    const heard = feed.heardMarket.length;
    const theirs = await FeedSocket.accepted(world.baseUrl, { apiKey: merchant.apiKey });
    for (const account of everyAccount) await setPolicy(deps(), account, ['730'], { markupBps: 100 });
    await follows(() => pricesHave(100));
    await theirs.market((message) => message.type !== 'sync' || message.reason === 'feed');
    for (const account of everyAccount) await setPolicy(deps(), account, ['730'], { markupBps: 0 });
    await follows(() => pricesHave(0));
    expect(feed.heardMarket.slice(heard)).toEqual([]);
    feed.close();
    theirs.close();
    for (const account of everyAccount) await setAccess(deps(), account, other.id, true);
    await world.until(
      async () => (await idsShown(other, world.testListing('never-ships', 10))).length > 0,
      'it is back',
    );
  });

  test('has no market without any account, and can buy nothing that it knows from before', async () => {
    const listing = world.testListing('never-ships', 10);
    expect(await idsShown(other, listing)).toContain(listing.id);
    for (const account of everyAccount) await denies(account);
    await world.until(async () => (await idsShown(other, listing)).length === 0, 'its market is empty');
    const market = await other.call('GET', '/secure/market');
    expect(market.body.data).toEqual({ items: [], count: 0 });
    expect((await other.call('GET', '/secure/prices')).body.data).toEqual([]);
    const client = await other.client().call('GET', '/client/market');
    expect(client.body.data).toEqual({ items: [], count: 0 });
    expect((await other.asksToBuy([listing])).body.error).toMatchObject({
      key: 'LISTING_NOT_FOUND',
      details: { itemId: listing.id },
    });
    expect((await other.asksToBuyQuick(listing)).body.error).toMatchObject({ key: 'LISTING_NOT_FOUND' });
    expect(await idsShown(merchant, listing)).toContain(listing.id);
  });

  test('has no unit filled with an account that was denied after it was approved', async () => {
    for (const account of accounts) await setAccess(deps(), account, other.id, true);
    const listing = world.testListing('never-ships', 10);
    await world.until(async () => (await idsShown(other, listing)).length > 0, 'its market is back');
    other.says({ status: 500 });
    const answer = await other.asksToBuyQuick(listing);
    expect(answer.body.error).toBeUndefined();
    for (const account of accounts) await denies(account);
    other.says({ status: 200 });
    for (let minute = 0; minute < 3; minute++) await world.passes('20s');
    expect(await other.trade(answer.body.data.id)).toMatchObject({ status: 'failed', error: 'NO_LISTING_AT_PRICE' });
  });
});
