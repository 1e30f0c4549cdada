import { beforeAll, describe, expect, test } from 'vitest';
import { type Answer, type Merchant, TRADE_URL } from '../support/merchant.ts';
import { sendRaw } from '../support/raw.ts';
import { useWorld } from '../support/world.ts';

/** Whatever is sent: the right 4xx in the envelope, never a 500, and nothing is bought or reserved. */

const world = useWorld();
const JSON_TYPE = { 'content-type': 'application/json' };
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let merchant: Merchant;
let item: { itemId: string; price: number };
beforeAll(async () => {
  merchant = await world().merchant();
  const listing = world().testListing('never-ships');
  item = { itemId: listing.id, price: listing.price };
});

/** A buy that would work, with what is wrong put over it. */
function buy(wrong: Record<string, unknown> = {}): Record<string, unknown> {
  return { items: [item], tradeUrl: TRADE_URL, ...wrong };
}

type Said = Pick<Answer, 'status' | 'body'>;

function expectRefusal(answer: Said, error: { status: number; code: number; key: string }): void {
  const { code, key } = answer.body.error ?? {};
  expect({ status: answer.status, code, key }).toEqual(error);
  expect(answer.body.success).toBe(false);
  expect(answer.body.requestId).toMatch(UUID);
  expect(answer.body.error?.message?.length).toBeGreaterThan(0);
  expect(answer.body).not.toHaveProperty('data');
}

