// What CS2DT has said or may say, and what the adapter makes of it. Whatever is no clear yes or no is unknown.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, test, vi } from 'vitest';
import { signatureOf } from '../../sandbox/marketplace/cs2dt-wire.ts';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { toMills } from '../../src/core/money.ts';
import { cs2dt } from '../../src/suppliers/cs2dt/index.ts';
import { endFakeTimers } from '../support/fake-timers.ts';
import { CALLBACK_SECRET, cs2dtAt } from './cs2dt-harness.ts';
import { deadAddress, fed, IMPATIENCE_MS, serverThat, TRADE_URL } from './harness.ts';
import balances from './recorded/cs2dt/balance.json' with { type: 'json' };
import buys from './recorded/cs2dt/buy.json' with { type: 'json' };
import cancels from './recorded/cs2dt/cancel.json' with { type: 'json' };
import listings from './recorded/cs2dt/listing.json' with { type: 'json' };
import orders from './recorded/cs2dt/orders.json' with { type: 'json' };
import tradeUrls from './recorded/cs2dt/trade-url.json' with { type: 'json' };

interface Sample {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly text?: string;
}

const LISTING_ID = '1353955645187293184';
const ORDER_ID = '1753955645187293184';
const order = {
  reference: 'R-1',
  nativeListingId: LISTING_ID,
  tradeUrl: TRADE_URL,
  ceilingMills: toMills(12_349n),
};

function send(response: ServerResponse, { status = 200, headers = {}, body, text }: Sample): void {
  response.writeHead(status, headers).end(text ?? JSON.stringify(body));
}

function success(data: unknown): Sample {
  return { body: { success: true, data, errorCode: 0, errorMsg: null, errorData: null } };
}

function refusal(errorCode: number): Sample {
  return { body: { success: false, data: null, errorCode, errorMsg: 'refused', errorData: null } };
}

/** An adapter whose marketplace answers every call with the sample. */
async function supplierOf(sample: Sample) {
  return cs2dtAt(await serverThat((_, response) => send(response, sample)));
}

const DETAIL = '/v1/order/v2/buy/detail';
const CANCEL = '/v1/order/buyer-cancel';
const START_CHECK = '/v2/user/steam-check/create';
const CHECK = '/v2/user/steam-info';
const SEARCH = '/v2/product/v2/search';
const SELL_LIST = '/v2/product/v1/sell/list';

