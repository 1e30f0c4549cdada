import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { timelineText } from '../../src/cli/timeline-text.ts';
import { rotateSecret } from '../../src/merchants/rotate-secret.ts';
import { timelineJson } from '../../src/operator-api/timeline-json.ts';
import { timelineOf } from '../../src/trades/timeline.ts';
import { accounts, type Client, signToken, tokenClaims } from '../support/client.ts';
import { cents, dollars, type Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** A merchant's users: their tokens, what they withdraw, see and cancel, and all that they must not. */

const world = useWorld();
const { ann, ben } = accounts;

const identity = (extra: object = {}) => ({ clientSteamId: ann.steamId, clientTradeUrl: ann.tradeUrl, ...extra });

function asksForToken(merchant: Merchant, body: unknown = identity()) {
  return merchant.call('POST', '/auth/authenticate-client', { body });
}

const withToken = (token: string) =>
  world().call('GET', '/client/trades', { headers: { authorization: `Bearer ${token}` } });

function partsOf(token: string): [unknown, ReturnType<typeof tokenClaims>] {
  const read = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString());
  const [header, claims] = token.split('.');
  return [read(header), read(claims)];
}

describe('a token that I ask for', () => {
  test('is the one that I would have signed myself, for a day, and opens the routes of clients', async () => {
    const merchant = await world().merchant();
    const answer = await asksForToken(merchant, identity({ clientId: 'user-7' }));
    expect(answer.status).toBe(200);
    const { token } = answer.body.data;
    const [header, claims] = partsOf(token);
    expect(header).toEqual({ alg: 'HS256', userId: merchant.id });
    const mine = tokenClaims(merchant.id, ann, new Date(claims.iat * 1000), 'user-7');
    expect(token).toBe(signToken(merchant.apiSecret, header, mine));
    expect(Math.abs(claims.iat * 1000 - world().now.getTime())).toBeLessThan(10_000);
    expect((await withToken(token)).status).toBe(200);
  });

  test('holds for a day of the sandbox’s clock', async () => {
    const merchant = await world().merchant();
    // By real time, which counts in the sandbox too, a token that is signed from now on is for later.
    await world().passes('1h');
    const { token } = (await asksForToken(merchant)).body.data;
    await world().passes('23h');
    expect((await withToken(token)).status).toBe(200);
    await world().passes('1h');
    expect((await withToken(token)).body.error?.key).toBe('INVALID_TOKEN');
    const next = (await asksForToken(merchant)).body.data.token;
    expect((await withToken(next)).status).toBe(200);
  });

  test('can be asked for again and again: each is good', async () => {
    const merchant = await world().merchant();
    const answers = await Promise.all(Array.from({ length: 5 }, () => asksForToken(merchant)));
    for (const { body } of answers) expect((await withToken(body.data.token)).status).toBe(200);
  });

  test('holds what I said of my user, and nothing that the API does not know', async () => {
    const merchant = await world().merchant();
    const clientData = {
      cryptoDeposits: false,
      fiatDeposits: true,
      kycLevel: 2,
      kycHash: 'a1b2',
      registrationDate: '2024-05-01T10:00:00Z',
      totalWager: 12.5,
      nickname: 'ann',
    };
    const { token } = (await asksForToken(merchant, identity({ clientData, clientId: '' }))).body.data;
    const { nickname: _unknown, ...known } = clientData;
    const [, { client }] = partsOf(token);
    expect(client).toEqual({ steamID: ann.steamId, tradeUrl: ann.tradeUrl, clientData: known });
    const withoutDate = identity({ clientData: { registrationDate: null } });
    const [, bare] = partsOf((await asksForToken(merchant, withoutDate)).body.data.token);
    expect(bare.client).toHaveProperty('clientData', {});
  });

  test('is as good when everything in it is as long as it may be', async () => {
    const merchant = await world().merchant();
    const clientData = { kycHash: '😀'.repeat(1024), totalWager: 1.7976931348623157e308, kycLevel: 2 ** 53 };
    const answer = await asksForToken(merchant, identity({ clientId: '😀'.repeat(128), clientData }));
    expect((await withToken(answer.body.data.token)).status).toBe(200);
  });

  test.each<[string, object | string, string]>([
    ['no body', '', 'body'],
    ['no account', { clientTradeUrl: ann.tradeUrl }, 'clientSteamId'],
    ['no trade URL', { clientSteamId: ann.steamId }, 'clientTradeUrl'],
    ['an account as a number', identity({ clientSteamId: 76561198 }), 'clientSteamId'],
    ['an account that is none', identity({ clientSteamId: '76561198' }), 'clientSteamId'],
    ['a trade URL that is none', identity({ clientTradeUrl: 'https://steamcommunity.com/' }), 'clientTradeUrl'],
    ['the trade URL of another account', identity({ clientTradeUrl: ben.tradeUrl }), 'clientTradeUrl'],
    ['a clientId of 129 characters', identity({ clientId: 'x'.repeat(129) }), 'clientId'],
    ['a clientId that no database can store', identity({ clientId: 'a\u0000' }), 'clientId'],
    ['something unknown', identity({ admin: true }), 'admin'],
    ['data that is none', identity({ clientData: 'rich' }), 'clientData'],
    ['less than no wager', identity({ clientData: { totalWager: -1 } }), 'clientData.totalWager'],
    ['a wager as text', identity({ clientData: { totalWager: '1' } }), 'clientData.totalWager'],
    ['a date that is none', identity({ clientData: { registrationDate: 'May' } }), 'clientData.registrationDate'],
    ['half a level', identity({ clientData: { kycLevel: 0.5 } }), 'clientData.kycLevel'],
    ['a hash without end', identity({ clientData: { kycHash: 'x'.repeat(1025) } }), 'clientData.kycHash'],
  ])('is refused for %s, with the field named', async (_what, body, field) => {
    const merchant = await world().merchant();
    const headers = { 'content-type': 'application/json' };
    const answer = await merchant.call('POST', '/auth/authenticate-client', { body, headers });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 1001, key: 'VALIDATION_FAILED' });
    expect(Object.keys(answer.body.error?.fields ?? {})).toEqual([field]);
  });

  test('is counted by the hour while I am not verified', async () => {
    const merchant = await world().merchant({ verified: false });
    for (let n = 0; n < 100; n++) expect((await asksForToken(merchant)).status).toBe(200);
    const limited = await asksForToken(merchant);
    expect(limited.status).toBe(429);
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  test('is good at once after my secret was changed, without a pause', async () => {
    const merchant = await world().merchant();
    expect((await merchant.client().call('GET', '/client/trades')).status).toBe(200);
    for (let times = 0; times < 3; times++) {
      await rotateSecret(world().gateway.deps, merchant.id, 0);
      const { token } = (await asksForToken(merchant)).body.data;
      expect((await withToken(token)).status).toBe(200);
    }
  });
});