/** VALIDATION_FAILED that names exactly these fields. */
function expectInvalid(answer: Said, ...fields: string[]): void {
  expectRefusal(answer, { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
  expect(Object.keys(answer.body.error?.fields ?? {})).toEqual(fields);
}

async function expectNothingHappened(): Promise<void> {
  expect(await merchant.tradeCount()).toBe(0);
  expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
}

const send = (body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  merchant.call('POST', '/secure/buy', { body, headers });

describe('a buy that is not JSON', () => {
  test.each([
    ['broken', '{"items": ['],
    ['cut in the middle of a text', '{"items": [{"itemId": "abc'],
    ['empty', ''],
    ['blank', '   '],
    ['XML', '<buy/>'],
    ['two values', '{} {}'],
    ['with a trailing comma', '{"items": [],}'],
    ['with single quotes', "{'items': []}"],
    ['the literal NaN as a price', '{"items":[{"itemId":"abcde","price":NaN}]}'],
    ['the literal Infinity as a price', '{"items":[{"itemId":"abcde","price":Infinity}]}'],
    ['a price in hexadecimal', '{"items":[{"itemId":"abcde","price":0x10}]}'],
    ['a price with a leading zero', '{"items":[{"itemId":"abcde","price":012}]}'],
    ['a raw line break inside a text', '{"externalId":"a\nb"}'],
  ])('%s', async (_what, body) => {
    expectInvalid(await send(body), 'body');
    await expectNothingHappened();
  });

  test('keys that would reach into prototypes', async () => {
    for (const key of ['__proto__', 'constructor']) {
      const body = JSON.stringify(buy()).replace('{', `{"${key}": {"prototype": {"isAdmin": true}},`);
      expectRefusal(await send(body), { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
    }
    const inside = JSON.stringify(buy()).replace('"price"', '"__proto__": {"price": 1}, "price"');
    expectRefusal(await send(inside), { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
    await expectNothingHappened();
  });

  test('nested a hundred thousand deep', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expectInvalid(await send(deep), 'body');
    expectInvalid(await send(`{"items": ${deep}, "tradeUrl": ${JSON.stringify(TRADE_URL)}}`), 'items.0');
    await expectNothingHappened();
  });

  test('of another content type, or of none', async () => {
    const unsupported = { status: 415, code: 1013, key: 'UNSUPPORTED_MEDIA_TYPE' };
    const body = JSON.stringify(buy());
    const types = ['text/plain', 'text/xml', 'application/x-www-form-urlencoded', 'multipart/form-data'];
    for (const type of [...types, 'text/plain; charset=utf-8', 'json', '', 'a/b/c']) {
      expectRefusal(await send(body, { 'content-type': type }), unsupported);
    }
    await expectNothingHappened();
  });

  test('of ten megabytes, announced or not', async () => {
    const tooLarge = { status: 413, code: 1012, key: 'PAYLOAD_TOO_LARGE' };
    const body = `{"externalId":"${'x'.repeat(10_000_000)}"}`;
    const head = `POST /secure/buy HTTP/1.1\r\nhost: x\r\nconnection: close\r\napi-key: ${merchant.apiKey}\r\ncontent-type: application/json\r\n`;
    const announced = `${head}content-length: ${body.length}\r\n\r\n`;
    expectRefusal(await sendRaw(world().baseUrl, announced), tooLarge);
    const chunk = `40000\r\n${'x'.repeat(0x40000)}\r\n`;
    const streamed = `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(3)}0\r\n\r\n`;
    expectRefusal(await sendRaw(world().baseUrl, streamed), tooLarge);
    await expectNothingHappened();
  });
});

const two = () => [item, { itemId: world().testListing('never-ships', 2).id, price: 20 }];

describe('a buy whose fields are wrong', () => {
  test.each<[string, () => unknown, string[]]>([
    ['no object at all', () => [], ['body']],
    ['null', () => 'null', ['body']],
    ['a number', () => '42', ['body']],
    ['nothing in it', () => ({}), ['items', 'tradeUrl']],
    ['items missing', () => ({ tradeUrl: TRADE_URL }), ['items']],
    ['items as an object', () => buy({ items: { 0: item } }), ['items']],
    ['items as text', () => buy({ items: 'all' }), ['items']],
    ['no items', () => buy({ items: [] }), ['items']],
    [
      '51 items',
      () => buy({ items: Array.from({ length: 51 }, (_, n) => ({ ...item, itemId: `item-${n}` })) }),
      ['items'],
    ],
    ['an item that is null', () => buy({ items: [item, null] }), ['items.1']],
    ['an item that is text', () => buy({ items: [item.itemId] }), ['items.0']],
    ['an item without an id', () => buy({ items: [{ price: 1 }] }), ['items.0.itemId']],
    ['an item without a price', () => buy({ items: [{ itemId: item.itemId }] }), ['items.0.price']],
    ['a price as text', () => buy({ items: [{ ...item, price: '15.48' }] }), ['items.0.price']],
    ['a price that is null', () => buy({ items: [{ ...item, price: null }] }), ['items.0.price']],
    ['a price that is true', () => buy({ items: [{ ...item, price: true }] }), ['items.0.price']],
    ['a price in a list', () => buy({ items: [{ ...item, price: [15.48] }] }), ['items.0.price']],
    ['a price of 0', () => buy({ items: [{ ...item, price: 0 }] }), ['items.0.price']],
    ['a price of -0', () => JSON.stringify(buy()).replace(String(item.price), '-0'), ['items.0.price']],
    ['a price below 0', () => buy({ items: [{ ...item, price: -15.48 }] }), ['items.0.price']],
    ['a price of a billion', () => buy({ items: [{ ...item, price: 1e9 }] }), ['items.0.price']],
    ['a price just over 100,000', () => buy({ items: [{ ...item, price: 100_000.01 }] }), ['items.0.price']],
    ['a price beyond all numbers', () => JSON.stringify(buy()).replace(String(item.price), '1e999'), ['items.0.price']],
    ['a price of three decimals', () => buy({ items: [{ ...item, price: 15.485 }] }), ['items.0.price']],
    ['a price of 1e-7', () => buy({ items: [{ ...item, price: 1e-7 }] }), ['items.0.price']],
    ['a price that is a sum of floats', () => buy({ items: [{ ...item, price: 0.1 + 0.2 }] }), ['items.0.price']],
    ['a maxPrice of 0', () => buy({ items: [{ ...item, maxPrice: 0 }] }), ['items.0.maxPrice']],
    ['a maxPrice of three decimals', () => buy({ items: [{ ...item, maxPrice: 15.999 }] }), ['items.0.maxPrice']],
    ['a maxPrice as text', () => buy({ items: [{ ...item, maxPrice: '16' }] }), ['items.0.maxPrice']],
    ['an item id as a number', () => buy({ items: [{ ...item, itemId: 12_345 }] }), ['items.0.itemId']],
    ['an item id of 4 characters', () => buy({ items: [{ ...item, itemId: 'abcd' }] }), ['items.0.itemId']],
    ['an item id of 257 characters', () => buy({ items: [{ ...item, itemId: 'x'.repeat(257) }] }), ['items.0.itemId']],
    ['an item id with a NUL', () => buy({ items: [{ ...item, itemId: 'abc\0def' }] }), ['items.0.itemId']],
    ['an empty externalId', () => buy({ externalId: '' }), ['externalId']],
    ['an externalId of 129 characters', () => buy({ externalId: 'x'.repeat(129) }), ['externalId']],
    ['an externalId of 200 characters', () => buy({ externalId: 'x'.repeat(200) }), ['externalId']],
    ['an externalId as a number', () => buy({ externalId: 7 }), ['externalId']],
    ['an externalId that is null', () => buy({ externalId: null }), ['externalId']],
    ['an externalId with a NUL', () => buy({ externalId: 'a\0b' }), ['externalId']],
    ['an externalId with a line break', () => buy({ externalId: 'a\nb' }), ['externalId']],
    ['an externalId with an escape character', () => buy({ externalId: '\u001b[31m' }), ['externalId']],
    ['an externalId with DEL', () => buy({ externalId: 'a\u007f' }), ['externalId']],
    ['half of a surrogate pair', () => JSON.stringify(buy()).replace('{', '{"externalId":"\\ud800",'), ['externalId']],
    ['the other half', () => JSON.stringify(buy()).replace('{', '{"externalId":"a\\udfffb",'), ['externalId']],
    [
      'an item externalId of 129',
      () => buy({ items: [{ ...item, externalId: 'x'.repeat(129) }] }),
      ['items.0.externalId'],
    ],
    ['an item externalId with a NUL', () => buy({ items: [{ ...item, externalId: '\0' }] }), ['items.0.externalId']],
    ['the same listing twice', () => buy({ items: [item, item] }), ['items.1.itemId']],
    [
      'the same item externalId twice',
      () => buy({ items: two().map((each) => ({ ...each, externalId: 'same' })) }),
      ['items.1.externalId'],
    ],
    ['slippage below 0', () => buy({ slippageBps: -1 }), ['slippageBps']],
    ['slippage of 2001', () => buy({ slippageBps: 2001 }), ['slippageBps']],
    ['slippage in fractions', () => buy({ slippageBps: 1.5 }), ['slippageBps']],
    ['slippage as text', () => buy({ slippageBps: '100' }), ['slippageBps']],
    ['autoCancel of 29', () => buy({ autoCancel: 29 }), ['autoCancel']],
    ['autoCancel of 30.5', () => buy({ autoCancel: 30.5 }), ['autoCancel']],
    ['autoCancel of 721', () => buy({ autoCancel: 721 }), ['autoCancel']],
    ['autoCancel as text', () => buy({ autoCancel: '720' }), ['autoCancel']],
    ['a game nobody sells', () => buy({ game: '440' }), ['game']],
    ['a game as a number', () => buy({ game: 730 }), ['game']],
    ['no tradeUrl', () => ({ items: [item] }), ['tradeUrl']],
    ['a field nobody knows', () => buy({ discount: 100 }), ['discount']],
    ['a field in other letters', () => buy({ ExternalId: 'x' }), ['ExternalId']],
    [
      'fields that are called like what every object has',
      () => buy({ toString: 1, constructor: 2 }),
      ['toString', 'constructor'],
    ],
  ])('%s', async (_what, body, fields) => {
    expectInvalid(await send(body()), ...fields);
    await expectNothingHappened();
  });

  test.each([
    ['over http', TRADE_URL.replace('https', 'http')],
    ['of another host', TRADE_URL.replace('steamcommunity.com', 'steamcommunity.com.evil.test')],
    ['with another host before it', `https://evil.test/?${TRADE_URL}`],
    ['with text after it', `${TRADE_URL}#x`],
    ['with a line break after it', `${TRADE_URL}\n`],
    ['with the parameters turned around', 'https://steamcommunity.com/tradeoffer/new/?token=AbCdEf12&partner=39734273'],
    ['with a token of 7 characters', TRADE_URL.slice(0, -1)],
    ['with a token of 9 characters', `${TRADE_URL}3`],
    ['with the partner 0', TRADE_URL.replace('39734273', '0')],
    ['with a partner of zeros', TRADE_URL.replace('39734273', '0000000000')],
    ['with a partner just beyond 32 bits', TRADE_URL.replace('39734273', '4294967296')],
    ['with the largest partner of ten digits', TRADE_URL.replace('39734273', '9999999999')],
    ['with a partner of 11 digits', TRADE_URL.replace('39734273', '12345678901')],
    ['without a partner', TRADE_URL.replace('39734273', '')],
    ['that is empty', ''],
    ['that is a number', 39_734_273],
  ])('a tradeUrl %s', async (_what, tradeUrl) => {
    expectInvalid(await send(buy({ tradeUrl })), 'tradeUrl');
    await expectNothingHappened();
  });

  test('many at once: at most twenty are named, and the message names five', async () => {
    const items = Array.from({ length: 50 }, () => ({ itemId: 'x', price: -1 }));
    const { error } = (await send(buy({ items }))).body;
    expect(error?.key).toBe('VALIDATION_FAILED');
    expect(Object.keys(error?.fields ?? {})).toHaveLength(20);
    expect(error?.message).toHaveLength(5);
    expect(error?.message[0]).toMatch(/^items\.0\.\w+: /);
    await expectNothingHappened();
  });
});

describe('a request that is wrong tens of thousands of times', () => {
  const faults = 40_000;
  const manyKeys = () => Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`k${n}`, 0]));

  test.each<[string, string, () => unknown, string]>([
    ['empty items', '/secure/buy', () => ({ items: Array(faults).fill({}), tradeUrl: TRADE_URL }), 'items'],
    ['items that are numbers', '/secure/buy', () => buy({ items: Array(faults).fill(0) }), 'items'],
    [
      'lists in an item',
      '/secure/buy',
      () => buy({ items: Array(50).fill({ price: Array(1500).fill(0) }) }),
      'items.0.itemId',
    ],
    ['unknown fields', '/secure/buy', () => buy(manyKeys()), 'k0'],
    [
      'ids of units',
      '/secure/buy/quick',
      () => ({ itemId: item.itemId, maxPrice: 1, amount: 1, externalIds: Array(faults).fill(0), tradeUrl: TRADE_URL }),
      'externalIds',
    ],
    ['unknown fields of a client', '/auth/authenticate-client', manyKeys, 'clientSteamId'],
  ])('%s at %s: one fault is named, and the others are not looked for', async (_what, path, body, field) => {
    expectInvalid(await merchant.call('POST', path, { body: body() }), field);
    await expectNothingHappened();
  });

  test('the name of a field that I made up is not sent back at any length', async () => {
    const answer = await send({ ...buy(), ['x'.repeat(100_000)]: 1 });
    expectInvalid(answer, `${'x'.repeat(100)}…`);
    expect(JSON.stringify(answer.body).length).toBeLessThan(1000);
  });
});

describe('what may be sent although it looks odd', () => {
  test('unknown fields inside an item, the longest ids, and text of any language', async () => {
    const other = await world().merchant();
    const externalId = `${'Ω'.repeat(64)}${'🔫'.repeat(64)}`; // 128 characters
    const items = [{ ...item, externalId: `'; drop table trade; --`, colour: 'red' }];
    const answer = await other.call('POST', '/secure/buy', { body: buy({ items, externalId, autoCancel: 720 }) });
    expect(answer.body.error).toBeUndefined();
    expect(answer.body.data).toMatchObject({ externalId, items: [{ externalId: `'; drop table trade; --` }] });
    expect((await other.trade(externalId)).id).toBe(answer.body.data.id);
    await world().settles();
    expect(await other.tradeCount()).toBe(1);
  });

  test('a byte-order mark, spaces and a charset', async () => {
    const other = await world().merchant();
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const answer = await other.call('POST', '/secure/buy', { body: `\uFEFF  ${JSON.stringify(buy())}\n`, headers });
    expect(answer.status).toBe(200);
    await world().settles();
  });
});

describe('a path that is wrong', () => {
  test.each([
    ['an id of 129 characters', 'x'.repeat(129)],
    ['an id of 200 characters', 'x'.repeat(200)],
    ['a NUL byte', 'a%00b'],
    ['a line break', 'a%0Ab'],
    ['broken percent-encoding', '%zz'],
    ['a lone percent sign', '100%'],
    ['bytes that are no UTF-8', '%ff%fe'],
    ['an overlong encoding of a slash', '%c0%af'],
    ['half of a surrogate pair, encoded', '%ed%a0%80'],
    ['an empty reference', ''],
    ['an empty reference among others', 'a,,b'],
    ['101 references', Array.from({ length: 101 }, (_, n) => `ref-${n}`).join(',')],
    ['twenty thousand characters', 'x'.repeat(20_000)],
  ])('a trade by %s', async (_what, raw) => {
    const answer = await merchant.call('GET', `/secure/trades/${raw}`);
    expectRefusal(answer, { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
    expect(JSON.stringify(answer.body).length).toBeLessThan(500); // what was sent is not sent back
  });

  test.each([
    ['an encoded slash', 'a%2Fb'],
    ['an encoded question mark', 'a%3Fb'],
    ['a path upwards', '..%2F..%2Fv1%2Fwallets%2Fme%2Fbalance'],
    ['double encoding', '%252e%252e'],
    ['SQL', `%27%20or%201%3D1%20--`],
    ['a wildcard', '%25'],
    ['a UUID of nobody', '01890000-0000-7000-8000-000000000000'],
    ['__proto__', '__proto__'],
    ['128 characters', 'x'.repeat(128)],
  ])('a trade by %s is one that is not there', async (_what, raw) => {
    const answer = await merchant.call('GET', `/secure/trades/${raw}`);
    expectRefusal(answer, { status: 404, code: 21, key: 'TRADE_NOT_FOUND' });
  });

  const bodies = [
    ['{broken', JSON_TYPE],
    ['x'.repeat(300_000), JSON_TYPE],
    ['{broken', { 'content-type': 'a/b' }],
  ] as const;

  test.each([
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['GET', '/secure'],
    ['GET', '/client/nowhere'],
    ['GET', '//secure/trades'],
    ['GET', '/SECURE/TRADES'],
    ['GET', '/secure/trades/a/b'],
    ['GET', '/%zz'],
    ['GET', '/docs/../../package.json'],
    ['GET', '/docs/static/..%2f..%2f..%2fpackage.json'],
    ['POST', '/nowhere'],
    ['POST', '/secure/sell'],
    ['DELETE', '/secure/trades/a/b'],
    ['PROPFIND', '/nowhere'],
  ])('%s %s: there is nothing', async (method, path) => {
    const notFound = { status: 404, code: 1003, key: 'NOT_FOUND' };
    const answer = await merchant.call(method, path);
    expectRefusal(answer, notFound);
    expect(answer.headers.has('allow')).toBe(false);
    if (method === 'GET') return;
    // Nor does it matter what is sent there.
    for (const [body, headers] of bodies) expectRefusal(await merchant.call(method, path, { body, headers }), notFound);
  });

  test.each([
    ['DELETE', '/secure/trades', 'GET, HEAD'],
    ['PATCH', '/secure/trades/any', 'GET, HEAD'],
    ['POST', '/v1/wallets/me/balance', 'GET, HEAD'],
    ['PROPFIND', '/secure/trades?limit=5', 'GET, HEAD'],
    ['PUT', '/secure/buy', 'POST'],
    ['GET', '/secure/buy', 'POST'],
    ['GET', '/client/trading/withdraw', 'POST'],
    ['OPTIONS', '/secure/buy', 'POST'],
    ['GET', '/secure/buy/a%2Fb/items/%zz/cancel', 'POST'],
    ['DELETE', '/v1/callbacks/url', 'GET, HEAD, PUT'],
    ['POST', '/openapi.json', 'GET, HEAD'],
  ])('%s %s: the path takes other methods, and names them', async (method, path, allow) => {
    const notAllowed = { status: 405, code: 1014, key: 'METHOD_NOT_ALLOWED' };
    const answer = await merchant.call(method, path);
    expectRefusal(answer, notAllowed);
    expect(answer.headers.get('allow')).toBe(allow);
    if (method === 'GET' || method === 'OPTIONS') return;
    for (const [body, headers] of bodies) {
      expectRefusal(await merchant.call(method, path, { body, headers }), notAllowed);
    }
  });
});

describe('a query that is wrong', () => {
  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=abc', 'limit'],
    ['limit=', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e3', 'limit'],
    ['limit=5&limit=6', 'limit'],
    ['limit=99999999999999999999', 'limit'],
    ['type=sell', 'type'],
    ['type=', 'type'],
    ['game=440', 'game'],
    ['game=', 'game'],
    ['cursor=', 'cursor'],
    ['cursor=nonsense', 'cursor'],
    ['cursor=%00', 'cursor'],
    ['cursor=%zz', 'cursor'],
    [`cursor=${encodeURIComponent("' or 1=1 --")}`, 'cursor'],
    [`cursor=${cursorOf({})}`, 'cursor'],
    [`cursor=${cursorOf([])}`, 'cursor'],
    [`cursor=${cursorOf(null)}`, 'cursor'],
    [`cursor=${cursorOf(['2026-01-01T00:00:00.000Z', 'no-uuid'])}`, 'cursor'],
    [`cursor=${cursorOf(['never', '01890000-0000-7000-8000-000000000000'])}`, 'cursor'],
    [`cursor=${cursorOf(['+275760-09-13T00:00:00.000Z', '01890000-0000-7000-8000-000000000000'])}`, 'cursor'],
    [`cursor=${cursorOf(['-271821-04-20T00:00:00.000Z', '01890000-0000-7000-8000-000000000000'])}`, 'cursor'],
    [`cursor=${cursorOf(['0000-01-01T00:00:00.000Z', '01890000-0000-7000-8000-000000000000'])}`, 'cursor'],
    [`cursor=${cursorOf([0, '01890000-0000-7000-8000-000000000000'])}`, 'cursor'],
    [`cursor=${'x'.repeat(513)}`, 'cursor'],
  ])('trades?%s', async (query, field) => {
    expectInvalid(await merchant.call('GET', `/secure/trades?${query}`), field);
  });

  test.each([
    ['', 'itemId'],
    ['delivery=any', 'itemId'],
    ['itemId=', 'itemId'],
    [`itemId=${'x'.repeat(257)}`, 'itemId'],
    ['itemId=a%00', 'itemId'],
    ['itemId=x&itemId=y', 'itemId'],
    [`marketHashName=${'x'.repeat(257)}`, 'marketHashName'],
    ['itemId=x&delivery=soon', 'delivery'],
    ['itemId=x&phase=Phase%205', 'phase'],
    ['itemId=x&floatMin=-0.1', 'floatMin'],
    ['itemId=x&floatMax=1.01', 'floatMax'],
    ['itemId=x&floatMin=NaN', 'floatMin'],
    ['itemId=x&floatMin=abc', 'floatMin'],
    ['itemId=x&page=0', 'page'],
    ['itemId=x&page=1.5', 'page'],
    ['itemId=x&page=10001', 'page'],
    ['itemId=x&perPage=0', 'perPage'],
    ['itemId=x&perPage=101', 'perPage'],
    ['itemId=x&perPage=-1', 'perPage'],
  ])('market/item?%s', async (query, field) => {
    expectInvalid(await merchant.call('GET', `/secure/market/item?${query}`), field);
  });

  function cursorOf(value: unknown): string {
    return Buffer.from(JSON.stringify(value)).toString('base64url');
  }
});

describe('what is hardly HTTP', () => {
  test('headers beyond every limit', async () => {
    const text = `GET /health HTTP/1.1\r\nhost: x\r\nx-large: ${'x'.repeat(100_000)}\r\n\r\n`;
    const answer = await sendRaw(world().baseUrl, text);
    expectRefusal(answer, { status: 413, code: 1012, key: 'PAYLOAD_TOO_LARGE' });
  });

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a method nobody knows', 'FROB /health HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['a NUL in a header', 'GET /health HTTP/1.1\r\nhost: x\r\napi-key: a\0b\r\n\r\n'],
    ['a length that is no number', 'POST /secure/buy HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n'],
    [
      'two lengths at once',
      'POST /secure/buy HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('%s', async (_what, text) => {
    expectInvalid(await sendRaw(world().baseUrl, text), 'request');
  });

  test('a body that ends before it should', async () => {
    const head = `POST /secure/buy HTTP/1.1\r\nhost: x\r\napi-key: ${merchant.apiKey}\r\ncontent-type: application/json\r\n`;
    const text = `${head}transfer-encoding: chunked\r\n\r\nZZ\r\n`;
    const answer = await sendRaw(world().baseUrl, text);
    expectRefusal(answer, { status: 400, code: 1001, key: 'VALIDATION_FAILED' });
    await expectNothingHappened();
  });
});
