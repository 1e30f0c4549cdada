import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CS2, type Game, RUST } from '../../src/core/games.ts';
import { byPrice } from '../../src/market/account-offers.ts';
import type { MarketChange, MarketView, Offer } from '../../src/market/market.ts';
import { copyOf, listing, seller, slicedCopyOf, whole } from './stock.ts';

/** Two accounts at one marketplace see the same listings; a third account is elsewhere. */

const BOTH = [CS2, RUST] as const;
const marketplace = seller('shop', BOTH);
const first = { ...marketplace, id: 'shop-1' };
const second = { ...marketplace, id: 'shop-2' };
const elsewhere = seller('other', BOTH);
const accounts = [first, second, elsewhere];

const CLOSED = { closedUntil: new Date(), balanceMills: null };
const OPEN = { closedUntil: null, balanceMills: null };
const marked = (markupBps: number, preference = 100) => {
  const policy = { markupBps, preference };
  return { '730': policy, '252490': policy };
};
const bought = ({ id, supplier }: Offer) => `${id} at ${supplier.id}`;

describe('a listing that two of my accounts see', () => {
  test('is shown once, at the price of the cheaper account', async () => {
    const market = copyOf(first, second);
    await market.setPolicies('shop-1', marked(1000));
    await market.apply(first, whole(listing('a', 1), listing('b', 2)));
    await market.apply(second, whole(listing('a', 1)));
    expect(market.offers({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-2', 'shop:b at shop-1']);
    expect(market.index(CS2).shown.map(bought)).toEqual(['shop:a at shop-2']);
    expect([market.countOf('shop-1'), market.countOf('shop-2')]).toEqual([2, 1]);
    await market.setPolicies('shop-2', marked(2000));
    expect(market.offers({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-1', 'shop:b at shop-1']);
  });

  test('is of the account that I prefer where the price is the same', async () => {
    const market = copyOf(first, second);
    await market.apply(first, whole(listing('a', 1)));
    await market.apply(second, whole(listing('a', 1)));
    expect(market.offers({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-1']);
    await market.setPolicies('shop-2', marked(0, 1));
    expect(market.offers({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-2']);
  });

  test('stays while one of them offers it', async () => {
    const market = copyOf(first, second);
    await market.apply(first, whole(listing('a', 1)));
    await market.apply(second, whole(listing('a', 1)));
    await market.setAvailability('shop-1', CLOSED);
    expect(market.offers({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-2']);
    await market.apply(second, whole());
    expect(market.offers({ game: CS2 })).toEqual([]);
    expect(market.withheld({ game: CS2 }).map(bought)).toEqual(['shop:a at shop-1']);
    expect([market.offer('shop:a')?.supplier.id, market.offered('shop:a')]).toEqual(['shop-1', undefined]);
    await market.setAvailability('shop-1', OPEN);
    await market.removeAll(first);
    expect(market.offer('shop:a')).toBeUndefined();
  });

  test('is one choice for each account that can buy it', async () => {
    const market = copyOf(first, second);
    await market.apply(first, whole(listing('a', 1)));
    await market.apply(second, whole(listing('a', 1), listing('b', 2)));
    expect(market.copies({ game: CS2 }).map(bought)).toEqual([
      'shop:a at shop-1',
      'shop:a at shop-2',
      'shop:b at shop-2',
    ]);
  });
});

describe('the market without an account', () => {
  test('has what the others offer, and is empty without all of them', async () => {
    const market = copyOf(...accounts);
    await market.apply(first, whole(listing('a', 1)));
    await market.apply(second, whole(listing('a', 1), listing('b', 2)));
    await market.apply(elsewhere, whole(listing('a', 3)));
    const part = market.without(['shop-1', 'unheard-of']);
    expect(part.offers({ game: CS2 }).map(bought)).toEqual([
      'shop:a at shop-2',
      'shop:b at shop-2',
      'other:a at other',
    ]);
    expect(part).toBe(market.without(['shop-1']));
    expect(market.without(['unheard-of']).offers({ game: CS2 })).toEqual(market.offers({ game: CS2 }));
    const none = market.without(accounts.map(({ id }) => id));
    expect([none.isKnown(CS2), none.offers({ game: CS2 }), none.index(CS2).items]).toEqual([true, [], []]);
  });

  test('does not wait for the feed of that account, nor for its purchases to work', async () => {
    const market = copyOf(first, elsewhere);
    await market.apply(elsewhere, whole(listing('a', 3)));
    expect([market.isKnown(CS2), market.without(['shop-1']).isKnown(CS2)]).toEqual([false, true]);
    await market.apply(first, whole(listing('a', 3)));
    await market.setAvailability('other', CLOSED);
    expect([market.isKnown(CS2), market.without(['shop-1']).isKnown(CS2)]).toEqual([true, false]);
  });

  test('hears nothing of what only that account offers', async () => {
    const market = copyOf(first, second);
    const heard: (readonly MarketChange[])[] = [];
    market.onChange((_, changesWithout) => heard.push(changesWithout(['shop-1'])));
    await market.apply(first, whole(listing('a', 1)));
    await market.apply(second, whole(listing('a', 1)));
    expect(heard).toEqual([[], [{ type: 'upsert', offer: expect.objectContaining({ supplier: second }) }]]);
  });
});

const row = fc.record({ id: fc.integer({ min: 0, max: 8 }), price: fc.integer({ min: 1, max: 4 }) });
const step = fc.record({
  account: fc.constantFrom(...accounts),
  rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 }),
  isWhole: fc.boolean(),
  gone: fc.uniqueArray(fc.integer({ min: 0, max: 8 }), { maxLength: 3 }),
  availability: fc.constantFrom(OPEN, OPEN, CLOSED),
  policies: fc.constantFrom(marked(0), marked(0, 1), marked(5000)),
});

const gameOf = (id: number): Game => (id % 3 === 0 ? RUST : CS2);
const toListing = ({ id, price }: { id: number; price: number }) =>
  listing(`${id}`, price, { game: gameOf(id), catalogId: `item ${id % 4}`, marketHashName: `item ${id % 4}` });

/** What the accounts that are left offer, each listing once, as if there was nothing else. */
function expected(market: MarketView, game: Game, without: readonly string[]): string[] {
  const copies = market.copies({ game }).filter(({ supplier }) => !without.includes(supplier.id));
  const best = Map.groupBy(copies, ({ id }) => id)
    .values()
    .map((own) => own.toSorted(byPrice)[0]);
  return [...best]
    .flatMap((offer) => offer ?? [])
    .toSorted(byPrice)
    .map(bought);
}

test('whatever accounts sell, every part of the market is what its accounts sell, in all its orders and to its listeners', async () => {
  const parts = [[], ['shop-1'], ['shop-2'], ['other'], ['shop-1', 'shop-2'], ['other', 'shop-2']];
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), fc.boolean(), async (steps, isRead) => {
      const market = slicedCopyOf(...accounts);
      const followed = parts.map(() => new Map<string, string>());
      market.onChange((_, changesWithout) => {
        for (const [index, without] of parts.entries()) {
          for (const change of changesWithout(without)) {
            if (change.type === 'upsert') followed[index]?.set(change.offer.id, bought(change.offer));
            if (change.type === 'remove') followed[index]?.delete(change.id);
          }
        }
      });
      for (const { account, rows, gone, isWhole, availability, policies } of steps) {
        const left = isWhole ? [] : gone.filter((id) => !rows.some((each) => each.id === id)).map(String);
        await Promise.all([
          market.apply(account, { isWhole, listings: rows.map(toListing), gone: left }),
          market.setAvailability(account.id, availability),
          market.setPolicies(account.id, policies),
        ]);
        // Lists that follow each change, and lists that follow many at once.
        if (isRead) for (const part of parts) BOTH.map((game) => market.without(part).index(game).shown);
      }
      for (const [index, without] of parts.entries()) {
        const part = market.without(without);
        for (const game of BOTH) {
          const { items, shown } = part.index(game);
          const offers = items.flatMap((item) => item.offers).toSorted(byPrice);
          expect(offers.map(bought)).toEqual(expected(market, game, without));
          expect(part.offers({ game }).map(bought)).toEqual(offers.map(bought));
          expect(shown).toEqual(items.flatMap((item) => item.shown).toSorted(byPrice));
          for (const item of items) expect(part.index(game).item(item.catalogId)).toBe(item);
          for (const offer of offers) expect([part.offer(offer.id), part.offered(offer.id)]).toEqual([offer, offer]);
        }
        const all = BOTH.flatMap((game) => part.offers({ game }));
        expect(Object.fromEntries(followed[index] ?? [])).toEqual(
          Object.fromEntries(all.map((offer) => [offer.id, bought(offer)])),
        );
      }
    }),
  );
});
