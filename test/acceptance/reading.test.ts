import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/gateway/app.ts';
import type { ListingWire } from '../../src/market/wire.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { cents, type Merchant, TRADE_URL } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** Everything that can be read: trades, the market, the wallet, and what the gateway says of itself. */

const world = useWorld();
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('the list of my trades', () => {
  interface Page {
    items: TradeWire[];
    nextCursor: string | null;
  }

  async function page(merchant: Merchant, query = ''): Promise<Page> {
    const { status, body } = await merchant.call('GET', `/secure/trades${query}`);
    expect(status).toBe(200);
    return body.data;
  }

  /** Buys without waiting for the marketplace; gives the ids, oldest first. */
  async function ask(merchant: Merchant, count: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) {
      const answer = await merchant.asksToBuy([world().testListing('never-ships', (n % 10) + 1)]);
      ids.push(answer.body.data.id);
    }
    return ids;
  }

  const idsOf = (items: readonly TradeWire[]) => items.map((trade) => trade.id);

  test('is empty at first', async () => {
    expect(await page(await world().merchant())).toEqual({ items: [], nextCursor: null });
  });

  test('has the newest first, twenty to a page, each as it is by itself', async () => {
    const merchant = await world().merchant();
    const ids = await ask(merchant, 21);
    await world().settles();
    const first = await page(merchant);
    expect(idsOf(first.items)).toEqual(ids.toReversed().slice(0, 20));
    expect(first.items[0]).toEqual(await merchant.trade(ids[20] ?? ''));
    expect(first.nextCursor).toBeTypeOf('string');
    const last = await page(merchant, `?cursor=${first.nextCursor}`);
    expect(idsOf(last.items)).toEqual(ids.slice(0, 1));
    expect(last.nextCursor).toBeNull();
    expect(idsOf((await page(merchant, '?limit=100')).items)).toEqual(ids.toReversed());
  });

  test('can be walked while new trades come: nothing is left out, nothing comes twice', async () => {
    const merchant = await world().merchant();
    const ids = await ask(merchant, 8);
    const walked: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor ? `?limit=3&cursor=${encodeURIComponent(cursor)}` : '?limit=3';
      const next: Page = await page(merchant, query);
      walked.push(...idsOf(next.items));
      cursor = next.nextCursor;
      await ask(merchant, 2);
    } while (cursor);
    expect(walked).toEqual(ids.toReversed());
    await world().settles();
  });

  test('ends with a null cursor when the last page is full', async () => {
    const merchant = await world().merchant();
    await ask(merchant, 4);
    const first = await page(merchant, '?limit=2');
    const second = await page(merchant, `?limit=2&cursor=${first.nextCursor}`);
    expect(second.items).toHaveLength(2);
    expect(second.nextCursor).toBeNull();
    await world().settles();
  });

  test('keeps trades of one instant apart', async () => {
    const merchant = await world().merchant();
    const ids = await ask(merchant, 5);
    await world().settles();
    const { db } = world().gateway.deps;
    const at = new Date('2026-01-01T00:00:00.000Z');
    await db.updateTable('trade').set({ created_at: at }).where('merchant_id', '=', merchant.id).execute();
    const first = await page(merchant, '?limit=2');
    const second = await page(merchant, `?limit=2&cursor=${first.nextCursor}`);
    const third = await page(merchant, `?limit=2&cursor=${second.nextCursor}`);
    expect([...idsOf(first.items), ...idsOf(second.items), ...idsOf(third.items)]).toEqual(ids.toSorted().reverse());
  });

  test('shows CS2 unless I ask for Rust', async () => {
    const merchant = await world().merchant();
    const cs2 = await merchant.buys([world().testListing('never-ships')]);
    const rust = await merchant.buys([world().rustListing('never-ships')]);
    expect(idsOf((await page(merchant)).items)).toEqual([cs2.id]);
    expect(idsOf((await page(merchant, '?game=730')).items)).toEqual([cs2.id]);
    expect(idsOf((await page(merchant, '?game=252490')).items)).toEqual([rust.id]);
  });

  test('can be narrowed to withdrawals; there are no deposits', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('never-ships')]);
    expect(idsOf((await page(merchant, '?type=withdraw')).items)).toEqual([trade.id]);
    expect(await page(merchant, '?type=deposit')).toEqual({ items: [], nextCursor: null });
  });

  test('does not show my clients’ trades; by its reference one is found', async () => {
    const merchant = await world().merchant();
    const trade = await merchant
      .client()
      .withdraws([world().testListing('never-ships')], { externalId: 'of-a-client' });
    expect((await page(merchant)).items).toEqual([]);
    expect(await merchant.trade('of-a-client')).toMatchObject({ id: trade.id, source: 'client' });
  });

  test('opens with another merchant’s cursor on my own trades only', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const [id] = await ask(mine, 1);
    await ask(theirs, 3);
    const { nextCursor } = await page(theirs, '?limit=1');
    expect(idsOf((await page(mine, `?cursor=${nextCursor}`)).items)).toEqual([id]);
    await world().settles();
  });
});