describe('a client withdraws', () => {
  test('what it chose goes to the trade URL of its token, and is reserved in my wallet', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const answer = await merchant.client(ben, 'user-7').asksToWithdraw([listing], { externalId: 'order-1' });
    expect(answer.status).toBe(200);
    expect(answer.body.data).toMatchObject({
      type: 'withdraw',
      source: 'client',
      status: 'initiated',
      merchantId: merchant.id,
      externalId: 'order-1',
      externalClientUserId: 'user-7',
      clientUserId: ben.steamId,
      clientSteamID: ben.steamId,
      clientTradeUrl: ben.tradeUrl,
      totalPrice: listing.price,
    });
    await world().settles();
    const balance = dollars(cents(1000) - cents(listing.price));
    expect(await merchant.balance()).toEqual({ balance, pendingBalance: listing.price });
  });

  test('I am asked first, with who it is, and told of every step', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann, 'user-7').withdraws([world().testListing('ships-at-once')]);
    const who = { source: 'client', externalClientUserId: 'user-7', clientSteamID: ann.steamId };
    const questions = merchant.questionsAbout(trade.id);
    expect(questions.map((question) => question.trade)).toMatchObject([{ ...who, status: 'initiated' }]);
    await world().passes('10s');
    const told = merchant.callbacksOf(trade.id);
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(told.map(({ trade: each }) => each)).toMatchObject(told.map(() => who));
    expect(new Set(told.map(({ verdict }) => verdict))).toEqual(new Set(['verified']));
  });

  test('nothing, when I say no: it fails, and nothing is bought', async () => {
    const merchant = await world().merchant();
    merchant.says({ status: 200, body: JSON.stringify({ action: 'reject', reason: 'no balance' }) });
    const trade = await merchant.client().withdraws([world().testListing('never-ships')]);
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'failed', error: 'MERCHANT_REJECTED' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('without a clientId, the trade has none', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann).withdraws([world().testListing('never-ships')]);
    expect(await merchant.trade(trade.id)).not.toHaveProperty('externalClientUserId');
  });

  test('to nowhere else: a trade URL in the body is refused, as is whatever else it may not say', async () => {
    const merchant = await world().merchant();
    const client = merchant.client();
    for (const extra of [{ tradeUrl: ben.tradeUrl }, { merchantId: merchant.id }, { source: 'self' }]) {
      const answer = await client.asksToWithdraw([world().testListing('never-ships')], extra);
      const [field = ''] = Object.keys(extra);
      expect(answer.body.error).toMatchObject({
        key: 'VALIDATION_FAILED',
        fields: { [field]: 'is not a known field' },
      });
    }
    expect(await client.trades()).toEqual([]);
  });

  test('under the same rules as I buy: its price, its wallet, each listing once', async () => {
    const merchant = await world().merchant({ funds: 1 });
    const client = merchant.client();
    const listing = world().testListing('never-ships');
    const keyOf = async (answer: ReturnType<Client['asksToWithdraw']>) => (await answer).body.error?.key;
    expect(await keyOf(client.asksToWithdraw([listing]))).toBe('MERCHANT_BALANCE_LOW');
    expect(await keyOf(client.asksToWithdraw([listing, listing]))).toBe('VALIDATION_FAILED');
    expect(await keyOf(client.asksToWithdraw([{ ...listing, price: 0.01 }]))).toBe('PRICE_CHANGED');
    expect(await keyOf(client.asksToWithdraw([{ ...listing, id: randomUUID() }]))).toBe('LISTING_NOT_FOUND');
  });

  test('no more often in a minute than all clients of an unverified merchant together may', async () => {
    const merchant = await world().merchant({ verified: false });
    const listing = world().testListing('never-ships');
    const asks = [ann, ben, ann, ben, ann, ben].map((account) => merchant.client(account).asksToWithdraw([listing]));
    const statuses = (await Promise.all(asks)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await merchant.asksToBuy([listing])).status).toBe(200);
  });
});

