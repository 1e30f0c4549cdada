import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../src/config/config.ts';
import type { Example, Examples } from '../src/gateway/examples.ts';
import { type Gateway, startGateway } from '../src/gateway/gateway.ts';
import { operationIds } from '../src/gateway/operation-ids.ts';

/** `npm run docs:examples`: plays a story on a sandbox and writes what was sent and answered to `src/gateway/examples.ts`. */

const FILE = new URL('../src/gateway/examples.ts', import.meta.url);
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const HEAD = `/** Calls that were really made on a sandbox, for the OpenAPI document. Written by \`npm run docs:examples\`. */

/** What was sent, and the answer, with lists cut to two entries. */
export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly answer: unknown;
}

export interface Examples {
  /** By the id of the operation. */
  readonly operations: Readonly<Record<string, Example>>;
  /** Bodies of callbacks, as a merchant receives them. */
  readonly callbacks: { readonly approval: unknown; readonly trade: unknown; readonly test: unknown };
}

`;

/** Where a newcomer's sandbox listens; the story's ports are whatever is free. */
const USUAL_URL = 'http://127.0.0.1:3000';
const LIST_MAX = 2;

interface Call {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string>;
  readonly body?: unknown;
}

class Story {
  readonly examples: Record<string, Example> = {};
  readonly #baseUrl: string;
  readonly #headers: Record<string, string>;

  constructor(baseUrl: string, headers: Record<string, string>) {
    this.#baseUrl = baseUrl;
    this.#headers = headers;
  }

