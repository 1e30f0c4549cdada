import { describe, expect, test } from 'vitest';
import { noScopeLimits, type ScopeLimits } from '../../src/clients/limits.ts';
import { toMills } from '../../src/core/money.ts';
import { setClientLimits } from '../../src/merchants/client-limits.ts';
import { accounts, type Client } from '../support/client.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What one client of a merchant can use up, and what all of them together can. */

const world = useWorld();
const { ann, ben } = accounts;

describe('a client that calls without end', () => {
  const asksOften = async (client: Client, times: number) => {
    const answers = await Promise.all(Array.from({ length: times }, () => client.cancels('none', 'none')));
    return answers.map((answer) => answer.status).toSorted();
  };

  test('uses up its share of what my clients may ask for, and is told so; the others go on', async () => {
    const merchant = await world().merchant({ verified: false });
    expect(await asksOften(merchant.client(ann), 30)).toEqual([...Array(5).fill(404), ...Array(25).fill(429)]);
    const refused = await merchant.client(ann).cancels('none', 'none');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'client' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await asksOften(merchant.client(ben), 5)).toEqual(Array(5).fill(404));
  });

  test('is one client whatever clientId its tokens have', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann, 'user-7'), 5);
    expect(await asksOften(merchant.client(ann, 'renamed'), 1)).toEqual([429]);
  });

  test('has its share on each route by itself', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann), 6);
    expect((await merchant.client(ann).call('GET', '/client/trades')).status).toBe(200);
    expect((await merchant.client(ann).cancelsTrade('none')).status).toBe(404);
  });

  test('and all clients together are stopped by the limit that they share', async () => {
    const merchant = await world().merchant({ verified: false });
    await asksOften(merchant.client(ann), 5);
    await asksOften(merchant.client(ben), 5);
    const carl = { steamId: '76561198000000003', tradeUrl: ann.tradeUrl.replace('39734273', '39734275') };
    const refused = await merchant.client(carl).cancels('none', 'none');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'allClients' } });
  });
});

/** Tests of a day begin early on one, so that none ends in the next. */
async function aNewDayBegins(): Promise<void> {
  const dayMs = 86_400_000;
  const leftMs = dayMs - (world().now.getTime() % dayMs);
  await world().passes(`${Math.ceil(leftMs / 60_000) + 10}m`);
}

const listing = (number = 1) => world().testListing('never-ships', number);
/** What one costs, in dollars. */
const PRICE = 15.48;

async function merchantWith(limits: { each?: object; all?: object }): Promise<Merchant> {
  const merchant = await world().merchant();
  const answer = await merchant.call('PUT', '/v1/clients/limits', { body: limits });
  expect(answer.body.error).toBeUndefined();
  return merchant;
}

async function usedBy(merchant: Merchant, client: Client) {
  const answer = await merchant.call('GET', `/v1/clients/limits?clientSteamId=${client.account.steamId}`);
  return answer.body.data.used;
}

function expectReached(answer: Answer, details: Record<string, unknown>): void {
  expect(answer).toMatchObject({ status: 403, body: { error: { code: 2101, key: 'CLIENT_LIMIT_REACHED' } } });
  expect(answer.body.error?.details).toEqual(details);
}

