import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CS2, RUST } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import { PackedListings } from '../../src/market/packed-listings.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';

/** Few values, so that listings agree in some fields; among them what has a meaning where listings are kept as text. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'null', '\n', '["1"', '\n["1",', '龍', '\ud800'),
  fc.string({ maxLength: 3 }),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const plain = { noNullPrototype: true };
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

const listings: fc.Arbitrary<Listing[]> = fc.uniqueArray(
  fc
    .record({
      nativeId: fc.oneof(text, fc.nat({ max: 30 }).map(String)),
      game: fc.constantFrom(CS2, RUST),
      catalogId: text,
      marketHashName: text,
      delivery: fc.constantFrom('standard', 'instant'),
      priceMills: fc.bigInt({ min: 0n, max: 10n ** 18n }).map(toMills),
      wear: optional(text),
      phase: optional(fc.constantFrom('Ruby', 'Emerald')),
      paintSeed: optional(fc.nat({ max: 3 })),
      fade: optional(number),
      stickers: optional(
        fc.array(fc.record({ name: text, slot: fc.nat({ max: 4 }), iconUrl: text }, plain), { maxLength: 2 }),
      ),
      charm: optional(fc.record({ name: text, iconUrl: text }, plain)),
    })
    .map(
      (all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as Listing,
    ), // as an adapter makes it
  { selector: ({ nativeId }) => nativeId, minLength: 1, maxLength: 8 },
);

test('listings say the same after they were packed, in the same order, and each is found by its id', () => {
  fc.assert(
    fc.property(listings, text, (given, unknownId) => {
      const packed = new PackedListings(given);
      expect(packed.all()).toStrictEqual(given);
      for (const each of given) expect(packed.find(each.nativeId)).toStrictEqual(each);
      const isKnown = given.some(({ nativeId }) => nativeId === unknownId);
      expect(packed.find(unknownId) === null).toBe(!isKnown);
    }),
    { numRuns: 300 },
  );
});