describe('one trade, or several', () => {
  let merchant: Merchant;
  let trades: TradeWire[];
  beforeAll(async () => {
    merchant = await world().merchant();
    trades = [];
    for (const externalId of ['first', 'second', 'with spaces & signs/ü', '01890000-0000-7000-8000-000000000000']) {
      trades.push(await merchant.buys([world().testListing('never-ships')], { externalId }));
    }
  });

  const read = (refs: readonly string[]) =>
    merchant.call('GET', `/secure/trades/${refs.map((ref) => encodeURIComponent(ref)).join(',')}`);

  test('by its id, in letters of either size, or by its externalId, whatever is in it', async () => {
    for (const trade of trades) {
      for (const ref of [trade.id, trade.id.toUpperCase(), trade.externalId ?? '']) {
        expect((await merchant.trade(ref)).id).toBe(trade.id);
      }
    }
  });

  test('an externalId is not read as if it were in other letters', async () => {
    expect((await read(['FIRST'])).status).toBe(404);
  });

  test('one that is not there is not found', async () => {
    const answer = await read(['third']);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({ code: 21, key: 'TRADE_NOT_FOUND' });
  });

  test('several come in the order that I asked, by ids of both kinds; unknown ones are left out', async () => {
    const [first, second, third] = trades;
    const answer = await read(['second', 'nothing', third?.id ?? '', 'first', randomUUID()]);
    expect(answer.status).toBe(200);
    expect(answer.body.data.map((trade: TradeWire) => trade.id)).toEqual([second?.id, third?.id, first?.id]);
  });

  test('one that is named twice comes once', async () => {
    const [first] = trades;
    const answer = await read(['first', first?.id ?? '', 'first']);
    expect(answer.body.data.map((trade: TradeWire) => trade.id)).toEqual([first?.id]);
  });

  test('none of several: an empty list, not an error', async () => {
    const answer = await read(['nothing', 'nowhere']);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual([]);
  });

  test('a hundred references are read, a hundred and one refused', async () => {
    const refs = Array.from({ length: 99 }, (_, n) => `${'ü'.repeat(10)}-${n}`);
    const hundred = await read([...refs, 'first']);
    expect(hundred.body.data.map((trade: TradeWire) => trade.externalId)).toEqual(['first']);
    const more = await read([...refs, 'first', 'second']);
    expect(more.status).toBe(400);
    expect(more.body.error).toMatchObject({
      code: 1001,
      key: 'VALIDATION_FAILED',
      fields: { tradeId: expect.anything() },
    });
  });

  test('a trade whose externalId is the id of another, bought before that was refused: the id wins', async () => {
    const [first] = trades;
    const impostor = await merchant.buys([world().testListing('never-ships')], { externalId: 'impostor' });
    const { db } = world().gateway.deps;
    await db.updateTable('trade').set({ external_id: first?.id }).where('id', '=', impostor.id).execute();
    expect((await merchant.trade(first?.id ?? '')).externalId).toBe('first');
    expect((await merchant.trade(impostor.id)).externalId).toBe(first?.id);
  });
});

