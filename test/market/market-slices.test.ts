import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CS2, RUST } from '../../src/core/games.ts';
import { byPrice } from '../../src/market/account-offers.ts';
import type { FeedUpdate, MarketCache } from '../../src/market/market-cache.ts';
import { isSameListing } from '../../src/market/same-listing.ts';
import type { Listing, Supplier } from '../../src/suppliers/supplier.ts';
import { changed, copyOf, listing, seller, slicedCopyOf, whole } from './stock.ts';

const one = seller('one', [CS2, RUST]);
const two = seller('two', [CS2, RUST]);

const priced = (offers: readonly { id: string; listing: Listing }[]) =>
  offers.map((offer) => `${offer.id} ${offer.listing.marketHashName} ${offer.listing.priceMills}`);

const everythingIn = (market: MarketCache) =>
  [CS2, RUST].map((game) => ({
    items: market.index(game).items.map((item) => [item.catalogId, ...priced(item.offers)]),
    shown: priced(market.index(game).shown),
    counts: [market.countOf('one'), market.countOf('two')],
    found: priced(market.offers({ game }).flatMap(({ id }) => market.offer(id) ?? [])),
    withheld: priced(market.withheld({ game })),
    markups: [...market.offers({ game }), ...market.withheld({ game })].map(({ id, policy }) => [id, policy.markupBps]),
  }));

/** All places agree and all orders hold, at any moment. */
function expectAgreement(market: MarketCache): void {
  const ids: string[] = [];
  for (const game of [CS2, RUST]) {
    const { items, shown } = market.index(game);
    for (const item of items) {
      expect(market.index(game).item(item.catalogId)).toBe(item);
      expect(market.index(game).named(item.marketHashName)).toContain(item);
      for (const offer of item.offers) expect(market.offer(offer.id)).toEqual(offer);
      ids.push(...item.offers.map(({ id }) => id));
      expect(item.offers).toEqual(item.offers.toSorted(byPrice));
    }
    expect(shown).toEqual(shown.toSorted(byPrice));
    expect(new Set(shown)).toEqual(new Set(items.flatMap((item) => item.shown)));
  }
  expect(market.countOf('one') + market.countOf('two')).toBe(ids.length);
  for (const offer of [CS2, RUST].flatMap((game) => market.withheld({ game }))) {
    expect(market.offer(offer.id)).toEqual(offer);
    ids.push(offer.id);
  }
  expect(new Set(ids).size).toBe(ids.length);
}

const OPEN = { closedUntil: null, balanceMills: null };
const CLOSED = { closedUntil: new Date(), balanceMills: null };
const withBalance = (dollars: number) => ({ closedUntil: null, balanceMills: listing('x', dollars).priceMills });
const policiesOf = (markupBps: number, preference = 100) => ({
  '730': { markupBps, preference },
  '252490': { markupBps: markupBps * 2, preference },
});

const row = fc.record({
  id: fc.integer({ min: 0, max: 12 }),
  price: fc.integer({ min: 1, max: 5 }),
  name: fc.constantFrom('ak', 'awp', 'm4', 'zeus'),
});
const updates = fc.array(
  fc.record({
    isWhole: fc.boolean(),
    rows: fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 10 }),
    gone: fc.uniqueArray(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
    removesAllFirst: fc.boolean(),
    /** What the supplier's listings are offered and priced by, from the time of the update on. */
    availability: fc.constantFrom(OPEN, CLOSED, withBalance(2), withBalance(4)),
    policies: fc.constantFrom(policiesOf(0), policiesOf(0, 1), policiesOf(5000), policiesOf(10_000)),
  }),
  { maxLength: 6 },
);
type RawUpdate = typeof updates extends fc.Arbitrary<(infer Each)[]> ? Each : never;
type Update = FeedUpdate & Pick<RawUpdate, 'removesAllFirst' | 'availability' | 'policies'>;

/** @param movesItems whether a listing may be of one item now and of another one later */
function updateOf({ isWhole, rows, gone, ...others }: RawUpdate, movesItems: boolean): Update {
  const toListing = ({ id, price, name }: RawUpdate['rows'][number]) =>
    listing(movesItems ? `${id}` : `${name}-${id}`, price, {
      game: id % 4 === 0 ? RUST : CS2,
      catalogId: name,
      marketHashName: name,
    });
  const left = gone.filter((id) => !rows.some((each) => each.id === id));
  const names = movesItems ? left.map(String) : left.map((id) => `ak-${id}`);
  return { isWhole, listings: rows.map(toListing), gone: isWhole ? [] : names, ...others };
}

async function applyAll(market: MarketCache, supplier: Supplier, all: readonly Update[]): Promise<void> {
  for (const { removesAllFirst, availability, policies, ...update } of all) {
    if (removesAllFirst) await market.removeAll(supplier);
    await Promise.all([
      market.apply(supplier, update),
      market.setAvailability(supplier.id, availability),
      market.setPolicies(supplier.id, policies),
    ]);
  }
}

