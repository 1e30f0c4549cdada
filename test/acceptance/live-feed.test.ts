import { connect, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { later, MINUTE_MS } from '../../src/core/clock.ts';
import { CS2 } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import type { MarketMessage } from '../../src/live/wire.ts';
import { MarketCache } from '../../src/market/market-cache.ts';
import { createKey, revokeKey, setDisabled } from '../../src/merchants/operations.ts';
import type { Listing } from '../../src/suppliers/supplier.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { accounts, Client, signToken, tokenClaims } from '../support/client.ts';
import { FeedSocket } from '../support/feed.ts';
import type { Merchant } from '../support/merchant.ts';
import { sendRaw } from '../support/raw.ts';
import { useOwnWorld, World } from '../support/world.ts';

/** What a merchant hears on its socket, and who hears nothing. The market of this file changes when time is moved. */

const world = useOwnWorld({ MARKET_POLL_MS: '1000' });

const sockets: FeedSocket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await world().until(async () => (await world().metric('skinrail_live_sockets')) === 0, 'every socket has gone');
});

async function opens(query: Record<string, string>, baseUrl = world().baseUrl): Promise<FeedSocket> {
  const socket = await FeedSocket.open(baseUrl, query);
  sockets.push(socket);
  return socket;
}

async function listens(merchant: Merchant): Promise<FeedSocket> {
  const socket = await FeedSocket.accepted(world().baseUrl, { apiKey: merchant.apiKey });
  sockets.push(socket);
  return socket;
}

const statuses = (socket: FeedSocket, { id }: { id: string }) =>
  socket.heardTrades.filter((trade) => trade.id === id).map((trade) => trade.status);

const isAt = (status: TradeWire['status']) => (trade: TradeWire) => trade.status === status;

