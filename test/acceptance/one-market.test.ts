import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { timelineText } from '../../src/cli/timeline-text.ts';
import { toMills } from '../../src/core/money.ts';
import { setPolicy } from '../../src/supplier-accounts/policy.ts';
import { closeCircuit, readHealth, recordBalance } from '../../src/supplier-health/store.ts';
import { timelineOf } from '../../src/trades/timeline.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { OtherMarket } from '../support/other-market.ts';
import { type TestListing, World } from '../support/world.ts';

/** Two marketplaces sell the same CS2 items, and Waxpeer asks ten cents less for each. Merchants see one market. */

const WAXPEER = 'waxpeer';
const FAILURES_MAX = 3;

let other: OtherMarket;
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  other = await OtherMarket.start();
  const settings = { SECRET_KEY: '7a'.repeat(32), SUPPLIER_FAILURES_MAX: String(FAILURES_MAX) };
  world = await World.start(settings, undefined, [{ kind: other.kind, given: other.given }]);
  await world.knowsMarket();
  merchant = await world.merchant({ funds: 5000 });
});
afterAll(async () => {
  await world?.stop();
  await other?.stop();
});

/** Waxpeer sells again, and a purchase there has worked. */
afterEach(async () => {
  other.manner = 'sells';
  await world.passes('11m');
  await waxpeerIsShown();
  await merchant.buys([listingAtWaxpeer(sample())]);
  await world.until(async () => (await circuit()) === 0, 'Waxpeer is offered as before');
});

const deps = () => world.gateway.deps;
const sample = (number = 1) => world.testListing('never-ships', number);
const circuit = () => world.metric('skinrail_supplier_circuit_open', `{supplier="${WAXPEER}"}`);

function offersOf({ marketHashName }: TestListing) {
  return deps().market.offers({ game: '730', marketHashName });
}

/** The cheapest listing of an item at Waxpeer, as the merchant sees it. */
function listingAtWaxpeer(listing: TestListing): TestListing {
  const offer = offersOf(listing).find(({ supplier }) => supplier.id === WAXPEER);
  if (!offer) throw new Error('Waxpeer is not offered');
  return { ...listing, id: offer.id, price: Math.ceil((Number(offer.listing.priceMills) * 1.015) / 10) / 100 };
}

const isShown = () => offersOf(sample()).some(({ supplier }) => supplier.id === WAXPEER);
const waxpeerIsShown = () => world.until(isShown, 'Waxpeer is shown');
const waxpeerIsGone = () => world.until(() => !isShown(), 'Waxpeer is gone');

/** What the merchant's market page asks for an item. */
async function priceShown({ marketHashName }: TestListing): Promise<number[]> {
  const page = await merchant.call('GET', `/secure/market?search=${encodeURIComponent(marketHashName)}`);
  const rows: { marketHashName: string; offer: { price: number } }[] = page.body.data.items;
  return rows.filter((row) => row.marketHashName === marketHashName).map(({ offer }) => offer.price);
}

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

/** Purchases there fail, one after the other, until it is not offered. */
async function failsOften(manner: '503' | 'sold-out' = '503'): Promise<string[]> {
  other.manner = manner;
  const listing = listingAtWaxpeer(sample());
  const trades = [];
  for (let n = 0; n < FAILURES_MAX; n++) trades.push((await merchant.buys([listing])).id);
  await waxpeerIsGone();
  return trades;
}

