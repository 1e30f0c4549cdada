import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CS2, RUST } from '../../src/core/games.ts';
import type { MarketChange } from '../../src/market/market.ts';
import type { MarketCache } from '../../src/market/market-cache.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';
import { changed, copyOf, listing, seller, whole } from './stock.ts';

const one = seller('one');
const two = seller('two');

const idsOf = (market: MarketCache) => market.offers({ game: CS2 }).map(({ id }) => id);

function heardBy(market: MarketCache): MarketChange[] {
  const heard: MarketChange[] = [];
  market.onChange((changes) => heard.push(...changes));
  return heard;
}

describe('what is on sale', () => {
  test('is what a whole answer says, cheapest first; what it leaves out is gone', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 3), listing('b', 1), listing('c', 2)));
    expect(idsOf(market)).toEqual(['one:b', 'one:c', 'one:a']);
    await market.apply(one, whole(listing('c', 2), listing('d', 0.5)));
    expect(idsOf(market)).toEqual(['one:d', 'one:c']);
    expect(market.offer('one:a')).toBeUndefined();
    expect(market.countOf('one')).toBe(2);
  });

  test('changes by what an answer about changes says, and by nothing else', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 3), listing('b', 1), listing('c', 2)));
    await market.apply(one, changed([listing('a', 0.9), listing('d', 1.5)], ['c', 'never-heard-of']));
    expect(idsOf(market)).toEqual(['one:a', 'one:b', 'one:d']);
    await market.apply(one, changed([]));
    expect(idsOf(market)).toEqual(['one:a', 'one:b', 'one:d']);
  });

  test('of one supplier is not touched by what another says, or does not say', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 2)));
    await market.apply(two, whole(listing('a', 1)));
    expect(idsOf(market)).toEqual(['two:a', 'one:a']);
    await market.removeAll(one);
    expect(idsOf(market)).toEqual(['two:a']);
    await market.apply(two, whole());
    expect(idsOf(market)).toEqual([]);
  });

  test('can be asked for by name or catalogue id, with or without a request', async () => {
    const market = copyOf(one);
    await market.apply(
      one,
      whole(
        listing('a', 3, { delivery: 'instant', wear: '0.2' }),
        listing('b', 1, { phase: 'Ruby', wear: '0.25' }),
        listing('c', 2),
        listing('x', 9, { catalogId: 'another', marketHashName: 'Other' }),
      ),
    );
    const ids = (query: object) => market.offers({ game: CS2, ...query }).map(({ listing: { nativeId } }) => nativeId);
    expect(ids({ catalogId: 'catalogue-item' })).toEqual(['b', 'c', 'a']);
    expect(ids({ marketHashName: 'AK-47 | Redline (Field-Tested)', delivery: 'standard' })).toEqual(['b', 'c']);
    expect(ids({ catalogId: 'catalogue-item', delivery: 'instant' })).toEqual(['a']);
    expect(ids({ catalogId: 'catalogue-item', phase: 'Ruby' })).toEqual(['b']);
    expect(ids({ catalogId: 'catalogue-item', floatMin: 0.2, floatMax: 0.25 })).toEqual(['b', 'a']);
    expect(ids({ catalogId: 'catalogue-item', floatMax: 0.24 })).toEqual(['a']);
    expect(ids({ catalogId: 'nothing' })).toEqual([]);
    expect(ids({ marketHashName: 'Other' })).toEqual(['x']);
    expect(market.offers({ game: RUST })).toEqual([]);
  });

  test('under one name with two catalogue ids is found by the name, cheapest first', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 2, { catalogId: 'of-one' }), listing('b', 4, { catalogId: 'of-one' })));
    await market.apply(two, whole(listing('a', 3, { catalogId: 'of-two' })));
    const found = market.offers({ game: CS2, marketHashName: 'AK-47 | Redline (Field-Tested)' });
    expect(found.map(({ id }) => id)).toEqual(['one:a', 'two:a', 'one:b']);
  });

  test('shows every Rust listing, and of a CS2 item the cheapest', async () => {
    const rust = seller('rust', [RUST]);
    const market = copyOf(one, rust);
    await market.apply(one, whole(listing('a', 2), listing('b', 1)));
    await market.apply(rust, whole(listing('a', 2, { game: RUST }), listing('b', 1, { game: RUST })));
    expect(market.index(CS2).shown.map(({ id }) => id)).toEqual(['one:b']);
    expect(market.index(RUST).shown.map(({ id }) => id)).toEqual(['rust:b', 'rust:a']);
  });
});

