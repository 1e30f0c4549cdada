import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cleanup } from '../../bench/cleanup.ts';
import { GatewayProcess } from '../../sandbox/demo/gateway-process.ts';
import { startMarketplace } from '../../sandbox/marketplace/server.ts';
import { shop } from '../../sandbox/shop.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { verify } from '../../src/verify/verify.ts';
import { readMarketplace, type Sold } from '../chaos/books.ts';
import { call, hangUp } from '../chaos/call.ts';
import { allListings, allMarkets, listingIdsAt } from '../chaos/markets.ts';
import type { TestListing } from '../chaos/shopping.ts';
import { until } from '../chaos/wait.ts';
import { PurchaseGate } from './purchase-gate.ts';

/** A gateway process with an account at each marketplace dies in the middle of three purchases, one at each. */

const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const HUNG_AFTER_MS = 240_000;
/** Between two minutes of the sandbox. Each round waits longer: on a busy machine little is done in a third of a second. */
const SETTLED_WITHIN_MS = 300;
const LONGER_EACH_ROUND_MS = 150;
const ROUNDS_MAX = 40;

const processes = new Cleanup();
const folder = mkdtempSync(join(tmpdir(), 'skinrail-purchases-'));
const marketplaceFile = join(folder, 'marketplace.db');
const settings = { DATABASE_URL: '', DATA_DIR: join(folder, 'data'), SECRET_KEY: 'ac'.repeat(32) };
let gate: PurchaseGate;
let gateway: GatewayProcess;

beforeAll(async () => {
  mkdirSync(settings.DATA_DIR, { mode: 0o700 });
  const marketplace = await startMarketplace({ port: 0, file: marketplaceFile, plugins: [shop] });
  processes.add('the marketplace', () => marketplace.close());
  gate = await PurchaseGate.start(marketplace.url);
  processes.add('the gate', () => gate.stop());
  const ofProcess = { ...settings, MARKETPLACE_URL: gate.url, SANDBOX_MARKETPLACES: 'all', TICK_MS: '50' };
  gateway = await GatewayProcess.start(settings.DATA_DIR, ofProcess);
  processes.add('the gateway', () => gateway.stop());
});
afterAll(async () => {
  await processes.run();
  await hangUp();
  rmSync(folder, { recursive: true, force: true });
});

/** The n-th listing of each marketplace that is delivered at once. */
function listingsOf(copy: number): TestListing[] {
  const quick = allListings.filter(({ game, behaviour }) => game === '730' && behaviour === 'ships-at-once');
  return allMarkets.map((market) => {
    const listing = quick.filter((each) => each.market === market)[copy];
    if (!listing) throw new Error(`${market.id} has no listing ${copy}`);
    return listing;
  });
}

/** Buys one item at each marketplace in one trade. @returns its id */
async function buys(listings: readonly TestListing[]): Promise<string> {
  const { apiKey } = gateway.sandboxFile();
  const items = listings.map(({ id, price }) => ({ itemId: id, price }));
  const body = { game: '730', tradeUrl: TRADE_URL, items };
  let answer = await call('POST', `${gateway.baseUrl}/secure/buy`, { apiKey, body });
  // Two of the marketplaces name only a price: what they sell is known once their lists were read.
  await until(async () => {
    const isLater = answer.kind === 'answer' && answer.status === 503;
    if (isLater) answer = await call('POST', `${gateway.baseUrl}/secure/buy`, { apiKey, body });
    return !isLater;
  }, HUNG_AFTER_MS);
  expect(answer).toMatchObject({ status: 200 });
  return answer.kind === 'answer' ? (answer.data as TradeWire).id : ''; // as documented
}

/** Moves time on until it is known what became of each item. @returns the items' states, by marketplace */
async function settled(tradeId: string, listings: readonly TestListing[]): Promise<Record<string, string>> {
  const { apiKey } = gateway.sandboxFile();
  let states: Record<string, string> = {};
  const isKnown = async () => {
    const answer = await call('GET', `${gateway.baseUrl}/secure/trades/${tradeId}`, { apiKey });
    const items = answer.kind === 'answer' ? (answer.data as TradeWire).items : []; // as documented
    const stateOf = ({ id }: TestListing) => items.find((item) => item.id === id)?.status ?? 'unread';
    states = Object.fromEntries(listings.map((listing) => [listing.market.id, stateOf(listing)]));
    return Object.values(states).every((state) => state === 'hold' || state === 'failed');
  };
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (await until(isKnown, SETTLED_WITHIN_MS + round * LONGER_EACH_ROUND_MS)) break;
    await call('POST', `${gateway.baseUrl}/sandbox/clock`, { body: { advance: '1m' } });
  }
  return states;
}

/** Orders that marketplaces made of these listings, and how often they were asked for each. */
function soldOf(books: ReadonlyMap<string, Sold>, listings: readonly TestListing[]): Record<string, number[]> {
  const sold = listings.map(({ market, id }) => {
    const nativeId = listingIdsAt[market.id].toNative(id);
    const own = [...books.values()].filter((each) => each.market === market && each.nativeListingId === nativeId);
    return [market.id, own.filter(({ isMade }) => isMade).map(({ buyCalls }) => buyCalls)] as const;
  });
  return Object.fromEntries(sold);
}

const ONE_ORDER = { waxpeer: [1], 'lis-skins': [1], cs2dt: [1] };
const ALL_SENT = { waxpeer: 'hold', 'lis-skins': 'hold', cs2dt: 'hold' };
const [unheard, unanswered, answered] = [listingsOf(0), listingsOf(1), listingsOf(2)];

describe('the gateway is killed while it buys', () => {
  test('before a marketplace hears of it: it is bought again where that is safe, else I have my money back', async () => {
    const held = gate.hold('before it is sold', unheard.length);
    const tradeId = await buys(unheard);
    await held;
    await gateway.kill();
    gate.forget();
    await gateway.startAgain();
    expect(await settled(tradeId, unheard)).toEqual({ ...ALL_SENT, waxpeer: 'failed' });
  });

  test('after a marketplace has sold, before its answer: it is found, and not bought again', async () => {
    const held = gate.hold('before it is answered', unanswered.length);
    const tradeId = await buys(unanswered);
    await held;
    await gateway.kill();
    gate.forget();
    await gateway.startAgain();
    expect(await settled(tradeId, unanswered)).toEqual(ALL_SENT);
  });

  test('when the answer has just come, whether or not it was written down', async () => {
    const held = gate.hold('before it is answered', answered.length);
    const tradeId = await buys(answered);
    await held;
    gate.release();
    await gateway.kill();
    await gateway.startAgain();
    expect(await settled(tradeId, answered)).toEqual(ALL_SENT);
  });

  test('and in the end each marketplace has one order of what I have, and none of what I was paid back', async () => {
    await processes.run();
    const books = readMarketplace(marketplaceFile);
    expect(soldOf(books, unheard)).toEqual({ ...ONE_ORDER, waxpeer: [] });
    expect(soldOf(books, unanswered)).toEqual(ONE_ORDER);
    expect(soldOf(books, answered)).toEqual(ONE_ORDER);
    expect([...books.values()].filter(({ isMade }) => isMade)).toHaveLength(8);
    const broken = await withSession(loadConfig(settings), async ({ deps }) => {
      return (await verify(deps.db, deps.clock.now())).filter((rule) => rule.broken !== null);
    });
    expect(broken).toEqual([]);
  });
});
