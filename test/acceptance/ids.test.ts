import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import { type Answer, type Merchant, TRADE_URL } from '../support/merchant.ts';
import { sendRaw } from '../support/raw.ts';
import { useWorld } from '../support/world.ts';

/** A merchant's own ids: what is accepted when it buys names that trade or item, and no other, wherever it is asked for. */

const world = useWorld();
let merchant: Merchant;
beforeAll(async () => {
  merchant = await world().merchant({ funds: 10_000 });
});

const failed = (answer: Pick<Answer, 'body'>) => ({ key: answer.body.error?.key, fields: answer.body.error?.fields });

/** Buys under these ids; what came of it. */
async function buys(externalId: string | undefined, itemExternalId?: string, by = merchant): Promise<Answer> {
  const { id: itemId, price } = world().testListing('never-ships');
  const items = [{ itemId, price, ...(itemExternalId === undefined ? {} : { externalId: itemExternalId }) }];
  const body = { items, tradeUrl: TRADE_URL, ...(externalId === undefined ? {} : { externalId }) };
  return by.call('POST', '/secure/buy', { body });
}

/** Every route that takes a reference to a trade finds this one, and by the item's own name its item. */
async function expectReached(id: string, externalId: string, itemExternalId: string): Promise<void> {
  const ref = encodeURIComponent(externalId);
  expect((await merchant.trade(externalId)).id).toBe(id);
  const several = await merchant.call('GET', `/secure/trades/${ref},nobody`);
  expect(several.body.data.map((trade: { id: string }) => trade.id)).toEqual([id]);
  const entries = await merchant.call('GET', `/v1/wallets/me/entries?tradeId=${ref}`);
  expect(entries.body.data.items.map((entry: { tradeId: string }) => entry.tradeId)).toContain(id);
  const callbacks = await merchant.call('GET', `/v1/callbacks/deliveries?trade=${ref}`);
  expect(callbacks.status).toBe(200);
  for (const each of callbacks.body.data.items) expect(each.tradeId).toBe(id);
  expect(failed(await merchant.cancels(externalId, itemExternalId)).key).toBe('TRADE_CANCEL_TOO_SOON');
  const whole = await merchant.cancelsTrade(externalId);
  expect(whole.body.data).toMatchObject({ tradeId: id, requested: 1, failed: 1 });
  expect(failed(await buys(externalId)).key).toBe('EXTERNAL_ID_EXISTS');
}

describe('an id of mine that a buy accepts', () => {
  const ids = [
    'plain',
    'a/b',
    ' leading',
    'trailing ',
    '%',
    '%2F',
    '%2e%2e',
    '%252e',
    '...',
    'a/../b',
    './',
    'a\\b',
    'a?b=c#d',
    '+',
    'a+b;c',
    'ü',
    'u\u0308',
    '\u202Eevil',
    '\uFFFD',
    'null',
    'quick',
    'items',
    'cancel',
    '__proto__',
    '01A204BD-33A8-7988-8FB1-C3A089BFDD28',
    '😀'.repeat(128),
  ];

  test('is reached by every route that takes it', async () => {
    const trades = new Map<string, string>();
    for (const externalId of ids) {
      const answer = await buys(externalId, externalId);
      expect(failed(answer), externalId).toEqual({});
      expect(answer.body.data).toMatchObject({ externalId, items: [{ externalId }] });
      trades.set(externalId, answer.body.data.id);
    }
    await world().settles();
    for (const [externalId, id] of trades) await expectReached(id, externalId, externalId);
  });

  test('whatever it is: it is refused, or it reaches the trade', async () => {
    const refused: string[] = [];
    // The other tests count on ids that nobody has taken, and random ids may be any of those.
    const other = await world().merchant({ funds: 10_000 });
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, async (externalId) => {
        const answer = await buys(externalId, undefined, other);
        if (answer.status === 200) expect((await other.trade(externalId)).id).toBe(answer.body.data.id);
        // Bought before, by another run: then it is reached as well.
        else if (failed(answer).key === 'EXTERNAL_ID_EXISTS') await other.trade(externalId);
        else refused.push(failed(answer).key ?? 'nothing');
      }),
      { numRuns: 30 },
    );
    expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['VALIDATION_FAILED'] : []));
    await world().settles();
  });

  test('names an item although it holds a comma, since a cancel names one item', async () => {
    const answer = await buys('comma-in-an-item', 'line,1');
    await world().settles();
    await expectReached(answer.body.data.id, 'comma-in-an-item', 'line,1');
  });
});