describe('I buy quickly', () => {
  test('and get the cheapest of both marketplaces; the operator sees why', async () => {
    const { id } = await merchant.buysQuick(sample());
    expect(await purchasesOf(id)).toEqual([{ supplier: WAXPEER, state: 'done' }]);
    const trade = await merchant.trade(id);
    expect(trade.totalPrice).toBeLessThan(sample().price);
    expect(await timelineFor(id)).toMatch(
      /why here\n +\w{26} +the cheapest that was left, \$[\d.]+ at waxpeer; next best: \$[\d.]+ at cs2dt\n/,
    );
  });

  test('and when the cheapest marketplace says that it does not sell, the next is bought within my price', async () => {
    other.manner = 'sold-out';
    const before = await merchant.balance();
    const { id } = await merchant.buysQuick(sample(10));
    expect(await purchasesOf(id)).toEqual([
      { supplier: WAXPEER, state: 'refused' },
      { supplier: 'cs2dt', state: 'done' },
    ]);
    const { totalPrice, status } = await merchant.trade(id);
    expect(status).toBe('pending');
    expect(totalPrice).toBeLessThanOrEqual(sample(10).price);
    const { pendingBalance } = await merchant.balance();
    expect(pendingBalance - before.pendingBalance).toBeCloseTo(totalPrice, 6);
    expect(await timelineFor(id)).toContain('left out: $');
    expect(await timelineFor(id)).toContain('at waxpeer, as it had refused another purchase of the trade');
  });

  test('and when no other marketplace is within my price, my money comes back', async () => {
    other.manner = 'sold-out';
    const before = await merchant.balance();
    const { id } = await merchant.buysQuick(sample(), { maxPrice: listingAtWaxpeer(sample()).price });
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed', error: 'MARKET_UNAVAILABLE', items: [] });
    expect(await merchant.balance()).toEqual(before);
  });

  test('and when the cheapest marketplace gives no clear answer, nothing is bought elsewhere', async () => {
    other.manner = '503';
    const { id } = await merchant.buysQuick(sample(10));
    expect(await purchasesOf(id)).toEqual([{ supplier: WAXPEER, state: 'unknown' }]);
    for (let minute = 0; minute < 8; minute++) await world.passes('2m');
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
    expect(await purchasesOf(id)).toEqual([{ supplier: WAXPEER, state: 'refused' }]);
  });
});

describe('a look-up', () => {
  test('that says that nothing was bought comes too late to buy elsewhere', async () => {
    const silent = world.testListing('buy-503', 10);
    await failsOften();
    const { id } = await merchant.buysQuick(silent);
    expect(await purchasesOf(id)).toEqual([{ supplier: 'cs2dt', state: 'unknown' }]);
    other.manner = 'sells';
    await closeCircuit(deps(), WAXPEER);
    await waxpeerIsShown();
    await world.passes('1m');
    expect(await merchant.trade(id)).toMatchObject({ status: 'failed', error: 'MARKET_UNAVAILABLE' });
    expect(await purchasesOf(id)).toEqual([{ supplier: 'cs2dt', state: 'refused' }]);
  });
});

describe('a marketplace whose purchases fail', () => {
  test('is left: I see only the other prices, and am told when I name a listing of it', async () => {
    const known = listingAtWaxpeer(sample());
    expect(await priceShown(sample())).toContain(known.price);
    await failsOften();
    expect(await priceShown(sample())).not.toContain(known.price);
    const asked = other.purchases;
    const answer = await merchant.asksToBuy([known]);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body.error).toMatchObject({
      key: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('Nothing was bought'),
      details: { reason: 'marketplace_unavailable', items: [{ itemId: known.id }] },
    });
    expect(other.purchases).toBe(asked);
    expect(await circuit()).toBe(1);
  });

  test('is passed over by quick buys, which say so to the operator', async () => {
    await failsOften();
    const { id } = await merchant.buysQuick(sample(10));
    expect(await purchasesOf(id)).toEqual([{ supplier: 'cs2dt', state: 'done' }]);
    expect(await timelineFor(id)).toContain('at waxpeer, as its last purchases had failed');
  });

  test('is told from one that has nothing: a quick buy that only it could fill is answered 503', async () => {
    const { price: maxPrice } = listingAtWaxpeer(sample());
    await failsOften();
    const answer = await merchant.asksToBuyQuick(sample(), { maxPrice });
    expect(answer.status).toBe(503);
    expect(answer.body.error?.details).toEqual({ reason: 'marketplace_unavailable' });
  });

  test('is tried again by itself, left at once when it refuses the key, and taken up again when it sells', async () => {
    await failsOften();
    await world.passes('31s');
    await waxpeerIsShown();
    expect(await circuit()).toBe(1);
    other.manner = '403';
    await merchant.buys([listingAtWaxpeer(sample())]);
    await waxpeerIsGone();
    // Twice as long as before.
    await world.passes('31s');
    await world.settles();
    expect(isShown()).toBe(false);
    other.manner = 'sells';
    await world.passes('30s');
    await waxpeerIsShown();
    const trade = await merchant.buys([listingAtWaxpeer(sample(2))]);
    expect(await purchasesOf(trade.id)).toEqual([{ supplier: WAXPEER, state: 'done' }]);
    await world.until(async () => (await circuit()) === 0, 'it is offered as before');
  });

  test('is left after one purchase for which the account has too little rights or money', async () => {
    other.manner = '403';
    const trade = await merchant.buys([listingAtWaxpeer(sample())]);
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error: 'MARKET_UNAVAILABLE' });
    await waxpeerIsGone();
  });

  test('still tells what became of open orders', async () => {
    const bought = await merchant.buys([listingAtWaxpeer(world.testListing('never-ships', 3))]);
    const [lost] = await failsOften();
    await world.passes('20s');
    expect((await merchant.trade(bought.id)).status).toBe('pending');
    other.manner = 'sells';
    for (let minute = 0; minute < 8; minute++) await world.passes('2m');
    expect(await merchant.trade(lost ?? '')).toMatchObject({ status: 'failed', error: 'PURCHASE_FAILED' });
  });
});