describe('a limit of dollars in flight', () => {
  test('for each client stops the one that has reached it, and says what is left; the others go on', async () => {
    const merchant = await merchantWith({ each: { inFlight: 20 } });
    await merchant.client(ann).withdraws([listing()]);
    const refused = await merchant.client(ann).asksToWithdraw([listing()], { externalId: 'too-much' });
    expectReached(refused, { scope: 'client', limit: 'inFlight', max: 20, left: 4.52 });
    expect(refused.body.error?.message).toBe(
      'Your limit for items in flight leaves $4.52, and this costs more. Try again when items in flight have been delivered or cancelled. Nothing was recorded.',
    );
    expect(refused.headers.get('retry-after')).toBeNull();
    await merchant.client(ben).withdraws([listing()]);
  });

  test('leaves nothing behind when it refuses: no trade, no reserved money, no question, and the externalId is free', async () => {
    const merchant = await merchantWith({ each: { inFlight: 15.47 } });
    const client = merchant.client(ann);
    const asks = () => client.asksToWithdraw([listing()], { externalId: 'again' });
    expect((await asks()).status).toBe(403);
    await world().settles();
    expect(await client.trades()).toEqual([]);
    expect(await merchant.balance()).toEqual({ balance: 1000, pendingBalance: 0 });
    expect(world().receiver.attemptsBy(merchant.name)).toEqual([]);
    expect((await usedBy(merchant, client)).client).toEqual({
      inFlight: 0,
      today: 0,
      withdrawalsToday: 0,
      declinesToday: 0,
    });
    await merchant.call('PUT', '/v1/clients/limits', { body: { each: { inFlight: PRICE } } });
    expect((await asks()).status).toBe(200);
  });

  test('for all of them together stops whoever would pass it, and does not say how high it is', async () => {
    const merchant = await merchantWith({ all: { inFlight: 40 } });
    await merchant.client(ann).withdraws([listing()]);
    await merchant.client(ben).withdraws([listing()]);
    const refused = await merchant.client(ben).asksToWithdraw([listing()]);
    expectReached(refused, { scope: 'allClients', limit: 'inFlight', left: 9.04 });
  });

  test('frees when an item comes back', async () => {
    const merchant = await merchantWith({ each: { inFlight: 20 } });
    const client = merchant.client(ann);
    const trade = await client.withdraws([listing()]);
    await world().passes('31m');
    expect((await client.cancels(trade.id, listing().id)).status).toBe(200);
    await world().settles();
    expect(await usedBy(merchant, client)).toMatchObject({ client: { inFlight: 0 }, all: { inFlight: 0 } });
    await client.withdraws([listing()]);
  });

  test('frees when an item is completed', async () => {
    const merchant = await merchantWith({ each: { inFlight: 20 } });
    const client = merchant.client(ann);
    await client.withdraws([world().testListing('ships-at-once')]);
    await world().passes('8 days');
    expect(await usedBy(merchant, client)).toMatchObject({ client: { inFlight: 0 }, all: { inFlight: 0 } });
  });

  test('counts the most that an item may cost, and no more than it did cost once it is bought', async () => {
    const merchant = await merchantWith({ each: { inFlight: 40 } });
    const client = merchant.client(ann);
    const items = [{ itemId: listing().id, price: PRICE, maxPrice: 40.01 }];
    expect((await client.asksToWithdraw([listing()], { items })).status).toBe(403);
    await client.withdraws([listing()], { items: [{ itemId: listing().id, price: PRICE, maxPrice: 40 }] });
    expect((await usedBy(merchant, client)).client).toMatchObject({ inFlight: PRICE, today: PRICE });
  });

  test('counts every unit of a quick buy', async () => {
    const merchant = await merchantWith({ each: { inFlight: 31 } });
    const { marketHashName } = listing();
    const quick = (amount: number) =>
      merchant.client(ann).call('POST', '/client/trading/withdraw/quick', {
        body: { marketHashName, maxPrice: 15.5, amount },
      });
    expectReached(await quick(3), { scope: 'client', limit: 'inFlight', max: 31, left: 31 });
    expect((await quick(2)).status).toBe(200);
  });

  test('does not count what I buy for myself, to the same Steam account too', async () => {
    const merchant = await merchantWith({ each: { inFlight: 20 }, all: { inFlight: 20 } });
    await merchant.buys([listing(1), listing(2)]);
    await merchant.client(ann).withdraws([listing(3)]);
    await merchant.buys([listing(4)]);
  });

  test('lets through exactly as many of ten withdrawals at once as fit', async () => {
    const merchant = await merchantWith({ each: { inFlight: 50 } });
    // Quick buys: no marketplace is asked, which a busy machine could keep from answering.
    const body = { marketHashName: listing().marketHashName, maxPrice: 15.5, amount: 1 };
    const asks = Array.from({ length: 10 }, () =>
      merchant.client(ann).call('POST', '/client/trading/withdraw/quick', { body }),
    );
    const statuses = (await Promise.all(asks)).map((answer) => answer.status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, ...Array(7).fill(403)]);
  });
});