describe('whether it is known what is on sale', () => {
  test('it is when every supplier of the game was heard', async () => {
    const market = copyOf(one, two, seller('rust', [RUST]));
    expect(market.isKnown(CS2)).toBe(false);
    await market.apply(one, whole());
    expect(market.isKnown(CS2)).toBe(false);
    await market.apply(two, whole());
    expect([market.isKnown(CS2), market.isKnown(RUST)]).toEqual([true, false]);
  });

  test('a supplier that was given up does not count, but for the last one', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 1)));
    await market.removeAll(two);
    expect(market.isKnown(CS2)).toBe(true);
    await market.removeAll(one);
    expect(market.isKnown(CS2)).toBe(false);
    await market.apply(two, whole());
    expect(market.isKnown(CS2)).toBe(true);
  });

  test('without any marketplace nothing is known; with one for another game it is known that nobody sells', () => {
    expect(copyOf().isKnown(CS2)).toBe(false);
    expect(copyOf(seller('rust', [RUST])).isKnown(CS2)).toBe(true);
  });
});

describe('a supplier whose purchases fail, or that has too little money left', () => {
  const closed = { closedUntil: new Date(), balanceMills: null };
  const withBalance = (dollars: number) => ({ closedUntil: null, balanceMills: listing('x', dollars).priceMills });

  test('has no listing on any page until it is available again; its feed is followed all the while', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 1), listing('b', 3)));
    await market.apply(two, whole(listing('a', 2)));
    const heard = heardBy(market);
    await market.setAvailability('one', closed);
    expect(idsOf(market)).toEqual(['two:a']);
    expect(market.index(CS2).shown.map(({ id }) => id)).toEqual(['two:a']);
    expect(market.withheld({ game: CS2 }).map(({ id }) => id)).toEqual(['one:a', 'one:b']);
    expect(heard.map((change) => change.type)).toEqual(['remove', 'remove']);
    await market.apply(one, changed([listing('c', 1.5)], ['b']));
    expect([market.countOf('one'), heard.length]).toEqual([0, 2]);
    await market.setAvailability('one', { closedUntil: null, balanceMills: null });
    expect(idsOf(market)).toEqual(['one:a', 'one:c', 'two:a']);
    expect([market.countOf('one'), market.withheld({ game: CS2 })]).toEqual([2, []]);
    expect(heard.slice(2).map((change) => change.type)).toEqual(['upsert', 'upsert']);
  });

  test('hides only what costs more than is left, and a listing that becomes too dear is gone', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 1), listing('b', 2), listing('c', 3)));
    await market.setAvailability('one', withBalance(2));
    expect(idsOf(market)).toEqual(['one:a', 'one:b']);
    const heard = heardBy(market);
    await market.apply(one, changed([listing('a', 2.01), listing('c', 1.99)]));
    expect(idsOf(market)).toEqual(['one:c', 'one:b']);
    expect(heard).toEqual([
      { type: 'remove', game: CS2, id: 'one:a' },
      { type: 'upsert', offer: market.offer('one:c') },
    ]);
  });

  test('is no market, when it is the only one', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 1)));
    await market.setAvailability('one', closed);
    expect(market.isKnown(CS2)).toBe(false);
  });
});

