import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CS2, type Game, RUST } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import { differenceOf, type KnownList } from '../../src/suppliers/list-difference.ts';
import { ListTurns, TURN_MAX_MS } from '../../src/suppliers/list-turns.ts';
import type { FeedAnswer, Listing, Unknown } from '../../src/suppliers/supplier.ts';
import { type ListChanges, WholeLists } from '../../src/suppliers/whole-lists.ts';
import { endFakeTimers } from '../support/fake-timers.ts';

function listing(id: string, price: number, game: Game = CS2): Listing {
  return {
    nativeId: `${game === CS2 ? '' : 'rust:'}${id}`,
    game,
    catalogId: 'Rock',
    marketHashName: 'Rock',
    delivery: 'instant',
    priceMills: toMills(BigInt(price)),
  };
}

/** A market that is told what a list says, as the gateway's is. */
class Told {
  readonly listings = new Map<string, Listing>();

  take({
    isWhole,
    listings,
    gone,
  }: Pick<Extract<FeedAnswer, { outcome: 'read' }>, 'isWhole' | 'listings' | 'gone'>): void {
    if (isWhole) this.listings.clear();
    for (const nativeId of gone) this.listings.delete(nativeId);
    for (const each of listings) this.listings.set(each.nativeId, each);
  }
}

const someListings = fc.array(
  fc.record({ id: fc.nat(12), price: fc.integer({ min: 1, max: 3 }) }).map(({ id, price }) => listing(`${id}`, price)),
  { maxLength: 20 },
);

test('whoever knew the list before and is told the difference knows the list', () => {
  fc.assert(
    fc.property(someListings, someListings, (before, after) => {
      const told = new Told();
      const first = differenceOf(before, null);
      told.take({ ...first, isWhole: true });
      const second = differenceOf(after, first.known);
      told.take({ ...second, isWhole: false });
      expect(told.listings).toEqual(new Map(after.map((each) => [each.nativeId, each])));
      // What is told of twice is not told again, in whatever order it comes.
      const last = new Map(after.map((each) => [each.nativeId, each]));
      expect(differenceOf([...last.values()].reverse(), second.known)).toEqual({
        listings: [],
        gone: [],
        known: second.known,
      });
    }),
  );
});

