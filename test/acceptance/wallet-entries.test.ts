import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromMerchantDollars } from '../../src/core/money.ts';
import { moveFunding } from '../../src/wallets/operations.ts';
import { type EntryWire, entryKinds } from '../../src/wallets/wire.ts';
import { allEntries, balanceOf, entryPage } from '../support/entries.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What moved in my wallet, and why. */

const world = useWorld();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Kind, and what it adds to available and locked. */
const facts = (entries: readonly EntryWire[]) =>
  entries.map(({ kind, available, locked }) => [kind, available, locked]);

async function moves(merchant: Merchant, direction: 'credit' | 'debit', amount: number): Promise<void> {
  const amountMills = fromMerchantDollars(amount, 'amount');
  await moveFunding(world().gateway.deps, { merchantId: merchant.id, direction, amountMills, actor: 'test' });
}

describe('the movements of my wallet', () => {
  test('are none at first', async () => {
    expect(await entryPage(await world().merchant({ funds: 0 }))).toEqual({ items: [], nextCursor: null });
  });

  test('tell of an item from its reservation to its price, with my own ids', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('ships-at-once');
    const items = [{ itemId: listing.id, price: listing.price, externalId: 'line-1' }];
    const trade = await merchant.buys([listing], { items, externalId: 'order-1' });
    await world().passes('180h');
    const [captured, reserved, credited, ...more] = await allEntries(merchant);
    expect(more).toEqual([]);
    const names = { tradeId: trade.id, tradeExternalId: 'order-1', itemId: listing.id, itemExternalId: 'line-1' };
    const common = { id: expect.stringMatching(UUID), at: expect.any(String) };
    const { price } = listing;
    expect(captured).toEqual({ ...common, kind: 'capture', amount: price, available: 0, locked: -price, ...names });
    expect(reserved).toEqual({ ...common, kind: 'reserve', amount: price, available: -price, locked: price, ...names });
    expect(credited).toEqual({ ...common, kind: 'credit', amount: 1000, available: 1000, locked: 0 });
    expect(Date.parse(captured?.at ?? '')).toBeGreaterThan(Date.parse(reserved?.at ?? ''));
  });

  test('show the price of an item as one amount, taken and given back: what the marketplace got is not told', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('reversed-after-completion');
    const trade = await merchant.buys([listing]);
    await world().passes('180h');
    await world().passes('1 day');
    expect((await merchant.trade(trade.id)).status).toBe('reverted');
    const { price } = listing;
    const shown = [
      ['refund', price, 0],
      ['capture', 0, -price],
      ['reserve', -price, price],
    ];
    expect(facts(await allEntries(merchant, { tradeId: trade.id }))).toEqual(shown);
    const { db } = world().gateway.deps;
    const booked = await db.selectFrom('transfer').select('key').where('trade_id', '=', trade.id).execute();
    expect(booked).toHaveLength(5);
    for (const limit of [1, 2]) {
      expect(facts(await allEntries(merchant, { tradeId: trade.id, limit }))).toEqual(shown);
    }
  });

  test('show a decline as the penalty and the rest', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('recipient-declines');
    const trade = await merchant.buys([listing]);
    await world().passes('6m');
    const penalty = dollars(Math.floor(cents(listing.price) * 0.02));
    const rest = dollars(cents(listing.price) - cents(penalty));
    expect(facts(await allEntries(merchant, { tradeId: trade.id }))).toEqual([
      ['refund', rest, -rest],
      ['penalty', 0, -penalty],
      ['reserve', -listing.price, listing.price],
    ]);
  });

  test('show what was never bought as released, and what an operator took out', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('purchase-refused');
    await merchant.buys([listing]);
    await world().passes('1m');
    await moves(merchant, 'debit', 12.34);
    expect(facts(await allEntries(merchant))).toEqual([
      ['debit', -12.34, 0],
      ['release', listing.price, -listing.price],
      ['reserve', -listing.price, listing.price],
      ['credit', 1000, 0],
    ]);
  });
});