describe('the operator’s policy', () => {
  const policies = (markupBps: number, preference = 100) => ({
    '730': { markupBps, preference },
    '252490': { markupBps: 0, preference },
  });

  test('sorts listings by their prices with the markup, and tells those who listen', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 1), listing('b', 1.2)));
    await market.apply(two, whole(listing('a', 1.1)));
    const heard = heardBy(market);
    await market.setPolicies('one', policies(1500));
    expect(idsOf(market)).toEqual(['two:a', 'one:a', 'one:b']);
    expect(market.index(CS2).shown.map(({ id }) => id)).toEqual(['two:a']);
    expect(heard.map((change) => change.type)).toEqual(['upsert', 'upsert']);
    await market.setPolicies('one', policies(1500));
    expect(heard).toHaveLength(2);
    await market.apply(one, changed([listing('c', 0.95)], ['a']));
    expect(idsOf(market)).toEqual(['one:c', 'two:a', 'one:b']);
    await market.setPolicies('one', policies(0));
    expect(idsOf(market)).toEqual(['one:c', 'two:a', 'one:b']);
    expect(market.countOf('one')).toBe(2);
  });

  test('prefers a supplier where prices are equal', async () => {
    const market = copyOf(one, two);
    await market.apply(one, whole(listing('a', 1)));
    await market.apply(two, whole(listing('a', 1), listing('b', 2)));
    expect(idsOf(market)).toEqual(['one:a', 'two:a', 'two:b']);
    await market.setPolicies('two', policies(0, 1));
    expect(idsOf(market)).toEqual(['two:a', 'one:a', 'two:b']);
  });

  test('leaves listings withheld that are', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 1)));
    await market.setAvailability('one', { closedUntil: new Date(), balanceMills: null });
    const heard = heardBy(market);
    await market.setPolicies('one', policies(100));
    expect([idsOf(market), heard]).toEqual([[], []]);
    await market.setAvailability('one', { closedUntil: null, balanceMills: null });
    expect(market.offers({ game: CS2 }).map(({ policy }) => policy.markupBps)).toEqual([100]);
  });
});

describe('who listens', () => {
  test('is told each change by its name, and nothing where nothing has changed', async () => {
    const market = copyOf(one);
    await market.apply(one, whole(listing('a', 3), listing('b', 1)));
    const heard = heardBy(market);
    await market.apply(one, whole(listing('a', 3), listing('b', 1)));
    expect(heard).toEqual([]);
    await market.apply(one, changed([listing('a', 2), listing('b', 1), listing('c', 9)], []));
    expect(heard).toEqual([
      { type: 'upsert', offer: market.offer('one:a') },
      { type: 'upsert', offer: market.offer('one:c') },
    ]);
    heard.length = 0;
    await market.apply(one, changed([], ['b', 'b', 'never-heard-of']));
    expect(heard).toEqual([{ type: 'remove', game: CS2, id: 'one:b' }]);
  });

  test('is told to look at the whole game when too much has changed, and only at that game', async () => {
    const both = seller('both', [CS2, RUST]);
    const market = copyOf(both);
    const heard = heardBy(market);
    const many = Array.from({ length: 501 }, (_, i) => listing(String(i), 1));
    await market.apply(both, whole(...many, listing('rust', 1, { game: RUST })));
    expect(heard).toEqual([
      { type: 'sync', game: CS2 },
      { type: 'upsert', offer: market.offer('both:rust') },
    ]);
  });

  test('sees the market as it is after the change, and is not told once it has stopped listening', async () => {
    const market = copyOf(one);
    const seen: unknown[] = [];
    const stop = market.onChange(() => seen.push(market.offer('one:a')?.listing.priceMills));
    await market.apply(one, whole(listing('a', 3)));
    await market.apply(one, changed([listing('a', 2)]));
    stop();
    await market.apply(one, changed([listing('a', 1)]));
    expect(seen).toEqual([3000n, 2000n]);
  });

  test('may fail without harm to the market and the others', async () => {
    const market = copyOf(one);
    market.onChange(() => {
      throw new Error('a listener that fails');
    });
    const heard = heardBy(market);
    await market.apply(one, whole(listing('a', 3)));
    expect(heard).toHaveLength(1);
    expect(idsOf(market)).toEqual(['one:a']);
  });
});

