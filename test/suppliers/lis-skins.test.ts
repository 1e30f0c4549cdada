// What LIS-SKINS has said or may say, and what the adapter makes of it. Whatever is no clear yes or no is unknown.
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { lisSkins } from '../../src/suppliers/lis-skins/index.ts';
import { toOrderStatus } from '../../src/suppliers/lis-skins/map.ts';
import { deadAddress, fed, IMPATIENCE_MS, newReference, serverThat, TRADE_URL } from './harness.ts';
import { lisSkinsAt } from './lis-skins-harness.ts';
import balances from './recorded/lis-skins/balance.json' with { type: 'json' };
import buys from './recorded/lis-skins/buy.json' with { type: 'json' };
import listings from './recorded/lis-skins/listing.json' with { type: 'json' };
import purchases from './recorded/lis-skins/purchases.json' with { type: 'json' };

interface Sample {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string | Buffer;
}

interface Call {
  readonly method: string | undefined;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const LISTING_ID = '123456789';
const order = {
  reference: 'R-1',
  nativeListingId: LISTING_ID,
  tradeUrl: TRADE_URL,
  ceilingMills: toMills(12_349n),
};

function send(response: ServerResponse, { status = 200, headers = {}, body, text }: Sample): void {
  response.writeHead(status, headers).end(text ?? JSON.stringify(body));
}

/** An adapter whose marketplace answers every call with the sample. */
async function supplierOf(sample: Sample) {
  return lisSkinsAt(await serverThat((_, response) => send(response, sample)));
}

/** An adapter whose marketplace answers a call by its path, and the calls that it has had. */
async function supplierOfRoutes(routes: Readonly<Record<string, Sample>>, settings: Record<string, string> = {}) {
  const calls: Call[] = [];
  const url = await serverThat(async (request, response) => {
    const { method, url: path = '', headers } = request;
    calls.push({ method, path, headers, body: await textOf(request) });
    send(response, routes[path.split('?')[0] ?? ''] ?? { status: 404, text: '' });
  });
  return { supplier: lisSkinsAt(url, settings), calls };
}

/** Answers as JSON, with money and dates as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)));
}

async function recorded(name: string): Promise<string> {
  return readFile(new URL(`recorded/lis-skins/${name}`, import.meta.url), 'utf8');
}

describe('a purchase', () => {
  test.each(buys)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    const answer = plain(await (await supplierOf(sample)).buy(order));
    if (expected.outcome === 'unknown') expect(answer).toMatchObject(expected);
    else expect(answer).toEqual(expected);
  });

  test('names the listing, our ceiling rounded down to the cent, the recipient and our reference', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    await supplier.buy({ ...order, nativeListingId: 'rust:123456789012345678' });
    expect(calls).toMatchObject([{ method: 'POST', path: '/v1/market/buy' }]);
    expect(calls[0]?.body).toBe(
      '{"ids":[123456789012345678],"partner":"39734273","token":"AbCd_123","max_price":12.34,"custom_id":"R-1"}',
    );
    expect(calls[0]?.headers).toMatchObject({
      authorization: 'Bearer sandbox-lis-skins-key',
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^Mozilla\/5\.0 \(/),
    });
  });

  test('is not sent when the trade URL names nobody, or when not even a cent may be spent', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    const toNobody = await supplier.buy({ ...order, tradeUrl: 'https://example.com/' });
    expect(toNobody).toEqual({ outcome: 'refused', reason: 'TRADE_URL_INVALID' });
    const forNothing = await supplier.buy({ ...order, ceilingMills: toMills(9n) });
    expect(forNothing).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
    expect(calls).toEqual([]);
  });

  test('may take half a minute, also where other calls may not', async () => {
    const url = await serverThat((_, response) => void setTimeout(() => send(response, buys[0] ?? {}), 300));
    const supplier = lisSkinsAt(url, {}, IMPATIENCE_MS);
    expect(supplier.buyTimeoutMs).toBe(35_000);
    expect(await supplier.buy(order)).toMatchObject({ outcome: 'bought' });
    expect(await supplier.find(['R-1'])).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a listing', () => {
  test.each(listings)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    expect(plain(await (await supplierOf(sample)).listing(LISTING_ID))).toMatchObject(expected);
  });

  test('of Rust is asked for by the id that the marketplace knows', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    await supplier.listing('rust:5');
    expect(calls.map(({ path }) => path)).toEqual(['/v1/market/check-availability?ids[]=5']);
  });
});

describe('several listings', () => {
  test('are read in one call, and one in neither list of the answer is unknown', async () => {
    const data = { available_skins: { 1: 5.5, 4: 2 }, unavailable_skin_ids: [2, 4] };
    const { supplier, calls } = await supplierOfRoutes({ '/v1/market/check-availability': { body: { data } } });
    const answer = await supplier.listings?.read(['1', 'rust:2', '3', '4', 'nonsense']);
    expect(answer?.outcome === 'read' ? [...answer.answers] : answer).toEqual([
      ['1', { outcome: 'priced', priceMills: 5500n }],
      ['rust:2', { outcome: 'gone' }],
      ['3', expect.objectContaining({ outcome: 'unknown' })],
      ['4', expect.objectContaining({ outcome: 'unknown' })],
      ['nonsense', { outcome: 'gone' }],
    ]);
    expect(calls.map(({ path }) => path)).toEqual(['/v1/market/check-availability?ids[]=1&ids[]=2&ids[]=3&ids[]=4']);
  });

  test('are all unknown when the answer is', async () => {
    const { supplier } = await supplierOfRoutes({});
    expect(await supplier.listings?.read(['1', '2'])).toMatchObject({ outcome: 'unknown' });
  });
});

describe('the balance', () => {
  test.each(balances)('of $title is $expected.outcome', async ({ expected, ...sample }) => {
    expect(plain(await (await supplierOf(sample)).balance?.())).toMatchObject(expected);
  });
});

describe('an order', () => {
  test.each(purchases.skins)('with $title is $expected.kind', ({ differs, without = [], expected }) => {
    const fields = Object.entries({ ...purchases.skin, ...differs }).filter(([name]) => !without.includes(name));
    expect(plain(toOrderStatus({ status: differs.status, ...Object.fromEntries(fields) }))).toEqual(expected);
  });

  const skin = (changes: Record<string, unknown> = {}) => ({ ...purchases.skin, ...changes });
  const purchase = (changes: Record<string, unknown> = {}) => ({ ...purchases.common, skins: [skin()], ...changes });
  const found = async (...wire: unknown[]) =>
    (await supplierOf({ body: { data: wire, more: 1 } })).find(['R-1', 'R-2']);

  test('is found with its id and price, and one that is not in the answer proves nothing', async () => {
    expect(await found(purchase())).toEqual({
      outcome: 'read',
      found: [{ reference: 'R-1', orderId: '61234567', costMills: 12_340n, status: { kind: 'waiting' } }],
      neverMade: [],
    });
    expect(await found()).toEqual({ outcome: 'read', found: [], neverMade: [] });
  });

  test('is found with all digits of its id', async () => {
    const text = JSON.stringify({ data: [purchase()] }).replace('61234567', '92233720368547758079');
    const answer = await (await supplierOf({ text })).find(['R-1']);
    expect(answer).toMatchObject({ found: [{ orderId: '92233720368547758079' }] });
  });

  test.each([
    ['two purchases', [purchase(), purchase({ purchase_id: 1 })], 12_340n, '2 orders under one reference'],
    [
      'two purchases, one of which failed',
      [purchase({ skins: [skin({ status: 'return' })] }), purchase()],
      12_340n,
      '2 orders under one reference',
    ],
    ['two skins', [purchase({ skins: [skin(), skin({ status: 'accepted' })] })], 24_680n, '2 skins'],
  ])('that is %s under one reference is not understood, and its neighbours are', async (_, wire, costMills, raw) => {
    expect(await found(...wire, purchase({ custom_id: 'R-2', purchase_id: 2 }))).toMatchObject({
      outcome: 'read',
      found: [
        { reference: 'R-1', orderId: '61234567', costMills, status: { kind: 'unrecognised', raw } },
        { reference: 'R-2', orderId: '2', status: { kind: 'waiting' } },
      ],
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ['no price', { skins: [skin({ price: null })] }],
    ['a price that is too exact', { skins: [skin({ price: 1.23456 })] }],
    ['no skin', { skins: [] }],
    ['no list of skins', { skins: null }],
    ['no id', { purchase_id: null }],
    ['an id that is none', { purchase_id: 'x' }],
    ['an offer id that is none', { skins: [skin({ steam_trade_offer_id: {} })] }],
  ])(
    'with %s cannot be read, and neither can another one under its reference; its neighbours can',
    async (_, damage) => {
      const damaged = purchase({ custom_id: 'R-2', ...damage });
      const answer = { outcome: 'read', found: [{ reference: 'R-1' }], unreadable: [{ reference: 'R-2' }] };
      expect(await found(purchase(), damaged)).toMatchObject(answer);
      expect(await found(damaged, purchase({ custom_id: 'R-2' }), purchase())).toMatchObject(answer);
    },
  );

  test.each([purchase({ custom_id: null }), purchase({ custom_id: '' }), null, []])(
    'that does not say whose it is makes the whole look-up unknown: %j',
    async (damaged) => {
      expect(await found(purchase(), damaged)).toMatchObject({ outcome: 'unknown' });
    },
  );

  test('is looked up together with 199 others, with a line that fits into 8 KB', async () => {
    const { supplier, calls } = await supplierOfRoutes({ '/v1/market/info': { body: { data: [] } } });
    const references = Array.from({ length: supplier.findMax }, newReference);
    expect(await supplier.find(references)).toMatchObject({ outcome: 'read' });
    const [call] = calls;
    expect(new URL(call?.path ?? '', 'http://localhost').searchParams.getAll('custom_ids[]')).toEqual(references);
    expect(`GET ${call?.path} HTTP/1.1\r\n`.length).toBeLessThan(8 * 1024);
  });

  test('is not looked up together with more than 199 others', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    expect(await supplier.find(Array.from({ length: 201 }, newReference))).toMatchObject({ outcome: 'unknown' });
    expect(calls).toEqual([]);
  });
});

describe('the feed', () => {
  const CSGO = '/market_export_json/api_csgo_full.json';
  const RUST = '/market_export_json/api_rust_full.json';
  const feedOf = async (csgo: Sample, rust: Sample) =>
    (await supplierOfRoutes({ [CSGO]: csgo, [RUST]: rust })).supplier;
  const lists = async (): Promise<[Sample, Sample]> => [
    { text: await recorded('price-list-csgo.json') },
    { text: await recorded('price-list-rust.json') },
  ];
  const offer = (id: number, price: unknown = 1) => ({ id, name: 'Rock', price, delivery_type: 1, unlock_at: null });
  const listOf = (...items: unknown[]): Sample => ({ body: { status: 'success', last_update: 1, items } });
  const icon = (game: string, id: string) => `https://community.steamstatic.com/economy/image/class/${game}/${id}`;

  test('has what is delivered at once in both games, and nothing that is slow, locked or unreadable', async () => {
    const { listings: all, ...rest } = await fed(await feedOf(...(await lists())));
    expect(rest).toEqual({
      outcome: 'read',
      cursor: expect.stringMatching(/^730:14:[\w-]{22},252490:2:[\w-]{22}$/),
      isWhole: true,
      gone: [],
    });
    const named = (marketHashName: string) => ({ catalogId: marketHashName, marketHashName, delivery: 'instant' });
    expect(all).toEqual([
      {
        nativeId: '123456789',
        game: '730',
        ...named('AK-47 | Redline (Field-Tested)'),
        exterior: 'Field-Tested',
        wear: '0.23100000',
        paintSeed: 661,
        stickers: [{ name: 'Sticker | Crown (Foil)', slot: 2, iconUrl: 'https://example.com/crown.png' }],
        iconUrl: icon('730', '310777002'),
        priceMills: 12_340n,
      },
      {
        nativeId: '123456790',
        game: '730',
        ...named('★ Karambit | Doppler (Factory New)'),
        exterior: 'Factory New',
        wear: '0.01000000',
        paintSeed: 3,
        iconUrl: icon('730', '310777001'),
        priceMills: 1_500_000n,
      },
      { nativeId: '123456791', game: '730', ...named('Sticker | Say "GG", please'), priceMills: 30n },
      {
        nativeId: 'rust:223456789',
        game: '252490',
        ...named('Glory AK47'),
        iconUrl: icon('252490', '2000000001'),
        priceMills: 306_670n,
      },
      {
        nativeId: 'rust:223456790',
        game: '252490',
        ...named('Sign \\ "}]" Ω'),
        iconUrl: icon('252490', '2000000002'),
        priceMills: 1_500n,
      },
    ]);
  });

  test('asks for compressed lists as a browser would, and does not show them the key', async () => {
    const { supplier, calls } = await supplierOfRoutes({ [RUST]: (await lists())[1] }, { games: '252490' });
    expect(supplier.games).toEqual(['252490']);
    expect((await fed(supplier)).listings).toHaveLength(2);
    expect(calls.map(({ path }) => path)).toEqual([RUST]);
    expect(calls[0]?.headers).toMatchObject({
      'accept-encoding': 'gzip',
      'user-agent': expect.stringMatching(/^Mozilla\/5\.0 \(/),
    });
    expect(calls[0]?.headers).not.toHaveProperty('authorization');
  });

  test.each([1, 7, 1000])('is read the same when it comes in pieces of %i bytes, compressed or not', async (size) => {
    const [csgo, rust] = await lists();
    const whole = await fed(await feedOf(csgo, rust));
    for (const bytes of [Buffer.from(String(csgo.text)), gzipSync(String(csgo.text))]) {
      const url = await serverThat(async (request, response) => {
        if (request.url === RUST) return send(response, { text: gzipSync(String(rust.text)) });
        for (let at = 0; at < bytes.length; at += size) {
          response.write(bytes.subarray(at, at + size));
          if (at % 50 === 0) await new Promise(setImmediate);
        }
        response.end();
      });
      expect(await fed(lisSkinsAt(url))).toEqual(whole);
    }
  });

  test('keeps the twenty cheapest of a name, of any number', async () => {
    const many = listOf(...Array.from({ length: 50_000 }, (_, i) => offer(i + 1, (90_000 - i) / 100)));
    const { listings: kept } = await fed(await feedOf(many, listOf(offer(1))));
    const cents = kept.flatMap(({ game, priceMills }) => (game === '730' ? Number(priceMills) / 10 : []));
    expect(cents).toEqual(Array.from({ length: 20 }, (_, i) => 40_001 + i));
  });

  test('that lost half of a list since the last time is unknown, and begins anew without a last time', async () => {
    const [three, one] = [listOf(offer(1), offer(2), offer(3)), listOf(offer(1))];
    const before = await fed(await feedOf(three, three));
    for (const supplier of [await feedOf(three, one), await feedOf(one, three)]) {
      expect(await supplier.feed(before.cursor)).toMatchObject({
        outcome: 'unknown',
        cause: expect.stringMatching(/^the price list of game \d+ has 1 listings, and had 3$/),
      });
      for (const cursor of [null, '', 'nonsense', '730:x,252490:'])
        expect(await supplier.feed(cursor)).toMatchObject({ outcome: 'read' });
    }
    const [half, more] = [listOf(offer(1), offer(2)), listOf(offer(1), offer(2), offer(3))];
    const whole = listOf(...[1, 2, 3, 4].map((id) => offer(id)));
    const { cursor } = await fed(await feedOf(whole, whole));
    expect(await (await feedOf(half, whole)).feed(cursor)).toMatchObject({ outcome: 'unknown' });
    expect(await (await feedOf(more, more)).feed(cursor)).toMatchObject({ outcome: 'read' });
  });

  const good = JSON.stringify(listOf(offer(1), offer(2)).body);
  test.each<[string, Sample]>([
    ['has status 503', { status: 503, text: 'not ready' }],
    ['has status 429', { status: 429, headers: { 'retry-after': '1' }, text: '' }],
    ['has status 404', { status: 404, text: good }],
    ['is refused at the edge', { status: 403, text: '<!doctype html><title>403</title>' }],
    ['is a challenge page', { text: '<!doctype html>\n<title>Just a moment...</title>\n' }],
    ['is empty', { text: '' }],
    ['has one byte', { text: '{' }],
    ['says that it failed', { body: { status: 'error', items: [offer(1)] } }],
    ['does not say that it succeeded', { body: { items: [offer(1)] } }],
    ['says the same elsewhere', { body: { items: [offer(1)], meta: { status: 'success' } } }],
    ['has no items', { body: { status: 'success' } }],
    ['has its items elsewhere', { body: { status: 'success', data: { items: [offer(1)] } } }],
    ['has items by name', { body: { status: 'success', items: { '1': offer(1) } } }],
    ['has an empty list', { body: { status: 'success', items: [] } }],
    ['has nothing for us', listOf({ ...offer(1), delivery_type: 2 }, null, 5, [offer(1)])],
    ['is a bare list', { body: [offer(1)] }],
    ['has a list that is cut inside an item', { text: good.slice(0, 90) }],
    ['has a list that is cut behind an item', { text: good.slice(0, good.indexOf(',{')) }],
    ['is cut behind its list', { text: good.slice(0, -1) }],
    ['has something behind its end', { text: `${good}{}` }],
    ['has an item that is no JSON', { text: good.replace('null', 'nil') }],
    ['has a comma too many', { text: good.replace(']', ',]') }],
    ['has a comma too few', { text: good.replace('},{', '}{') }],
    ['has brackets that do not match', { text: good.replace(']', '}') }],
    ['has an item without an end', { text: `${good.slice(0, -3)},"tag":"${'x'.repeat(600_000)}` }],
    ['begins without an end', { text: `{"status":"success",${' '.repeat(600_000)}"items":[]}` }],
    ['has very many lists', { text: `{"status":"success","other":[${'[],'.repeat(200_000)}` }],
    ['is cut while it is compressed', { text: gzipSync(good).subarray(0, -9) }],
    ['is damaged while it is compressed', { text: Buffer.concat([gzipSync(good).subarray(0, 20), Buffer.alloc(30)]) }],
  ])('is unknown as a whole when the list of one game %s', async (_, sample) => {
    const [csgo, rust] = await lists();
    expect(await (await feedOf(sample, rust)).feed(null)).toMatchObject({ outcome: 'unknown' });
    expect(await (await feedOf(csgo, sample)).feed('730:14,252490:2')).toMatchObject({ outcome: 'unknown' });
  });

  test('tells the operator that the edge refuses the address', async () => {
    const supplier = await feedOf({ status: 403, text: 'Forbidden' }, {});
    expect(await supplier.feed(null)).toEqual({
      outcome: 'unknown',
      cause: 'status 403: the price lists are refused to this address, as they are to some data centres',
      fault: 'misconfigured',
    });
  });

  test('is unknown when the connection is cut between two items', async () => {
    const url = await serverThat((_, response) => {
      response.write(good.slice(0, good.indexOf(',{') + 1), () => setImmediate(() => response.destroy()));
    });
    expect(await lisSkinsAt(url).feed(null)).toMatchObject({ outcome: 'unknown' });
  });
});

describe('no clear answer', () => {
  const asked = async (url: string) => {
    const supplier = lisSkinsAt(url);
    return Promise.all([supplier.listing('1'), supplier.buy(order), supplier.find(['R-1']), supplier.balance?.()]);
  };

  test.each<[string, Sample]>([
    ['an HTML page', { text: '<!doctype html><p>One moment</p>' }],
    ['JSON of another shape', { body: { hello: 'world' } }],
    ['a list', { body: [] }],
    ['data that is a text', { body: { data: 'x' } }],
    ['an empty answer', { text: '' }],
    ['status 503', { status: 503, body: { data: [] } }],
    ['status 429', { status: 429, headers: { 'retry-after': '5' }, body: { data: [] } }],
    ['status 408', { status: 408, body: { error: 'skins_unavailable' } }],
    ['status 404', { status: 404, body: { data: [] } }],
    ['an endless answer', { text: ' '.repeat(3 * 1024 * 1024) }],
  ])('comes with %s, so that all is unknown', async (_, sample) => {
    for (const answer of await asked(await serverThat((_request, response) => send(response, sample)))) {
      expect(answer).toMatchObject({ outcome: 'unknown' });
    }
  });

  test('comes from a server that is dead', async () => {
    const url = await deadAddress();
    for (const answer of [...(await asked(url)), await lisSkinsAt(url).feed(null)]) {
      expect(answer).toEqual({ outcome: 'unknown', cause: 'the connection failed (ECONNREFUSED)' });
    }
  });

  test('comes from a server that is slow, and the key is not shown', async () => {
    const supplier = lisSkinsAt(await serverThat(() => {}), {}, IMPATIENCE_MS);
    for (const answer of [await supplier.listing('1'), await supplier.find(['R-1']), await supplier.balance?.()]) {
      expect(answer).toEqual({ outcome: 'unknown', cause: `no answer within ${IMPATIENCE_MS} ms` });
    }
    const feed = await supplier.feed(null);
    expect(feed).toMatchObject({ outcome: 'unknown' });
    expect(JSON.stringify(feed)).not.toContain('sandbox-lis-skins-key');
  });
});

test('every setting has a default or must be given, and only the key is secret', () => {
  expect(lisSkins.settings.map(({ name, isSecret, default: usual }) => [name, isSecret, usual])).toEqual([
    ['apiKey', true, undefined],
    ['games', false, '730,252490'],
    ['callsPerSecond', false, '3'],
    ['feedEverySeconds', false, '300'],
    ['userId', false, ''],
    ['baseUrl', false, 'https://api.lis-skins.com/v1'],
    ['exportUrl', false, 'https://lis-skins.com/market_export_json'],
    ['socketUrl', false, 'wss://ws.lis-skins.com/connection/websocket'],
  ]);
  for (const { default: usual, pattern } of lisSkins.settings) if (usual) expect(usual).toMatch(pattern);
});

test('nobody says that a hold is over, so that an item is watched a day longer', async () => {
  expect(lisSkinsAt(await deadAddress()).settles).toEqual({ afterMs: DAY_MS });
});