describe('I can ask for', () => {
  let merchant: Merchant;
  let tradeId: string;
  beforeAll(async () => {
    merchant = await world().merchant();
    const listings = [
      world().testListing('never-ships'),
      world().testListing('never-ships', 2),
      world().testListing('purchase-refused'),
    ];
    tradeId = (await merchant.buys(listings, { externalId: 'three' })).id;
    await merchant.buys([world().testListing('never-ships', 3)]);
  });

  test('twenty at a time, or as many as I say', async () => {
    for (let n = 0; n < 17; n++) await moves(merchant, 'credit', 0.01);
    const first = await entryPage(merchant);
    expect(first.items).toHaveLength(20);
    const second = await entryPage(merchant, { cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({ nextCursor: null });
    const all = [...first.items, ...second.items];
    expect(all).toHaveLength(23);
    expect((await entryPage(merchant, { limit: 100 })).items).toEqual(all);
    expect(new Set(all.map((entry) => entry.id)).size).toBe(23);
    expect((await entryPage(merchant, { limit: 23 })).nextCursor).toBeNull();
    expect(await allEntries(merchant, { limit: 1 })).toEqual(all);
  });

  test('those of one trade, by its id in any letters or by my own reference', async () => {
    const ofTrade = await allEntries(merchant, { tradeId });
    expect(ofTrade.map((entry) => entry.kind).sort()).toEqual(['release', 'reserve', 'reserve', 'reserve']);
    expect(await allEntries(merchant, { tradeId: tradeId.toUpperCase(), limit: 3 })).toEqual(ofTrade);
    expect(await allEntries(merchant, { tradeId: 'three' })).toEqual(ofTrade);
  });

  test.each([...entryKinds])('those of the kind %s', async (kind) => {
    const all = await allEntries(merchant);
    expect(await allEntries(merchant, { kind, limit: 2 })).toEqual(all.filter((entry) => entry.kind === kind));
  });

  test('a kind of one trade', async () => {
    const [released, ...more] = await allEntries(merchant, { tradeId: 'three', kind: 'release' });
    expect(released).toMatchObject({ kind: 'release', tradeId });
    expect(more).toEqual([]);
    expect(await allEntries(merchant, { tradeId: 'three', kind: 'credit' })).toEqual([]);
  });

  test('no trade that is none of mine', async () => {
    const stranger = await world().merchant();
    for (const ref of [tradeId, 'three', 'nothing']) {
      const { status, body } = await stranger.call('GET', `/v1/wallets/me/entries?tradeId=${ref}`);
      expect({ status, key: body.error?.key }).toEqual({ status: 404, key: 'TRADE_NOT_FOUND' });
    }
  });

  test('no page behind another merchant’s cursor', async () => {
    const stranger = await world().merchant();
    const { nextCursor } = await entryPage(merchant, { limit: 1 });
    const { status, body } = await stranger.call('GET', `/v1/wallets/me/entries?cursor=${nextCursor}`);
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ fields: { cursor: 'is not a cursor of this list' } });
  });

  test('nothing that an operator noted, not even in a cursor', async () => {
    const noted = await world().merchant({ funds: 0 });
    const { deps } = world().gateway;
    for (const reference of ['secret-note-1', 'secret-note-2']) {
      const amountMills = fromMerchantDollars(1, 'amount');
      await moveFunding(deps, { merchantId: noted.id, direction: 'credit', amountMills, actor: 'test', reference });
    }
    const page = await entryPage(noted, { limit: 1 });
    const said = JSON.stringify(page) + Buffer.from(page.nextCursor ?? '', 'base64url').toString();
    expect(said).not.toContain('secret-note');
    expect((await entryPage(noted, { cursor: page.nextCursor ?? '' })).items).toHaveLength(1);
  });

  const cursorOf = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
  test.each([
    ['limit', '0'],
    ['limit', '101'],
    ['limit', '1.5'],
    ['limit', 'all'],
    ['kind', 'fee'],
    ['kind', ''],
    ['tradeId', ''],
    ['tradeId', 'x'.repeat(129)],
    ['tradeId', '%00'],
    ['cursor', ''],
    ['cursor', 'nonsense'],
    ['cursor', 'x'.repeat(513)],
    ['cursor', cursorOf('2026-01-01T00:00:00.000Z')],
    ['cursor', cursorOf('2026-01-01T00:00:00.000Z', 'a\0b')],
    ['cursor', cursorOf('2026-01-01T00:00:00.000Z', '')],
    ['cursor', cursorOf('yesterday', '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10')],
    ['cursor', cursorOf('2026-01-01T00:00:00.000Z', '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10')],
  ])('nothing with %s=%s', async (name, value) => {
    const { status, body } = await merchant.call('GET', `/v1/wallets/me/entries?${name}=${value}`);
    expect({ status, key: body.error?.key }).toEqual({ status: 400, key: 'VALIDATION_FAILED' });
    expect(Object.keys(body.error?.fields ?? {})).toEqual([name]);
  });
});