describe('an update that is applied in slices', () => {
  test('beside one of another marketplace ends as if each was applied at once, and all places agree meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(updates, updates, async (ofOne, ofTwo) => {
        const [toOne, toTwo] = [ofOne.map((raw) => updateOf(raw, true)), ofTwo.map((raw) => updateOf(raw, true))];
        const atOnce = copyOf(one, two);
        await applyAll(atOnce, one, toOne);
        await applyAll(atOnce, two, toTwo);
        const sliced = slicedCopyOf(one, two);
        const followed = new Map<string, string>();
        sliced.onChange((changes) => {
          for (const change of changes) {
            if (change.type === 'upsert') followed.set(change.offer.id, String(priced([change.offer])));
            if (change.type === 'remove') followed.delete(change.id);
          }
        });
        let isOver = false;
        const both = Promise.all([applyAll(sliced, one, toOne), applyAll(sliced, two, toTwo)]).then(() => {
          isOver = true;
        });
        while (!isOver) {
          expectAgreement(sliced);
          await turn();
        }
        await both;
        expectAgreement(sliced);
        expect(everythingIn(sliced)).toEqual(everythingIn(atOnce));
        const shown = [CS2, RUST].flatMap((game) => sliced.offers({ game }));
        expect(Object.fromEntries(followed)).toEqual(
          Object.fromEntries(shown.map((offer) => [offer.id, String(priced([offer]))])),
        );
      }),
    );
  });

  test('shows each item as it was before an update or as it is after it', async () => {
    await fc.assert(
      fc.asyncProperty(updates, async (raws) => {
        const all = raws.map((raw) => updateOf({ ...raw, removesAllFirst: false }, false));
        const seen = (market: MarketCache) =>
          new Map(
            [CS2, RUST].flatMap((game) =>
              ['ak', 'awp', 'm4', 'zeus'].map((name): [string, string] => [
                `${game} ${name}`,
                String(priced(market.index(game).item(name)?.offers ?? [])),
              ]),
            ),
          );
        const atOnce = copyOf(one);
        const sliced = slicedCopyOf(one);
        for (const update of all) {
          const before = seen(atOnce);
          await atOnce.apply(one, update);
          const after = seen(atOnce);
          let isOver = false;
          const applied = sliced.apply(one, update).then(() => {
            isOver = true;
          });
          while (!isOver) {
            for (const [item, offers] of seen(sliced)) expect([before.get(item), after.get(item)]).toContain(offers);
            await turn();
          }
          await applied;
        }
      }),
    );
  });

  test('is the market only when all of it is there', async () => {
    const market = slicedCopyOf(one);
    const applied = market.apply(one, whole(listing('a', 1), listing('b', 2, { catalogId: 'another' })));
    const known: boolean[] = [];
    const heard: number[] = [];
    market.onChange((changes) => heard.push(changes.length));
    while (market.countOf('one') < 2) {
      known.push(market.isKnown(CS2));
      expect(heard).toEqual([]);
      await turn();
    }
    await applied;
    expect(new Set(known)).toEqual(new Set([false]));
    expect([market.isKnown(CS2), heard]).toEqual([true, [2]]);
  });

  test('waits for an earlier one of the same marketplace', async () => {
    const market = slicedCopyOf(one);
    const many = Array.from({ length: 20 }, (_, i) => listing(`${i}`, 1, { catalogId: `item ${i}` }));
    const all = [
      market.apply(one, whole(...many)),
      market.removeAll(one),
      market.apply(one, whole(listing('a', 3))),
      market.apply(one, changed([listing('a', 2)])),
    ];
    await Promise.all(all);
    expect(priced(market.offers({ game: CS2 }))).toEqual(['one:a AK-47 | Redline (Field-Tested) 2000']);
  });

  test('leaves withheld what is withheld, also when that is known only while it is applied', async () => {
    const market = slicedCopyOf(one, two);
    const many = Array.from({ length: 20 }, (_, i) => listing(`${i}`, 1 + i, { catalogId: `item ${i}` }));
    await market.apply(two, whole(listing('other', 50)));
    const heard: string[] = [];
    market.onChange((changes) => heard.push(...changes.map(({ type }) => type)));
    const applied = market.apply(one, whole(...many));
    while (market.countOf('one') < 5) await turn();
    const closed = market.setAvailability('one', CLOSED);
    expect(market.availability('one'), 'buys are refused at once').toEqual(CLOSED);
    await applied;
    expect(market.countOf('one'), 'no more are offered').toBeLessThan(20);
    expectAgreement(market);
    await closed;
    expect(priced(market.offers({ game: CS2 }))).toEqual(['two:other AK-47 | Redline (Field-Tested) 50000']);
    expect(market.withheld({ game: CS2 })).toHaveLength(20);
    await market.apply(one, whole(...many.map((each) => ({ ...each, delivery: 'instant' as const }))));
    expect([market.countOf('one'), market.withheld({ game: CS2 }).length]).toEqual([0, 20]);
    expect(heard.filter((type) => type === 'upsert').length).toBe(heard.filter((type) => type === 'remove').length);
  });

  test('can be ended between two items; what was applied is told, and the next update makes it whole', async () => {
    const market = slicedCopyOf(one);
    const many = Array.from({ length: 20 }, (_, i) => listing(`${i}`, 1, { catalogId: `item ${i}` }));
    let told = 0;
    market.onChange((changes) => {
      told += changes.length;
    });
    const stop = new AbortController();
    const applied = market.apply(one, whole(...many), stop.signal);
    while (market.countOf('one') < 5) await turn();
    stop.abort(new Error('the node stops'));
    await expect(applied).rejects.toThrow('the node stops');
    expect([told, market.isKnown(CS2)]).toEqual([market.countOf('one'), false]);
    expectAgreement(market);
    await market.apply(one, whole(...many));
    expect([market.countOf('one'), market.isKnown(CS2)]).toEqual([20, true]);
  });
});

