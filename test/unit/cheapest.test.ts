import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CS2 } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import { CheapestByName } from '../../src/suppliers/cheapest.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';

function listing(marketHashName: string, price: number, nativeId: string): Listing {
  const priceMills = toMills(BigInt(price));
  return { nativeId, game: CS2, catalogId: marketHashName, marketHashName, delivery: 'standard', priceMills };
}

test('of each name the cheapest listings are kept, the first of those that cost the same', () => {
  const offered = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })));
  fc.assert(
    fc.property(offered, fc.integer({ min: 1, max: 4 }), (rows, max) => {
      const listings = rows.map(([name, price], index) => listing(name, price, String(index)));
      const cheapest = new CheapestByName(max);
      for (const each of listings) cheapest.add(each);
      const expected = [...Map.groupBy(listings, (each) => each.marketHashName).values()].flatMap((own) =>
        own.toSorted((a, b) => Number(a.priceMills - b.priceMills)).slice(0, max),
      );
      expect([...cheapest.lists()].flat()).toEqual(expected);
    }),
  );
});