describe('the market', () => {
  const NAME = 'AK-47 | Never Ships (Field-Tested)';
  const catalogIdOf = (name: string) =>
    world().gateway.deps.market.offers({ game: '730', marketHashName: name })[0]?.listing.catalogId ?? '';

  let merchant: Merchant;
  beforeAll(async () => {
    merchant = await world().merchant();
  });

  async function search(query: Record<string, string | number>, by = merchant): Promise<ListingWire[]> {
    const text = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]),
    );
    const { status, body } = await by.call('GET', `/secure/market/item?${text}`);
    expect(status).toBe(200);
    return body.data;
  }

  const pricesOf = (listings: readonly ListingWire[]) => listings.map((listing) => cents(listing.offer.price));

  test('has the listings of an item by its name, cheapest first', async () => {
    const found = await search({ marketHashName: NAME });
    expect(found).toHaveLength(10);
    expect(pricesOf(found)).toEqual(pricesOf(found).toSorted((a, b) => a - b));
    expect(found[0]).toEqual({
      id: world().testListing('never-ships').id,
      appid: 730,
      marketHashName: NAME,
      tradable: true,
      amount: 1,
      exterior: 'Field-Tested',
      wear: expect.stringMatching(/^0\.\d+$/),
      paintSeed: expect.any(Number),
      offer: { price: 15.48, delivery: 'standard' },
    });
  });

  test('has them by catalogue id too, which wins over a name', async () => {
    const byName = await search({ marketHashName: NAME });
    expect(await search({ itemId: catalogIdOf(NAME) })).toEqual(byName);
    expect(await search({ itemId: catalogIdOf(NAME), marketHashName: 'something else' })).toEqual(byName);
  });

  test('what it shows can be bought at the price it shows', async () => {
    const buyer = await world().merchant({ feeBps: 725 });
    const [listing] = await search({ marketHashName: NAME }, buyer);
    expect(listing?.offer.price).toBe(16.36); // 15.25 and 7.25 % are 16.355625
    const items = [{ itemId: listing?.id, price: listing?.offer.price }];
    const answer = await buyer.asksToBuy([], { items });
    expect(answer.body.data).toMatchObject({ totalPrice: 16.36 });
    await world().settles();
  });

  test('goes page by page; beyond the last there is nothing', async () => {
    const all = await search({ marketHashName: NAME });
    const pages = await Promise.all([1, 2, 3, 4].map((page) => search({ marketHashName: NAME, perPage: 4, page })));
    expect(pages.map((page) => page.length)).toEqual([4, 4, 2, 0]);
    expect(pages.flat()).toEqual(all);
  });

  test('tells instant from standard delivery', async () => {
    const instant = 'AK-47 | Ships At Once (Field-Tested)';
    for (const delivery of ['any', 'instant']) {
      const found = await search({ marketHashName: instant, delivery });
      expect(found.map((listing) => listing.offer.delivery)).toEqual(Array(10).fill('instant'));
    }
    const answer = await merchant.call(
      'GET',
      `/secure/market/item?marketHashName=${encodeURIComponent(instant)}&delivery=standard`,
    );
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({ code: 15, key: 'LISTING_NOT_FOUND' });
  });

  test('tells phases apart', async () => {
    const name = '★ Karambit | Ships Later (Factory New)';
    const found = await search({ marketHashName: name, phase: 'Phase 2' });
    expect(found.length).toBeGreaterThan(0);
    expect(new Set(found.map((listing) => listing.doppler?.name))).toEqual(new Set(['Phase 2']));
    expect((await search({ marketHashName: name })).length).toBeGreaterThan(found.length);
  });

  test('tells float values apart, both ends included', async () => {
    const all = await search({ marketHashName: NAME });
    const floats = all.map((listing) => Number(listing.wear)).toSorted((a, b) => a - b);
    const [low = 0, high = 0] = [floats[2], floats[5]];
    const found = await search({ marketHashName: NAME, floatMin: low, floatMax: high });
    expect(found.map((listing) => Number(listing.wear)).toSorted((a, b) => a - b)).toEqual(floats.slice(2, 6));
  });

  test.each([
    ['a name nobody sells', 'marketHashName=AK-47%20%7C%20Never%20Existed'],
    ['a catalogue id nobody knows', 'itemId=0000000000000000'],
    ['a name in other letters', `marketHashName=${encodeURIComponent(NAME.toLowerCase())}`],
    ['a part of a name', 'marketHashName=AK-47'],
    ['a Rust item: this route is for CS2', `marketHashName=${encodeURIComponent('Garage Door | Never Ships')}`],
    ['a float range that is upside down', `marketHashName=${encodeURIComponent(NAME)}&floatMin=0.9&floatMax=0.1`],
  ])('has nothing of %s', async (_what, query) => {
    const answer = await merchant.call('GET', `/secure/market/item?${query}`);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({ code: 15, key: 'LISTING_NOT_FOUND' });
  });
});