describe('who may listen', () => {
  test('with a key: I am told first to fetch the market, and stay connected', async () => {
    const socket = await listens(await world().merchant());
    expect(socket.heardMarket).toEqual([{ type: 'sync', reason: 'subscribe' }]);
    expect(socket.isConnected).toBe(true);
  });

  test.each([
    ['no key', {}],
    ['an empty key', { apiKey: '' }],
    ['an unknown key', { apiKey: `ap_${'0'.repeat(64)}` }],
    ['a token that is none', { token: 'never-signed' }],
  ])('with %s: the server disconnects me at once, and says nothing', async (_what, query) => {
    const socket = await opens(query as Record<string, string>);
    expect(await socket.ended()).toBe('io server disconnect');
    expect(socket.heardMarket).toEqual([]);
  });

  test('with a key that may not be used from here, or a disabled account: the same', async () => {
    const elsewhere = await world().merchant({ allowedIps: ['10.0.0.0/8'] });
    expect(await (await opens({ apiKey: elsewhere.apiKey })).ended()).toBe('io server disconnect');
    const here = await world().merchant({ allowedIps: ['127.0.0.1'] });
    await listens(here);
    const disabled = await world().merchant();
    await setDisabled(world().gateway.deps, disabled.id, true);
    expect(await (await opens({ apiKey: disabled.apiKey })).ended()).toBe('io server disconnect');
  });

  test('a key that is revoked while I listen: I am disconnected within five seconds, and my other key is not', async () => {
    const [revoked, kept] = [await world().merchant(), await world().merchant()];
    const [socket, other] = [await listens(revoked), await listens(kept)];
    const revokedAt = performance.now();
    await revokeKey(world().gateway.deps, revoked.keyId);
    expect(await socket.ended()).toBe('io server disconnect');
    expect(performance.now() - revokedAt).toBeLessThan(5000);
    await other.market(() => true);
    expect(other.isConnected).toBe(true);
  });

  test('a key that expires while I listen: I am disconnected, although nothing was changed', async () => {
    const merchant = await world().merchant();
    const expiresAt = later(world().now, 10 * MINUTE_MS);
    const { apiKey } = await createKey(world().gateway.deps, merchant.id, { expiresAt });
    const socket = await FeedSocket.accepted(world().baseUrl, { apiKey });
    sockets.push(socket);
    await world().passes('11m');
    expect(await socket.ended()).toBe('io server disconnect');
  });

  test('an account that is disabled while its merchant and its clients listen: all are disconnected', async () => {
    const merchant = await world().merchant();
    const client = new Client(world(), merchant, accounts.ann);
    const both = [await listens(merchant), await FeedSocket.accepted(world().baseUrl, { token: client.token })];
    await setDisabled(world().gateway.deps, merchant.id, true);
    for (const socket of both) expect(await socket.ended()).toBe('io server disconnect');
  });

  test('a key without CORE_ACCESS hears of trades and nothing of the market', async () => {
    const merchant = await world().merchant({ scopes: [] });
    const socket = await opens({ apiKey: merchant.apiKey });
    // Listened to by the same node: when this one has heard of the market, the other would have.
    const other = await listens(await world().merchant());
    await changeMarket(0.5);
    await other.market((message) => message.type === 'upsert');
    expect(socket.isConnected).toBe(true);
    expect(socket.heardMarket).toEqual([]);
  });

  test('a client hears of its own trades, and of nobody else’s', async () => {
    const merchant = await world().merchant();
    const [ann, ben] = [merchant.client(accounts.ann), merchant.client(accounts.ben)];
    const socket = await FeedSocket.accepted(world().baseUrl, { token: ann.token });
    const all = await listens(merchant);
    sockets.push(socket);
    const others = [
      await merchant.buys([world().testListing('never-ships')]),
      await ben.withdraws([world().testListing('never-ships')]),
      await (await world().merchant()).client(accounts.ann).withdraws([world().testListing('never-ships')]),
    ];
    const own = await ann.withdraws([world().testListing('never-ships')]);
    expect((await socket.trade(isAt('pending'))).id).toBe(own.id);
    await all.trade((trade) => trade.id === own.id && trade.status === 'pending');
    expect(new Set(socket.heardTrades.map((trade) => trade.id))).toEqual(new Set([own.id]));
    const heard = new Set(all.heardTrades.map((trade) => trade.id));
    expect(heard).toEqual(new Set([...others.slice(0, 2).map((trade) => trade.id), own.id]));
  });

  test('a client whose token has ended is disconnected', async () => {
    const merchant = await world().merchant();
    const claims = tokenClaims(merchant.id, accounts.ann, new Date());
    const exp = claims.iat + 3;
    const token = signToken(merchant.apiSecret, { alg: 'HS256', userId: merchant.id }, { ...claims, exp });
    const socket = await FeedSocket.accepted(world().baseUrl, { token });
    await world().until(() => Date.now() >= exp * 1000, 'the token is over by real time');
    await world().passes('25h');
    expect(await socket.ended()).toBe('io server disconnect');
  });

  test('whoever says something on the feed is disconnected', async () => {
    const socket = await listens(await world().merchant());
    socket.says('subscribe', { merchantId: 'of another' });
    expect(await socket.ended()).toBe('io server disconnect');
  });

  test('one key may open fifty sockets; the next is turned away', async () => {
    const merchant = await world().merchant();
    await Promise.all(Array.from({ length: 50 }, () => listens(merchant)));
    expect(await (await opens({ apiKey: merchant.apiKey })).ended()).toBe('io server disconnect');
    sockets.pop();
    sockets.pop()?.close();
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 49, 'one has gone');
    await listens(merchant);
  });

  test('however many sockets my clients open together, there is room for mine', async () => {
    const merchant = await world().merchant();
    for (let n = 0; n < 41; n++) {
      const partner = 50_000_000 + n;
      const steamId = String(76561197960265728n + BigInt(partner));
      const tradeUrl = accounts.ann.tradeUrl.replace(/partner=\d+/, `partner=${partner}`);
      const { token } = new Client(world(), merchant, { steamId, tradeUrl });
      if (n < 40) await Promise.all(Array.from({ length: 50 }, () => opens({ token })));
      else expect(await (await opens({ token })).ended()).toBe('io server disconnect');
    }
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 2000, 'all are in');
    await listens(merchant);
  });
});