interface Call {
  readonly method: string | undefined;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An adapter whose marketplace answers a call by its path, and the calls that it has had. */
async function supplierOfRoutes(routes: Readonly<Record<string, Sample>>, settings = {}) {
  const calls: Call[] = [];
  const url = await serverThat(async (request, response) => {
    const called = new URL(request.url ?? '', 'http://localhost');
    const { method, headers } = request;
    calls.push({ method, url: called, headers, body: await textOf(request) });
    send(response, routes[called.pathname] ?? { status: 404, text: '' });
  });
  return { supplier: cs2dtAt(url, settings), calls, paths: () => calls.map((call) => call.url.pathname) };
}

/** Answers as JSON, with money and dates as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each)));
}

async function recorded(name: string): Promise<Sample> {
  return { text: await readFile(new URL(`recorded/cs2dt/${name}`, import.meta.url), 'utf8') };
}

describe('a purchase', () => {
  test.each(buys)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    const answer = plain(await (await supplierOf(sample)).buy(order));
    if (expected.outcome === 'unknown') expect(answer).toMatchObject(expected);
    else expect(answer).toEqual(expected);
  });

  test('names the listing with all its digits, the trade URL, our reference, and our ceiling in cents', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    await supplier.buy(order);
    expect(calls).toMatchObject([{ method: 'POST', headers: { language: 'en_US' } }]);
    expect(calls[0]?.url.pathname).toBe('/v2/trade/v2/buy');
    expect(Object.fromEntries(calls[0]?.url.searchParams ?? [])).toEqual({ 'app-key': 'sandbox-cs2dt-key' });
    expect(calls[0]?.body).toBe(
      `{"outTradeNo":"R-1","tradeUrl":"${TRADE_URL}","productId":1353955645187293184,"maxPrice":12.34}`,
    );
  });

  test('of less than a cent is not sent, since a ceiling of nothing could be taken for none', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    const answer = await supplier.buy({ ...order, ceilingMills: toMills(9n) });
    expect(answer).toEqual({ outcome: 'refused', reason: 'PRICE_CHANGED' });
    expect(calls).toEqual([]);
  });
});

describe('a listing', () => {
  test.each(listings)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    const answer = plain(await (await supplierOf(sample)).listing(LISTING_ID));
    if (expected.outcome === 'unknown') expect(answer).toMatchObject(expected);
    else expect(answer).toEqual(expected);
  });

  test('is asked for together with others in one call', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    expect(await supplier.listings?.read([LISTING_ID, 'x', '7'])).toMatchObject({ outcome: 'unknown' });
    expect(calls.map(({ body }) => body)).toEqual(['{"productIds":[1353955645187293184,7]}']);
  });

  test('that an answer about several leaves out is not called gone', async () => {
    const supplier = await supplierOf({ body: { success: true, data: [], errorCode: 0 } });
    expect(await supplier.listings?.read([LISTING_ID, '7'])).toEqual({ outcome: 'read', answers: new Map() });
  });

  test('is asked for with all digits of its id', async () => {
    const { supplier, calls } = await supplierOfRoutes({});
    await supplier.listing(LISTING_ID);
    expect(calls.map(({ body }) => body)).toEqual(['{"productIds":[1353955645187293184]}']);
  });

  test.each(['', '0', '-1', '1.5', 'x', '01', String(2n ** 62n)])('cannot have the id "%s"', async (nativeId) => {
    const { supplier, calls } = await supplierOfRoutes({});
    expect(await supplier.listing(nativeId)).toEqual({ outcome: 'gone' });
    const answer = await supplier.buy({ ...order, nativeListingId: nativeId });
    expect(answer).toEqual({ outcome: 'refused', reason: 'LISTING_UNAVAILABLE' });
    expect(calls).toEqual([]);
  });

  test('has a public id that holds 19 digits and belongs to no other marketplace', () => {
    const { listingIds } = cs2dtAt('http://127.0.0.1:1');
    for (const nativeId of ['1', LISTING_ID, String(2n ** 62n - 1n)]) {
      const publicId = listingIds.toPublic(nativeId);
      expect(publicId).toMatch(/^0004[0-9a-f]{4}-[0-9a-f-]{27}$/);
      expect(listingIds.toNative(publicId)).toBe(nativeId);
      expect(listingIds.toNative(publicId.replace('0004', '0002'))).toBeNull();
    }
  });
});

describe('the balance', () => {
  test.each(balances)('of $title is $expected.outcome', async ({ expected, ...sample }) => {
    const supplier = await supplierOf(sample);
    expect(plain(await supplier.balance?.())).toMatchObject(expected);
  });
});

const detail = (changes: Record<string, unknown> = {}) => success({ ...orders.common, status: 1, ...changes });

describe('an order', () => {
  const found = async (sample: Sample) => (await supplierOf(sample)).find(['R-1']);

  test.each(orders.orders)('with $title is $expected.kind', async ({ differs, expected }) => {
    expect(plain(await found(detail(differs)))).toEqual({
      outcome: 'read',
      found: [{ reference: 'R-1', orderId: ORDER_ID, costMills: '5200', status: expected }],
      neverMade: [],
    });
  });

  test('is found when its ids are numbers, and when it does not repeat our reference', async () => {
    const { text = '' } = { text: JSON.stringify(detail({ outTradeNo: undefined }).body) };
    const answer = await found({ text: text.replaceAll(`"${ORDER_ID}"`, ORDER_ID) });
    expect(answer).toMatchObject({ outcome: 'read', found: [{ reference: 'R-1', orderId: ORDER_ID }] });
  });

  test('was never made only when the marketplace says so of its number', async () => {
    expect(await found(refusal(140015))).toEqual({ outcome: 'read', found: [], neverMade: ['R-1'] });
  });

  test.each<[string, Sample]>([
    ['has no data', success(null)],
    ['has empty data', success({})],
    ['names two orders', success([orders.common, orders.common])],
    ['names another reference', detail({ outTradeNo: 'R-2' })],
    ['has an unreadable price and no reference', detail({ price: '5,2', outTradeNo: undefined })],
    ['is refused', refusal(140001)],
    ['is refused as a system error', refusal(100000)],
    ['says never made, but with success', { body: { success: true, data: null, errorCode: 140015 } }],
  ])('is unknown, and its reference not unused, when the answer %s', async (_, sample) => {
    expect(await found(sample)).toMatchObject({ outcome: 'unknown', cause: expect.any(String) });
  });

  test.each<[string, Sample]>([
    ['no id', detail({ orderId: null })],
    ['an unreadable id', detail({ orderId: 'x' })],
    ['an unreadable price', detail({ price: '5,2' })],
  ])('with %s under our reference is there, although it cannot be read', async (_, sample) => {
    const answer = { outcome: 'read', found: [], neverMade: [], unreadable: [{ reference: 'R-1' }] };
    expect(await found(sample)).toMatchObject(answer);
  });

  test.each<[string, Sample, boolean]>([
    ['nothing', success(null), true],
    ['a code that is new', refusal(140777), true],
    ['an order that is not ours', detail({ outTradeNo: 'R-2' }), false],
    ['a system error', refusal(100000), false],
    ['a time-out further up', refusal(140018), false],
    ['a refused key', refusal(100002), false],
    ['success and an error', { body: { success: true, data: null, errorCode: 140777 } }, false],
    ['a limit', { text: 'Too Many Request.' }, false],
  ])('whose look-up is answered with %s leads to a repeat, or to none', async (_, sample, expected) => {
    const answer = await found(sample);
    expect(answer.outcome).toBe('unknown');
    expect('isWithoutOrder' in answer).toBe(expected);
  });

  test('is looked up by our reference alone, and never two in one call', async () => {
    const { supplier, calls } = await supplierOfRoutes({ [DETAIL]: detail() });
    await supplier.find(['R-1']);
    expect(calls[0]?.url.search).toBe('?app-key=sandbox-cs2dt-key&outTradeNo=R-1');
    expect(await supplier.find(['R-1', 'R-2'])).toMatchObject({ outcome: 'unknown' });
    expect(await supplier.find([])).toEqual({ outcome: 'read', found: [], neverMade: [] });
    expect(calls).toHaveLength(1);
  });

  test('is looked up on the other version of the route when the operator has set it', async () => {
    const { supplier, paths } = await supplierOfRoutes({}, { orderTree: 'v2' });
    await supplier.find(['R-1']);
    expect(paths()).toEqual(['/v2/order/v2/buy/detail']);
  });
});

describe('a cancel', () => {
  async function cancelOf(order: Sample, answer: Sample) {
    const { supplier, calls, paths } = await supplierOfRoutes({ [DETAIL]: order, [CANCEL]: answer });
    const outcome = await supplier.cancel?.request({ reference: 'R-1', orderId: ORDER_ID });
    return { outcome, calls, paths };
  }

  test('waits a minute longer than the half hour before which the marketplace charges for it', () => {
    expect(cs2dtAt('http://127.0.0.1:1').cancel).toMatchObject({ mode: 'async', minAgeMs: 31 * MINUTE_MS });
  });

  test.each(cancels)('that is answered with $title is $expected.outcome', async ({ expected, ...sample }) => {
    const { outcome, calls, paths } = await cancelOf(detail(), sample);
    expect(outcome).toMatchObject(expected);
    expect(paths().slice(0, 2)).toEqual([DETAIL, CANCEL]);
    expect(calls[1]?.body).toBe(`{"orderId":"${ORDER_ID}"}`);
  });

  const refused = (reason: string) => ({ outcome: 'refused', reason });
  // By the server's clock, which is ours here.
  const young = Math.floor(Date.now() / 1000) - 29 * 60;
  test.each<[string, Sample, object]>([
    ['whose seller is delivering', detail({ status: 2 }), refused('not_allowed')],
    ['that is delivered automatically', detail({ deliverType: 2 }), refused('not_allowed')],
    ['whose offer is out', detail({ status: 3 }), refused('already_sent')],
    ['that was accepted', detail({ status: 10 }), refused('already_sent')],
    ['that is over', detail({ status: 11 }), refused('already_closed')],
    ['that is settled', detail({ status: 200 }), refused('already_closed')],
    ['that was reversed', detail({ status: 220 }), refused('already_closed')],
    ['that was recalled', detail({ status: 221 }), refused('already_closed')],
    ['with a status that is not known', detail({ status: 77 }), { outcome: 'unknown' }],
    ['that is younger than half an hour', detail({ createTime: young }), refused('too_early')],
    ['that does not say how it is delivered', detail({ deliverType: undefined }), { outcome: 'unknown' }],
    ['with a delivery that is not known', detail({ deliverType: 3 }), { outcome: 'unknown' }],
    ['that cannot be read', success(null), { outcome: 'unknown' }],
    ['that is said never to have been made', refusal(140015), { outcome: 'unknown' }],
    ['while the key is refused', refusal(100002), { outcome: 'unknown', fault: 'misconfigured' }],
  ])('of an order %s is not sent, because it could cost a fee', async (_, sample, expected) => {
    const { outcome, paths } = await cancelOf(sample, success(null));
    expect(outcome).toMatchObject(expected);
    expect(paths()).toEqual([DETAIL]);
  });

  test.each([
    ['is over', 11, refused('already_closed')],
    ['was accepted', 10, refused('already_sent')],
    ['is being delivered', 2, { outcome: 'unknown' }],
    ['is offered, and the cancel may still be under way', 3, { outcome: 'unknown' }],
  ])('whose answer is a code is followed by a look: the order %s', async (_, status, expected) => {
    const orders = [detail(), detail({ status })];
    const paths: string[] = [];
    const url = await serverThat((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      paths.push(pathname);
      send(response, pathname === DETAIL ? (orders.shift() ?? detail()) : refusal(140018));
    });
    const outcome = await cs2dtAt(url).cancel?.request({ reference: 'R-1', orderId: ORDER_ID });
    expect(outcome).toMatchObject(expected);
    expect(paths).toEqual([DETAIL, CANCEL, DETAIL]);
  });

  test.each([
    ['is being delivered', 2, { outcome: 'unknown' }],
    ['is offered', 3, { outcome: 'unknown' }],
    ['was accepted', 10, refused('already_sent')],
    ['is over', 11, refused('already_closed')],
  ])('that is repeated is not sent, and refused only for good: the order %s', async (_, status, expected) => {
    const { supplier, paths } = await supplierOfRoutes({ [DETAIL]: detail({ status }), [CANCEL]: success(null) });
    const again = { reference: 'R-1', orderId: ORDER_ID, isRepeat: true };
    expect(await supplier.cancel?.request(again)).toMatchObject(expected);
    expect(paths()).toEqual([DETAIL]);
  });

  test('stays within the time limit of one call, although the order is read first', async () => {
    const url = await serverThat(async (request, response) => {
      if (request.url?.startsWith(CANCEL)) return;
      await new Promise((resolve) => setTimeout(resolve, IMPATIENCE_MS / 2));
      send(response, detail());
    });
    const outcome = await cs2dtAt(url, {}, IMPATIENCE_MS).cancel?.request({ reference: 'R-1', orderId: ORDER_ID });
    if (outcome?.outcome !== 'unknown') throw new Error('the cancel was answered');
    const restMs = Number(/^no answer within (\d+) ms$/.exec(outcome.cause)?.[1]);
    expect(restMs).toBeLessThanOrEqual(IMPATIENCE_MS / 2 + 5);
  });
});

describe('a trade URL', () => {
  const begun = success(null);
  const running = success({ checkStatus: 0 });
  const fine = success({ checkStatus: 1 });
  const limitMs = 10_000;
  const facts = { standing: 'normal', steamId: '76561198000000001', canTrade: true };

  /** An adapter whose marketplace gives these states of the check in turn, and then says that it is running. */
  async function supplierOfStates(...states: Sample[]) {
    const calls: string[] = [];
    const url = await serverThat((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost');
      calls.push(pathname);
      send(response, pathname === CHECK ? (states.shift() ?? running) : begun);
    });
    return { supplier: cs2dtAt(url), calls };
  }