describe('an id of mine that no route could reach is refused when I buy', () => {
  test.each(['.', '..', ',', 'order,1', 'a\tb', '\u0085'])('%j of a trade', async (externalId) => {
    const { key, fields } = failed(await buys(externalId));
    expect({ key, names: Object.keys(fields ?? {}) }).toEqual({ key: 'VALIDATION_FAILED', names: ['externalId'] });
    expect(fields?.['externalId']).toMatch(/^must not (contain commas, control characters|be \. or \.\.)/);
  });

  test.each(['.', '..', '\u007f'])('%j of an item', async (externalId) => {
    const { fields } = failed(await buys(undefined, externalId));
    expect(Object.keys(fields ?? {})).toEqual(['items.0.externalId']);
  });

  test('and of a unit of a quick buy', async () => {
    const listing = world().testListing('never-ships');
    const answer = await merchant.asksToBuyQuick(listing, { amount: 2, externalIds: ['a', '..'] });
    expect(Object.keys(failed(answer).fields ?? {})).toEqual(['externalIds.1']);
    const comma = await merchant.asksToBuyQuick(listing, { externalId: 'a,b' });
    expect(Object.keys(failed(comma).fields ?? {})).toEqual(['externalId']);
  });

  test('as it is the id of another trade of mine, in whatever case', async () => {
    const { id } = (await buys(undefined)).body.data;
    for (const externalId of [id, id.toUpperCase()]) {
      const { key, fields } = failed(await buys(externalId));
      expect({ key, fields }).toEqual({
        key: 'VALIDATION_FAILED',
        fields: { externalId: 'is the id of another trade' },
      });
    }
    await world().settles();
  });

  test('as it is the listing of another item of the trade', async () => {
    const listings = [world().testListing('never-ships'), world().testListing('never-ships', 2)] as const;
    const items = listings.map(({ id: itemId, price }) => ({ itemId, price, externalId: listings[1].id }));
    const [first, second] = items;
    const body = { items: [first, { ...second, externalId: 'other' }], tradeUrl: TRADE_URL };
    const { fields } = failed(await merchant.call('POST', '/secure/buy', { body }));
    expect(fields).toEqual({ 'items.0.externalId': 'is the itemId of another item of this trade' });
    const quick = await merchant.asksToBuyQuick(listings[0], { amount: 2, externalIds: ['mine', listings[1].id] });
    expect(Object.keys(failed(quick).fields ?? {})).toEqual(['externalIds.1']);
  });
});