describe('the operator adds a markup to a marketplace', () => {
  /** Of one percent: a hundred of them are the price once more. */
  async function markupIs(markupBps: number): Promise<void> {
    await setPolicy(deps(), WAXPEER, ['730'], { markupBps });
    deps().signals.emit('supplierHealth', WAXPEER);
    // A market takes it over item by item.
    const offers = () =>
      deps()
        .market.offers({ game: '730' })
        .filter(({ supplier }) => supplier.id === WAXPEER);
    await world.until(() => offers().every(({ policy }) => policy.markupBps === markupBps), 'all prices have it');
  }
  afterEach(() => markupIs(0));

  /** The first offer there, with its price in mills. */
  function offerAtWaxpeer(listing: TestListing) {
    const offer = offersOf(listing).find(({ supplier }) => supplier.id === WAXPEER);
    if (!offer) throw new Error('Waxpeer is not offered');
    return { id: offer.id, mills: Number(offer.listing.priceMills) };
  }
  /** Cents, for a fee of 1.5 %: exact, as all factors are small. */
  const priced = (mills: number, markupBps: number) => Math.ceil((mills * (10_000 + markupBps) * 10_150) / 1e9);

  function itemOf(tradeId: string) {
    return deps().db.selectFrom('item').selectAll().where('trade_id', '=', tradeId).executeTakeFirstOrThrow();
  }

  test('and I pay exactly what my market shows; the marketplace gets its own price', async () => {
    await markupIs(37);
    const { id, mills } = offerAtWaxpeer(sample());
    const price = priced(mills, 37);
    expect(price).toBeGreaterThan(priced(mills, 0));
    expect((await priceShown(sample())).map(cents)).toContain(price);
    const before = await merchant.balance();
    const trade = await merchant.buys([{ ...sample(), id, price: dollars(price) }]);
    expect(cents((await merchant.trade(trade.id)).totalPrice)).toBe(price);
    const after = await merchant.balance();
    expect(cents(before.balance) - cents(after.balance)).toBe(price);
    const item = await itemOf(trade.id);
    expect(item).toMatchObject({ cost_mills: BigInt(mills), markup_bps: 37, price_mills: BigInt(price * 10) });
    // What the marketplace was allowed to charge is worth the price that I accepted, and not a mill more.
    expect(priced(Number(item.ceiling_mills), 37)).toBe(price);
    expect(priced(Number(item.ceiling_mills) + 1, 37)).toBeGreaterThan(price);
  });

  test('and when I have seen the price without it, I am told that it has changed', async () => {
    const known = listingAtWaxpeer(sample());
    await markupIs(500);
    const answer = await merchant.asksToBuy([known]);
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({ key: 'PRICE_CHANGED' });
  });

  test('and the other marketplace is the cheapest then', async () => {
    await markupIs(500);
    const { id } = await merchant.buysQuick(sample(10), { maxPrice: 30 });
    expect(await purchasesOf(id)).toEqual([{ supplier: 'cs2dt', state: 'done' }]);
    expect(await timelineFor(id)).toMatch(/next best: \$[\d.]+ plus 5\.00 % at waxpeer/);
  });

  test('and a unit that moves on pays no markup where there is none', async () => {
    await markupIs(5);
    other.manner = 'sold-out';
    const { id } = await merchant.buysQuick(sample(10));
    expect((await purchasesOf(id)).map(({ supplier }) => supplier)).toEqual([WAXPEER, 'cs2dt']);
    const item = await itemOf(id);
    expect(item.markup_bps).toBe(0);
    expect(Number(item.price_mills)).toBe(priced(Number(item.cost_mills), 0) * 10);
    expect(priced(Number(item.ceiling_mills) + 1, 0)).toBeGreaterThan(cents(sample(10).price));
  });

  test('and a quick buy pays it within my price', async () => {
    await markupIs(20);
    const { id } = await merchant.buysQuick(sample(10));
    const item = await itemOf(id);
    expect(item).toMatchObject({ supplier: WAXPEER, markup_bps: 20 });
    expect(Number(item.price_mills)).toBe(priced(Number(item.cost_mills), 20) * 10);
    expect(priced(Number(item.ceiling_mills), 20)).toBeLessThanOrEqual(cents(sample(10).price));
  });

  test('and it is earned when the item is delivered, and given back when the item is reverted', async () => {
    await markupIs(100);
    const instant = world.testListing('reversed-after-completion');
    const { id, mills } = offerAtWaxpeer(instant);
    const price = priced(mills, 100);
    const before = await merchant.balance();
    const trade = await merchant.buys([{ ...instant, id, price: dollars(price) }]);
    await other.passes(7 * 24 * 60 + 30);
    await world.passes('170h');
    expect((await merchant.trade(trade.id)).status).toBe('completed');
    const earned = await deps()
      .db.selectFrom('transfer')
      .select(['kind', 'amount_mills'])
      .where('trade_id', '=', trade.id)
      .where('kind', 'in', ['capture', 'fee'])
      .orderBy('kind')
      .execute();
    expect(earned).toEqual([
      { kind: 'capture', amount_mills: BigInt(mills) },
      { kind: 'fee', amount_mills: BigInt(price * 10 - mills) },
    ]);
    await other.passes(8 * 24 * 60);
    await world.passes('8d');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    expect(await merchant.balance()).toEqual(before);
  });
});