describe('a marketplace whose purchases work again', () => {
  const many = Array.from({ length: 20 }, (_, i) => listing(`${i}`, 1, { catalogId: `item ${i}` }));

  test('is the market only when all of its listings are back', async () => {
    const market = slicedCopyOf(one);
    await market.apply(one, whole(...many));
    await market.setAvailability('one', CLOSED);
    const opened = market.setAvailability('one', OPEN);
    while (market.countOf('one') < 20) {
      expect([market.isKnown(CS2), market.availability('one')]).toEqual([false, CLOSED]);
      expectAgreement(market);
      await turn();
    }
    await opened;
    expect([market.isKnown(CS2), market.availability('one')]).toEqual([true, OPEN]);
  });

  test('goes by what is known last when that changes while its listings come back', async () => {
    const market = slicedCopyOf(one);
    await market.apply(one, whole(...many));
    await market.setAvailability('one', CLOSED);
    const opened = market.setAvailability('one', OPEN);
    while (market.countOf('one') < 5) await turn();
    await Promise.all([opened, market.setAvailability('one', CLOSED), market.setAvailability('one', OPEN)]);
    expect([market.countOf('one'), market.isKnown(CS2)]).toEqual([20, true]);
    await Promise.all([market.setAvailability('one', OPEN), market.setAvailability('one', CLOSED)]);
    expect([market.countOf('one'), market.isKnown(CS2)]).toEqual([0, false]);
  });
});

test('a new policy shows each item with its old or its new prices, in order, and all with the new ones at the end', async () => {
  const market = slicedCopyOf(one, two);
  const many = Array.from({ length: 20 }, (_, i) => listing(`${i}`, 1 + i / 10, { catalogId: `item ${i}` }));
  await market.apply(one, whole(...many));
  await market.apply(two, whole(...many));
  let isOver = false;
  const applied = market.setPolicies('one', policiesOf(5000)).then(() => {
    isOver = true;
  });
  const seen = new Set<number>();
  while (!isOver) {
    expectAgreement(market);
    seen.add(market.offers({ game: CS2 }).filter(({ policy }) => policy.markupBps === 5000).length);
    await turn();
  }
  await applied;
  expect(seen.size).toBeGreaterThan(2);
  const markups = Map.groupBy(
    market.offers({ game: CS2 }),
    ({ supplier, policy }) => `${supplier.id} ${policy.markupBps}`,
  );
  expect([...markups.keys()].toSorted()).toEqual(['one 5000', 'two 0']);
});

test('a listing is the same only if all that it says is the same', () => {
  const full: Listing = {
    nativeId: '1',
    game: CS2,
    catalogId: 'c',
    marketHashName: 'm',
    type: 't',
    exterior: 'e',
    rarity: 'r',
    wear: '0.1',
    paintSeed: 1,
    phase: 'p',
    paintIndex: 2,
    fade: 3,
    stickers: [{ name: 's', slot: 0, iconUrl: 'i' }],
    charm: { name: 'c', iconUrl: 'i' },
    color: '#000000',
    previewToken: 'v',
    delivery: 'instant',
    iconUrl: 'i',
    priceMills: listing('1', 1).priceMills,
  };
  expect(isSameListing(full, structuredClone(full))).toBe(true);
  for (const field of Object.keys(full)) {
    const { [field as keyof Listing]: _, ...without } = full; // a key of it
    expect(isSameListing(full, without as Listing), field).toBe(false); // as if an adapter did not know it
    expect(isSameListing(without as Listing, full), field).toBe(false);
  }
  expect(isSameListing(full, { ...full, stickers: [{ name: 's', slot: 1, iconUrl: 'i' }] })).toBe(false);
});