  test.each(tradeUrls)('whose check is answered with $title is $expected.standing', async ({ expected, ...sample }) => {
    const { supplier } = await supplierOfRoutes({ [START_CHECK]: begun, [CHECK]: sample });
    expect(await supplier.checkTradeUrl?.(TRADE_URL, limitMs)).toEqual(expected);
  });

  test('is checked for buying CS2 items, and its check is begun before it is read', async () => {
    const { supplier, calls } = await supplierOfRoutes({ [START_CHECK]: begun, [CHECK]: fine });
    await supplier.checkTradeUrl?.(TRADE_URL, limitMs);
    expect(calls.map(({ method, url }) => [method, url.pathname])).toEqual([
      ['POST', START_CHECK],
      ['GET', CHECK],
    ]);
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ type: 1, appId: 730, tradeUrl: TRADE_URL });
    expect(Object.fromEntries(calls[1]?.url.searchParams ?? [])).toEqual({
      'app-key': 'sandbox-cs2dt-key',
      type: '1',
      appId: '730',
      tradeUrl: TRADE_URL,
    });
  });

  test.each<[string, Sample, object]>([
    ['names the URL', refusal(140005), { standing: 'url_invalid' }],
    ['is about the call', refusal(140001), { standing: 'unknown', cause: 'status 200, code 140001: refused' }],
    ['is about the key', refusal(100002), { standing: 'unknown', cause: 'status 200, code 100002: refused' }],
  ])('is not looked up when a refusal to check it %s', async (_, start, expected) => {
    const { supplier, paths } = await supplierOfRoutes({ [START_CHECK]: start, [CHECK]: fine });
    expect(await supplier.checkTradeUrl?.(TRADE_URL, limitMs)).toEqual(expected);
    expect(paths()).toEqual([START_CHECK]);
  });

  test('is read again while its check is running, with pauses of half a second', async () => {
    const { supplier, calls } = await supplierOfStates(running, running, fine);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const answer = supplier.checkTradeUrl?.(TRADE_URL, 60_000);
      for (const count of [2, 3, 4]) {
        let passedMs = 0;
        for (; calls.length < count; passedMs += 10) {
          await vi.advanceTimersByTimeAsync(count > 2 ? 10 : 0);
          await new Promise(setImmediate);
        }
        if (count > 2) expect(passedMs).toBeGreaterThanOrEqual(500);
      }
      expect(await answer).toEqual(facts);
      expect(calls).toHaveLength(4);
    } finally {
      endFakeTimers();
    }
  });

  test('is unknown when its check is still running at the time limit', async () => {
    const { supplier, calls } = await supplierOfStates();
    const answer = await supplier.checkTradeUrl?.(TRADE_URL, 400);
    expect(answer).toEqual({ standing: 'unknown', cause: 'the check was still running after 400 ms' });
    expect(calls).toHaveLength(2);
  });
});

