// The judge of chaos: whatever a marketplace's books may hold that they must not, it is found, at each marketplace.
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../src/core/clock.ts';
import type { Bought, Sold } from '../chaos/books.ts';
import { judge } from '../chaos/judge.ts';
import { allMarkets } from '../chaos/markets.ts';
import { Tally } from '../chaos/tally.ts';
import { marketOf, type SimMarket } from '../simulation/markets.ts';

const AT_MS = Date.parse('2026-01-01T12:00:00Z');
const PRICE = 10_000n;

/** An order of which nothing has been heard since it was made. */
function soldAt(market: SimMarket, changes: Partial<Sold> = {}): Sold {
  return {
    market,
    reference: 'REFERENCE-1',
    orderId: 'order-1',
    nativeListingId: 'listing-1',
    isMade: true,
    phase: 'waiting',
    priceMills: PRICE,
    createdAtMs: AT_MS,
    buyCalls: 1,
    isCancelAccepted: false,
    firstCancelAtMs: null,
    ...changes,
  };
}

/** The item that was bought with it. */
function boughtAt({ id }: SimMarket, changes: Partial<Bought> = {}): Bought {
  return {
    id: 'item-1',
    tradeId: 'trade-1',
    merchantId: 'merchant-1',
    feeBps: 0,
    tradeExternalId: 'order',
    listingId: 'public-1',
    nativeListingId: 'listing-1',
    supplier: id,
    state: 'pending',
    revertedBy: null,
    references: ['REFERENCE-1'],
    purchaseState: 'done',
    purchaseCalls: 1,
    orderId: 'order-1',
    orderedAt: new Date(AT_MS),
    netMills: -PRICE,
    openCancellations: 0,
    timerCancellations: 0,
    tradeError: null,
    ...changes,
  };
}

/** What is found when a run ends with these books. */
function found(sold: readonly Sold[], items: readonly Bought[]): string[] {
  const tally = new Tally(() => {});
  const marketplace = new Map(sold.map((each) => [each.reference, each]));
  const nobody = { told: [], taken: new Map(), rejected: new Set<string>(), answers: new Map(), shown: new Map() };
  const gateway = { items, callbacks: [], questions: [], wallets: [] };
  const yes = { approved: new Set(['trade-1']), begun: new Set(['order']), openingMills: 0n };
  judge({ ...nobody, ...yes, gateway, marketplace }, tally);
  // Here no merchant was told of the trade, which is not what these tests are about.
  return tally.findings.map(({ text }) => text).filter((text) => !text.endsWith('its merchant never learned of it'));
}

const waxpeer = marketOf('waxpeer');
const lisSkins = marketOf('lis-skins');
const cs2dt = marketOf('cs2dt');

describe.each(allMarkets.map((market) => ({ market, id: market.id })))('at $id', ({ market }) => {
  test('one order of one purchase is as it should be', () => {
    expect(found([soldAt(market)], [boughtAt(market)])).toEqual([]);
  });

  test('an order under a reference that no purchase has is found', () => {
    const second = soldAt(market, { reference: 'REFERENCE-2', orderId: 'order-2' });
    expect(found([soldAt(market), second], [boughtAt(market)])).toEqual([
      `${market.id} was asked for REFERENCE-2, of which the gateway has no purchase`,
    ]);
  });

  test('an order whose purchase was given up is found', () => {
    const givenUp = boughtAt(market, { purchaseState: 'refused', orderId: null });
    expect(found([soldAt(market)], [givenUp]).join()).toContain('but its purchase REFERENCE-1 is refused');
  });

  test('money that came back although the order stands is found', () => {
    const text = 'item item-1 of trade trade-1 (order) got 10000 mills too many back';
    expect(found([soldAt(market)], [boughtAt(market, { netMills: 0n })])).toEqual([text]);
  });

  test('an order that two items share is found', () => {
    const other = { id: 'item-2', references: ['REFERENCE-2'] };
    const both = [soldAt(market), soldAt(market, { reference: 'REFERENCE-2' })];
    const items = [boughtAt(market), boughtAt(market, other)];
    expect(found(both, items)).toEqual([`${market.id} order-1 is the order of items item-1,item-2`]);
  });

  test('an order of another item, or of another marketplace, is found', () => {
    expect(found([soldAt(market, { nativeListingId: 'listing-2' })], [boughtAt(market)])).toHaveLength(1);
    const elsewhere = market === waxpeer ? lisSkins : waxpeer;
    expect(found([soldAt(elsewhere)], [boughtAt(market)])).toHaveLength(1);
  });

  test('a purchase that it received more often than it was claimed is found', () => {
    const text = `REFERENCE-1 was sent 2 times at ${market.id}; the gateway claimed 1 calls`;
    expect(found([soldAt(market, { buyCalls: 2 })], [boughtAt(market)])).toEqual([text]);
  });

  test('a repeat is found where the marketplace may buy twice, and only there', () => {
    const repeated = found([soldAt(market, { buyCalls: 2 })], [boughtAt(market, { purchaseCalls: 2 })]);
    expect(repeated).toHaveLength(market.refusesRepeats ? 0 : 1);
    expect(found([soldAt(market)], [boughtAt(market, { purchaseCalls: 7 })])).toHaveLength(1);
  });
});

describe('a cancel that costs money', () => {
  const atAge = (ms: number) => soldAt(cs2dt, { firstCancelAtMs: AT_MS + ms });

  test('is found: one before CS2DT cancels free of charge', () => {
    expect(found([atAge(29 * MINUTE_MS)], [boughtAt(cs2dt)]).join()).toContain('at a charge, 1740 s after its order');
    expect(found([atAge(30 * MINUTE_MS)], [boughtAt(cs2dt)])).toEqual([]);
  });

  test('is not the gateway’s fault where time moved between the order and its answer', () => {
    const orderedAt = new Date(AT_MS - 2 * MINUTE_MS);
    expect(found([atAge(29 * MINUTE_MS)], [boughtAt(cs2dt, { orderedAt })])).toEqual([]);
  });
});