describe('trades', () => {
  test('I hear each step of a trade, as its callbacks tell it, from the question on', async () => {
    const merchant = await world().merchant();
    merchant.says((_question, nth) => (nth === 1 ? 503 : 200));
    const socket = await listens(merchant);
    const trade = await merchant.buys([world().testListing('ships-at-once')]);
    await socket.trade(isAt('initiated'));
    await world().passes('2s');
    await socket.trade(isAt('hold'));
    // A callback that is under way when days pass would be sent again.
    await world().settles();
    await world().passes('8 days');
    const last = await socket.trade(isAt('completed'));
    expect(last).toEqual(await merchant.trade(trade.id));
    expect(statuses(socket, trade)).toEqual(['initiated', 'pending', 'active', 'hold', 'completed']);
    const told = merchant.callbacksOf(trade.id).map((callback) => callback.trade);
    expect(socket.heardTrades.slice(1)).toEqual(told);
  });

  test('a cancelled item is told as reverted, when its marketplace has confirmed it', async () => {
    const merchant = await world().merchant();
    const socket = await listens(merchant);
    const testListing = world().testListing('cancel-confirmed-later');
    const trade = await merchant.buys([testListing]);
    await world().passes('31m');
    expect((await merchant.cancels(trade.id, testListing.id)).status).toBe(200);
    expect(statuses(socket, trade)).not.toContain('reverted');
    await world().passes('10m');
    expect(await socket.trade(isAt('reverted'))).toMatchObject({ id: trade.id, revertedBy: 'supplier' });
  });

  test('other merchants hear nothing of mine', async () => {
    const [mine, other] = [await world().merchant(), await world().merchant()];
    const [socket, others] = [await listens(mine), await listens(other)];
    const trade = await mine.buys([world().testListing('never-ships')]);
    await socket.trade(isAt('pending'));
    const theirs = await other.buys([world().testListing('never-ships')]);
    await others.trade(isAt('pending'));
    expect(others.heardTrades.map(({ id }) => id)).not.toContain(trade.id);
    expect(socket.heardTrades.map(({ id }) => id)).not.toContain(theirs.id);
  });

  test('I hear them while my callbacks are refused, too', async () => {
    const merchant = await world().merchant();
    world().receiver.answers.set(merchant.name, 500);
    const socket = await listens(merchant);
    await merchant.buys([world().testListing('never-ships')]);
    await socket.trade(isAt('pending'));
    world().receiver.answers.set(merchant.name, 200);
    await world().passes('1h');
  });
});

/** Puts a listing of its own on sale, or changes its price, as the marketplace's feed would. */
async function changeMarket(dollars: number, nativeId = '730999999999999999'): Promise<Listing> {
  const { market, suppliers } = world().gateway.deps;
  const [supplier] = suppliers.all.filter(({ games }) => games.includes(CS2));
  if (!(market instanceof MarketCache) || !supplier) throw new Error('a gateway has a market and sells CS2');
  const listing: Listing = {
    nativeId,
    game: CS2,
    catalogId: 'of-this-test',
    marketHashName: 'AK-47 | Of This Test (Field-Tested)',
    delivery: 'standard',
    priceMills: toMills(BigInt(Math.round(dollars * 1000))),
  };
  const isGone = dollars === 0;
  await market.apply(supplier, { isWhole: false, listings: isGone ? [] : [listing], gone: isGone ? [nativeId] : [] });
  return listing;
}

const publicId = (nativeId: string) => {
  const [supplier] = world().gateway.deps.suppliers.all.filter(({ games }) => games.includes(CS2));
  return supplier?.listingIds.toPublic(nativeId);
};

