// What every adapter that reads the marketplace's own list of orders makes of it.
import { expect, test } from 'vitest';
import { later, MINUTE_MS } from '../../../src/core/clock.ts';
import type { HistoryOrder, TimeRange } from '../../../src/suppliers/history.ts';
import type { Supplier } from '../../../src/suppliers/supplier.ts';
import { forEachSubject, type World } from './world.ts';

/** Every page, read to the end. */
async function allOf(supplier: Supplier, range: TimeRange): Promise<HistoryOrder[]> {
  if (!supplier.history) throw new Error('it has no list of orders');
  const orders: HistoryOrder[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 100; pages++) {
    const answer = await supplier.history(range, cursor);
    if (answer.outcome !== 'read') throw new Error(`not read: ${answer.cause}`);
    expect(answer.unreadable).toEqual([]);
    orders.push(...answer.orders);
    cursor = answer.next;
    if (cursor === null) return orders;
  }
  throw new Error('the list does not end');
}

/** From a minute ago to in a minute, by the marketplace's clock. */
async function aroundNow({ market }: World): Promise<TimeRange> {
  const now = new Date((await market.clock()).now);
  return { from: later(now, -MINUTE_MS), to: later(now, MINUTE_MS) };
}

forEachSubject((world, subject) => {
  test('says whether it can read a list of orders', () => {
    expect(world.supplier.history !== null).toBe(subject.readsHistory === true);
  });
});

forEachSubject(
  (world, subject) => {
    test.each(subject.sides)('the list has an order of game $game as a look-up has it, with its time', async (side) => {
      const { reference, orderId } = await world.buy(side, 'never-ships');
      const found = await world.supplier.find([reference]);
      if (found.outcome !== 'read') throw new Error('the order cannot be found');
      const [looked] = found.found;
      const range = await aroundNow(world);
      const listed = (await allOf(world.supplier, range)).filter((order) => order.reference === reference);
      expect(listed).toEqual([
        {
          orderId,
          reference,
          costMills: looked?.costMills,
          status: looked?.status,
          refundMills: 0n,
          feeMills: expect.toBeOneOf([null, 0n]),
          nativeListingIds: expect.arrayContaining([world.listing(side, 'never-ships').nativeId]),
          orderedAt: expect.any(Date),
        },
      ]);
      const [order] = listed;
      expect(order?.orderedAt && order.orderedAt >= range.from && order.orderedAt <= range.to).toBe(true);
    });

    test('an order whose seller has failed is paid back', async () => {
      const [side] = subject.sides.filter(({ behaviours }) => behaviours.includes('seller-fails'));
      if (!side) return;
      const { reference } = await world.buy(side, 'seller-fails');
      const range = await aroundNow(world);
      await world.market.pass(6 * MINUTE_MS);
      const order = (await allOf(world.supplier, range)).find((each) => each.reference === reference);
      expect(order).toMatchObject({ status: { kind: 'failed' }, refundMills: order?.costMills });
    });
  },
  ({ readsHistory }) => readsHistory === true,
);