describe('what is left to spend at a marketplace', () => {
  const balanceIs = async (mills: bigint | null) => {
    await recordBalance(deps(), WAXPEER, mills === null ? null : toMills(mills));
    deps().signals.emit('supplierHealth', WAXPEER);
  };
  afterEach(() => balanceIs(null));

  test('is read there soon after the start', async () => {
    await world.until(async () => (await readHealth(deps())).get(WAXPEER)?.balanceMills !== undefined, 'it is read');
    expect(await world.metric('skinrail_supplier_balance_dollars', `{supplier="${WAXPEER}"}`)).toBe(1_000_000);
  });

  test('hides the listings that cost more, and no others', async () => {
    const offered = () => offersOf(sample()).filter(({ supplier }) => supplier.id === WAXPEER);
    const cheap = offered();
    const [first, second] = cheap;
    if (!first || !second) throw new Error('Waxpeer offers less than two');
    const known = { ...sample(), id: second.id, price: 1000 };
    await balanceIs(first.listing.priceMills);
    // Item by item, so that the last of them is hidden a little later than the first.
    await world.until(() => offered().length === 1, 'what costs more is hidden');
    expect(offered().map(({ id }) => id)).toEqual([first.id]);
    const answer = await merchant.asksToBuy([known]);
    expect(answer.status).toBe(503);
    expect(answer.body.error?.details).toMatchObject({ reason: 'marketplace_unavailable' });
    await balanceIs(null);
    await world.until(() => offered().length === cheap.length, 'all of it is back');
    expect(offered()).toEqual(cheap);
  });
});