describe('a callback', () => {
  const fields = {
    offerId: null,
    orderId: '753955645187293184',
    outTradeNo: '753955643962990592',
    status: 11,
    statusName: 'failed',
    tradeOfferId: null,
    type: 0,
    typeName: 'BUYER_ORDER_STATUS',
  };
  const SIGN = 'E842C93F03A5644F325B201695E46320';
  const hint = (body: string) => cs2dtAt('http://127.0.0.1:1').push?.readHint({}, body);
  const md5 = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase();

  test('that is signed names the order to read, and is answered as the marketplace wants it', () => {
    expect(signatureOf(fields, CALLBACK_SECRET)).toBe(SIGN);
    expect(hint(JSON.stringify({ sign: SIGN, ...fields }))).toEqual(['753955643962990592']);
    expect(cs2dtAt('http://127.0.0.1:1').push?.receipt).toBe('success');
  });

  test('that comes again is a hint again, and nothing more', () => {
    const body = JSON.stringify({ ...fields, sign: SIGN });
    expect([hint(body), hint(body)]).toEqual([['753955643962990592'], ['753955643962990592']]);
  });

  test('has the digits and the spelling that were signed', () => {
    const text = 'done=true&orderId=1753955645187293184&outTradeNo=R-1&price=5.20&sign=test-secret';
    const body = `{"price":5.20,"orderId":1753955645187293184,"outTradeNo":"R-1","done":true,"sign":"${md5(text)}"}`;
    expect(hint(body)).toEqual(['R-1']);
  });

  test('without a number of ours is received, and names nothing', () => {
    expect(hint(`{"type":1,"sign":"${md5('type=1&sign=test-secret')}"}`)).toEqual([]);
    expect(hint(`{"outTradeNo":null,"sign":"${md5('outTradeNo=null&sign=test-secret')}"}`)).toEqual([]);
  });

  test.each([
    ['is not signed', JSON.stringify(fields)],
    ['has an empty signature', JSON.stringify({ ...fields, sign: '' })],
    ['has null as its signature', JSON.stringify({ ...fields, sign: null })],
    ['is signed with another secret', JSON.stringify({ ...fields, sign: signatureOf(fields, 'another') })],
    ['is signed with the name of no secret', JSON.stringify({ ...fields, sign: signatureOf(fields, 'undefined') })],
    ['is signed in lower case', JSON.stringify({ ...fields, sign: SIGN.toLowerCase() })],
    ['names another order', JSON.stringify({ ...fields, outTradeNo: 'R-1', sign: SIGN })],
    ['has another status', JSON.stringify({ ...fields, status: 10, sign: SIGN })],
    ['has a field more', JSON.stringify({ ...fields, more: 1, sign: SIGN })],
    ['has a field less', JSON.stringify({ ...fields, type: undefined, sign: SIGN })],
    ['has a field with fields', JSON.stringify({ ...fields, more: {}, sign: SIGN })],
    ['is a list', JSON.stringify([fields])],
    ['is null', 'null'],
    ['is no JSON', `outTradeNo=R-1&sign=${SIGN}`],
    ['is empty', ''],
  ])('that %s is refused', (_, body) => {
    expect(hint(body)).toBeNull();
  });

  test('is not expected when the operator has set no secret', () => {
    expect(cs2dtAt('http://127.0.0.1:1', { callbackSecret: '' }).push).toBeNull();
  });
});

