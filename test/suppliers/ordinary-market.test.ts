// The sandbox's ordinary market: what is in it, how its prices move, and how its sellers deliver.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type BuyReply, buy } from '../../sandbox/marketplace/buying.ts';
import { indexOf, testListings } from '../../sandbox/marketplace/catalogue.ts';
import { exteriors } from '../../sandbox/marketplace/exteriors.ts';
import { iconPath } from '../../sandbox/marketplace/icons.ts';
import type { Listing, Side } from '../../sandbox/marketplace/listing.ts';
import { Marketplace } from '../../sandbox/marketplace/marketplace.ts';
import { onSaleAt } from '../../sandbox/marketplace/on-sale.ts';
import { type Front, fronts } from '../../sandbox/marketplace/orders.ts';
import { pricesAt } from '../../sandbox/marketplace/prices.ts';
import { SandboxStore } from '../../sandbox/marketplace/store.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../src/core/clock.ts';
import { add, type Mills, toMills } from '../../src/core/money.ts';
import { StillClock } from '../simulation/still-clock.ts';
import {
  afterwards,
  bought,
  fed,
  newReference,
  openMarketplace,
  orderAtAnyPrice,
  ordinaryListing,
  statusKindFor,
  supplierAt,
} from './harness.ts';

const sides: Side[] = ['cs2', 'rust'];
const ordinary = { cs2: indexOf('cs2').ordinary, rust: indexOf('rust').ordinary };
const all = [...ordinary.cs2, ...ordinary.rust];