describe('a client sees', () => {
  test('its own withdrawals, the newest first, in pages, of one game at a time', async () => {
    const merchant = await world().merchant();
    const client = merchant.client();
    const ids: string[] = [];
    for (let n = 1; n <= 5; n++)
      ids.unshift((await client.asksToWithdraw([world().testListing('never-ships')])).body.data.id);
    const rust = (await client.asksToWithdraw([world().rustListing('never-ships')])).body.data.id;
    await world().settles();
    expect(await client.trades()).toEqual(ids);
    expect(await client.trades('?type=withdraw')).toEqual(ids);
    expect(await client.trades('?type=deposit')).toEqual([]);
    expect(await client.trades('?game=252490')).toEqual([rust]);
    const first = (await client.call('GET', '/client/trades?limit=2')).body.data;
    expect(first.items.map((trade: { id: string }) => trade.id)).toEqual(ids.slice(0, 2));
    expect(first.items[0]).toEqual(await merchant.trade(ids[0] ?? ''));
    expect(await client.trades(`?limit=2&cursor=${first.nextCursor}`)).toEqual(ids.slice(2, 4));
    for (const query of ['?limit=0', '?limit=101', '?game=1', '?cursor=x', '?type=x']) {
      expect((await client.call('GET', `/client/trades${query}`)).status).toBe(400);
    }
  });

  test('nobody else’s: not mine, not another client’s, not those of the same account at another merchant', async () => {
    const merchant = await world().merchant();
    const elsewhere = await world().merchant();
    const listing = world().testListing('never-ships');
    const own = await merchant.client(ann).withdraws([listing]);
    // My own goes to the very same Steam account.
    expect((await merchant.buys([listing])).clientSteamID).toBe(ann.steamId);
    const bens = await merchant.client(ben).withdraws([listing]);
    const abroad = await elsewhere.client(ann).withdraws([listing]);
    expect(await merchant.client(ann).trades()).toEqual([own.id]);
    expect(await merchant.client(ben).trades()).toEqual([bens.id]);
    expect(await elsewhere.client(ann).trades()).toEqual([abroad.id]);
    expect(await elsewhere.client(ben).trades()).toEqual([]);
  });

  test('not by the end of somebody else’s page either', async () => {
    const merchant = await world().merchant();
    const bens = merchant.client(ben);
    for (let n = 0; n < 3; n++) await bens.asksToWithdraw([world().testListing('never-ships')]);
    const { nextCursor } = (await bens.call('GET', '/client/trades?limit=1')).body.data;
    expect(await merchant.client(ann).trades(`?cursor=${nextCursor}`)).toEqual([]);
  });

  test('its trades whatever clientId its token has, since it is known by its Steam account', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann, 'user-7').withdraws([world().testListing('never-ships')]);
    expect(await merchant.client(ann, 'renamed').trades()).toEqual([trade.id]);
    expect(await merchant.client(ben, 'user-7').trades()).toEqual([]);
  });

  test('and the operator sees whose a trade is, and who made it', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann, 'user-7').withdraws([world().testListing('never-ships')]);
    const timeline = await timelineOf(world().gateway.deps.db, { merchant_id: merchant.id, id: trade.id });
    const text = timelineText(timeline);
    expect(text).toContain(`${ann.steamId}, user-7`);
    expect(text).toContain(`client:${ann.steamId}`);
    expect(timelineJson(timeline)).toMatchObject({ source: 'client', steamId: ann.steamId, clientId: 'user-7' });
  });

  test('I find its trades by id or externalId, and my list has only my own', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann).withdraws([world().testListing('never-ships')], { externalId: 'anns' });
    const own = await merchant.buys([world().testListing('never-ships')]);
    for (const ref of [trade.id, 'anns'])
      expect(await merchant.trade(ref)).toMatchObject({ id: trade.id, source: 'client' });
    const list = (await merchant.call('GET', '/secure/trades')).body.data.items;
    expect(list.map((each: { id: string }) => each.id)).toEqual([own.id]);
  });
});