describe('a limit for a day', () => {
  test('of dollars refuses until the day ends, and says when', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({ each: { perDay: 20 } });
    await merchant.client(ann).withdraws([listing()]);
    const refused = await merchant.client(ann).asksToWithdraw([listing()]);
    const midnight = new Date(Math.ceil(world().now.getTime() / 86_400_000) * 86_400_000);
    expectReached(refused, { scope: 'client', limit: 'perDay', max: 20, left: 4.52, freesAt: midnight.toISOString() });
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(23 * 3600);
    expect(seconds).toBeLessThanOrEqual(24 * 3600);
    await world().passes('1 day');
    await merchant.client(ann).withdraws([listing()]);
  });

  test('of dollars counts what comes back on the same day as not spent', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({ each: { perDay: 20 }, all: { perDay: 20 } });
    merchant.says({ status: 200, body: JSON.stringify({ action: 'reject' }) });
    const client = merchant.client(ann);
    await client.withdraws([listing()]);
    expect(await usedBy(merchant, client)).toMatchObject({ client: { today: 0 }, all: { today: 0 } });
    merchant.says(200);
    await client.withdraws([listing()]);
    expect(await usedBy(merchant, client)).toMatchObject({ client: { today: PRICE, withdrawalsToday: 2 } });
  });

  test('of dollars takes what comes back of yesterday’s withdrawals for nothing of today’s', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({});
    const client = merchant.client(ann);
    const yesterday = await client.withdraws([listing()]);
    await world().passes('1 day');
    await merchant.client(ann).withdraws([listing()]);
    expect((await merchant.client(ann).cancels(yesterday.id, listing().id)).status).toBe(200);
    await world().settles();
    expect(await usedBy(merchant, client)).toMatchObject({ client: { inFlight: PRICE, today: PRICE } });
  });

  test('begins anew after a clock that was days ahead has been set right', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({ each: { perDay: 20 } });
    await merchant.client(ann).withdraws([listing()]);
    const day_start = new Date(world().now.getTime() + 3 * 86_400_000);
    const usage = world().gateway.deps.db.updateTable('client_usage').set({ day_start });
    await usage.where('merchant_id', '=', merchant.id).execute();
    await merchant.client(ann).withdraws([listing()]);
    expect((await usedBy(merchant, merchant.client(ann))).client).toMatchObject({ today: PRICE, withdrawalsToday: 1 });
  });

  test('of withdrawals counts trades', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({ each: { withdrawalsPerDay: 2 }, all: { withdrawalsPerDay: 3 } });
    await merchant.client(ann).withdraws([listing(1), listing(2)]);
    await merchant.client(ann).withdraws([listing()]);
    expect((await merchant.client(ann).asksToWithdraw([listing()])).body.error?.details).toMatchObject({
      scope: 'client',
      limit: 'withdrawalsPerDay',
      left: 0,
    });
    await merchant.client(ben).withdraws([listing()]);
    expect((await merchant.client(ben).asksToWithdraw([listing()])).body.error?.details).toMatchObject({
      scope: 'allClients',
      limit: 'withdrawalsPerDay',
    });
  });

  test('of declined offers stops the client that declines again and again', async () => {
    await aNewDayBegins();
    const merchant = await merchantWith({ each: { declinesPerDay: 2 } });
    const declines = () => merchant.client(ann).withdraws([world().testListing('recipient-declines')]);
    for (let n = 1; n <= 2; n++) {
      await declines();
      await world().passes('6m');
    }
    expect((await usedBy(merchant, merchant.client(ann))).client).toMatchObject({ declinesToday: 2, inFlight: 0 });
    const refused = await merchant.client(ann).asksToWithdraw([listing()]);
    expect(refused.body.error?.details).toMatchObject({ scope: 'client', limit: 'declinesPerDay', max: 2, left: 0 });
    await merchant.client(ben).withdraws([listing()]);
    await world().passes('1 day');
    await merchant.client(ann).withdraws([listing()]);
  });

  test('of nothing keeps all clients from withdrawing, and lets them cancel', async () => {
    const merchant = await world().merchant();
    const trade = await merchant.client(ann).withdraws([listing()]);
    await merchant.call('PUT', '/v1/clients/limits', { body: { all: { perDay: 0 } } });
    await world().passes('31m');
    expect((await merchant.client(ann).asksToWithdraw([listing()])).body.error?.key).toBe('CLIENT_LIMIT_REACHED');
    expect((await merchant.client(ann).cancels(trade.id, listing().id)).status).toBe(200);
  });
});

