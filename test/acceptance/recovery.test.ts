import { describe, expect, test } from 'vitest';
import { newId, referenceOf } from '../../src/core/ids.ts';
import { toMills } from '../../src/core/money.ts';
import { type AdoptedItem, adoptTrade } from '../../src/recovery/adopt-trade.ts';
import type { HistoryOrder } from '../../src/suppliers/history.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();
const word = { actor: 'operator:alice', reason: 'failover' };

/** A trade as a callback told it, which the database does not have: like one that is here, under other ids. */
async function toldTo(merchant: Merchant, changes: Partial<TradeWire> = {}): Promise<TradeWire> {
  const { id } = await merchant.buys([world().testListing('never-ships'), world().testListing('refuses-to-cancel')]);
  const trade = await merchant.trade(id);
  return { ...trade, id: newId(new Date()), externalId: `lost-${id}`, ...changes };
}

function unbought({ items }: TradeWire): AdoptedItem[] {
  const { suppliers } = world().gateway.deps;
  return items.map((item) => {
    const [owner] = suppliers.ownersOf(item.id);
    if (!owner) throw new Error(`nobody sells ${item.id}`);
    return { item, supplier: owner.supplier.id, nativeListingId: owner.nativeId, order: null };
  });
}

describe('a lost trade that was told below the cost of its order', () => {
  test('is refused, because a merchant can sign as well, and nothing is recorded', async () => {
    const merchant = await world().merchant();
    const told = await toldTo(merchant);
    const before = await merchant.balance();
    const order: HistoryOrder = {
      orderId: '41',
      reference: referenceOf(newId(new Date())),
      costMills: toMills(100_000n),
      refundMills: toMills(0n),
      feeMills: null,
      status: { kind: 'waiting' },
      nativeListingIds: [],
      orderedAt: new Date(),
    };
    const adopted = unbought(told).map((each) => ({ ...each, order }));
    await expect(adoptTrade(world().gateway.deps, told, adopted, word)).rejects.toThrow(
      'its order 41 cost more: $100.00',
    );
    expect(await merchant.balance()).toEqual(before);
    await world().balances();
  });
});

describe('a lost trade of which nothing was bought', () => {
  test.each(['self', 'client'] as const)(
    'is recorded again and cancelled, with its money released (%s)',
    async (source) => {
      const merchant = await world().merchant();
      const told = await toldTo(merchant, { source });
      const before = await merchant.balance();
      await adoptTrade(world().gateway.deps, told, unbought(told), word);
      await world().settles();
      expect(await merchant.balance()).toEqual(before);
      const events = merchant.callbacksOf(told.id);
      expect(events.map(({ trade }) => trade.status)).toEqual(['pending', 'canceled']);
      await world().balances();
    },
  );

  test('is refused when its id or its externalId is here, and nothing is recorded', async () => {
    const merchant = await world().merchant();
    const told = await toldTo(merchant);
    await adoptTrade(world().gateway.deps, told, unbought(told), word);
    const other = { ...told, id: newId(new Date()) };
    for (const each of [told, other]) {
      await expect(adoptTrade(world().gateway.deps, each, unbought(each), word)).rejects.toThrow('is here');
    }
    await world().balances();
  });
});
