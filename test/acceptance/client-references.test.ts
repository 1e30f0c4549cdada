import { describe, expect, test } from 'vitest';
import { requireTrade } from '../../src/cli/require-trade.ts';
import { accounts, type Client } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** Whose an externalId is: a client's are its own, so that none takes another's or its merchant's. */

const world = useWorld();
const { ann, ben } = accounts;
const listing = () => world().testListing('never-ships');
const cancellable = () => world().testListing('cancel-confirmed-later');

/** The trades of the merchant, of ann and of ben, all under one externalId; the clients' are the older ones. */
async function threeUnder(externalId: string, merchant: Merchant) {
  const anns = await merchant.client(ann).withdraws([cancellable()], { externalId });
  const bens = await merchant.client(ben).withdraws([cancellable()], { externalId });
  const own = await merchant.buys([cancellable()], { externalId });
  return { anns, bens, own };
}

describe('an externalId that a client has used', () => {
  test('is still free for me, and for my other clients', async () => {
    const { anns, bens, own } = await threeUnder('order-1', await world().merchant());
    expect([anns, bens, own].map((trade) => trade.externalId)).toEqual(['order-1', 'order-1', 'order-1']);
    expect(new Set([anns.id, bens.id, own.id]).size).toBe(3);
  });

  test('is still free for a quick buy of mine, and one that I have used for quick buys of its', async () => {
    const merchant = await world().merchant();
    const quick = (client: Client, externalId: string) => {
      const { marketHashName, price: maxPrice } = listing();
      const body = { marketHashName, maxPrice, amount: 1, externalId };
      return client.call('POST', '/client/trading/withdraw/quick', { body });
    };
    expect((await quick(merchant.client(ann), 'quick')).status).toBe(200);
    expect((await merchant.asksToBuyQuick(listing(), { externalId: 'quick' })).status).toBe(200);
    expect((await quick(merchant.client(ben), 'quick')).status).toBe(200);
    expect((await quick(merchant.client(ann), 'quick')).body.error?.key).toBe('EXTERNAL_ID_EXISTS');
  });

  test('is used up for that client, whatever clientId its token has, and for nobody else', async () => {
    const merchant = await world().merchant();
    await merchant.client(ann, 'user-7').withdraws([listing()], { externalId: 'once' });
    const again = await merchant.client(ann, 'renamed').asksToWithdraw([listing()], { externalId: 'once' });
    expect(again).toMatchObject({ status: 409, body: { error: { code: 1, key: 'EXTERNAL_ID_EXISTS' } } });
  });

  test('ten times at once is one trade', async () => {
    const client = (await world().merchant()).client(ann);
    const asks = Array.from({ length: 10 }, () => client.asksToWithdraw([listing()], { externalId: 'ten' }));
    const statuses = (await Promise.all(asks)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([200, ...Array(9).fill(409)]);
  });
});

describe('when I look up an externalId', () => {
  test('I find my own, although my clients used it before me', async () => {
    const merchant = await world().merchant();
    const { own } = await threeUnder('shared', merchant);
    expect(await merchant.trade('shared')).toMatchObject({ id: own.id, source: 'self' });
  });

  test('I find the client’s that had it first, when I have none of that name', async () => {
    const merchant = await world().merchant();
    const anns = await merchant.client(ann).withdraws([listing()], { externalId: 'theirs' });
    await merchant.client(ben).withdraws([listing()], { externalId: 'theirs' });
    expect(await merchant.trade('theirs')).toMatchObject({ id: anns.id, source: 'client', clientSteamID: ann.steamId });
  });

  test('among several references, each is found as it is by itself, and every trade once', async () => {
    const merchant = await world().merchant();
    const { anns, bens, own } = await threeUnder('several', merchant);
    const answer = await merchant.call('GET', `/secure/trades/${anns.id},several,${bens.id},${own.id}`);
    expect(answer.body.data.map((trade: { id: string }) => trade.id)).toEqual([anns.id, own.id, bens.id]);
  });

  test('the lists of my wallet and of my callbacks are about my own', async () => {
    const merchant = await world().merchant();
    const { own } = await threeUnder('books', merchant);
    const entries = (await merchant.call('GET', '/v1/wallets/me/entries?tradeId=books')).body.data.items;
    expect(new Set(entries.map((entry: { tradeId: string }) => entry.tradeId))).toEqual(new Set([own.id]));
    const callbacks = (await merchant.call('GET', '/v1/callbacks/deliveries?trade=books')).body.data.items;
    expect(new Set(callbacks.map((callback: { tradeId: string }) => callback.tradeId))).toEqual(new Set([own.id]));
  });

  test('the operator is told of all of them, and finds each by its id', async () => {
    const merchant = await world().merchant();
    const { anns, bens, own } = await threeUnder('operators', merchant);
    const ask = requireTrade(world().gateway.deps.db, 'operators', merchant.id);
    await expect(ask).rejects.toThrow(
      `3 trades have the externalId operators; use the id of one of them: ${anns.id} (client ${ann.steamId} of merchant ${merchant.id}); ${bens.id} (client ${ben.steamId} of merchant ${merchant.id}); ${own.id} (merchant ${merchant.id})`,
    );
    expect(await requireTrade(world().gateway.deps.db, bens.id, undefined)).toMatchObject({ id: bens.id });
  });
});

describe('a cancel by externalId', () => {
  test('cancels the caller’s own of the three that have it', async () => {
    const merchant = await world().merchant();
    const { anns, bens, own } = await threeUnder('cancel-me', merchant);
    await world().passes('31m');
    const cancelled = async (caller: Merchant | Client) =>
      (await caller.cancels('cancel-me', cancellable().id)).body.data?.tradeId;
    expect(await cancelled(merchant)).toBe(own.id);
    expect(await cancelled(merchant.client(ben))).toBe(bens.id);
    expect(await cancelled(merchant.client(ann))).toBe(anns.id);
  });

  test('of a whole trade does so too', async () => {
    const merchant = await world().merchant();
    const { anns, bens, own } = await threeUnder('cancel-all', merchant);
    await world().passes('31m');
    const cancelled = async (caller: Merchant | Client) => (await caller.cancelsTrade('cancel-all')).body.data?.tradeId;
    expect(await cancelled(merchant.client(ben))).toBe(bens.id);
    expect(await cancelled(merchant)).toBe(own.id);
    expect(await cancelled(merchant.client(ann))).toBe(anns.id);
  });

  test('by a client that has no such trade finds nothing, though I or another client have one', async () => {
    const merchant = await world().merchant();
    await merchant.buys([cancellable()], { externalId: 'mine' });
    await merchant.client(ben).withdraws([cancellable()], { externalId: 'bens' });
    await world().passes('31m');
    for (const ref of ['mine', 'bens']) {
      const client = merchant.client(ann);
      const item = await client.cancels(ref, cancellable().id);
      expect(item).toMatchObject({ status: 404, body: { error: { key: 'ITEM_NOT_FOUND' } } });
      const whole = await client.cancelsTrade(ref);
      expect(whole).toMatchObject({ status: 404, body: { error: { key: 'TRADE_NOT_FOUND' } } });
    }
  });

  test('by me of a trade that only a client has is forbidden, as by its id', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann).withdraws([cancellable()], { externalId: 'anns' });
    await world().passes('31m');
    for (const ref of ['anns', trade.id]) {
      expect((await merchant.cancels(ref, cancellable().id)).body.error?.key).toBe('FORBIDDEN');
      expect((await merchant.cancelsTrade(ref)).body.error?.key).toBe('FORBIDDEN');
    }
  });
});
