import { expect, test } from 'vitest';
import { indexOf } from '../../sandbox/marketplace/catalogue.ts';
import type { Listing } from '../../sandbox/marketplace/listing.ts';
import { pricesAt } from '../../sandbox/marketplace/prices.ts';
import { SECOND_MS } from '../../src/core/clock.ts';
import { toMerchantDollars } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import { cents, dollars, type Merchant, TRADE_URL } from '../support/merchant.ts';
import { useOwnWorld } from '../support/world.ts';

/** The price of a listing moves while its merchant thinks about the question: between the buy and the purchase. */

const world = useOwnWorld();

const FEE_BPS = 150;
const FUNDS = 20_000;
const bought = new Set<string>();

interface Mover {
  readonly id: string;
  /** Dollars: now, and in half a minute. */
  readonly now: number;
  readonly later: number;
}

/** An ordinary listing that moves in this direction within half a minute, and stays as it is for some seconds first. */
function mover(isIt: (nowMills: bigint, laterMills: bigint) => boolean): Mover {
  const nowMs = world().now.getTime();
  const at = (listing: Listing, ms: number) => pricesAt(listing, nowMs + ms).liveMills;
  const found = indexOf('cs2').ordinary.find((listing) => {
    const [now, soon, later, end] = [0, 4, 28, 45].map((seconds) => at(listing, seconds * SECOND_MS));
    const isCalm = now === soon && later === end && !bought.has(listing.nativeId);
    return isCalm && !listing.instant && now !== undefined && later !== undefined && isIt(now, later);
  });
  if (!found) throw new Error('nothing moves in this way now');
  bought.add(found.nativeId);
  const shown = (ms: number) => toMerchantDollars(quote(at(found, ms), FEE_BPS));
  const { listingIds } = world().gateway.deps.suppliers.get('sandbox-cs2');
  return { id: listingIds.toPublic(found.nativeId), now: shown(0), later: shown(30 * SECOND_MS) };
}

/** The merchant approves half a minute after it was asked for the first time. */
async function buys(merchant: Merchant, { id, now }: Mover, extra: Record<string, unknown>) {
  merchant.says((_question, nth) => (nth > 1 ? 200 : { status: 503, body: '', headers: { 'retry-after': '30' } }));
  const body = { items: [{ itemId: id, price: now, ...extra }], tradeUrl: TRADE_URL };
  const answer = await merchant.call('POST', '/secure/buy', { body });
  expect(answer.body.error).toBeUndefined();
  expect(answer.body.data.totalPrice).toBe(now);
  await world().settles();
  await world().passes('30s');
  return merchant.trade(answer.body.data.id);
}

test('it rises within what I allow: I pay what it is by then, and the rest is released', async () => {
  const merchant = await world().merchant({ funds: FUNDS });
  const risen = mover((now, later) => later > now + 100n);
  const trade = await buys(merchant, risen, { maxPrice: dollars(cents(risen.now) * 2) });
  expect(trade).toMatchObject({ status: 'pending', totalPrice: risen.later });
  expect(await merchant.balance()).toEqual({
    balance: dollars(cents(FUNDS) - cents(risen.later)),
    pendingBalance: risen.later,
  });
});

test('it rises to exactly the most that I allow: it is bought', async () => {
  const merchant = await world().merchant({ funds: FUNDS });
  const risen = mover((now, later) => later > now + 100n);
  expect(await buys(merchant, risen, { maxPrice: risen.later })).toMatchObject({ totalPrice: risen.later });
});

test('it rises a cent beyond what I allow: nothing is bought, and all of it is released', async () => {
  const merchant = await world().merchant({ funds: FUNDS });
  const risen = mover((now, later) => later > now + 100n);
  const trade = await buys(merchant, risen, { maxPrice: dollars(cents(risen.later) - 1) });
  expect(trade).toMatchObject({ status: 'failed', error: 'PRICE_CHANGED' });
  expect(await merchant.balance()).toEqual({ balance: FUNDS, pendingBalance: 0 });
});

test('it rises beyond my maxPrice, though not beyond my price: nothing is bought, and all of it is released', async () => {
  const merchant = await world().merchant({ funds: FUNDS });
  const risen = mover((now, later) => later > now + 100n);
  const terms = { price: dollars(cents(risen.later) * 2), maxPrice: dollars(cents(risen.later) - 1) };
  expect(await buys(merchant, risen, terms)).toMatchObject({ status: 'failed', error: 'PRICE_CHANGED' });
  expect(await merchant.balance()).toEqual({ balance: FUNDS, pendingBalance: 0 });
});

test('it falls: I pay the lower price without having said anything about it', async () => {
  const merchant = await world().merchant({ funds: FUNDS });
  const fallen = mover((now, later) => later < now - 100n);
  expect(await buys(merchant, fallen, {})).toMatchObject({ status: 'pending', totalPrice: fallen.later });
  expect((await merchant.balance()).pendingBalance).toBe(fallen.later);
});