describe('the ordinary market', () => {
  test('has hundreds of items of both games, each offered several times', () => {
    const items = (side: Side) => Object.groupBy(ordinary[side], ({ marketHashName }) => marketHashName);
    // As docs/guides/sandbox.md says.
    expect(Object.keys(items('cs2'))).toHaveLength(501);
    expect(Object.keys(items('rust'))).toHaveLength(120);
    expect(all).toHaveLength(2684);
    for (const side of sides) {
      expect(Math.min(...Object.values(items(side)).map((copies) => copies?.length ?? 0))).toBeGreaterThanOrEqual(2);
    }
  });

  test('has what merchants know of CS2: knives, gloves, stickers, cases, StatTrak and Souvenir', () => {
    const types = new Set(ordinary.cs2.map(({ type }) => type));
    for (const type of ['Rifle', 'Knife', 'Gloves', 'Sticker', 'Container', 'Charm']) expect(types).toContain(type);
    const names = ordinary.cs2.map(({ marketHashName }) => marketHashName);
    for (const known of [
      'AK-47 | Redline (Field-Tested)',
      'StatTrak™ AK-47 | Redline (Field-Tested)',
      'Souvenir AWP | Dragon Lore (Field-Tested)',
      '★ StatTrak™ Bayonet | Damascus Steel (Minimal Wear)',
      '★ Sport Gloves | Vice (Well-Worn)',
      'Fracture Case',
    ]) {
      expect(names).toContain(known);
    }
  });

  test('gives every listing an id of its own, apart from those of the test listings, too long for a JSON number', () => {
    const ids = [...testListings, ...all].map(({ side, nativeId }) => `${side} ${nativeId}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { nativeId } of all) expect(nativeId).toMatch(/^(731|253)\d{15}$/);
  });

  test('keeps its ids from one version to the next', () => {
    const [redline] = ordinary.cs2.filter(({ marketHashName }) => marketHashName === 'AK-47 | Redline (Minimal Wear)');
    expect(redline?.nativeId).toBe('731039248391506401');
    expect(ordinary.rust.find(({ marketHashName }) => marketHashName === 'Glory AK47')?.nativeId).toBe(
      '253100800284565801',
    );
  });

  test('has floats within their exteriors, and a range of its own for each finish', () => {
    for (const { exterior, wear } of ordinary.cs2.filter((listing) => listing.exterior !== null)) {
      const floats = exteriors.find(({ name }) => name === exterior)?.floats ?? [2, 2];
      expect(Number(wear)).toBeGreaterThanOrEqual(floats[0] / 100);
      expect(Number(wear)).toBeLessThan(floats[1] / 100);
    }
    const fades = ordinary.cs2.filter(({ marketHashName }) => marketHashName.includes('| Fade ('));
    expect(fades.every(({ wear }) => Number(wear) < 0.08)).toBe(true);
  });

  test('has every Doppler phase, under one name, at prices of their own', () => {
    const phases = (finish: string) =>
      new Set(ordinary.cs2.flatMap((each) => (each.marketHashName.includes(`| ${finish} (`) ? each.phase : [])));
    const numbered = ['Phase 1', 'Phase 2', 'Phase 3', 'Phase 4'];
    expect(phases('Doppler')).toEqual(new Set([...numbered, 'Ruby', 'Sapphire', 'Black Pearl']));
    expect(phases('Gamma Doppler')).toEqual(new Set([...numbered, 'Emerald']));
    const karambit = ordinary.cs2.filter((each) => each.marketHashName === '★ Karambit | Doppler (Factory New)');
    const priceOf = (phase: string) => karambit.find((each) => each.phase === phase)?.listedMills ?? 0n;
    expect(priceOf('Ruby')).toBeGreaterThan(2n * priceOf('Phase 2'));
  });

  test('says how far a Fade goes, and which stickers a weapon wears', () => {
    const fades = ordinary.cs2.flatMap((listing) => listing.ordinary?.fadePercent ?? []);
    expect(fades.length).toBeGreaterThan(5);
    expect(fades.every((percent) => percent >= 80 && percent <= 100)).toBe(true);
    const decorated = ordinary.cs2.filter((listing) => listing.ordinary?.stickers.length);
    expect(decorated.length).toBeGreaterThan(100);
    expect(decorated.every(({ type }) => !['Knife', 'Gloves', 'Sticker'].includes(type))).toBe(true);
  });
});

/** A marketplace whose clock stands still until the test moves it. */
function open(file = ':memory:') {
  const clock = new StillClock();
  const store = SandboxStore.open(file);
  afterwards(async () => store.close());
  const marketplace = new Marketplace(store, clock);
  return { marketplace, pass: (ms: number) => clock.moveTo(clock.nowMs + ms) };
}

function buyOne(marketplace: Marketplace, { side, nativeId }: Listing, ceilingMills: Mills): BuyReply {
  return buy(marketplace, {
    side,
    front: 'lis-skins',
    reference: newReference(),
    listingId: nativeId,
    ceilingMills,
    isPushed: false,
  });
}

/** What a front has in its lists, by its id in the books. */
function onSale(marketplace: Marketplace, side: Side, front: Front = 'lis-skins'): ReadonlySet<string> {
  return new Set([...onSaleAt(marketplace, front, side)].flat().map(({ nativeId }) => nativeId));
}

describe.each(sides)('prices on the %s side', (side) => {
  test('move by a few percent, each now and then, and those of test listings never', () => {
    const { marketplace, pass } = open();
    const before = new Map(indexOf(side).listings.map((listing) => [listing, pricesAt(listing, marketplace.nowMs)]));
    pass(10 * MINUTE_MS);
    let moved = 0;
    for (const [listing, { listedMills }] of before) {
      const now = pricesAt(listing, marketplace.nowMs);
      if (now.listedMills !== listedMills) moved++;
      if (!listing.ordinary) expect(now.listedMills).toBe(listedMills);
      // Rounded down to the mill.
      expect((now.listedMills + 1n) * 100n).toBeGreaterThanOrEqual(listing.listedMills * 96n);
      expect(now.listedMills * 100n).toBeLessThanOrEqual(listing.listedMills * 104n);
    }
    expect(moved).toBeGreaterThan(ordinary[side].length * 0.9);
  });

  test('are the same in the lists and for the buyer, who is refused one mill below', () => {
    const { marketplace, pass } = open();
    const [listing] = ordinary[side];
    if (!listing) throw new Error('nothing is on sale');
    pass(17 * MINUTE_MS);
    const { chargedMills } = pricesAt(listing, marketplace.nowMs);
    expect(buyOne(marketplace, listing, add(chargedMills, toMills(-1n)))).toEqual({
      kind: 'above ceiling',
      newPriceMills: chargedMills,
    });
    expect(buyOne(marketplace, listing, chargedMills)).toMatchObject({
      kind: 'bought',
      order: { priceMills: chargedMills },
    });
    expect(buyOne(marketplace, listing, chargedMills)).toEqual({ kind: 'sold' });
  });

  test('stay as they are for lists and buyer while they are held, and move on afterwards', () => {
    const { marketplace, pass } = open();
    const [listing] = ordinary[side];
    if (!listing) throw new Error('nothing is on sale');
    const held = marketplace.pricesOf(listing);
    marketplace.pricesMove = false;
    pass(17 * MINUTE_MS);
    expect(marketplace.pricesOf(listing)).toEqual(held);
    expect(buyOne(marketplace, listing, add(held.chargedMills, toMills(-1n)))).toMatchObject({ kind: 'above ceiling' });
    expect(buyOne(marketplace, listing, held.chargedMills)).toMatchObject({ order: { priceMills: held.chargedMills } });
    marketplace.pricesMove = true;
    expect(marketplace.pricesOf(listing)).toEqual(pricesAt(listing, marketplace.nowMs));
  });
});

describe.each(sides)('the lists of %s', (side) => {
  test('have what is on sale: what was sold is gone from every front’s', () => {
    const { marketplace } = open();
    const [sold, kept] = ordinary[side];
    if (!sold || !kept) throw new Error('nothing is on sale');
    expect(onSale(marketplace, side).size).toBe(indexOf(side).listings.length);
    buyOne(marketplace, sold, toMills(sold.listedMills * 2n));
    for (const front of ['lis-skins', 'waxpeer'] as const) {
      expect(onSale(marketplace, side, front)).not.toContain(sold.nativeId);
      expect(onSale(marketplace, side, front)).toContain(kept.nativeId);
    }
  });

  test('have each listing in one place, if the marketplace is told so', () => {
    const { marketplace } = open();
    marketplace.isApart = true;
    const offered = fronts.flatMap((front) => [...onSale(marketplace, side, front)]);
    expect(offered.toSorted()).toEqual([...onSale(open().marketplace, side)].toSorted());
    const tests = testListings.filter((listing) => listing.side === side).map(({ nativeId }) => nativeId);
    const place = onSale(marketplace, side, side === 'cs2' ? 'cs2dt' : 'waxpeer');
    expect(tests.filter((id) => !place.has(id))).toEqual([]);
  });
});

describe('sellers', () => {
  async function buys(side: Side, isWanted?: (listing: { marketHashName: string; delivery: string }) => boolean) {
    const market = await openMarketplace();
    const supplier = supplierAt(side, market.url);
    const listing = await ordinaryListing(supplier, isWanted);
    return { market, supplier, listing, order: await bought(supplier, orderAtAnyPrice(listing)) };
  }

  test.each([
    [
      'cs2',
      'standard',
      [
        [9 * MINUTE_MS, 'waiting'],
        [10 * MINUTE_MS, 'offered'],
        [12 * MINUTE_MS, 'accepted'],
        [8 * DAY_MS, 'settled'],
      ],
    ],
    [
      'cs2',
      'instant',
      [
        [SECOND_MS, 'accepted'],
        [8 * DAY_MS, 'settled'],
      ],
    ],
    [
      'rust',
      'standard',
      [
        [9 * MINUTE_MS, 'waiting'],
        [10 * MINUTE_MS, 'offered'],
        [12 * MINUTE_MS, 'settled'],
      ],
    ],
  ] as const)('of %s deliver what is %s in their time', async (side, delivery, expected) => {
    const { market, supplier, order } = await buys(
      side,
      (each) => each.delivery === delivery && !each.marketHashName.includes('Gloves'),
    );
    let passedMs = 0;
    for (const [atMs, status] of expected) {
      await market.pass(atMs - passedMs);
      passedMs = atMs;
      expect(await statusKindFor(supplier, order.reference)).toBe(status);
    }
  });

  test('of gloves take hours, so that there is time to cancel', async () => {
    const { market, supplier, order } = await buys('cs2', ({ marketHashName }) => marketHashName.includes('Gloves'));
    await market.pass(29 * MINUTE_MS);
    expect(await supplier.cancel?.request(order)).toEqual({ outcome: 'refused', reason: 'too_early' });
    await market.pass(150 * MINUTE_MS);
    expect(await statusKindFor(supplier, order.reference)).toBe('waiting');
    await market.pass(MINUTE_MS);
    expect(await statusKindFor(supplier, order.reference)).toBe('offered');
  });

  test('have not got back what they sold when the marketplace starts again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'market-'));
    afterwards(() => rm(folder, { recursive: true }));
    const file = join(folder, 'marketplace.db');
    const first = await openMarketplace(file);
    const listing = await ordinaryListing(supplierAt('cs2', first.url));
    await bought(supplierAt('cs2', first.url), orderAtAnyPrice(listing));
    await first.close();
    const again = supplierAt('cs2', (await openMarketplace(file)).url);
    expect(await again.listing(listing.nativeId)).toEqual({ outcome: 'gone' });
    expect((await fed(again)).listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
  });

  test('sell by purchase only: nobody can import an order of an ordinary listing', async () => {
    const { market, listing } = await buys('cs2');
    const order = {
      reference: 'imported',
      side: 'cs2',
      front: 'cs2dt',
      listingId: listing.nativeId.slice(1),
      createdAt: new Date(),
    };
    expect((await market.control('POST', '/orders', [order])).status).toBe(400);
  });
});

test('every item has a picture, of the marketplace’s own', async () => {
  const market = await openMarketplace();
  for (const side of sides) {
    const answer = await fetch(`${market.url}${iconPath(ordinary[side][0]?.catalogId ?? '')}`);
    expect(answer.headers.get('content-type')).toContain('image/svg+xml');
    expect(await answer.text()).toMatch(/^<svg .*<\/svg>\n$/s);
  }
  expect((await fetch(`${market.url}/icons/0000000000000000.svg`)).status).toBe(404);
});