describe('whatever happens', () => {
  const behaviours = [
    'ships-at-once',
    'never-ships',
    'recipient-declines',
    'reversed-in-hold',
    'reversed-after-completion',
    'purchase-refused',
    'seller-fails',
  ];
  const step = fc.oneof(
    fc.record({ does: fc.constant('buy' as const), listings: fc.subarray(behaviours, { minLength: 1 }) }),
    fc.record({ does: fc.constant('cancel' as const) }),
    fc.record({ does: fc.constantFrom('credit' as const, 'debit' as const), cents: fc.integer({ min: 1, max: 9999 }) }),
    fc.record({ does: fc.constant('wait' as const), time: fc.constantFrom('2m', '31m', '26h', '180h') }),
  );

  async function play(merchant: Merchant, story: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) {
    const tradeIds: string[] = [];
    for (const [number, each] of story.entries()) {
      if (each.does === 'buy') {
        const listings = each.listings.map((behaviour) => world().testListing(behaviour, (number % 10) + 1));
        const { body } = await merchant.asksToBuy(listings);
        if (body.success) tradeIds.push(body.data.id);
        await world().settles();
      } else if (each.does === 'wait') await world().passes(each.time);
      else if (each.does === 'cancel') {
        const trade = tradeIds.length > 0 ? await merchant.trade(tradeIds.at(-1) ?? '') : undefined;
        for (const item of trade?.items ?? []) await merchant.cancels(trade?.id ?? '', item.id);
        await world().settles();
      } else await moves(merchant, each.does, dollars(each.cents));
    }
    return tradeIds;
  }

  test('all entries together are both of my balances, by trade and kind as well, however they are paged', async () => {
    const story = fc.array(step, { minLength: 3, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(story, fc.integer({ min: 1, max: 7 }), async (steps, limit) => {
        const merchant = await world().merchant({ funds: 5000 });
        const tradeIds = await play(merchant, steps);
        const all = await allEntries(merchant, { limit });
        expect(balanceOf(all)).toEqual(await merchant.balance());
        expect(new Set(all.map((entry) => entry.id)).size).toBe(all.length);
        expect(all.map((entry) => entry.at)).toEqual(
          all
            .map((entry) => entry.at)
            .toSorted()
            .reverse(),
        );
        const byKind = await Promise.all(entryKinds.map((kind) => allEntries(merchant, { limit, kind })));
        const byTrade = await Promise.all(tradeIds.map((tradeId) => allEntries(merchant, { limit, tradeId })));
        const ofNone = all.filter((entry) => entry.tradeId === undefined);
        for (const parts of [byKind.flat(), [...byTrade.flat(), ...ofNone]]) {
          expect(parts.map((entry) => entry.id).sort()).toEqual(all.map((entry) => entry.id).sort());
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });
});