describe('the market', () => {
  test('what I hear of a price is what the market shows, and what is sold out is gone', async () => {
    await world().letPricesMove();
    onTestFinished(() => world().letPricesMove(false));
    // Whatever moves is bought, a knife as well.
    const merchant = await world().merchant({ funds: 100_000 });
    const socket = await listens(merchant);
    const isOfCs2 = (message: MarketMessage) => message.type === 'upsert' && message.game === 730;
    // The first look tells of all that has changed since the start; it may be too much to name, on a slow machine.
    for (let look = 0; look < 20 && !socket.heardMarket.some(isOfCs2); look++) await world().passes('10s');
    await socket.market(isOfCs2);
    const last = socket.heardMarket.filter(isOfCs2).at(-1);
    if (last?.type !== 'upsert') throw new Error('its type was looked at');
    const query = `marketHashName=${encodeURIComponent(last.item.marketHashName)}&perPage=100`;
    const { body } = await merchant.call('GET', `/secure/market/item?${query}`);
    expect(body.data.find(({ id }: { id: string }) => id === last.item.id)).toEqual(last.item);

    const items = [{ itemId: last.item.id, price: last.item.offer.price }];
    const bought = await merchant.asksToBuy([], { items });
    expect(bought.body.error).toBeUndefined();
    await world().settles();
    await world().passes('10s');
    const isRemoval = (message: MarketMessage) => message.type === 'remove' && message.itemId === last.item.id;
    expect(await socket.market(isRemoval)).toMatchObject({ game: 730, source: 'external' });
  });

  test('I hear each price with my own fee in it, and what is gone', async () => {
    const [cheap, dear] = [await world().merchant({ feeBps: 0 }), await world().merchant({ feeBps: 500 })];
    const [withoutFee, withFee] = [await listens(cheap), await listens(dear)];
    const id = publicId((await changeMarket(10)).nativeId);
    const upsert = { type: 'upsert', game: 730, source: 'external' };
    const isPriced = (price: number) => (message: object) =>
      'item' in message && (message.item as { offer: { price: number } }).offer.price === price; // as documented
    expect(await withoutFee.market(isPriced(10))).toMatchObject({ ...upsert, item: { id, appid: 730 } });
    const told = await withFee.market(isPriced(10.5));
    expect(told).toMatchObject({ ...upsert, item: { id, marketHashName: 'AK-47 | Of This Test (Field-Tested)' } });
    expect(Math.abs(Date.parse('at' in told ? told.at : '') - world().now.getTime())).toBeLessThan(60_000);
    await changeMarket(9);
    await withFee.market(isPriced(9.45));
    await changeMarket(0);
    expect(await withFee.market(({ type }) => type === 'remove')).toEqual({
      type: 'remove',
      game: 730,
      source: 'external',
      itemId: id,
    });
    expect(withoutFee.heardMarket.filter(isPriced(10.5))).toEqual([]);
  });

  test('when too much has changed at once I am told to fetch the game', async () => {
    const socket = await listens(await world().merchant());
    await changeManyListings(600);
    const sync = { type: 'sync', reason: 'feed', game: 730, source: 'external' };
    expect(await socket.market((message) => 'reason' in message && message.reason === 'feed')).toEqual(sync);
    expect(socket.heardMarket.filter(({ type }) => type === 'upsert')).toEqual([]);
  });

  test('a socket that reads nothing of it any more is cut off, and others hear all of it', async () => {
    const [slow, other] = [await world().merchant(), await world().merchant()];
    const socket = await listens(other);
    const reader = await opensAndReadsNothing(slow);
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 2, 'both have been let in');
    for (let round = 1; round <= 100; round++) {
      await changeManyListings(500);
      // So that the other has never much left unread, however slow this machine is.
      await world().until(() => socket.heardMarket.length >= round * 500, 'all of the round is heard');
    }
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 1, 'it is cut off');
    await world().until(() => socket.heardMarket.length > 50_000, 'all is heard');
    expect(socket.isConnected).toBe(true);
    reader.destroy();
  });
});

let cents = 0;

/** As one answer of the marketplace's feed; each time at other prices. */
async function changeManyListings(count: number): Promise<void> {
  const { market, suppliers } = world().gateway.deps;
  const [supplier] = suppliers.all.filter(({ games }) => games.includes(CS2));
  if (!(market instanceof MarketCache) || !supplier) throw new Error('a gateway has a market and sells CS2');
  const priceMills = toMills(BigInt(1000 + ++cents * 10));
  const listings = Array.from({ length: count }, (_, i) => ({
    nativeId: String(730_999_000_000_000_000n + BigInt(i)),
    game: CS2,
    catalogId: 'of-this-test',
    marketHashName: 'AK-47 | Of This Test (Field-Tested)',
    delivery: 'standard' as const,
    priceMills,
  }));
  await market.apply(supplier, { isWhole: false, listings, gone: [] });
}