describe('a marketplace whose feed is a whole list for each game', () => {
  let lists: { readonly [game: string]: { readonly listings: readonly Listing[]; readonly count?: number } | Unknown };
  const sold = (game: Game, ...prices: number[]) => ({
    listings: prices.map((price, index) => listing(`${index + 1}`, price, game)),
  });

  async function readList(game: Game, before: KnownList | null): Promise<ListChanges | Unknown> {
    const list = lists[game];
    if (!list || 'outcome' in list) return list ?? { outcome: 'unknown', cause: 'no list' };
    return { ...differenceOf(list.listings, before), count: list.count ?? list.listings.length };
  }

  async function read(feed: WholeLists, cursor: string | null) {
    const answer = await feed.read(cursor, readList);
    if (answer.outcome === 'unknown') throw new Error(answer.cause);
    return answer;
  }

  test('tells everything at first, and then what has changed of any of them', async () => {
    const feed = new WholeLists([CS2, RUST]);
    lists = { [CS2]: sold(CS2, 5, 6, 7), [RUST]: sold(RUST, 8) };
    const first = await read(feed, null);
    expect(first).toMatchObject({ isWhole: true, gone: [] });
    expect(first.listings).toHaveLength(4);

    lists = { [CS2]: sold(CS2, 5, 9), [RUST]: sold(RUST, 8) };
    expect(await read(feed, first.cursor)).toMatchObject({
      isWhole: false,
      listings: [listing('2', 9)],
      gone: ['3'],
    });
  });

  test('tells everything to a caller that has heard of another version, or of none', async () => {
    lists = { [CS2]: sold(CS2, 5, 6), [RUST]: sold(RUST, 8) };
    const [mine, theirs] = [new WholeLists([CS2, RUST]), new WholeLists([CS2, RUST])];
    const earlier = await read(mine, null);
    lists = { [CS2]: sold(CS2, 5, 7), [RUST]: sold(RUST, 8) };
    const later = await read(mine, earlier.cursor);
    for (const cursor of [null, earlier.cursor, '730:2,252490:1', 'nonsense']) {
      expect(await read(mine, cursor)).toMatchObject({ isWhole: true, listings: { length: 3 } });
    }
    expect(await read(theirs, later.cursor)).toMatchObject({ isWhole: true });
    expect(await read(mine, later.cursor)).toMatchObject({ isWhole: false, listings: [] });
  });

  test('goes on from what was told last when one list could not be read', async () => {
    const feed = new WholeLists([CS2, RUST]);
    lists = { [CS2]: sold(CS2, 5), [RUST]: sold(RUST, 8) };
    const first = await read(feed, null);
    lists = { [CS2]: sold(CS2, 6), [RUST]: { outcome: 'unknown', cause: 'cut' } };
    await expect(read(feed, first.cursor)).rejects.toThrow('cut');
    lists = { [CS2]: sold(CS2, 6), [RUST]: sold(RUST, 8) };
    expect(await read(feed, first.cursor)).toMatchObject({ isWhole: false, listings: [listing('1', 6)] });
  });

  test('is not believed when it has lost half of its listings', async () => {
    const feed = new WholeLists([CS2, RUST]);
    lists = { [CS2]: { ...sold(CS2, 5), count: 100 }, [RUST]: sold(RUST, 8) };
    const { cursor } = await read(feed, null);
    lists = { [CS2]: { ...sold(CS2, 5), count: 50 }, [RUST]: sold(RUST, 8) };
    await expect(read(feed, cursor)).rejects.toThrow('the price list of game 730 has 50 listings, and had 100');
    lists = { [CS2]: { ...sold(CS2, 5), count: 51 }, [RUST]: sold(RUST, 8) };
    expect(await read(feed, cursor)).toMatchObject({ isWhole: false });
  });
});

describe('the whole lists of two marketplaces', () => {
  afterEach(() => {
    endFakeTimers();
  });

  const listOf = (id: string): ListChanges => ({ ...differenceOf([listing(id, 5)], null), count: 1 });

  /** Two feeds of one gateway, each of which has been asked for. */
  function start() {
    const turns = new ListTurns();
    const begun: string[] = [];
    const lists = { first: Promise.withResolvers<ListChanges>(), second: Promise.withResolvers<ListChanges>() };
    const read = (name: 'first' | 'second') =>
      new WholeLists([CS2], turns).read(null, () => {
        begun.push(name);
        return lists[name].promise;
      });
    return { begun, lists, first: read('first'), second: read('second') };
  }

  test('are read one after the other', async () => {
    const { begun, lists, first, second } = start();
    await expect.poll(() => begun).toEqual(['first']);
    lists.first.resolve(listOf('1'));
    expect(await first).toMatchObject({ listings: [{ nativeId: '1' }] });
    lists.second.resolve(listOf('2'));
    expect(await second).toMatchObject({ listings: [{ nativeId: '2' }] });
    expect(begun).toEqual(['first', 'second']);
  });

  test('are read although the one before could not be read', async () => {
    const { lists, first, second } = start();
    lists.first.reject(new Error('cut'));
    await expect(first).rejects.toThrow('cut');
    lists.second.resolve(listOf('2'));
    expect(await second).toMatchObject({ outcome: 'read' });
  });

  test('wait no longer than a minute for one that comes slowly', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { begun, lists, first, second } = start();
    await vi.advanceTimersByTimeAsync(TURN_MAX_MS - 1);
    expect(begun).toEqual(['first']);
    await vi.advanceTimersByTimeAsync(1);
    lists.second.resolve(listOf('2'));
    expect(await second).toMatchObject({ outcome: 'read' });
    lists.first.resolve(listOf('1'));
    expect(await first).toMatchObject({ listings: [{ nativeId: '1' }] });
  });
});
