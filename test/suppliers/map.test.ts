// Marketplaces' words are translated in one place each, and what nobody has listed there is never guessed.
import { describe, expect, test } from 'vitest';
import * as cs2 from '../../sandbox/adapters/cs2/answers.ts';
import * as rust from '../../sandbox/adapters/rust/answers.ts';
import type { JsonAnswer } from '../../src/net/json-client.ts';
import type { FindAnswer } from '../../src/suppliers/supplier.ts';
import cs2Buy from './recorded/cs2-buy.json' with { type: 'json' };
import cs2Feed from './recorded/cs2-feed.json' with { type: 'json' };
import cs2Find from './recorded/cs2-find.json' with { type: 'json' };
import cs2Listing from './recorded/cs2-listing.json' with { type: 'json' };
import cs2Refusal from './recorded/cs2-refusal.json' with { type: 'json' };
import rustBuy from './recorded/rust-buy.json' with { type: 'json' };
import rustFeed from './recorded/rust-feed.json' with { type: 'json' };
import rustFind from './recorded/rust-find.json' with { type: 'json' };
import rustRefusal from './recorded/rust-refusal.json' with { type: 'json' };

const REVERTED = { kind: 'reverted', by: 'supplier' };
const CANCELLED_BY_US = { ...REVERTED, onOurCancel: true };