describe('my wallet', () => {
  test('says what can be spent and what is reserved, in dollars', async () => {
    const merchant = await world().merchant({ funds: 123.45 });
    const { body } = await merchant.call('GET', '/v1/wallets/me/balance');
    expect(body.data).toEqual({ balance: 123.45, pendingBalance: 0, escrowBalance: 0, currency: 'USD' });
    await merchant.buys([world().testListing('never-ships')]);
    expect(await merchant.balance()).toEqual({ balance: 107.97, pendingBalance: 15.48 });
  });

  test('of a merchant who never had money is empty', async () => {
    const merchant = await world().merchant({ funds: 0 });
    expect(await merchant.balance()).toEqual({ balance: 0, pendingBalance: 0 });
  });
});

describe('the request id', () => {
  const mine = '9f8b4c3e-1234-4abc-8def-0123456789ab';

  test('is mine when I send a UUID, on success and on every kind of failure', async () => {
    const merchant = await world().merchant();
    const headers = { 'x-request-id': mine };
    const answers = await Promise.all([
      merchant.call('GET', '/v1/wallets/me/balance', { headers }),
      merchant.call('GET', '/secure/trades/none', { headers }),
      merchant.call('GET', '/secure/trades?limit=0', { headers }),
      merchant.call('POST', '/secure/buy', { headers, body: '{broken' }),
      merchant.call('GET', '/nowhere', { headers }),
      merchant.call('GET', '/secure/trades/%zz', { headers }),
      world().call('GET', '/secure/trades', { headers }),
      world().call('GET', '/health', { headers }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 404, 400, 400, 404, 400, 401, 200]);
    for (const answer of answers) expect(answer.body.requestId).toBe(mine);
  });

  test('is kept with what the request did', async () => {
    const merchant = await world().merchant();
    const testListing = world().testListing('never-ships');
    const body = { items: [{ itemId: testListing.id, price: testListing.price }], tradeUrl: TRADE_URL };
    const answer = await merchant.call('POST', '/secure/buy', { headers: { 'x-request-id': mine }, body });
    const { request_id } = await world()
      .gateway.deps.db.selectFrom('trade_event')
      .select('request_id')
      .where('trade_id', '=', answer.body.data.id)
      .where('number', '=', 1)
      .executeTakeFirstOrThrow();
    expect(request_id).toBe(mine);
    await world().settles();
  });

  test.each([
    ['text', 'order-1'],
    ['empty', ''],
    ['a UUID with something behind it', `${mine}0`],
    ['a UUID in braces', `{${mine}}`],
    ['two UUIDs', `${mine}, ${mine}`],
    ['ten thousand characters', 'a'.repeat(10_000)],
    ['something for a log', 'x\\nINFO paid'],
  ])('is a new UUID when what I send is %s', async (_what, sent) => {
    const { body } = await world().call('GET', '/health', { headers: { 'x-request-id': sent } });
    expect(body.requestId).toMatch(UUID);
    expect(body.requestId).not.toBe(mine);
  });

  test('is a new one each time when I send none', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => world().call('GET', '/health')));
    expect(new Set(answers.map((answer) => answer.body.requestId)).size).toBe(20);
  });
});