  /** Makes a call, which must succeed, and keeps it as the example of its operation. */
  // biome-ignore lint/suspicious/noExplicitAny: the story knows the answers that it reads from
  async call(name: string, { params = {}, query = {}, body }: Call = {}): Promise<any> {
    const operationId = operationIds[name];
    const [method = '', path = ''] = name.split(' ');
    if (!operationId) throw new Error(`${name} has no name of its own`);
    const target = path.replaceAll(/:(\w+)/g, (_all, field: string) => encodeURIComponent(params[field] ?? ''));
    const answer = await fetch(`${this.#baseUrl}${target}?${new URLSearchParams(query)}`, {
      method,
      headers: { ...this.#headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const json = (await answer.json()) as any;
    if (answer.status !== 200) throw new Error(`${name} was answered ${JSON.stringify(json)}`);
    this.examples[operationId] = {
      ...(Object.keys(params).length > 0 && { params }),
      ...(Object.keys(query).length > 0 && { query }),
      ...(body === undefined ? {} : { body }),
      answer: shortened(json),
    };
    return json.data;
  }

  withToken(token: string): Story {
    const story = new Story(this.#baseUrl, { authorization: `Bearer ${token}` });
    Object.assign(story, { examples: this.examples });
    return story;
  }
}

/** Lists as long as they need to be to be seen as lists. */
function shortened(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).map(shortened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shortened(inner)]));
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function play(gateway: Gateway): Promise<Examples> {
  const { sandbox } = gateway;
  if (!sandbox) throw new Error('the story is played in the sandbox');
  const story = new Story(gateway.baseUrl, { 'api-key': sandbox.apiKey });
  await browse(story);
  const listings = (await story.call('GET /sandbox/listings')) as {
    id: string;
    price: number;
    marketHashName: string;
    behaviour: string;
  }[];
  const [first, second] = listings.filter(({ behaviour }) => behaviour === 'never-ships');
  if (!first || !second) throw new Error('the sandbox has no listing that never ships');
  const order = { itemId: first.id, price: first.price, externalId: 'line-1' };
  const trade = await story.call('POST /secure/buy', {
    body: { items: [order], externalId: 'order-1', tradeUrl: TRADE_URL },
  });
  const quick = { marketHashName: first.marketHashName, maxPrice: 16, amount: 2 };
  await story.call('POST /secure/buy/quick', { body: { ...quick, externalId: 'quick-1', tradeUrl: TRADE_URL } });
  const client = await buyAsClient(story, { itemId: second.id, price: second.price }, quick);
  await until(async () => ((await isPending(story)) ? true : undefined));
  const notices = (await story.call('GET /sandbox/callbacks', { query: { trade: trade.id } })) as { trade: unknown }[];
  const shop = await story.call('GET /sandbox/shop');
  await story.call('POST /sandbox/shop', { body: { approvals: 'approve' } });
  await story.call('POST /sandbox/clock', { body: { advance: '31m' } });
  await story.call('GET /sandbox/clock');
  await cancel(story, client);
  await readBooks(story, trade.id);
  await readCallbacks(story, sandbox.callbackUrl);
  const test = {
    test: true,
    timestamp: gateway.deps.clock.now().toISOString(),
    message: 'A test of your callback URL. Answer with 2xx to have it saved.',
  };
  const approval = { trade: shop.questions.find((each: { tradeId: string }) => each.tradeId === trade.id)?.trade };
  return { operations: story.examples, callbacks: { approval, trade: { trade: notices.at(-1)?.trade }, test } };
}

async function browse(story: Story): Promise<void> {
  await until(() => story.call('GET /secure/prices').catch(() => undefined));
  const { items } = await story.call('GET /secure/market', { query: { search: 'never ships', perPage: '2' } });
  await story.call('GET /secure/market/item', { query: { itemId: items[0].itemId, perPage: '2' } });
  await story.call('POST /secure/check-tradeurl', { body: { tradeurl: TRADE_URL } });
  await story.call('GET /health');
  await story.call('GET /health/live');
  await story.call('GET /health/ready');
}

async function buyAsClient(story: Story, item: object, quick: object): Promise<Story> {
  const body = { clientSteamId: '76561198000000001', clientTradeUrl: TRADE_URL, clientId: 'user-7' };
  const { token } = await story.call('POST /auth/authenticate-client', { body });
  const client = story.withToken(token);
  const { items } = await client.call('GET /client/market', { query: { search: 'never ships', perPage: '2' } });
  await client.call('GET /client/market/item', { query: { itemId: items[0].itemId, perPage: '2' } });
  await client.call('GET /client/market/suggestions', { query: { q: 'ak' } });
  await client.call('POST /client/trading/withdraw', { body: { items: [item], externalId: 'basket-1' } });
  await client.call('POST /client/trading/withdraw/quick', { body: { ...quick, externalId: 'basket-2' } });
  return client;
}

/** Whether all that the story cancels was bought. */
async function isPending(story: Story): Promise<boolean> {
  const trades = await story.call('GET /secure/trades/:tradeId', {
    params: { tradeId: 'order-1,quick-1,basket-1,basket-2' },
  });
  return trades.every(
    (trade: { status: string; items: unknown[] }) => trade.status === 'pending' && trade.items.length > 0,
  );
}

async function cancel(story: Story, client: Story): Promise<void> {
  const item = { tradeId: 'order-1', itemId: 'line-1' };
  await story.call('POST /secure/buy/:tradeId/items/:itemId/cancel', { params: item });
  await story.call('POST /secure/buy/:tradeId/cancel', { params: { tradeId: 'quick-1' } });
  const page = await client.call('GET /client/trades', { query: { limit: '2' } });
  const basket = page.items.find((trade: { externalId: string }) => trade.externalId === 'basket-1');
  const params = { tradeId: 'basket-1', itemId: basket.items[0].id };
  await client.call('POST /client/trading/withdraw/:tradeId/items/:itemId/cancel', { params });
  await client.call('POST /client/trading/withdraw/:tradeId/cancel', { params: { tradeId: 'basket-2' } });
}

async function readBooks(story: Story, tradeId: string): Promise<void> {
  await story.call('GET /secure/trades', { query: { limit: '2' } });
  await story.call('GET /secure/trades/:tradeId', { params: { tradeId } });
  await story.call('PUT /v1/clients/limits', {
    body: { each: { inFlight: 100, declinesPerDay: 3 }, all: { perDay: 1000 } },
  });
  await story.call('GET /v1/clients/limits', { query: { clientSteamId: '76561198000000001' } });
  await story.call('GET /v1/wallets/me/balance');
  await story.call('GET /v1/wallets/me/entries', { query: { limit: '2' } });
  await story.call('GET /v1/ledger/transactions', { query: { limit: '2' } });
}

async function readCallbacks(story: Story, url: string): Promise<void> {
  await story.call('GET /v1/callbacks/url');
  await story.call('PUT /v1/callbacks/url', { body: { url } });
  await story.call('POST /v1/callbacks/test');
  await story.call('POST /v1/callbacks/url/enable');
  const { items } = await story.call('GET /v1/callbacks/deliveries', { query: { limit: '2' } });
  const params = { deliveryId: items[0].id };
  await story.call('GET /v1/callbacks/deliveries/:deliveryId', { params });
  await story.call('POST /v1/callbacks/deliveries/:deliveryId/replay', { params });
  await story.call('POST /v1/callbacks/replay', { body: { from: items[0].createdAt } });
  await story.call('GET /v1/events', { query: { limit: '2' } });
}

const dataDir = mkdtempSync(join(tmpdir(), 'skinrail-examples-'));
const config = loadConfig({ PORT: '0', MARKETPLACE_PORT: '0', DATA_DIR: dataDir, DATABASE_URL: 'memory:' });
const gateway = await startGateway(config, pino({ level: 'silent' }));
const examples = await play(gateway);
const text = JSON.stringify(examples, null, 1)
  .replaceAll(gateway.baseUrl, USUAL_URL)
  .replaceAll(gateway.sandbox?.marketplaceUrl ?? gateway.baseUrl, 'http://127.0.0.1:3001');
writeFileSync(FILE, `${HEAD}export const examples: Examples = ${text};\n`);
await gateway.stop();
rmSync(dataDir, { recursive: true, force: true });
process.stdout.write('src/gateway/examples.ts is written\n');