/** Whatever comes in whatever order, the orders that are kept are those that sorting anew would give. */
test('all orders hold after any answers, and listeners can follow by what they are told', async () => {
  const names = ['ak', 'awp', 'm4', 'zeus'];
  const row = fc.record({
    id: fc.integer({ min: 0, max: 12 }),
    price: fc.integer({ min: 1, max: 5 }),
    name: fc.constantFrom(...names),
  });
  const toListing = ({ id, price, name }: { id: number; price: number; name: string }): Listing =>
    listing(String(id), price, { catalogId: name, marketHashName: name });
  const news = fc.record({
    by: fc.constantFrom(one, two),
    isWhole: fc.boolean(),
    rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 }),
    gone: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
    /** Dollars left to spend there from then on; 0: purchases fail, null: not known. */
    balance: fc.constantFrom(null, 0, 2, 4),
  });
  const available = (balance: number | null) => ({
    closedUntil: balance === 0 ? new Date() : null,
    balanceMills: balance ? listing('x', balance).priceMills : null,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(news, { maxLength: 12 }), async (answers) => {
      const market = copyOf(one, two);
      const model = new Map<string, Listing>();
      const followed = new Set<string>();
      market.onChange((changes) => {
        for (const change of changes) {
          if (change.type === 'upsert') followed.add(change.offer.id);
          if (change.type === 'remove') followed.delete(change.id);
        }
      });
      const left = new Map<string, number | null>();
      for (const { by, isWhole, rows, gone, balance } of answers) {
        const listed = rows.map(toListing);
        const sold = isWhole ? [] : gone.filter((id) => !rows.some((each) => each.id === id)).map(String);
        await market.apply(by, { isWhole, listings: listed, gone: sold });
        if (isWhole) for (const id of [...model.keys()].filter((each) => each.startsWith(by.id))) model.delete(id);
        for (const id of sold) model.delete(`${by.id}:${id}`);
        for (const each of listed) model.set(`${by.id}:${each.nativeId}`, each);
        await market.setAvailability(by.id, available(balance));
        left.set(by.id, balance);
        const offered = [...model].filter(([id, { priceMills }]) => {
          const dollars = left.get(id.split(':')[0] ?? '') ?? null;
          return dollars === null || Number(priceMills) <= dollars * 1000;
        });
        expect(idsOf(market).sort()).toEqual(offered.map(([id]) => id).sort());
        expect([...followed].sort()).toEqual(idsOf(market).sort());
        expect(market.countOf('one') + market.countOf('two')).toBe(offered.length);
      }
      // Whatever was withheld meanwhile is there again.
      for (const { id } of [one, two]) await market.setAvailability(id, available(null));
      const offers = market.offers({ game: CS2 });
      expect(Object.fromEntries(offers.map((offer) => [offer.id, offer.listing]))).toEqual(Object.fromEntries(model));
      const sorted = [...model].sort(([a, x], [b, y]) => Number(x.priceMills - y.priceMills) || (a < b ? -1 : 1));
      expect(offers.map(({ id }) => id)).toEqual(sorted.map(([id]) => id));
      expect([...followed].sort()).toEqual([...model.keys()].sort());
      const { items, shown } = market.index(CS2);
      expect(items.map(({ catalogId }) => catalogId)).toEqual(
        [...new Set([...model.values()].map((each) => each.catalogId))].sort(),
      );
      expect(shown.map((offer) => offer.listing.priceMills)).toEqual(
        items.map(({ offers: [cheapest] }) => cheapest?.listing.priceMills ?? 0n).sort((a, b) => Number(a - b)),
      );
      expect(market.countOf('one') + market.countOf('two')).toBe(model.size);
    }),
  );
});