describe('limits of requests', () => {
  test('count a client’s requests to all routes together', async () => {
    const merchant = await merchantWith({ each: { requestsPerMinute: 3 } });
    const client = merchant.client(ann);
    await client.trades();
    await client.cancels('none', 'none');
    expect((await client.call('GET', '/client/market')).status).toBe(200);
    const refused = await client.call('GET', '/client/trades');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'client' } });
    expect(await merchant.client(ben).trades()).toEqual([]);
  });

  test('of all clients are not used up by what one of them is refused', async () => {
    const merchant = await world().merchant({ verified: false });
    await merchant.call('PUT', '/v1/clients/limits', { body: { all: { requestsPerMinute: 8 } } });
    for (let n = 0; n < 12; n++) await merchant.client(ann).cancels('none', 'none');
    expect((await merchant.client(ben).cancels('none', 'none')).status).toBe(404);
  });

  test('and those of all clients', async () => {
    const merchant = await merchantWith({ all: { requestsPerMinute: 3 } });
    for (const account of [ann, ben, ann]) await merchant.client(account).trades();
    const refused = await merchant.client(ben).call('GET', '/client/trades');
    expect(refused.body.error).toMatchObject({ key: 'RATE_LIMITED', details: { scope: 'allClients' } });
  });
});

describe('who sets limits', () => {
  const operatorSets = (merchant: Merchant, limits: Partial<ScopeLimits>) =>
    setClientLimits(world().gateway.deps, merchant.id, 'operator', {
      each: { ...noScopeLimits, ...limits },
      all: noScopeLimits,
    });

  test('the operator’s hold beside mine: the lower one counts, and I cannot loosen it', async () => {
    const merchant = await merchantWith({ each: { inFlight: 1000 } });
    await operatorSets(merchant, { inFlight: toMills(20_000n) });
    await merchant.client(ann).withdraws([listing()]);
    const refused = await merchant.client(ann).asksToWithdraw([listing()]);
    expect(refused.body.error?.details).toMatchObject({ limit: 'inFlight', max: 20 });
    await merchant.call('PUT', '/v1/clients/limits', { body: {} });
    expect((await merchant.client(ann).asksToWithdraw([listing()])).status).toBe(403);
  });

  test('I read mine and the operator’s, and what is used', async () => {
    const merchant = await merchantWith({ each: { inFlight: 50, declinesPerDay: 3 }, all: { perDay: 99.5 } });
    await operatorSets(merchant, { requestsPerMinute: 100 });
    const client = merchant.client(ann);
    await client.withdraws([listing()]);
    const none = {
      inFlight: null,
      perDay: null,
      withdrawalsPerDay: null,
      declinesPerDay: null,
      requestsPerMinute: null,
    };
    const used = { inFlight: PRICE, today: PRICE, withdrawalsToday: 1, declinesToday: 0 };
    const answer = await merchant.call('GET', `/v1/clients/limits?clientSteamId=${ann.steamId}`);
    expect(answer.body.data).toEqual({
      own: { each: { ...none, inFlight: 50, declinesPerDay: 3 }, all: { ...none, perDay: 99.5 } },
      operator: { each: { ...none, requestsPerMinute: 100 }, all: none },
      used: { all: used, client: used },
      dayEndsAt: expect.stringMatching(/T00:00:00\.000Z$/),
    });
    expect((await merchant.call('GET', '/v1/clients/limits')).body.data.used).toEqual({ all: used });
  });

  test('each time I set mine, they replace those before', async () => {
    const merchant = await merchantWith({ each: { inFlight: 1 }, all: { perDay: 1 } });
    const answer = await merchant.call('PUT', '/v1/clients/limits', {
      body: { each: { perDay: 100, inFlight: null } },
    });
    expect(answer.body.data.own).toMatchObject({ each: { inFlight: null, perDay: 100 }, all: { perDay: null } });
    await merchant.client(ann).withdraws([listing()]);
  });

  test.each<[string, object, string]>([
    ['a negative amount', { each: { inFlight: -1 } }, 'each.inFlight'],
    ['three decimals', { all: { perDay: 1.001 } }, 'all.perDay'],
    ['an amount as text', { all: { perDay: '1' } }, 'all.perDay'],
    ['a fraction of a withdrawal', { each: { withdrawalsPerDay: 1.5 } }, 'each.withdrawalsPerDay'],
    ['no request at all', { each: { requestsPerMinute: 0 } }, 'each.requestsPerMinute'],
    ['an unknown limit', { each: { perWeek: 1 } }, 'each.perWeek'],
    ['an unknown scope', { some: { perDay: 1 } }, 'some'],
  ])('%s is refused, and what I had set stays', async (_what, body, field) => {
    const merchant = await merchantWith({ each: { inFlight: 5 } });
    const answer = await merchant.call('PUT', '/v1/clients/limits', { body });
    expect(answer.body.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { [field]: expect.any(String) } });
    expect((await merchant.call('GET', '/v1/clients/limits')).body.data.own.each.inFlight).toBe(5);
  });
});
