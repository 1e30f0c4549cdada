// What every adapter makes of a purchase and of its order.
import { describe, expect, test } from 'vitest';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/core/clock.ts';
import { add, toMills } from '../../../src/core/money.ts';
import type { OrderStatus } from '../../../src/suppliers/supplier.ts';
import { bought, newReference, orderFor, statusFor, statusKindFor } from '../harness.ts';
import type { SubjectSide } from '../subjects/subject.ts';
import { answersOf, firstSide, forEachSubject, sidesWith, timeOut, type World } from './world.ts';

const WEEK_MS = 7 * DAY_MS;
/** JavaScript's numbers cannot hold it. */
const LONG_ID = '987654321098765432';

forEachSubject((world, subject) => {
  describe.each(subject.sides)('of $game', (side) => {
    test('buys under our reference and finds the order by it, with ids that lose no digit', async () => {
      const listing = world.listing(side, 'never-ships');
      const order = orderFor(listing);
      const answer = await world.supplier.buy(order);
      const orderId = await world.orderIdOf(order.reference);
      expect(answer).toEqual({ outcome: 'bought', orderId, costMills: listing.priceMills });
      expect(await world.supplier.find([order.reference])).toEqual({
        outcome: 'read',
        found: [{ reference: order.reference, orderId, costMills: listing.priceMills, status: { kind: 'waiting' } }],
        neverMade: [],
      });
      expect(await world.market.facts(order.reference)).toMatchObject({
        outcome: 'made',
        side: side.side,
        buyCalls: 1,
      });
    });

    test('never makes a second order under one reference, and does not call the repeat a refusal', async () => {
      const order = world.orderFor(side, 'never-ships');
      const { orderId } = await bought(world.supplier, order);
      const repeats = await Promise.all([world.supplier.buy(order), world.supplier.buy(order)]);
      for (const repeat of repeats) {
        if (subject.says.repeats === 'replayed') expect(repeat).toMatchObject({ outcome: 'bought', orderId });
        else expect(repeat).toMatchObject({ outcome: 'unknown' });
        // The gateway repeats a purchase only where the answer proves that the first one has arrived.
        if (subject.says.repeats === 'refused') expect(repeat).toMatchObject({ isReferenceKnown: true });
      }
      expect(await world.orderIdOf(order.reference)).toBe(orderId);
      expect(await world.market.facts(order.reference)).toMatchObject({ buyCalls: 3 });
    });

    test('is refused when the listing is gone, or dearer than our ceiling, and nothing is bought then', async () => {
      const listing = world.listing(side, 'never-ships');
      const gone = orderFor(listing, { nativeListingId: side.unusedId });
      await expectRefused(world, gone, 'LISTING_UNAVAILABLE');
      const ceilingMills = toMills(listing.priceMills - 1n);
      await expectRefused(world, orderFor(listing, { ceilingMills }), 'PRICE_CHANGED');
    });

    test('is charged the price, not our ceiling', async () => {
      const { priceMills, ...listing } = world.listing(side, 'never-ships');
      const higher = orderFor({ ...listing, priceMills: add(toMills(priceMills), toMills(1_000n)) });
      expect(await world.supplier.buy(higher)).toMatchObject({ outcome: 'bought', costMills: priceMills });
    });

    test('follows an order until it is delivered', async () => {
      const { reference } = await world.buy(side, 'ships-later');
      const seen = [await statusFor(world.supplier, reference)];
      for (const ms of [10 * MINUTE_MS, 2 * MINUTE_MS, WEEK_MS]) {
        await world.market.pass(ms);
        seen.push(await statusFor(world.supplier, reference));
      }
      expect(seen.map((status) => status?.kind)).toEqual(side.delivery);
      const offers = seen.slice(1).map((status) => status && 'steamOfferId' in status && status.steamOfferId);
      // It is the same offer from its first day to the last.
      expect(new Set(offers)).toEqual(new Set([expect.stringMatching(/^\d+$/)]));
    });

    test('says of an order that goes wrong what the marketplace says, and keeps what it does not know apart', async () => {
      expect(side.statuses.map(([, , { kind }]) => kind)).toContain('unrecognised');
      for (const [behaviour, afterMs, status] of side.statuses) {
        const { reference } = await world.buy(side, behaviour);
        await world.market.pass(afterMs);
        expect(await statusFor(world.supplier, reference), behaviour).toEqual(status);
      }
    });
  });

  test.each(sidesWith(subject, 'purchase-refused'))('is refused when a $game item is sold to another', async (side) => {
    await expectRefused(world, world.orderFor(side, 'purchase-refused'), 'LISTING_UNAVAILABLE');
  });

  test.each(dearer(subject.sides))('is refused when a $game item has become dearer ($behaviour)', async (each) => {
    await expectRefused(world, world.orderFor(each, each.behaviour), 'PRICE_CHANGED');
  });

  test.each(sidesWith(subject, 'cheaper'))('says what a $game item has cost that became cheaper', async (side) => {
    const listing = world.listing(side, 'cheaper');
    const costMills = world.onWire((listing.priceMills * 95n) / 100n);
    expect(await world.supplier.buy(orderFor(listing))).toMatchObject({ outcome: 'bought', costMills });
  });

  test('is refused when the trade URL is none', async () => {
    const order = world.orderFor(firstSide(subject), 'never-ships', { tradeUrl: 'https://example.com/' });
    await expectRefused(world, order, 'TRADE_URL_INVALID');
  });

  test.each(subject.accounts?.denied ?? [])('tells the operator when the account is refused: %s', async (account) => {
    const denied = world.supplierAt(world.market.url, { account });
    const answers = await answersOf(denied, firstSide(subject));
    const fault = 'misconfigured';
    expect(answers.get('buy')).toEqual({ outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault });
    answers.delete('buy');
    for (const [name, answer] of answers) {
      if (subject.isFeedPublic && name.startsWith('feed')) expect(answer, name).toMatchObject({ outcome: 'read' });
      // A check of a trade URL has no faults: balance and purchases tell the operator.
      else if (name === 'checkTradeUrl') expect(answer, name).toMatchObject({ outcome: 'unknown' });
      else expect(answer, name).toMatchObject({ outcome: 'unknown', fault });
    }
  });

  test.runIf(subject.accounts?.poor)('tells the operator when the account has too little money', async () => {
    const poor = world.supplierAt(world.market.url, { account: subject.accounts?.poor ?? '' });
    const order = world.orderFor(firstSide(subject), 'never-ships');
    const fault = 'balance';
    expect(await poor.buy(order)).toEqual({ outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault });
    expect(await world.orderIdOf(order.reference)).toBeNull();
  });

  test('finds as many orders in one call as it says, and leaves none out when it is asked for more', async () => {
    const { supplier } = world;
    const side = firstSide(subject);
    const buyOne = async () => (await world.buy(side, 'never-ships')).reference;
    const references = await Promise.all(Array.from({ length: supplier.findMax }, buyOne));
    expect(await foundBy(world, references)).toEqual(references.toSorted());
    const more = await supplier.find([...references, await buyOne()]);
    if (more.outcome === 'read') expect(more.found).toHaveLength(references.length + 1);
  });

  test.runIf(subject.says.findMax > 1)('leaves out references that it does not know, which is no error', async () => {
    const { reference } = await world.buy(firstSide(subject), 'never-ships');
    const answer = await world.supplier.find([newReference(), reference, newReference()]);
    expect(answer).toMatchObject({ outcome: 'read', found: [{ reference }], neverMade: [] });
  });

  test('never says of a reference that it does not know that no order was made', async () => {
    expect(await world.kindOf(newReference())).toBe(world.missing);
  });

  test.runIf(subject.says.findMax > 1)('follows neither of two orders under one reference', async () => {
    const side = firstSide(subject);
    const [first, second] = [await world.buy(side, 'never-ships'), await world.buy(side, 'never-ships')];
    const rewrite = (text: string) => text.replaceAll(second.reference, first.reference);
    world.proxy.breaks({ kind: 'rewritten', rewrite });
    const answer = await world.proxied.find([first.reference, second.reference]);
    if (answer.outcome === 'unknown') return;
    const found = [{ reference: first.reference, status: { kind: 'unrecognised' } }];
    expect(answer).toMatchObject({ found, neverMade: [] });
  });

  test.runIf(subject.says.findMax > 1)('reads the other orders beside one that cannot be read', async () => {
    const side = firstSide(subject);
    const [first, second] = [await world.buy(side, 'never-ships'), await world.buy(side, 'never-ships')];
    const damaged = new RegExp(`"?${second.orderId}"?`, 'g');
    world.proxy.breaks({ kind: 'rewritten', rewrite: (text) => text.replace(damaged, 'null') });
    const answer = await world.proxied.find([first.reference, second.reference]);
    expect(answer).toMatchObject({
      outcome: 'read',
      found: [{ reference: first.reference, orderId: first.orderId }],
      neverMade: [],
      unreadable: [{ reference: second.reference }],
    });
  });

  test.runIf(subject.says.findMax > 1)('learns nothing from orders of which one does not say whose it is', async () => {
    const side = firstSide(subject);
    const [first, second] = [await world.buy(side, 'never-ships'), await world.buy(side, 'never-ships')];
    const rewrite = (text: string) => text.replaceAll(`"${second.reference}"`, 'null');
    world.proxy.breaks({ kind: 'rewritten', rewrite });
    const answer = await world.proxied.find([first.reference, second.reference]);
    expect(answer).toMatchObject({ outcome: 'unknown' });
  });

  test('loses no digit of an order id that JavaScript cannot hold', async () => {
    const { reference, orderId } = await world.buy(firstSide(subject), 'never-ships');
    world.proxy.breaks({ kind: 'rewritten', rewrite: (text) => text.replaceAll(orderId, LONG_ID) });
    const answer = await world.proxied.find([reference]);
    expect(answer).toMatchObject({ outcome: 'read', found: [{ reference, orderId: LONG_ID }] });
  });

  test.each(sidesWith(subject, 'ships-at-once').filter(holds))('ends a hold when Steam does', async (side) => {
    const { reference } = await world.buy(side, 'ships-at-once');
    await world.market.pass(SECOND_MS);
    const status = await statusFor(world.supplier, reference);
    if (status?.kind !== 'accepted') throw new Error(`not accepted: ${status?.kind}`);
    expect(status.holdEndsAt === undefined).toBe(side.hidesHoldEnd === true);
    const now = new Date((await world.market.clock()).now).getTime();
    const restMs = status.holdEndsAt ? status.holdEndsAt.getTime() - now : WEEK_MS;
    expect(Math.abs(restMs - WEEK_MS)).toBeLessThan(MINUTE_MS);
    await world.market.pass(restMs);
    expect(await statusKindFor(world.supplier, reference)).toBe(side.delivery.at(-1));
  });

  const limitMs = subject.says.buyTimeoutMs ?? world.timeoutMs;
  async function buyUnclear(side: SubjectSide, behaviour: string): Promise<string> {
    const order = world.orderFor(side, behaviour);
    const hasArrived = async () => (await world.market.facts(order.reference)).outcome !== undefined;
    const answer = await timeOut(() => world.supplier.buy(order), limitMs, hasArrived);
    expect(answer).toMatchObject({ outcome: 'unknown' });
    return order.reference;
  }

  test.each(sidesWith(subject, 'buy-answer-lost'))('finds a $game purchase whose answer was lost', async (side) => {
    const reference = await buyUnclear(side, 'buy-answer-lost');
    expect(await statusFor(world.supplier, reference)).toMatchObject({ kind: expect.any(String) });
    expect(await world.market.facts(reference)).toMatchObject({ outcome: 'made', buyCalls: 1 });
  });

  test.each(sidesWith(subject, 'buy-answer-lost-found-late'))(
    'finds a purchase after the delay that it says, if it misses it before',
    async (side) => {
      const reference = await buyUnclear(side, 'buy-answer-lost-found-late');
      expect(await world.kindOf(reference)).toBe(world.missing);
      await world.market.pass(world.supplier.lookupDelayMs);
      expect(await world.kindOf(reference)).toBe('waiting');
    },
  );

  test.each(sidesWith(subject, 'buy-arrives-when-repeated'))(
    'buys once when a lost purchase is sent again under its reference',
    async (side) => {
      const order = world.orderFor(side, 'buy-arrives-when-repeated');
      const hasArrived = async () => (await world.market.facts(order.reference)).outcome !== undefined;
      const lost = await timeOut(() => world.supplier.buy(order), limitMs, hasArrived);
      expect(lost).toMatchObject({ outcome: 'unknown' });
      expect(lost).not.toHaveProperty('isReferenceKnown');
      expect(await world.kindOf(order.reference)).toBe(world.missing);
      const { orderId } = await bought(world.supplier, order);
      expect(await world.orderIdOf(order.reference)).toBe(orderId);
      expect(await world.kindOf(order.reference)).toBe('waiting');
    },
  );

  test.each(sidesWith(subject, 'buy-html'))('finds a purchase that was answered with a page', async (side) => {
    const order = world.orderFor(side, 'buy-html');
    expect(await world.supplier.buy(order)).toMatchObject({ outcome: 'unknown' });
    expect(await world.kindOf(order.reference)).toBe('waiting');
  });

  test.each(sidesWith(subject, 'buy-503', 'buy-never-arrives'))(
    'never finds a purchase that was not made',
    async (side) => {
      const order = world.orderFor(side, 'buy-503');
      expect(await world.supplier.buy(order)).toMatchObject({ outcome: 'unknown' });
      const lost = await buyUnclear(side, 'buy-never-arrives');
      await world.market.pass(WEEK_MS);
      expect(await world.kindOf(order.reference)).toBe(subject.saysNeverMade ? 'never made' : world.missing);
      expect(await world.kindOf(lost)).toBe(world.missing);
      for (const reference of [order.reference, lost]) expect(await world.orderIdOf(reference)).toBeNull();
    },
  );
});

/** A refusal is an order's end, so there must be no order then. */
async function expectRefused(world: World, order: Parameters<World['supplier']['buy']>[0], reason: string) {
  expect(await world.supplier.buy(order)).toEqual({ outcome: 'refused', reason });
  expect(await world.orderIdOf(order.reference)).toBeNull();
  expect(['never made', world.missing]).toContain(await world.kindOf(order.reference));
}

/** The games and behaviours with which the simulator's sides show that a price has changed. */
function dearer(sides: readonly SubjectSide[]) {
  const names = ['price-raised', 'price-changed'];
  return sides.flatMap((side) => {
    return names.filter((name) => side.behaviours.includes(name)).map((behaviour) => ({ ...side, behaviour }));
  });
}

function holds({ delivery }: SubjectSide): boolean {
  const kinds: readonly OrderStatus['kind'][] = delivery;
  return kinds.includes('accepted');
}

async function foundBy(world: World, references: readonly string[]): Promise<string[]> {
  const answer = await world.supplier.find(references);
  if (answer.outcome !== 'read') throw new Error(answer.cause);
  return answer.found.map(({ reference }) => reference).toSorted();
}