describe('the feed', () => {
  const routes = async () => ({
    [SEARCH]: await recorded('search.json'),
    [SELL_LIST]: await recorded('listings.json'),
  });

  test('has the cheapest listings of what was searched, and none that cannot be bought', async () => {
    const { supplier, calls } = await supplierOfRoutes(await routes(), { searches: 'Redline' });
    const { listings: all, ...rest } = await fed(supplier);
    expect(rest).toEqual({ outcome: 'read', cursor: 'whole', isWhole: true, gone: [] });
    // Both items are answered with the same two listings, which count once.
    expect(all.toSorted((a, b) => Number(a.priceMills - b.priceMills))).toMatchObject([
      { nativeId: LISTING_ID, game: '730', delivery: 'instant', priceMills: 55_620n },
      { nativeId: '1353955645187293185', delivery: 'standard', priceMills: 56_000n },
    ]);
    const asked = calls.map(({ url }) => [url.searchParams.get('keyword'), url.searchParams.get('itemId')]);
    expect(asked).toEqual([
      ['Redline', null],
      [null, '22779'],
      [null, '22780'],
    ]);
  });

  test('names a listing after its item when it has no name of its own', async () => {
    const { supplier } = await supplierOfRoutes(await routes(), { searches: 'Redline' });
    const [listing] = (await fed(supplier)).listings;
    expect(listing).toMatchObject({ catalogId: '22780', marketHashName: '★ Karambit | Doppler (Factory New)' });
  });

  test('reads at most a hundred items, so that it ends in time', async () => {
    const list = Array.from({ length: 70 }, (_, i) => ({ itemId: String(i + 1), marketHashName: `Item ${i + 1}` }));
    const other = list.map(({ itemId, ...rest }) => ({ ...rest, itemId: `9${itemId}` }));
    const url = await serverThat((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      const items = searchParams.get('keyword') === 'a' ? list : other;
      send(response, success({ list: pathname === SEARCH ? items : [] }));
      if (pathname !== SEARCH) asked++;
    });
    let asked = 0;
    await fed(cs2dtAt(url, { searches: 'a;b' }));
    expect(asked).toBe(100);
  });

  test('leaves a pause before each call, since all calls of an account share one limit', async () => {
    const { supplier } = await supplierOfRoutes(await routes(), { searches: 'Redline', feedCallsPerSecond: '20' });
    const beganAt = performance.now();
    await fed(supplier);
    expect(performance.now() - beganAt).toBeGreaterThan(3 * 50 - 10);
  });

  test.each<[string, Sample]>([
    ['has status 503', { status: 503, text: 'not ready' }],
    ['has status 429', { status: 429, headers: { 'retry-after': '1' }, text: '' }],
    ['says in text that there were too many', { text: 'Too Many Request.' }],
    ['is a challenge page', { text: '<!doctype html>\n<title>Just a moment...</title>\n' }],
    ['is refused', refusal(100000)],
    ['has no list', success({ total: '0' })],
    ['has a list of something else', success({ list: 'x' })],
  ])('is unknown as a whole when one answer %s', async (_, sample) => {
    const usual = await routes();
    for (const path of [SEARCH, SELL_LIST]) {
      const { supplier } = await supplierOfRoutes({ ...usual, [path]: sample });
      expect(await supplier.feed(null)).toMatchObject({ outcome: 'unknown' });
    }
  });
});

