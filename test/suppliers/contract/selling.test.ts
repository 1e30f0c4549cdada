// What every adapter says of itself and of what is on sale, whatever marketplace is behind it.
import { describe, expect, test } from 'vitest';
import { HOUR_MS, SECOND_MS } from '../../../src/core/clock.ts';
import { CS2 } from '../../../src/core/games.ts';
import { isUuid } from '../../../src/core/ids.ts';
import type { Listing } from '../../../src/suppliers/supplier.ts';
import { afterwards, bought, fed, orderAtAnyPrice } from '../harness.ts';
import { subjects } from '../subjects/index.ts';
import type { Subject, SubjectSide } from '../subjects/subject.ts';
import { firstSide, forEachSubject, type OfferedListing, type World } from './world.ts';

forEachSubject((world, subject) => {
  test('says who it is, what it sells and what it can do', () => {
    const { supplier } = world;
    const { cancelMinAgeMs, hasPush, buyTimeoutMs, ...says } = subject.says;
    expect(supplier).toMatchObject({ ...says, games: subject.sides.map(({ game }) => game) });
    expect(supplier.buyTimeoutMs).toBe(buyTimeoutMs);
    expect(supplier.cancel?.minAgeMs ?? null).toBe(cancelMinAgeMs);
    expect([supplier.push !== null, supplier.balance !== null]).toEqual([hasPush, subject.balanceMills !== null]);
  });

  test('has rules for each of its abilities', () => {
    const { cancelMinAgeMs, hasPush } = subject.says;
    expect(subject.cancelRefusals !== undefined).toBe(cancelMinAgeMs !== null);
    expect(subject.pushTo !== undefined).toBe(hasPush);
    expect(subject.tradeUrls !== undefined).toBe(world.supplier.checkTradeUrl !== null);
  });

  test.runIf(subject.balanceMills !== null)('says what the account can spend', async () => {
    const answer = await world.supplier.balance?.();
    if (answer?.outcome !== 'read') throw new Error(`not read: ${answer?.cause}`);
    // Other tests spend some of it.
    const { availableMills, ...rest } = answer;
    expect(rest).toEqual({ outcome: 'read' });
    const hadMills = subject.balanceMills ?? 0n;
    expect(availableMills <= hadMills && availableMills > hadMills / 2n, `${availableMills}`).toBe(true);
  });

  test('tells all that is on sale, each listing once, the test listings at their listed prices', async () => {
    const whole = await fed(world.supplier);
    expect(whole).toMatchObject({ isWhole: true, gone: [], cursor: expect.stringMatching(/./) });
    const byId = new Map(whole.listings.map((listing) => [listing.nativeId, listing]));
    expect(byId.size).toBe(whole.listings.length);
    for (const side of subject.sides) {
      const offered = world.listingsOf(side).filter(({ marketHashName }) => isInFeed(side, marketHashName));
      expect(offered.length).toBeGreaterThan(0);
      for (const { behaviour: _, ...listing } of offered) expect(byId.get(listing.nativeId)).toMatchObject(listing);
    }
  });

  test('tells nothing but what the marketplace has on sale', async () => {
    const { listings } = await fed(world.supplier);
    for (const { nativeId, game, priceMills, marketHashName, catalogId } of listings) {
      const side = subject.sides.find((each) => each.game === game);
      expect(side, `a listing of the game ${game}`).toBeDefined();
      expect(priceMills > 0n && marketHashName !== '' && catalogId !== '').toBe(true);
      expect(world.supplier.listingIds.toNative(world.supplier.listingIds.toPublic(nativeId))).toBe(nativeId);
    }
  });

  test('begins from the start when its cursor is old, or none of its own', async () => {
    const { cursor, listings } = await fed(world.supplier);
    await world.market.pass(HOUR_MS);
    // Some adapters compare with their last answer, which is another one now.
    await fed(world.supplier);
    for (const old of [cursor, 'nonsense', '']) {
      const answer = await fed(world.supplier, old);
      expect(answer).toMatchObject({ isWhole: true, gone: [], listings: { length: listings.length } });
    }
  });

  test('sells an ordinary listing once: it is gone from the feed, by itself and for the next buyer', async () => {
    const { supplier } = world;
    for (const { game } of subject.sides) {
      const { cursor } = await fed(supplier);
      const listing = await ordinaryListing(world, (each) => each.game === game);
      await bought(supplier, orderAtAnyPrice(listing));
      expect((await fed(supplier)).listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
      if (subject.feed === 'changes') expect((await fed(supplier, cursor)).gone).toEqual([listing.nativeId]);
      expect(await supplier.listing(listing.nativeId)).toEqual({ outcome: 'gone' });
      const again = await supplier.buy(orderAtAnyPrice(listing));
      expect(again).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
    }
  });

  test('understands a feed as a whole or not at all, and goes on from its cursor afterwards', async () => {
    const { proxy, proxied } = world;
    proxy.mends();
    const { cursor, isWhole } = await fed(proxied);
    const calls = proxy.calls();
    for (const nth of new Set([1, calls])) {
      for (const at of [null, cursor]) {
        proxy.breaks({ kind: 'broken inside' }, nth);
        const answer = await proxied.feed(at);
        // Changes come in fewer calls than everything.
        if (proxy.calls() >= nth) expect(answer).toMatchObject({ outcome: 'unknown' });
      }
      proxy.breaks({ kind: 'page', status: 200, body: '<!doctype html><p>One moment</p>' }, nth);
      expect(await proxied.feed(null)).toMatchObject({ outcome: 'unknown' });
    }
    proxy.mends();
    expect(isWhole).toBe(true);
    expect((await fed(proxied, cursor)).isWhole).toBe(subject.feed === 'whole');
  });

  describe.runIf(subject.feed !== 'whole')('with a feed of changes', () => {
    test('tells only what changed since its last answer, at the price that the listing has now', async () => {
      const { supplier, market } = world;
      const whole = await fed(supplier);
      await market.pass(9 * SECOND_MS);
      const changes = await fed(supplier, whole.cursor);
      expect(changes).toMatchObject({ isWhole: false, gone: [] });
      expect(changes.listings.length).toBeGreaterThan(0);
      expect(changes.listings.length).toBeLessThan(whole.listings.length / 20);
      const before = new Map(whole.listings.map(({ nativeId, priceMills }) => [nativeId, priceMills]));
      expect(changes.listings.some(({ nativeId, priceMills }) => before.get(nativeId) !== priceMills)).toBe(true);
      for (const listing of changes.listings) {
        const { priceMills } = listing;
        const shown = subject.shows === 'listed' ? { outcome: 'listed', listing } : { outcome: 'priced', priceMills };
        expect(await supplier.listing(listing.nativeId)).toEqual(shown);
      }
    });

    test('never sells out a test listing', async () => {
      const side = firstSide(subject);
      const { cursor } = await fed(world.supplier);
      await world.buy(side, 'never-ships');
      expect((await fed(world.supplier, cursor)).gone).toEqual([]);
      const { nativeId } = world.listing(side, 'never-ships');
      expect(await world.supplier.listing(nativeId)).toMatchObject({ outcome: subject.shows });
    });
  });

  test.runIf(subject.shows === 'listed')('says the same of a listing in its feed and when it is asked', async () => {
    const listing = await ordinaryListing(world);
    const answer = await world.supplier.listing(listing.nativeId);
    // The price may move between the two.
    expect(answer).toEqual({ outcome: 'listed', listing: { ...listing, priceMills: expect.any(BigInt) } });
  });

  describe.each(subject.sides)('of $game', (side) => {
    test('shows a listing under the id that it was asked for, at the exact price that it has now', async () => {
      for (const { behaviour, ...listing } of firstOfEach(world, side)) {
        const percent = behaviour === 'price-raised-since-listed' ? 110n : 100n;
        const priceMills = world.onWire((listing.priceMills * percent) / 100n);
        const answer = await world.supplier.listing(listing.nativeId);
        if (subject.shows === 'priced') expect(answer).toEqual({ outcome: 'priced', priceMills });
        else expect(answer).toMatchObject({ outcome: 'listed', listing: { ...listing, priceMills } });
      }
    });

    test('says the same of several listings in one call, and leaves one out or says that it is gone', async () => {
      const { listings } = world.supplier;
      if (!listings) return;
      const nativeIds = firstOfEach(world, side).map(({ nativeId }) => nativeId);
      const answer = await listings.read([...nativeIds, side.unusedId]);
      expect(answer).toMatchObject({ outcome: 'read' });
      const answers = answer.outcome === 'read' ? answer.answers : new Map();
      for (const nativeId of nativeIds) {
        const { outcome } = await world.supplier.listing(nativeId);
        expect(answers.get(nativeId)).toMatchObject({ outcome });
      }
      expect([undefined, 'gone']).toContain(answers.get(side.unusedId)?.outcome);
    });

    test('says with authority that a listing is gone', async () => {
      expect(await world.supplier.listing(side.unusedId)).toEqual({ outcome: 'gone' });
    });

    test('turns native listing ids into public ones and back, and knows ids that are not its own', () => {
      const { listingIds } = world.supplier;
      const { nativeId } = world.listing(side, 'never-ships');
      const publicId = listingIds.toPublic(nativeId);
      expect(publicId).toMatch(side.publicId);
      expect(isUuid(publicId)).toBe(side.game === CS2);
      expect(listingIds.toNative(publicId)).toBe(nativeId);
      const others = subjects.flatMap((other) => (other === subject ? [] : publicIdsOf(other)));
      const foreign = ['', nativeId, 'rust:other:1', '4f7a0c6e-8f4e-8d3a-9b1c-2d3e4f5a6b7c', ...others];
      for (const id of [...foreign, ...(side.foreignIds ?? [])]) expect(listingIds.toNative(id), id).toBeNull();
    });
  });
});

/** Ids that another adapter gives; most adapters have a listing with the same number. */
function publicIdsOf(other: Subject): string[] {
  const supplier = other.open('http://127.0.0.1:1', { timeoutMs: 1 });
  afterwards(() => supplier.close());
  return other.sides.map(({ unusedId }) => supplier.listingIds.toPublic(unusedId));
}

function isInFeed({ isInFeed: isChosen }: SubjectSide, marketHashName: string): boolean {
  return isChosen?.(marketHashName) ?? true;
}

/** One test listing of each behaviour. */
function firstOfEach(world: World, side: SubjectSide): OfferedListing[] {
  return [...new Map(world.listingsOf(side).map((listing) => [listing.behaviour, listing])).values()];
}

/** A listing that is sold out by one purchase. */
async function ordinaryListing(world: World, isWanted = (_: Listing) => true): Promise<Listing> {
  const testIds = new Set(
    world.subject.sides.flatMap((side) => world.listingsOf(side)).map(({ nativeId }) => nativeId),
  );
  const { listings } = await fed(world.supplier);
  const listing = listings.find((each) => !testIds.has(each.nativeId) && isWanted(each));
  if (!listing) throw new Error('nothing but test listings is on sale');
  return listing;
}