/** Says hello in bytes of its own, as no library stops reading. */
async function opensAndReadsNothing({ apiKey }: Merchant): Promise<Socket> {
  const { hostname, port } = new URL(world().baseUrl);
  const socket = connect(Number(port), hostname);
  const upgrade = 'connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13';
  const key = `sec-websocket-key: ${Buffer.alloc(16).toString('base64')}`;
  const path = `/socket.io/?EIO=4&transport=websocket&apiKey=${apiKey}`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n${upgrade}\r\n${key}\r\n\r\n`);
  await new Promise((resolve) => socket.once('data', resolve));
  socket.pause();
  // A text frame, masked with zeros: "40", which opens the namespace.
  socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x34, 0x30]));
  return socket;
}

describe('the node', () => {
  test('says no key in its log, whatever it is asked on the feed’s path', async () => {
    const lines: string[] = [];
    const into = new Writable({ write: (chunk, _encoding, done) => done(void lines.push(String(chunk))) });
    const noisy = await World.start({}, pino({ level: 'trace' }, into));
    const merchant = await noisy.merchant();
    const secret = `ap_${'5'.repeat(64)}`;
    const accepted = await FeedSocket.accepted(noisy.baseUrl, { apiKey: merchant.apiKey });
    const refused = await FeedSocket.open(noisy.baseUrl, { apiKey: secret });
    await refused.ended();
    for (const query of ['transport=polling&EIO=4', 'transport=nonsense', '']) {
      await fetch(`${noisy.baseUrl}/socket.io/?apiKey=${secret}&${query}`);
    }
    accepted.close();
    await noisy.stop();
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => line.includes(secret) || line.includes(merchant.apiKey))).toEqual([]);
  });

  test('answers what is no WebSocket of the feed as the plain request that it is', async () => {
    const plain = await fetch(`${world().baseUrl}/socket.io/?EIO=4&transport=polling`);
    expect({ status: plain.status, body: await plain.json() }).toMatchObject({ status: 404, body: { success: false } });
    const head = 'host: a\r\nconnection: Upgrade, close\r\nupgrade: h2c\r\n';
    const { status } = await sendRaw(world().baseUrl, `GET /health HTTP/1.1\r\n${head}\r\n`);
    expect(status).toBe(200);
  });

  test('turns an address away that has come sixty times in a minute with nothing good', async () => {
    const flooded = await World.start();
    for (let i = 0; i < 60; i++) await (await FeedSocket.open(flooded.baseUrl, { apiKey: 'bad' })).ended();
    await flooded.until(
      () =>
        FeedSocket.open(flooded.baseUrl, { apiKey: 'bad' }).then(
          () => false,
          () => true,
        ),
      'the address is turned away',
    );
    await flooded.stop();
  });

  test('that stops lets its sockets go as a network would, so that they come again elsewhere', async () => {
    const stopping = await World.start();
    const merchant = await stopping.merchant();
    const socket = await FeedSocket.accepted(stopping.baseUrl, { apiKey: merchant.apiKey });
    const stopped = stopping.stop();
    expect(await socket.ended()).toBe('transport close');
    await stopped;
    socket.close();
  });

  test('counts its sockets and what it tells', async () => {
    const merchant = await world().merchant();
    const before = await world().metric('skinrail_live_events_total', '{event="trade"}');
    const socket = await listens(merchant);
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 1, 'it alone is counted');
    await merchant.buys([world().testListing('never-ships')]);
    await socket.trade(isAt('pending'));
    expect(await world().metric('skinrail_live_events_total', '{event="trade"}')).toBeGreaterThan(before);
    socket.close();
    await world().until(async () => (await world().metric('skinrail_live_sockets')) === 0, 'the socket has gone');
  });
});
