// What Waxpeer has said or may say, and what the adapter makes of it. Whatever is no clear yes or no is unknown.

import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { indexOf } from '../../sandbox/marketplace/catalogue.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { toMills } from '../../src/core/money.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { toOrderStatus } from '../../src/suppliers/waxpeer/map.ts';
import { fed, newReference, openMarketplace, serverThat, TRADE_URL } from './harness.ts';
import balances from './recorded/waxpeer/balance.json' with { type: 'json' };
import buys from './recorded/waxpeer/buy.json' with { type: 'json' };
import listings from './recorded/waxpeer/listing.json' with { type: 'json' };
import tradeUrls from './recorded/waxpeer/trade-url.json' with { type: 'json' };
import trades from './recorded/waxpeer/trades.json' with { type: 'json' };
import { waxpeerAt } from './waxpeer-harness.ts';

interface Sample {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

const LISTING_ID = '41822907001';
const order = {
  reference: 'R-1',
  nativeListingId: LISTING_ID,
  tradeUrl: TRADE_URL,
  ceilingMills: toMills(12_345n),
};

function send(response: ServerResponse, { status = 200, headers = {}, body, text }: Sample): void {
  response.writeHead(status, headers).end(text ?? JSON.stringify(body));
}

/** An adapter whose marketplace answers every call with the sample. */
async function supplierOf(sample: Sample) {
  return waxpeerAt(await serverThat((_, response) => send(response, sample)));
}

/** An adapter whose marketplace answers a call by its path, and the calls that it has had. */
async function supplierOfRoutes(routes: Readonly<Record<string, Sample>>) {
  const calls: URL[] = [];
  const url = await serverThat((request, response) => {
    const called = new URL(request.url ?? '', 'http://localhost');
    calls.push(called);
    send(response, routes[`${called.pathname}${called.searchParams.get('game') ?? ''}`] ?? { status: 404, text: '' });
  });
  return { supplier: waxpeerAt(url), calls };
}

/** Answers as JSON, with money and dates as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)));
}

async function recorded(name: string): Promise<string> {
  return readFile(new URL(`recorded/waxpeer/${name}`, import.meta.url), 'utf8');
}

describe('a purchase', () => {
  test.each(buys)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    const answer = plain(await (await supplierOf(sample)).buy(order));
    if (expected.outcome === 'unknown') expect(answer).toMatchObject(expected);
    else expect(answer).toEqual(expected);
  });

  test('names the listing, our ceiling to a thousandth, the recipient and our reference', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    await supplier.buy({ ...order, nativeListingId: 'rust:92233720368547758079' });
    expect(calls.map(({ pathname }) => pathname)).toEqual(['/v1/buy-one-p2p']);
    expect(Object.fromEntries(calls[0]?.searchParams ?? [])).toEqual({
      api: 'sandbox-waxpeer-key',
      item_id: '92233720368547758079',
      price: '12345',
      partner: '39734273',
      token: 'AbCd_123',
      project_id: 'R-1',
    });
  });

  test('is not sent when the trade URL names nobody', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    const answer = await supplier.buy({ ...order, tradeUrl: 'https://example.com/' });
    expect(answer).toEqual({ outcome: 'refused', reason: 'TRADE_URL_INVALID' });
    expect(calls).toEqual([]);
  });

  const wallet = (mills: number): Sample => ({ body: { success: true, user: { wallet: mills } } });
  const refusal = (msg: string): Sample => ({ body: { success: false, msg } });
  const tooLittle = { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'balance' };
  test.each([
    ['names the balance and the wallet has less', refusal('Not enough balance'), wallet(12_344), tooLittle],
    [
      'names the balance and the wallet has enough',
      refusal('Not enough balance'),
      wallet(12_345),
      { outcome: 'unknown' },
    ],
    ['names the balance and the wallet is unreadable', refusal('Low wallet'), wallet(0.5), { outcome: 'unknown' }],
    ['is new and the wallet has less', refusal('Try later'), wallet(1), { outcome: 'unknown', fault: 'balance' }],
    ['is of another kind and the wallet has less', refusal('System busy'), wallet(1), { outcome: 'unknown' }],
    ['is new and the wallet has enough', refusal('Try later'), wallet(99_999), { outcome: 'unknown' }],
  ])('whose refusal %s is never guessed', async (_, bought, user, expected) => {
    const { supplier } = await supplierOfRoutes({ '/v1/buy-one-p2p': bought, '/v1/user': user });
    const answer = await supplier.buy(order);
    if (answer.outcome === 'unknown') expect(answer.fault).toBe('fault' in expected ? expected.fault : undefined);
    expect(answer).toMatchObject(expected);
  });
});

describe('a listing', () => {
  test.each(listings)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    expect(plain(await (await supplierOf(sample)).listing(LISTING_ID))).toMatchObject(expected);
  });
});

describe('several listings', () => {
  const path = '/v1/check-availability';

  test('are read in one call, and one that is left out is not called gone', async () => {
    const items = [
      { item_id: '1', selling: true, price: 5000 },
      { item_id: 2, selling: false, price: 5000 },
      { item_id: '3', selling: true, price: 0 },
      { item_id: '9', selling: true, price: 1 },
    ];
    const { supplier, calls } = await supplierOfRoutes({ [path]: { body: { success: true, items } } });
    const answer = await supplier.listings?.read(['1', '2', '3', '4']);
    expect(answer?.outcome === 'read' ? [...answer.answers] : answer).toEqual([
      ['1', { outcome: 'priced', priceMills: 5000n }],
      ['2', { outcome: 'gone' }],
      ['3', expect.objectContaining({ outcome: 'unknown' })],
    ]);
    expect(calls.map(({ searchParams }) => searchParams.getAll('item_id'))).toEqual([['1', '2', '3', '4']]);
  });

  test('are all unknown when the answer is', async () => {
    const { supplier } = await supplierOfRoutes({ [path]: { body: { success: true } } });
    expect(await supplier.listings?.read(['1', '2'])).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the balance', () => {
  test.each(balances)('of $title is $expected.outcome', async ({ expected, ...sample }) => {
    const supplier = await supplierOf(sample);
    expect(plain(await supplier.balance?.())).toMatchObject(expected);
  });
});

describe('a trade URL', () => {
  test.each(tradeUrls)('whose check is answered with $title is $expected.standing', async ({ expected, ...sample }) => {
    const supplier = await supplierOf(sample);
    expect(await supplier.checkTradeUrl?.(TRADE_URL, 10_000)).toEqual(expected);
  });

  test('is sent whole, and in no address', async () => {
    const calls: { url: string | undefined; method: string | undefined; body: unknown }[] = [];
    const url = await serverThat(async (request, response) => {
      calls.push({ url: request.url, method: request.method, body: await json(request) });
      send(response, { body: { success: true } });
    });
    await waxpeerAt(url).checkTradeUrl?.(TRADE_URL, 10_000);
    const body = { tradelink: TRADE_URL };
    expect(calls).toEqual([{ url: '/v1/check-tradelink?api=sandbox-waxpeer-key', method: 'POST', body }]);
  });
});

describe('a trade', () => {
  test.each(trades.trades)('with $title is $expected.kind', ({ differs, without = [], expected }) => {
    const fields = Object.entries({ ...trades.common, ...differs }).filter(([name]) => !without.includes(name));
    const status = toOrderStatus({ status: differs.status, ...Object.fromEntries(fields) });
    expect(plain(status)).toEqual(expected);
  });

  const trade = (changes: Record<string, unknown>) => ({ ...trades.common, status: 0, ...changes });
  const found = async (...wire: unknown[]) =>
    (await supplierOf({ body: { success: true, trades: wire, more: 1 } })).find(['R-1', 'R-2']);

  test('is found with its id and price, and a trade that is not in the answer proves nothing', async () => {
    expect(await found(trade({}))).toEqual({
      outcome: 'read',
      found: [{ reference: 'R-1', orderId: '41822907', costMills: 12_340n, status: { kind: 'waiting' } }],
      neverMade: [],
    });
    expect(await found()).toEqual({ outcome: 'read', found: [], neverMade: [] });
  });

  test.each([
    [
      'is alive beside one that failed',
      [
        { id: 1, status: 0 },
        { id: 2, status: 6 },
      ],
      '1',
      'waiting',
    ],
    [
      'is alive beside another one',
      [
        { id: 1, status: 0 },
        { id: 2, status: 4 },
      ],
      '2',
      'unrecognised',
    ],
    [
      'is new beside another one',
      [
        { id: 1, status: 77 },
        { id: 2, status: 4 },
      ],
      '2',
      'unrecognised',
    ],
    [
      'failed as the one before did',
      [
        { id: 9, status: 6 },
        { id: 10, status: 6 },
      ],
      '10',
      'failed',
    ],
    [
      'failed beside one that was reversed',
      [
        { id: 1, status: 6, penalties: { rollback_fee: 1 } },
        { id: 2, status: 6 },
      ],
      '2',
      'unrecognised',
    ],
  ])('that %s under one reference is told apart', async (_, wire, orderId, kind) => {
    const answer = await found(...wire.map(trade), trade({ project_id: 'R-2' }));
    expect(answer).toMatchObject({
      outcome: 'read',
      found: [
        { reference: 'R-1', orderId, status: { kind } },
        { reference: 'R-2', status: { kind: 'waiting' } },
      ],
    });
  });

  test.each([{ price: '12340' }, { price: 1.5 }, { price: undefined }, { id: 'x' }, { id: null }, { reason: 5 }])(
    'with %j cannot be read, and neither can another one under its reference; its neighbours can',
    async (damage) => {
      const neighbour = trade({ project_id: 'R-2' });
      const answer = { outcome: 'read', found: [{ reference: 'R-2' }], unreadable: [{ reference: 'R-1' }] };
      expect(await found(trade(damage), neighbour)).toMatchObject(answer);
      expect(await found(trade({}), trade(damage), neighbour)).toMatchObject(answer);
    },
  );

  test.each([trade({ project_id: null }), trade({ project_id: '' }), null, 'R-2'])(
    'that does not say whose it is makes the whole look-up unknown: %j',
    async (damaged) => {
      expect(await found(trade({}), damaged)).toMatchObject({ outcome: 'unknown' });
    },
  );

  test.each(['Please try again', 'Invalid ID'])('is unknown when the look-up is refused with "%s"', async (msg) => {
    const supplier = await supplierOf({ body: { success: false, msg } });
    expect(await supplier.find(['R-1'])).toEqual({ outcome: 'unknown', cause: `status 200, refused: ${msg}` });
  });

  test('is not looked up together with more than a hundred others', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    expect(await supplier.find(Array.from({ length: 101 }, newReference))).toMatchObject({ outcome: 'unknown' });
    expect(calls).toEqual([]);
  });
});

describe('the feed', () => {
  async function feedOf(csgo: Sample, rust: Sample) {
    const routes = { '/v1/prices/snapshotcsgo': csgo, '/v1/prices/snapshotrust': rust };
    return (await supplierOfRoutes(routes)).supplier;
  }
  const csv = async (): Promise<[Sample, Sample]> => [
    { text: await recorded('snapshot-csgo.csv') },
    // Git stores the file with plain line ends.
    { text: (await recorded('snapshot-rust.csv')).replaceAll('\n', '\r\n') },
  ];

  test('has the listings of both games, and none whose id, price or delivery cannot be read', async () => {
    const { listings: all, ...rest } = await fed(await feedOf(...(await csv())));
    expect(rest).toEqual({
      outcome: 'read',
      cursor: expect.stringMatching(/^730:5:[\w-]{22},252490:1:[\w-]{22}$/),
      isWhole: true,
      gone: [],
    });
    const redline = {
      game: '730',
      catalogId: 'AK-47 | Redline (Field-Tested)',
      marketHashName: 'AK-47 | Redline (Field-Tested)',
      exterior: 'Field-Tested',
    };
    const doppler = {
      game: '730',
      catalogId: '★ Karambit | Doppler (Factory New)',
      marketHashName: '★ Karambit | Doppler (Factory New)',
      exterior: 'Factory New',
      delivery: 'instant',
    };
    const sticker = 'Sticker | Say "GG", please';
    expect(all.toSorted((a, b) => (a.nativeId < b.nativeId ? -1 : 1))).toEqual([
      { ...redline, nativeId: '41822907001', delivery: 'instant', priceMills: 12_340n },
      { ...redline, nativeId: '41822907002', delivery: 'standard', priceMills: 12_100n },
      { ...doppler, nativeId: '41822907003', phase: 'Phase 2', priceMills: 1_500_000n },
      { ...doppler, nativeId: '41822907004', phase: 'Ruby', priceMills: 9_000_000n },
      {
        nativeId: '41822907005',
        game: '730',
        catalogId: sticker,
        marketHashName: sticker,
        delivery: 'instant',
        priceMills: 30n,
      },
      {
        nativeId: 'rust:92233720368547758079',
        game: '252490',
        catalogId: 'Glory AK47',
        marketHashName: 'Glory AK47',
        delivery: 'standard',
        priceMills: 306_677n,
      },
    ]);
  });

  test('reads only the games that the operator has set', async () => {
    const { supplier, calls } = await supplierOfRoutes({ '/v1/prices/snapshotrust': (await csv())[1] });
    const url = await serverThat((_, response) => send(response, { status: 503, text: '' }));
    await supplier.feed(null);
    expect(calls.map(({ searchParams }) => searchParams.get('game'))).toEqual(['csgo']);
    expect(waxpeerAt(url, { games: '252490' }).games).toEqual(['252490']);
    expect(waxpeerAt(url).games).toEqual(['730', '252490']);
  });

  test('is read the same however its bytes are cut into chunks', async () => {
    const [csgo, rust] = await csv();
    const whole = await fed(await feedOf(csgo, rust));
    const bytes = Buffer.from(csgo.text ?? '');
    const url = await serverThat(async (request, response) => {
      if (request.url?.includes('rust')) return send(response, rust);
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect(await fed(waxpeerAt(url))).toEqual(whole);
  });

  test('keeps the twenty cheapest of a name and a delivery, of any number', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) => `${i + 1},Fracture Case,${90_000 - i},${i % 2 === 0}\n`);
    const text = `item_id,name,price,auto\n${rows.join('')}`;
    const { listings: kept } = await fed(await feedOf({ text }, (await csv())[1]));
    const prices = kept.flatMap(({ game, priceMills }) => (game === '730' ? Number(priceMills) : []));
    expect(prices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => 40_001 + i));
  });

  const HEADER = 'item_id,name,price,auto,inspect\n';
  test('that lost half of a list since the last time is unknown, although a list that is cut between two lines looks whole', async () => {
    const list = (rows: number): Sample => ({
      text: HEADER + Array.from({ length: rows }, (_, i) => `${i + 1},Rock,5,true,\n`).join(''),
    });
    const { cursor } = await fed(await feedOf(list(4), list(4)));
    for (const lists of [[list(4), list(2)] as const, [list(2), list(4)] as const]) {
      const supplier = await feedOf(...lists);
      expect(await supplier.feed(cursor)).toMatchObject({
        outcome: 'unknown',
        cause: expect.stringMatching(/^the price list of game \d+ has 2 listings, and had 4$/),
      });
      expect(await supplier.feed(null)).toMatchObject({ outcome: 'read' });
    }
    expect(await (await feedOf(list(3), list(3))).feed(cursor)).toMatchObject({ outcome: 'read' });
  });

  test.each<[string, Sample]>([
    ['has status 503', { status: 503, text: 'not ready' }],
    ['has status 429', { status: 429, headers: { 'retry-after': '1' }, text: '' }],
    ['has status 404', { status: 404, text: HEADER }],
    ['is a challenge page', { text: '<!doctype html>\n<title>Just a moment...</title>\n' }],
    ['is a refusal', { body: { success: false, msg: 'Please try again' } }],
    ['is empty', { text: '' }],
    ['has no column for the price', { text: 'item_id,name,auto\n1,Rock,true\n' }],
    ['has no column for the delivery', { text: 'item_id,name,price\n1,Rock,5\n' }],
    ['has no listing', { text: HEADER }],
    ['ends inside a row', { text: `${HEADER}1,Rock,000000000005,true,\n2,Rock,0000` }],
    ['ends inside quotes', { text: `${HEADER}1,Rock,000000000005,true,\n2,"Ro` }],
    ['has no line ends', { text: `${HEADER}${'x'.repeat(300_000)}` }],
  ])('is unknown as a whole when the list of one game %s', async (_, sample) => {
    const [csgo, rust] = await csv();
    expect(await (await feedOf(sample, rust)).feed(null)).toMatchObject({ outcome: 'unknown' });
    expect(await (await feedOf(csgo, sample)).feed('whole')).toMatchObject({ outcome: 'unknown' });
  });

  test('is unknown when the connection is cut between two rows', async () => {
    const url = await serverThat((_, response) => {
      response.write(`${HEADER}1,Rock,000000000005,true,\n`, () => setImmediate(() => response.destroy()));
    });
    expect(await waxpeerAt(url).feed(null)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the simulated Waxpeer', () => {
  test('has all that there is, with every phase of a Doppler', async () => {
    const market = await openMarketplace();
    const { listings: all } = await fed(waxpeerAt(`${market.url}/waxpeer`));
    const there = [...indexOf('cs2').listings, ...indexOf('rust').listings];
    expect(new Set(all.map(({ nativeId }) => nativeId)).size).toBe(there.length);
    const phases = ['Black Pearl', 'Emerald', 'Phase 1', 'Phase 2', 'Phase 3', 'Phase 4', 'Ruby', 'Sapphire'];
    expect(new Set(all.map(({ phase }) => phase))).toEqual(new Set([...phases, undefined]));
  });

  test('has limits of its own', async () => {
    const { url } = await openMarketplace();
    const api = `api=${SANDBOX_WAXPEER_KEY}`;
    const ids = (name: string) => Array.from({ length: 101 }, (_, i) => `&${name}=${i}`).join('');
    for (const path of [`check-many-project-id?${api}${ids('id')}`, `check-availability?${api}${ids('item_id')}`]) {
      const answer = await fetch(`${url}/waxpeer/v1/${path}`);
      expect(await answer.json()).toEqual({ success: false, msg: 'Invalid ID' });
    }
    const wrong = `buy-one-p2p?${api}&item_id=1&price=1&project_id=x&partner=1`;
    const answer = await fetch(`${url}/waxpeer/v1/${wrong}`);
    expect(await answer.json()).toEqual({ success: false, msg: 'Invalid tradelink' });
  });
});

test('every setting has a default or must be given, and only the key is secret', () => {
  expect(waxpeer.settings.map(({ name, isSecret, default: usual }) => [name, isSecret, usual])).toEqual([
    ['apiKey', true, undefined],
    ['games', false, '730,252490'],
    ['callsPerSecond', false, '5'],
    ['feedEverySeconds', false, '180'],
    ['baseUrl', false, 'https://api.waxpeer.com'],
  ]);
  for (const { default: usual, pattern } of waxpeer.settings) if (usual) expect(usual).toMatch(pattern);
});
