import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CS2, RUST } from '../../src/core/games.ts';
import { ListingPlaces } from '../../src/market/listing-places.ts';

const AK = { game: CS2, catalogId: 'ak' };
const ROCK = { game: RUST, catalogId: 'rock' };

/** Two ids that are kept under one number: among 300,000 there are about ten such pairs. */
function alike(): [string, string] {
  const places = new ListingPlaces();
  for (let n = 1; n < 300_000; n++) {
    const id = Math.imul(n, 0x9e3779b1).toString(36);
    const [other] = places.of('one', id);
    if (other) return [other.catalogId, id];
    places.add('one', id, { game: CS2, catalogId: id });
  }
  throw new Error('no two ids share a number');
}

const [first, second] = alike();

test('a listing is where it was put, for the account that sells it, until it is removed', () => {
  const places = new ListingPlaces();
  places.add('one', '1', AK);
  places.add('two', '1', ROCK);
  expect(places.of('one', '1')).toMatchObject([AK]);
  expect(places.of('two', '1')).toMatchObject([ROCK]);
  places.delete('one', '1', AK);
  expect([places.of('one', '1'), places.of('one', '2'), places.of('three', '1')]).toEqual([[], [], []]);
  expect(places.of('two', '1')).toMatchObject([ROCK]);
});

test('listings whose ids share a number are each found, also when they are of one item', () => {
  const ids = fc.constantFrom(first, second, 'another');
  const items = fc.constantFrom(AK, ROCK);
  fc.assert(
    fc.property(fc.array(fc.tuple(ids, items, fc.boolean()), { maxLength: 20 }), (steps) => {
      const places = new ListingPlaces();
      const model = new Map<string, typeof AK | typeof ROCK>();
      for (const [id, item, isPut] of steps) {
        const before = model.get(id);
        if (before) places.delete('one', id, before);
        model.delete(id);
        if (!isPut) continue;
        places.add('one', id, item);
        model.set(id, item);
      }
      for (const [id, item] of model) expect(places.of('one', id)).toContainEqual(expect.objectContaining(item));
      for (const id of [first, second, 'another']) {
        const sharing = [...model.keys()].filter((other) => (other === 'another') === (id === 'another'));
        expect(places.of('one', id)).toHaveLength(sharing.length);
      }
    }),
  );
});