describe('a client cancels', () => {
  /** A trade with one item that can be cancelled in every respect but for who asks. */
  async function ripe(buyer: Merchant | Client, extra: Record<string, unknown> = {}) {
    const listing = world().testListing('cancel-confirmed-later');
    const trade = await ('withdraws' in buyer ? buyer.withdraws([listing], extra) : buyer.buys([listing], extra));
    await world().passes('31m');
    return { trade, item: listing.id, price: listing.price };
  }

  const cancellationsAbout = (tradeId: string) =>
    world()
      .gateway.deps.db.selectFrom('cancellation')
      .select(['actor', 'state'])
      .where('trade_id', '=', tradeId)
      .execute();

  test('its own item, and the money comes back to my wallet by the marketplace’s word', async () => {
    const merchant = await world().merchant();
    const client = merchant.client(ann, 'user-7');
    const { trade, item, price } = await ripe(client);
    const answer = await client.cancels(trade.id, item);
    expect(answer.status).toBe(200);
    expect(answer.body.data).toEqual({ tradeId: trade.id, itemId: item, status: 'cancelled' });
    expect(await merchant.balance()).toEqual({ balance: dollars(cents(1000) - cents(price)), pendingBalance: price });
    expect(await cancellationsAbout(trade.id)).toEqual([{ actor: `client:${ann.steamId}`, state: 'accepted' }]);
    await world().passes('10m');
    expect(await merchant.trade(trade.id)).toMatchObject({ status: 'reverted', revertedBy: 'supplier' });
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(merchant.callbacksOf(trade.id).at(-1)?.trade).toMatchObject({
      status: 'reverted',
      source: 'client',
      externalClientUserId: 'user-7',
    });
  });

  test('by the externalIds that it gave', async () => {
    const client = (await world().merchant()).client();
    const listing = world().testListing('cancel-confirmed-later');
    const items = [{ itemId: listing.id, price: listing.price, externalId: 'line-1' }];
    const { trade } = await ripe(client, { externalId: 'order-1', items });
    expect((await client.cancels('order-1', 'line-1')).body.data).toMatchObject({
      tradeId: trade.id,
      externalId: 'line-1',
    });
  });

  test('with a token that was made later, for another clientId of the same account', async () => {
    const merchant = await world().merchant();
    const { trade, item } = await ripe(merchant.client(ann, 'user-7'));
    expect((await merchant.client(ann).cancels(trade.id, item)).status).toBe(200);
  });

  test('under the same rules as I do', async () => {
    const client = (await world().merchant()).client();
    const young = world().testListing('never-ships');
    const rust = world().rustListing('never-ships');
    const answerFor = async (listing: typeof young) =>
      (await client.cancels((await client.withdraws([listing])).id, listing.id)).body;
    expect((await answerFor(young)).error).toMatchObject({ key: 'TRADE_CANCEL_TOO_SOON' });
    expect((await answerFor(rust)).error).toMatchObject({ details: { reason: 'not_supported' } });
    expect((await client.cancels('none', 'none')).body.error).toMatchObject({ code: 2201, key: 'ITEM_NOT_FOUND' });
    expect((await client.cancels('x'.repeat(129), 'none')).body.error?.key).toBe('VALIDATION_FAILED');
  });

  test.each<[string, (merchant: Merchant) => Promise<Merchant | Client>]>([
    ['another client', async (merchant) => merchant.client(ben)],
    ['mine, to the same Steam account', async (merchant) => merchant],
    ['the same account at another merchant', async () => (await world().merchant()).client(ann)],
    ['another client at another merchant', async () => (await world().merchant()).client(ben)],
  ])(
    'nothing of %s: it is forbidden, no request is left behind, and the marketplace hears nothing',
    async (_who, ownerOf) => {
      const merchant = await world().merchant();
      const owner = await ownerOf(merchant);
      const { trade, item } = await ripe(owner);
      const answer = await merchant.client(ann).cancels(trade.id, item);
      expect(answer.status).toBe(403);
      expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
      expect(await cancellationsAbout(trade.id)).toEqual([]);
      expect((await world().supplierCalls(trade.merchantId, trade.id, item)).cancelCalls).toBe(0);
      expect((await owner.cancels(trade.id, item)).status).toBe(200);
    },
  );

  test('nothing of another merchant’s by an externalId: that does not exist for it', async () => {
    const elsewhere = await world().merchant();
    const { item } = await ripe(elsewhere.client(ann), { externalId: 'theirs' });
    const answer = await (await world().merchant()).client(ann).cancels('theirs', item);
    expect(answer.body.error).toMatchObject({ code: 2201, key: 'ITEM_NOT_FOUND' });
  });

  test('and I cannot, with my key: a client’s withdrawal is not my own', async () => {
    const merchant = await world().merchant();
    const { trade, item } = await ripe(merchant.client(ann));
    const answer = await merchant.cancels(trade.id, item);
    expect(answer.body.error).toMatchObject({ code: 1300, key: 'FORBIDDEN' });
    expect(await cancellationsAbout(trade.id)).toEqual([]);
  });

  test('twice at once, while another client tries too: one call to the marketplace, one refund', async () => {
    const merchant = await world().merchant();
    const { trade, item } = await ripe(merchant.client(ann));
    const answers = await Promise.all(
      [ann, ben, ann].map((account) => merchant.client(account).cancels(trade.id, item)),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 403, 200]);
    expect((await world().supplierCalls(merchant.id, trade.id, item)).cancelCalls).toBe(1);
    await world().passes('10m');
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
  });

  test('as often in a minute as all clients of an unverified merchant together may; mine are counted apart', async () => {
    const merchant = await world().merchant({ verified: false });
    const asks = Array.from({ length: 11 }, (_, n) => merchant.client(n % 2 ? ann : ben).cancels('none', 'none'));
    const statuses = (await Promise.all(asks)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([...Array(10).fill(404), 429]);
    expect((await merchant.cancels('none', 'none')).status).toBe(404);
  });
});