describe('the CS2 marketplace', () => {
  test.each([
    ['R-WAITING', { kind: 'waiting' }],
    ['R-PREPARING', { kind: 'waiting' }],
    ['R-OFFERED', { kind: 'offered', steamOfferId: '7000000003' }],
    [
      'R-ACCEPTED',
      {
        kind: 'accepted',
        steamOfferId: '7000000004',
        assetId: '41000000004',
        holdEndsAt: new Date('2025-11-29T18:40:01Z'),
      },
    ],
    ['R-ACCEPTED-BARE', { kind: 'accepted' }],
    ['R-SETTLED', { kind: 'settled', steamOfferId: '7000000006', assetId: '41000000006' }],
    ['R-REVERSED', { kind: 'reverted', by: 'user' }],
    ['R-RECALLED', REVERTED],
    ['R-CANCELLED', CANCELLED_BY_US],
    ['R-CANCELLED-SLOW', CANCELLED_BY_US],
    ['R-SELLER', { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['R-DECLINED', { kind: 'declined' }],
    ['R-COUNTERED', { kind: 'declined' }],
    ['R-IGNORED', { kind: 'failed', error: 'OFFER_NOT_ACCEPTED' }],
    ['R-ITEM-GONE', { kind: 'failed', error: 'LISTING_UNAVAILABLE' }],
    ['R-NEW-CODE', { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['R-NO-CODE', { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['R-NEW-STATUS', { kind: 'unrecognised', raw: '77' }],
    ['R-TEXT-STATUS', { kind: 'unrecognised', raw: '10' }],
  ])('says of %s what it means', (reference, status) => {
    expect(statusIn(cs2.readFind(said(cs2Find)), reference)).toEqual(status);
  });

  test('says what an order has cost to a thousandth, and which references never made one', () => {
    const answer = cs2.readFind(said(cs2Find));
    if (answer.outcome !== 'read') throw new Error(answer.cause);
    expect(answer.found.find((order) => order.reference === 'R-REVERSED')?.costMills).toBe(52_606n);
    expect(answer.found.find((order) => order.reference === 'R-ACCEPTED-BARE')?.costMills).toBe(1n);
    expect(answer.neverMade).toEqual(['R-NEVER']);
  });

  const [firstOrder, ...otherOrders] = cs2Find.data.orders;
  const foundWith = (damage: Readonly<Record<string, unknown>>) => {
    const orders = [{ ...firstOrder, ...damage }, ...otherOrders];
    return cs2.readFind(said({ ...cs2Find, data: { ...cs2Find.data, orders } }));
  };

  test('says of an order that it cannot read whose it is, and reads the others', () => {
    for (const damage of [{ price: 'twelve' }, { price: '1.2345' }, { orderId: Number('930000000000000001') }]) {
      const answer = foundWith(damage);
      expect(answer).toMatchObject({ outcome: 'read', unreadable: [{ reference: firstOrder?.outTradeNo }] });
      if (answer.outcome === 'read') expect(answer.found).toHaveLength(otherOrders.length);
    }
  });

  test('is not understood at all when one order does not say whose it is: it would look as if never made', () => {
    expect(foundWith({ outTradeNo: '' })).toMatchObject({ outcome: 'unknown' });
  });

  test('shows a listing with all that a merchant sees of it', () => {
    expect(cs2.readListing(said(cs2Listing))).toEqual({
      outcome: 'listed',
      listing: {
        nativeId: '730000000000000204',
        game: '730',
        catalogId: '0f3c9a6be81d2475',
        marketHashName: '★ Karambit | Ships Later (Factory New)',
        type: 'Knife',
        rarity: 'Covert',
        exterior: 'Factory New',
        wear: '0.025455',
        paintSeed: 118,
        phase: 'Phase 4',
        delivery: 'standard',
        priceMills: 845_531n,
      },
    });
  });

  test('tells in its feed all that a merchant sees of a listing, and only pictures that a page may load', () => {
    const answer = cs2.readFeed(said(cs2Feed));
    if (answer.outcome !== 'read') throw new Error(answer.cause);
    expect(answer).toMatchObject({ isWhole: false, hasMore: false, cursor: '1763826078291-1763826099120' });
    expect(answer.listings).toEqual([
      {
        nativeId: '731039248391506402',
        game: '730',
        catalogId: '5b61dd4538c26963',
        marketHashName: 'AK-47 | Redline (Minimal Wear)',
        type: 'Rifle',
        rarity: 'Classified',
        color: '#d32ce6',
        exterior: 'Minimal Wear',
        wear: '0.127132013',
        paintSeed: 46,
        previewToken: 'C0C8D8DED2EF308523BF9F8B7B8393CF',
        iconUrl: 'http://127.0.0.1:13000/icons/5b61dd4538c26963.svg',
        stickers: [
          {
            name: 'Runtime',
            marketHashName: 'Sticker | Runtime',
            iconUrl: 'http://127.0.0.1:13000/icons/d43749a1b49ec3fb.svg',
            slot: 0,
            wear: 0.6,
          },
        ],
        charm: {
          name: 'Hot Howl',
          marketHashName: 'Charm | Hot Howl',
          iconUrl: 'http://127.0.0.1:13000/icons/0d6cbb2f1d6f2c55.svg',
        },
        delivery: 'instant',
        priceMills: 48_247n,
      },
      {
        nativeId: '731030893312038005',
        game: '730',
        catalogId: '47edd9517c6ce2e7',
        marketHashName: '★ Karambit | Doppler (Factory New)',
        type: 'Knife',
        rarity: 'Covert',
        color: '#eb4b4b',
        exterior: 'Factory New',
        wear: '0.037163839',
        paintSeed: 26,
        phase: 'Ruby',
        paintIndex: 415,
        previewToken: '6036CD0B8E2CF013503090D195585A24',
        delivery: 'standard',
        priceMills: 4_233_216n,
      },
      {
        nativeId: '731040661992197201',
        game: '730',
        catalogId: '5eac6f9e347a8ae3',
        marketHashName: 'Glock-18 | Fade (Factory New)',
        fade: 81.3,
        delivery: 'standard',
        priceMills: 1_705_240n,
      },
    ]);
  });

  test('counts a listing as gone when its price cannot be read any more', () => {
    expect(cs2.readFeed(said(cs2Feed))).toMatchObject({ gone: ['731107788966951904', '731000000000000101'] });
  });

  test.each([
    { list: [{ id: '1' }] },
    { list: null },
    { removed: [731] },
    { removed: ['x'] },
    { cursor: '' },
    { cursor: 12 },
    { full: 'yes' },
    { hasMore: undefined },
  ])('is not understood at all when its feed has %j', (damage) => {
    expect(cs2.readFeed(said({ ...cs2Feed, data: { ...cs2Feed.data, ...damage } }))).toMatchObject({
      outcome: 'unknown',
    });
  });

  test('knows nothing of its market when its feed is refused', () => {
    expect(cs2.readFeed(said(cs2Refusal))).toEqual({ outcome: 'unknown', cause: 'error 1403: the price has changed' });
  });

  test('is told apart as bought, refused, and neither', () => {
    expect(cs2.readBuy(said(cs2Buy))).toEqual({
      outcome: 'bought',
      orderId: '930000000000000001',
      costMills: 15_250n,
    });
    expect(cs2.readBuy(said(cs2Refusal))).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
    expect(cs2.readBuy(said({ ...cs2Buy, data: { buyPrice: '15.250' } }))).toMatchObject({ outcome: 'unknown' });
  });

  test.each([
    [1207, 'LISTING_UNAVAILABLE'],
    [1454, 'PRICE_CHANGED'],
    [140005, 'TRADE_URL_INVALID'],
    [106509, 'STEAM_ACCOUNT_RESTRICTED'],
    [1367, 'BUYER_TRADE_RESTRICTED'],
    [70001, 'MARKET_UNAVAILABLE'],
  ])('means with error %i that the purchase was surely not made', (errorCode, reason) => {
    expect(cs2.readBuy(said({ ...cs2Refusal, errorCode }))).toEqual({ outcome: 'refused', reason });
  });

  test.each([1363, 70002, 100000, 140000, 140002, 140014, 140018, 424242, 0])(
    'leaves open with error %i whether the purchase was made',
    (errorCode) => {
      expect(cs2.readBuy(said({ ...cs2Refusal, errorCode }))).toMatchObject({ outcome: 'unknown' });
    },
  );

  test.each([
    [1502, { outcome: 'refused', reason: 'too_early' }],
    [1503, { outcome: 'refused', reason: 'already_sent' }],
    [1504, { outcome: 'refused', reason: 'already_closed' }],
    [1505, { outcome: 'refused', reason: 'not_allowed' }],
    [1501, { outcome: 'unknown', cause: 'error 1501: the price has changed' }],
    [140000, { outcome: 'unknown', cause: 'error 140000: the price has changed' }],
  ])('answers a cancel with error %i, in our words', (errorCode, answer) => {
    expect(cs2.readCancel(said({ ...cs2Refusal, errorCode }))).toEqual(answer);
  });
});

describe('the Rust marketplace', () => {
  test.each([
    ['R-0', { kind: 'waiting' }],
    ['R-1', { kind: 'waiting' }],
    ['R-2', { kind: 'waiting' }],
    ['R-4', { kind: 'offered', steamOfferId: '6000000024' }],
    ['R-5', { kind: 'settled', steamOfferId: '6000000025' }],
    ['R-6-SELLER', { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['R-6-BUYER', { kind: 'failed', error: 'OFFER_NOT_ACCEPTED' }],
    ['R-6-LINK', { kind: 'failed', error: 'TRADE_URL_INVALID' }],
    ['R-6-GONE', { kind: 'failed', error: 'LISTING_UNAVAILABLE' }],
    ['R-6-NEW', { kind: 'failed', error: 'PURCHASE_FAILED' }],
    ['R-6-CONTRADICTION', { kind: 'unrecognised', raw: '6 Accepted' }],
    ['R-77', { kind: 'unrecognised', raw: '77' }],
  ])('says of %s what it means', (reference, status) => {
    expect(statusIn(rust.readFind(said(rustFind)), reference)).toEqual(status);
  });

  const [firstTrade, ...otherTrades] = rustFind.trades;
  const foundWith = (damage: Readonly<Record<string, unknown>>) =>
    rust.readFind(said({ ...rustFind, trades: [{ ...firstTrade, ...damage }, ...otherTrades] }));

  test('says of a trade that it cannot read whose it is, and reads the others', () => {
    for (const damage of [{ price: 1.5 }, { price: -1 }, { price: '18205' }, { id: Number('930000000000000021') }]) {
      const answer = foundWith(damage);
      expect(answer).toMatchObject({ outcome: 'read', unreadable: [{ reference: firstTrade?.project_id }] });
      if (answer.outcome === 'read') expect(answer.found).toHaveLength(otherTrades.length);
    }
  });

  test('is not understood at all when one trade does not say whose it is', () => {
    expect(foundWith({ project_id: null })).toMatchObject({ outcome: 'unknown' });
  });

  test('tells in its feed what is on sale and what is sold', () => {
    expect(rust.readFeed(said(rustFeed))).toEqual({
      outcome: 'read',
      cursor: '1763826078291-1763826099120',
      isWhole: false,
      hasMore: false,
      gone: ['253100800284565803'],
      listings: [
        {
          nativeId: '253100800284565801',
          game: '252490',
          catalogId: 'Glory AK47',
          marketHashName: 'Glory AK47',
          type: 'Weapon',
          iconUrl: 'http://127.0.0.1:13000/icons/eab1a6cbda11745f.svg',
          delivery: 'standard',
          priceMills: 306_677n,
        },
        {
          nativeId: '253100800284565802',
          game: '252490',
          catalogId: 'Glory AK47',
          marketHashName: 'Glory AK47',
          delivery: 'standard',
          priceMills: 311_011n,
        },
      ],
    });
  });

  test.each([
    { items: [{ item_id: '1', name: 'Rock', price: 1.5 }] },
    { items: undefined },
    { sold: [253] },
    { next: '' },
    { more: 'no' },
    { snapshot: null },
  ])('is not understood at all when its feed has %j', (damage) => {
    expect(rust.readFeed(said({ ...rustFeed, ...damage }))).toMatchObject({ outcome: 'unknown' });
  });

  test('has sold when there is an order id, whatever the message says', () => {
    expect(rust.readBuy(said(rustBuy))).toEqual({
      outcome: 'bought',
      orderId: '930000000000000021',
      costMills: 18_205n,
    });
    expect(rust.readBuy(said({ ...rustBuy, id: undefined }))).toMatchObject({ outcome: 'unknown' });
  });

  test.each([
    ['Price changed', { outcome: 'refused', reason: 'PRICE_CHANGED' }],
    ['Item sold', { outcome: 'refused', reason: 'LISTING_UNAVAILABLE' }],
    ['buy_rust', { outcome: 'refused', reason: 'MARKET_UNAVAILABLE' }],
    ['System busy', { outcome: 'unknown', cause: 'status 200, refused: System busy' }],
    ['projectId already exists', { outcome: 'unknown', cause: 'status 200, refused: projectId already exists' }],
    ['Something new', { outcome: 'unknown', cause: 'status 200, refused: Something new' }],
  ])('refuses a purchase with "%s", in our words', (msg, answer) => {
    expect(rust.readBuy(said({ ...rustRefusal, msg }))).toEqual(answer);
  });
});

function said(json: unknown): JsonAnswer {
  return { ok: true, status: 200, json };
}

function statusIn(answer: FindAnswer, reference: string) {
  if (answer.outcome !== 'read') throw new Error(answer.cause);
  return answer.found.find((order) => order.reference === reference)?.status;
}
