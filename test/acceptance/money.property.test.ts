import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TradeWire } from '../../src/trades/wire.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** Random orders, with tolerances, quick buys and partial fills: what I have, what is reserved and what I paid add up. */

const world = useWorld();
const FUNDS = 5000;

/** Whose purchase is known at once, so that prices are what was charged; they end in every way there is. */
const kinds = [
  'ships-at-once',
  'ships-later',
  'never-ships',
  'cheaper',
  'purchase-refused',
  'seller-fails',
  'recipient-declines',
  'price-raised-since-listed',
  'reversed-in-hold',
] as const;

const kind = fc.constantFrom(...kinds);
const copy = fc.integer({ min: 1, max: 10 });
const order = fc.oneof(
  fc.record({
    way: fc.constant('buy' as const),
    items: fc.uniqueArray(fc.tuple(kind, copy), { minLength: 1, maxLength: 4, selector: ([a, b]) => `${a} ${b}` }),
    slippageBps: fc.constantFrom(0, 1, 500, 2000),
    aboveCents: fc.option(fc.integer({ min: -300, max: 2000 })),
  }),
  fc.record({
    way: fc.constant('quick' as const),
    kind,
    copy,
    amount: fc.integer({ min: 1, max: 12 }),
    delivery: fc.constantFrom('standard', 'instant'),
    aboveCents: fc.integer({ min: -3, max: 2000 }),
  }),
);
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

test('money is conserved over any orders, and each item costs what was charged for it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(order, { minLength: 1, maxLength: 4 }), fc.boolean(), async (orders, cancels) => {
      const merchant = await world().merchant({ funds: FUNDS });
      const ids: string[] = [];
      for (const each of orders) ids.push(...(await place(merchant, each)));
      await world().settles();
      await expectConserved(merchant, ids);
      await world().passes('31m');
      if (cancels) await Promise.all(ids.map((id) => merchant.call('POST', `/secure/buy/${id}/cancel`)));
      await world().settles();
      await expectConserved(merchant, ids);
      await world().passes('9d');
      await expectConserved(merchant, ids);
    }),
    { numRuns: 12 },
  );
});

/** @returns the trade's id, or none when it was refused: then nothing may have happened */
async function place(merchant: Merchant, wanted: Order): Promise<string[]> {
  const before = await merchant.balance();
  const answer = wanted.way === 'buy' ? await buy(merchant, wanted) : await buyQuick(merchant, wanted);
  if (answer.status === 200) return [answer.body.data.id];
  expect(['PRICE_CHANGED', 'MERCHANT_BALANCE_LOW', 'INSUFFICIENT_STOCK', 'LISTING_NOT_FOUND']).toContain(
    answer.body.error?.key,
  );
  // Purchases of the orders before go on meanwhile: they release, and never take more.
  const after = await merchant.balance();
  expect(cents(after.balance)).toBeGreaterThanOrEqual(cents(before.balance));
  return [];
}

function buy(merchant: Merchant, { items, slippageBps, aboveCents }: Extract<Order, { way: 'buy' }>) {
  const listings = items.map(([name, number]) => world().testListing(name, number));
  const wanted = listings.map((listing) => ({
    itemId: listing.id,
    price: listing.price,
    ...(aboveCents === null ? {} : { maxPrice: dollars(cents(listing.price) + aboveCents) }),
  }));
  return merchant.asksToBuy(listings, { items: wanted, slippageBps });
}

function buyQuick(merchant: Merchant, wanted: Extract<Order, { way: 'quick' }>) {
  const listing = world().testListing(wanted.kind, wanted.copy);
  const { amount, delivery } = wanted;
  return merchant.asksToBuyQuick(listing, {
    amount,
    delivery,
    maxPrice: dollars(cents(listing.price) + wanted.aboveCents),
  });
}

async function expectConserved(merchant: Merchant, ids: readonly string[]): Promise<void> {
  const trades = await Promise.all(ids.map((id) => merchant.trade(id)));
  const items = trades.flatMap((trade) => trade.items);
  const sumOf = (...statuses: string[]) =>
    items
      .filter((item) => statuses.includes(item.status ?? ''))
      .reduce((sum, item) => sum + cents(item.offer?.price ?? 0), 0);
  const penalties = items
    .filter((item) => item.status === 'declined')
    .reduce((sum, item) => sum + Math.min(900, Math.floor((cents(item.offer?.price ?? 0) * 2) / 100)), 0);
  const reserved = sumOf('pending', 'active', 'hold');
  expect(await merchant.balance()).toEqual({
    balance: dollars(cents(FUNDS) - reserved - sumOf('completed') - penalties),
    pendingBalance: dollars(reserved),
  });
  trades.forEach(expectTotals);
}

/** Once everything is bought, nothing is reserved beyond what is shown, and the total is the sum of what is shown. */
function expectTotals(trade: TradeWire): void {
  expect(trade).not.toHaveProperty('reservedPrice');
  expect(cents(trade.totalPrice)).toBe(trade.items.reduce((sum, item) => sum + cents(item.offer?.price ?? 0), 0));
  expect(new Set(trade.items.map((item) => item.id)).size).toBe(trade.items.length);
}