describe('no clear answer', () => {
  const asked = async (url: string, timeoutMs?: number) => {
    const supplier = cs2dtAt(url, {}, timeoutMs);
    return Promise.all([
      supplier.listing('1'),
      supplier.buy(order),
      supplier.find(['R-1']),
      supplier.balance?.(),
      supplier.feed(null),
      supplier.cancel?.request({ reference: 'R-1', orderId: ORDER_ID }),
    ]);
  };

  test.each<[string, Sample]>([
    ['an HTML page', { text: '<!doctype html><p>One moment</p>' }],
    ['JSON of another shape', { body: { hello: 'world' } }],
    ['a list', { body: [] }],
    ['null', { body: null }],
    ['an empty answer', { text: '' }],
    ['half an answer', { text: '{"success":true,"data":{"orderId":"17539' }],
    ['status 503', { ...success([]), status: 503 }],
    ['status 429', { ...success([]), status: 429 }],
    ['status 404', { ...success([]), status: 404 }],
    ['an endless answer', { text: ' '.repeat(3 * 1024 * 1024) }],
  ])('comes with %s, so that all is unknown', async (_, sample) => {
    for (const answer of await asked(await serverThat((_request, response) => send(response, sample)))) {
      expect(answer).toMatchObject({ outcome: 'unknown' });
      expect(answer).not.toHaveProperty('fault');
    }
  });

  test.each([401, 403])('comes with status %i, and says that the operator must act', async (status) => {
    const sample = { status, text: 'Forbidden' };
    for (const answer of await asked(await serverThat((_request, response) => send(response, sample)))) {
      expect(answer).toMatchObject({ outcome: 'unknown', fault: 'misconfigured' });
    }
  });

  test.each<[string, Sample, RegExp]>([
    ['in text', { text: 'Too Many Request.' }, /called too often/],
    ['with status 429', { status: 429, headers: { 'retry-after': '7' }, text: '' }, /429.*pause of 7000 ms/],
  ])('comes when it is called too often, which it says %s', async (_, sample, cause) => {
    for (const answer of await asked(await serverThat((_request, response) => send(response, sample)))) {
      expect(answer).toMatchObject({ outcome: 'unknown', cause: expect.stringMatching(cause) });
    }
  });

  test('comes from a connection that is cut', async () => {
    const url = await serverThat((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"success":true', () => setImmediate(() => response.destroy()));
    });
    for (const answer of await asked(url)) expect(answer).toMatchObject({ outcome: 'unknown' });
  });

  test('comes from a server that is dead', async () => {
    for (const answer of await asked(await deadAddress())) {
      expect(answer).toEqual({ outcome: 'unknown', cause: 'the connection failed (ECONNREFUSED)' });
    }
  });

  test('comes from a server that is slow, and the key is not shown', async () => {
    for (const answer of await asked(await serverThat(() => {}), IMPATIENCE_MS)) {
      expect(answer).toEqual({ outcome: 'unknown', cause: `no answer within ${IMPATIENCE_MS} ms` });
    }
  });
});

test('every setting has a default or must be given, and only the keys are secret', () => {
  expect(cs2dt.settings.map(({ name, isSecret, default: usual }) => [name, isSecret, usual])).toEqual([
    ['apiKey', true, undefined],
    ['callbackSecret', true, ''],
    ['searches', false, undefined],
    ['feedCallsPerSecond', false, '2'],
    ['callsPerSecond', false, '5'],
    ['feedEverySeconds', false, '180'],
    ['cancelMarginSeconds', false, '60'],
    ['orderTree', false, 'v1'],
    ['baseUrl', false, 'https://openapi.cs2dt.com'],
  ]);
  for (const { default: usual, pattern } of cs2dt.settings) if (usual) expect(usual).toMatch(pattern);
});