describe('bytes that are not UTF-8 are refused, since different ones would be read as the same id', () => {
  const body = (externalId: string) =>
    `{"items":[{"itemId":"${world().testListing('never-ships').id}","price":1}],"tradeUrl":"${TRADE_URL}","externalId":"${externalId}"}`;
  const sends = (bytes: Buffer, type = 'application/json', more = '') =>
    sendRaw(
      world().baseUrl,
      Buffer.concat([
        Buffer.from(
          `POST /secure/buy HTTP/1.1\r\nhost: x\r\nconnection: close\r\napi-key: ${merchant.apiKey}\r\ncontent-type: ${type}\r\n${more}content-length: ${bytes.length}\r\n\r\n`,
        ),
        bytes,
      ]),
    );

  test.each([
    ['Latin-1', () => Buffer.from(body('caf\u00e9'), 'latin1')],
    ['an overlong slash', () => Buffer.from(body('a\u00c0\u00afb'), 'latin1')],
    ['half of a surrogate pair', () => Buffer.from(body('\u00ed\u00a0\u0080'), 'latin1')],
    ['a character that is cut', () => Buffer.from(body('\u00e2\u0082'), 'latin1')],
    ['UTF-16 with its mark', () => Buffer.from(`\uFEFF${body('a')}`, 'utf16le')],
  ])('a body: %s', async (_what, bytes) => {
    const { key, fields } = failed(await sends(bytes()));
    expect(key).toBe('VALIDATION_FAILED');
    expect(fields).toEqual({ body: 'must be in UTF-8, but contains other bytes' });
  });

  test.each(['iso-8859-1', 'UTF-16', '"windows-1252"'])('a body whose type names the charset %s', async (charset) => {
    const { key, fields } = failed(await sends(Buffer.from(body('a')), `application/json; charset=${charset}`));
    const name = charset.replaceAll('"', '').toLowerCase();
    expect({ key, fields }).toEqual({
      key: 'VALIDATION_FAILED',
      fields: { body: `must be in UTF-8, but its content type has the charset ${name}` },
    });
  });

  test.each(['utf-8', 'UTF8', '"utf-8"', 'us-ascii'])('but the charset %s is fine', async (charset) => {
    const answer = await sends(Buffer.from(body('a')), `application/json; charset=${charset}`);
    expect(failed(answer).key).toBe('PRICE_CHANGED');
  });

  test('a body that is compressed is told from one that is wrong', async () => {
    const answer = await sends(gzipSync(body('a')), 'application/json', 'content-encoding: gzip\r\n');
    expect({ status: answer.status, key: failed(answer).key }).toEqual({ status: 415, key: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(answer.body.error?.message).toMatch(/Content-Encoding/);
  });

  const asks = (target: string) =>
    sendRaw(
      world().baseUrl,
      Buffer.from(
        `GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\napi-key: ${merchant.apiKey}\r\n\r\n`,
        'latin1',
      ),
    );

  test.each([
    ['/secure/trades/%ff', 'path'],
    ['/v1/wallets/me/entries?tradeId=%ff', 'tradeId'],
    ['/v1/wallets/me/entries?tradeId=100%', 'tradeId'],
    ['/v1/callbacks/deliveries?limit=5&trade=%c0%af', 'trade'],
    ['/secure/market/item?itemId=x&%ff=1', 'query'],
  ])('a target: GET %s', async (target, field) => {
    expect(failed(await asks(target))).toEqual({
      key: 'VALIDATION_FAILED',
      fields: { [field]: 'must be percent-encoded UTF-8' },
    });
  });

  test('a target that is not encoded at all', async () => {
    expect(failed(await asks('/secure/trades/caf\u00e9')).fields).toEqual({ request: 'is not valid HTTP' });
  });

  test('a client token', async () => {
    const claims = JSON.stringify(tokenClaims(merchant.id, accounts.ann, world().now, 'client-!'));
    const header = { alg: 'HS256', userId: merchant.id };
    const tokenWith = (byte: number) => {
      const payload = Buffer.from(claims).map((each) => (each === 0x21 ? byte : each));
      return signToken(merchant.apiSecret, header, payload);
    };
    const trades = async (token: string) =>
      failed(await world().call('GET', '/client/trades', { headers: { authorization: `Bearer ${token}` } })).key;
    expect(await trades(tokenWith(0x21))).toBeUndefined();
    expect(await trades(tokenWith(0xff))).toBe('INVALID_TOKEN');
  });
});

describe('a body that two readers could understand differently is refused', () => {
  test.each([
    ['{"externalId":"a","externalId":"b"}', '"externalId"'],
    ['{"externalId":"a","\\u0065xternalId":"b"}', '"externalId"'],
    ['{"items":[{"price":1,"itemId":"x","price":2}]}', '"price"'],
    ['{"a":{"b":{}},"a":1}', '"a"'],
    ['{"":1,"":2}', '""'],
  ])('%s', async (body, key) => {
    const answer = await merchant.call('POST', '/secure/buy', {
      body,
      headers: { 'content-type': 'application/json' },
    });
    expect(failed(answer)).toEqual({
      key: 'VALIDATION_FAILED',
      fields: { body: `has the key ${key} twice in one object` },
    });
  });

  test('but the same key in two objects, or as a value, is not twice', async () => {
    const items = [1, 2].map((price) => ({ price, itemId: '"price": "price"', externalId: '{"price":1}' }));
    const answer = await merchant.call('POST', '/secure/buy', { body: { items, tradeUrl: TRADE_URL } });
    expect(Object.keys(failed(answer).fields ?? {})).toEqual(['items.1.itemId', 'items.1.externalId']);
  });
});
