// What adapters promise that can cancel an order, and those whose marketplace pushes. A push is a hint to read, no fact.
import type { IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { MINUTE_MS } from '../../../src/core/clock.ts';
import { bought, fed, newReference, orderAtAnyPrice, serverThat, statusFor, statusKindFor } from '../harness.ts';
import type { Fault } from '../proxy.ts';
import type { CancelSituation } from '../subjects/subject.ts';
import { firstSide, forEachSubject, inTime, sidesWith, timeOut } from './world.ts';

/** A behaviour and a time after which an order is in the situation. */
const situations: readonly (readonly [CancelSituation, behaviour: string, minutes: number])[] = [
  ['young', 'never-ships', 29],
  ['offered', 'ships-later', 10],
  ['delivered', 'ships-at-once', 31],
  ['seller failed', 'seller-fails', 31],
  ['seller prepares', 'refuses-to-cancel', 31],
];

const breaks: readonly (readonly [title: string, fault: Fault])[] = [
  ['the connection broke before the marketplace heard of it', { kind: 'broken before' }],
  ['the connection broke before its answer', { kind: 'broken after' }],
  ['the connection broke in the middle of its answer', { kind: 'broken inside' }],
  ['its answer ends early', { kind: 'ends early' }],
  ['a page was answered', { kind: 'page', status: 200, body: '<!doctype html><p>One moment</p>' }],
  ['status 503 was answered', { kind: 'page', status: 503, body: '' }],
  ['status 429 was answered', { kind: 'page', status: 429, body: '' }],
  ['status 403 was answered', { kind: 'page', status: 403, body: '' }],
];

forEachSubject(
  (world, subject) => {
    describe('can cancel, and', () => {
      const side = firstSide(subject);
      const minAgeMs = subject.says.cancelMinAgeMs ?? 0;

      async function buyAndPass(behaviour: string, ms: number) {
        const order = await world.buy(side, behaviour);
        await world.market.pass(ms);
        return order;
      }
      const request = (order: { reference: string; orderId: string }, supplier = world.supplier) =>
        supplier.cancel?.request(order);

      test('accepts a cancel of an order that nobody ships, and shows it reverted later', async () => {
        const order = await buyAndPass('cancel-confirmed-later', minAgeMs);
        expect(await request(order)).toEqual({ outcome: 'accepted' });
        expect(await world.market.facts(order.reference)).toMatchObject({ cancelCalls: 1 });
        expect(await statusKindFor(world.supplier, order.reference)).toBe('waiting');
        await world.market.pass(10 * MINUTE_MS);
        const reverted = { kind: 'reverted', by: 'supplier', onOurCancel: true };
        expect(await statusFor(world.supplier, order.reference)).toEqual(reverted);
      });

      test.each(situations)('says why a cancel is refused: %s', async (situation, behaviour, minutes) => {
        const order = await buyAndPass(behaviour, minutes * MINUTE_MS);
        const before = await statusFor(world.supplier, order.reference);
        const expected = subject.cancelRefusals?.[situation];
        const answer = await request(order);
        if (expected === 'unknown') expect(answer).toMatchObject({ outcome: 'unknown' });
        else expect(answer).toEqual({ outcome: 'refused', reason: expected });
        expect(await statusFor(world.supplier, order.reference)).toEqual(before);
        expect((await world.market.facts(order.reference)).cancelCalls).toBeLessThanOrEqual(1);
      });

      test('does not know what came of a cancel of an order that the marketplace does not know', async () => {
        const stranger = { reference: newReference(), orderId: '930000000000999999' };
        expect(await request(stranger)).toMatchObject({ outcome: 'unknown' });
      });

      test.each(breaks)('does not know what came of a cancel when %s, until it reads the order', async (_, fault) => {
        const { proxy, proxied } = world;
        proxy.mends();
        await request(await buyAndPass('never-ships', minAgeMs), proxied);
        const calls = proxy.calls();
        expect(calls).toBeGreaterThan(0);
        // An adapter may read the order first: each of its calls can be lost.
        for (let nth = 1; nth <= calls; nth++) {
          const order = await buyAndPass('never-ships', minAgeMs);
          proxy.breaks(fault, nth);
          expect(await request(order, proxied)).toMatchObject({ outcome: 'unknown' });
          const isDone = nth === calls && fault.kind !== 'broken before';
          expect(await statusKindFor(world.supplier, order.reference)).toBe(isDone ? 'reverted' : 'waiting');
          const again = await request(order);
          if (!isDone) expect(again).toEqual({ outcome: 'accepted' });
          expect(await statusKindFor(world.supplier, order.reference)).toBe('reverted');
        }
      });

      test.each(sidesWith(subject, 'cancel-timeout'))('does not wait for an answer beyond its limit', async () => {
        const order = await buyAndPass('cancel-timeout', minAgeMs);
        const hasArrived = async () => ((await world.market.facts(order.reference)).cancelCalls ?? 0) > 0;
        const answer = await timeOut(async () => request(order), world.timeoutMs, hasArrived);
        expect(answer).toMatchObject({ outcome: 'unknown' });
      });

      test('puts an ordinary listing on sale again when its order was cancelled', async () => {
        const { supplier, market } = world;
        const testIds = new Set(world.listingsOf(side).map(({ nativeId }) => nativeId));
        const ordinary = (await fed(supplier)).listings.filter((each) => !testIds.has(each.nativeId));
        // Sellers of gloves take their time.
        const listing = ordinary.find((each) => /Gloves|Hand Wraps/.test(each.marketHashName));
        if (!listing) throw new Error('no gloves are on sale');
        const order = await bought(supplier, orderAtAnyPrice(listing));
        await market.pass(minAgeMs);
        const { cursor, listings } = await fed(supplier);
        expect(listings.map(({ nativeId }) => nativeId)).not.toContain(listing.nativeId);
        expect(await request(order)).toEqual({ outcome: 'accepted' });
        const changes = await fed(supplier, cursor);
        expect(changes.isWhole).toBe(subject.feed === 'whole');
        expect(changes.listings.map(({ nativeId }) => nativeId)).toContain(listing.nativeId);
        expect((await supplier.listing(listing.nativeId)).outcome).toBe(subject.shows);
        await bought(supplier, orderAtAnyPrice(listing));
      });
    });
  },
  ({ says }) => says.cancelMinAgeMs !== null,
);

forEachSubject(
  (world, subject) => {
    describe('is pushed to, and', () => {
      test('reads the reference of a hint that is authentic, and nothing of one that is forged', async () => {
        const { headers, body, reference } = await pushed();
        const read = world.supplier.push?.readHint;
        expect(read?.(headers, body)).toEqual([reference]);
        expect(read?.(headers, body.replaceAll(reference, newReference()))).toBeNull();
        const unsigned = (text: string) => text.replaceAll(/[0-9a-f]{32,}/gi, (digits) => '0'.repeat(digits.length));
        const otherHeaders = Object.entries(headers).map(([name, value]) => [name, unsigned(`${value}`)]);
        expect(read?.(Object.fromEntries(otherHeaders), unsigned(body))).toBeNull();
        const stranger = world.supplierAt(world.market.url, { pushSecret: 'the secret of somebody else' });
        expect(stranger.push?.readHint(headers, body)).toBeNull();
      });

      test('reads nothing of a body that is no hint, whatever it is', async () => {
        const { headers } = await pushed();
        for (const body of ['', 'x', '[]', 'null', '{}', '{"sign":1}', '{"outTradeNo":"R-1"}', '{'.repeat(10_000)]) {
          expect(world.supplier.push?.readHint(headers, body), body.slice(0, 20)).toBeNull();
          expect(world.supplier.push?.readHint({}, body), body.slice(0, 20)).toBeNull();
        }
      });

      async function pushed(): Promise<{ headers: IncomingHttpHeaders; body: string; reference: string }> {
        const received: { headers: IncomingHttpHeaders; body: string }[] = [];
        const url = await serverThat(async (hint, response) => {
          received.push({ headers: hint.headers, body: await text(hint) });
          response.end(world.supplier.push?.receipt ?? '');
        });
        await subject.pushTo?.(world.market, url);
        const { reference } = await world.buy(firstSide(subject), 'never-ships');
        await inTime(expect.poll(() => received.map(({ body }) => body).join()).toContain(reference));
        const hint = received.find(({ body }) => body.includes(reference));
        if (!hint) throw new Error('nothing was pushed');
        return { ...hint, reference };
      }
    });
  },
  ({ says }) => says.hasPush,
);