describe('the gateway says of itself', () => {
  test('that it is well', async () => {
    const answer = await world().call('GET', '/health');
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({
      status: 'ok',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      uptime: expect.any(Number),
      maintenance: { mode: 'off' },
    });
    expect(answer.body.data.uptime).toBeGreaterThan(0);
  });

  test('its metrics, in Prometheus’ text', async () => {
    const merchant = await world().merchant();
    await merchant.buys([world().testListing('never-ships')]);
    const answer = await fetch(`${world().baseUrl}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const lines = (await answer.text()).trimEnd().split('\n');
    const sample = /^[a-zA-Z_:][\w:]*(\{[^}]*\})? (-?[\d.e+-]+|NaN|[+-]Inf)$/;
    expect(lines.filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))).toEqual([]);
    expect(await world().metric('skinrail_item_events_total', '{event="approve",to="pending"}')).toBeGreaterThan(0);
    const bought = '{supplier="cs2dt",call="buy",outcome="bought"}';
    expect(await world().metric('skinrail_supplier_calls_total', bought)).toBeGreaterThan(0);
    expect(await world().metric('skinrail_callback_attempts_total', '{outcome="delivered"}')).toBeGreaterThan(0);
  });
});

describe('the API’s own document', () => {
  interface Operation {
    summary?: string;
    tags?: string[];
    parameters?: { name: string; in: string; required?: boolean; schema: object }[];
    requestBody?: { content: Record<string, { schema: object }> };
    responses: Record<string, { description?: string; content?: Record<string, { schema: object }> }>;
    security?: Record<string, string[]>[];
  }
  interface Document {
    openapi: string;
    info: { title: string; version: string };
    components: { securitySchemes: Record<string, unknown> };
    tags: { name: string }[];
    security: Record<string, string[]>[];
    paths: Record<string, Record<string, Operation>>;
  }

  let document: Document;
  let operations: { id: string; method: string; path: string; operation: Operation }[];
  beforeAll(async () => {
    const answer = await fetch(`${world().baseUrl}/openapi.json`);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    const text = await answer.text();
    const { schemas } = JSON.parse(text).components;
    // Each schema stands in the place of what refers to it, so that it can be tried by itself.
    const inline = (_key: string, value: { $ref?: string }): unknown => {
      const [, name] = /^#\/components\/schemas\/(.+)$/.exec(value?.$ref ?? '') ?? [];
      return name === undefined ? value : JSON.parse(JSON.stringify(schemas[name]), inline);
    };
    document = JSON.parse(text, inline) as Document; // the tests below say whether it is one
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ id: `${method} ${path}`, method, path, operation })),
    );
  });

  test('is OpenAPI 3.1: what is required is there, and every schema is one', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'skinrail', version: expect.stringMatching(/^\d+\.\d+\.\d+/) });
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const tags = document.tags.map((tag) => tag.name);
    for (const { id, path, operation } of operations) {
      expect(path, id).toMatch(/^\//);
      expect(operation.summary, id).toBeTruthy();
      expect(tags, id).toEqual(expect.arrayContaining(operation.tags ?? ['none']));
      const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const given = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(given.map((parameter) => parameter.name).sort(), id).toEqual(named.sort());
      expect(
        given.every((parameter) => parameter.required === true),
        id,
      ).toBe(true);
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, id).toMatch(/^[2345]\d\d$/);
        expect(response.description, `${id} ${status}`).toBeTruthy();
      }
      const contents = [operation.requestBody, ...Object.values(operation.responses)].flatMap((each) =>
        Object.values(each?.content ?? {}),
      );
      for (const { schema } of [...(operation.parameters ?? []), ...contents]) {
        expect(ajv.validateSchema(schema), `${id}: ${ajv.errorsText()}`).toBe(true);
        expect(() => ajv.compile(schema)).not.toThrow();
      }
    }
    const schemes = Object.keys(document.components.securitySchemes);
    const used = [document.security, ...operations.map(({ operation }) => operation.security ?? [])].flat();
    expect(schemes).toEqual(expect.arrayContaining(used.flatMap((each) => Object.keys(each))));
  });

  test('names every route that there is, and no other', async () => {
    const app = await buildApp(world().gateway.deps, {
      isWritable: async () => true,
      isDatabaseAway: false,
      stuck: [],
    });
    await app.ready();
    const routes: string[] = [];
    const parents: string[] = [];
    for (const line of app.printRoutes({ commonPrefix: false }).trimEnd().split('\n')) {
      const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (.+) \((.+)\)$/.exec(line) ?? [];
      const depth = indent.length / 4;
      parents.splice(depth, parents.length, part);
      const path = parents.join('').replaceAll(/:(\w+)/g, '{$1}');
      routes.push(...methods.split(', ').map((method) => `${method.toLowerCase()} ${path}`));
    }
    await app.close();
    // People's routes are in a document of their own, of which `operator-permissions.security` names each.
    const others = /^(head|options) |^get \/(docs|openapi|console)|\/hint$| \/operator\//;
    const own = routes.filter((route) => !others.test(route));
    expect(own.length).toBeGreaterThanOrEqual(8);
    const documented = operations.map(({ id }) => id).filter((id) => !id.includes(' /sandbox/'));
    expect(documented.sort()).toEqual(own.sort());
    for (const { id } of operations.filter((each) => each.path.startsWith('/sandbox/'))) {
      const [method = '', path = ''] = id.split(' ');
      expect(
        (await world().call(method.toUpperCase(), path, { body: method === 'post' ? {} : undefined })).status,
      ).not.toBe(404);
    }
  });

  test('says of each route how it answers, with success and with every refusal', () => {
    for (const { id, operation } of operations) {
      const statuses = Object.keys(operation.responses);
      expect(statuses, id).toEqual(expect.arrayContaining(['200', '500', '503']));
      const needsKey = operation.security?.length !== 0;
      if (needsKey) expect(statuses, id).toEqual(expect.arrayContaining(['401', '403', '429']));
      else expect(statuses, id).not.toContain('401');
    }
    const cancel = document.paths['/secure/buy/{tradeId}/items/{itemId}/cancel']?.['post'];
    expect(cancel?.responses['400']?.description).toContain('`TRADE_CANCEL_TOO_SOON` (27)');
    expect(cancel?.requestBody).toBeUndefined();
  });

  test('describes answers as they are: what I get fits its schema', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().testListing('ships-at-once'), world().testListing('purchase-refused')]);
    await world().passes('10s');
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const name = encodeURIComponent('★ Karambit | Ships Later (Factory New)');
    for (const [path, url] of [
      ['/secure/trades', '/secure/trades'],
      ['/secure/trades/{tradeId}', `/secure/trades/${trade.id}`],
      ['/secure/trades/{tradeId}', `/secure/trades/${trade.id},none`],
      ['/secure/trades/{tradeId}', '/secure/trades/none'],
      ['/secure/market/item', `/secure/market/item?marketHashName=${name}`],
      ['/secure/market/item', '/secure/market/item'],
      ['/secure/market', '/secure/market?perPage=-1'],
      ['/secure/market', '/secure/market?perPage=-1&development=1'],
      ['/secure/market', '/secure/market?perPage=-1&game=252490'],
      ['/secure/market', '/secure/market?game=570'],
      ['/secure/prices', '/secure/prices'],
      ['/secure/prices', '/secure/prices?game=252490'],
      ['/v1/wallets/me/balance', '/v1/wallets/me/balance'],
      ['/v1/wallets/me/entries', '/v1/wallets/me/entries'],
      ['/v1/wallets/me/entries', '/v1/wallets/me/entries?tradeId=none'],
      ['/v1/ledger/transactions', '/v1/ledger/transactions'],
      ['/v1/ledger/transactions/{transactionId}', '/v1/ledger/transactions/none'],
      ['/v1/callbacks/deliveries', `/v1/callbacks/deliveries?trade=${trade.id}`],
      [
        '/v1/callbacks/deliveries/{deliveryId}',
        `/v1/callbacks/deliveries/${merchant.attemptsAt(trade.id)[0]?.callbackId}`,
      ],
      ['/v1/callbacks/deliveries/{deliveryId}', '/v1/callbacks/deliveries/none'],
      ['/v1/events', '/v1/events'],
      ['/health', '/health'],
      ['/sandbox/listings', '/sandbox/listings'],
      ['/sandbox/clock', '/sandbox/clock'],
      ['/sandbox/callbacks', '/sandbox/callbacks'],
    ] as const) {
      const answer = await merchant.call('GET', url);
      const schema =
        document.paths[path]?.['get']?.responses[String(answer.status)]?.content?.['application/json']?.schema;
      const fits = ajv.compile(closed(schema) as object);
      expect(fits(answer.body), `${url}: ${ajv.errorsText(fits.errors)}`).toBe(true);
    }
  });
});

describe('the page to browse it', () => {
  test('is served, and everything on it comes from this gateway', async () => {
    const seen = new Set<string>();
    const open = [`${world().baseUrl}/docs`];
    for (let url = open.shift(); url; url = open.shift()) {
      if (seen.has(url)) continue;
      seen.add(url);
      const answer = await fetch(url);
      expect(answer.status, url).toBe(200);
      const text = await answer.text();
      for (const reference of referencesOf(text, new URL(url).pathname)) {
        const target = new URL(reference, url);
        if (target.protocol === 'data:') continue;
        expect(target.origin, `${url} refers to ${reference}`).toBe(new URL(world().baseUrl).origin);
        if (!target.hash) open.push(target.href);
      }
    }
    const paths = [...seen].map((url) => new URL(url).pathname);
    expect(paths.some((path) => path.endsWith('.css'))).toBe(true);
    expect(paths.filter((path) => path.endsWith('.js')).length).toBeGreaterThanOrEqual(3);
  });

  test('is forbidden by its own policy to load from elsewhere, and works over plain http', async () => {
    const answer = await fetch(`${world().baseUrl}/docs`);
    expect(await answer.clone().text()).toContain(
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
    );
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|upgrade-insecure-requests|\*/);
    const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/));
    for (const [name, ...sources] of directives) {
      const allowed = ["'self'", "'none'", ...(name === 'img-src' ? ['data:'] : [])];
      if (name === 'style-src') allowed.push("'unsafe-inline'");
      expect(allowed, `${name}`).toEqual(expect.arrayContaining(sources));
    }
    const initializer = await (await fetch(`${world().baseUrl}/docs/static/swagger-initializer.js`)).text();
    expect(initializer).toContain('"validatorUrl":null');
  });

  /** What a browser would load: links and sources of HTML, URLs and imports of CSS, whole file addresses in scripts. */
  function referencesOf(text: string, path: string): string[] {
    const html = /<(?:link|script|img|iframe)\b[^>]*?(?:href|src)="([^"]+)"/g;
    const css = /(?:url\(|@import\s+)["']?([^"')\s]+)/g;
    const script = /["'`]((?:https?:)?\/\/[^"'`\s]+\.(?:js|css|woff2?|ttf|png|svg|gif|json))["'`?]/g;
    const kind = path.endsWith('.css') ? css : path.endsWith('.js') ? script : html;
    return [...text.matchAll(kind)].map((match) => match[1] ?? '');
  }
});

/** The schema with every object in it closed, so that a field which it does not name is found. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const inside = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  return 'properties' in inside ? { additionalProperties: false, ...inside } : inside;
}
