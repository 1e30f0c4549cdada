import { describe, expect, test } from 'vitest';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** What I am told of a trade URL before I buy for it. */

const world = useWorld();
const STEAM_ID = '76561198000000001';
let partners = 39_734_273;

const urlOf = (token: string, partner = 39_734_273) =>
  `https://steamcommunity.com/tradeoffer/new/?partner=${partner}&token=${token}`;
/** Of an account that no other test asks about. */
const freshUrl = (token: string) => urlOf(token, ++partners);

const check = (merchant: Merchant, body: unknown) => merchant.call('POST', '/secure/check-tradeurl', { body });

async function checked(merchant: Merchant, tradeurl: string, forceRefresh?: boolean) {
  const { status, body } = await check(merchant, { tradeurl, ...(forceRefresh === undefined ? {} : { forceRefresh }) });
  expect(body.error).toBeUndefined();
  expect(status).toBe(200);
  return body.data;
}

async function rememberedAt(tradeUrl: string): Promise<Date | null> {
  const { db } = world().gateway.deps;
  const select = db.selectFrom('trade_url_check').select('checked_at').where('trade_url', '=', tradeUrl);
  return (await select.executeTakeFirst())?.checked_at ?? null;
}

const clean = { vacBanned: false, gameBans: 0, economyBan: 'none' };
const message = expect.stringMatching(/^[A-Z].*\.$/);
const known = { message, steamid: STEAM_ID };

describe('a check', () => {
  test.concurrent.each([
    ['AbCdEf12', { ...known, state: 1, canTrade: true, bans: clean }],
    ['escrow__', { ...known, state: 1, canTrade: false, reason: { escrowDays: 15, probation: false }, bans: clean }],
    [
      'probatn_',
      {
        ...known,
        state: 1,
        canTrade: false,
        reason: { escrowDays: 0, probation: true },
        bans: { ...clean, economyBan: 'probation' },
      },
    ],
    ['cs2-ban_', { ...known, state: 2, canTrade: true, bans: { ...clean, vacBanned: true } }],
    ['rust-ban', { ...known, state: 3, canTrade: true, bans: { ...clean, gameBans: 1 } }],
    [
      'banned__',
      {
        ...known,
        state: 4,
        canTrade: false,
        reason: { escrowDays: 0, probation: false },
        bans: { ...clean, economyBan: 'banned' },
      },
    ],
    ['private_', { ...known, state: 5, bans: clean }],
    ['invalid_', { state: 6, message }],
    ['no-user_', { state: 7, message }],
    ['error___', { state: 8, message }],
    ['no-trade', { ...known, state: 9, bans: clean }],
    ['steamoff', { state: 10, message }],
    ['__proto_', { ...known, state: 1, canTrade: true, bans: clean }],
  ])('of the token %s says how its owner stands', async (token, data) => {
    const merchant = await world().merchant();
    expect(await checked(merchant, urlOf(token))).toEqual(data);
    expect(await checked(merchant, urlOf(token))).toEqual(data);
  });

  test.concurrent('that Steam does not answer in time says that nothing is known', async () => {
    expect(await checked(await world().merchant(), urlOf('hangs___'))).toEqual({ state: 10, message });
  });

  test('says which account it is', async () => {
    const merchant = await world().merchant();
    expect(await checked(merchant, urlOf('abcdefgh', 1))).toMatchObject({ steamid: '76561197960265729' });
    expect(await checked(merchant, urlOf('abcdefgh', 4_294_967_295))).toMatchObject({ steamid: '76561202255233023' });
  });

  test('keeps nobody from buying: it is advice', async () => {
    const merchant = await world().merchant();
    const tradeUrl = urlOf('banned__');
    expect(await checked(merchant, tradeUrl)).toMatchObject({ canTrade: false });
    const trade = await merchant.buys([world().testListing('never-ships')], { tradeUrl });
    expect(trade.clientTradeUrl).toBe(tradeUrl);
  });
});

describe('an answer', () => {
  test('is remembered for an hour, for every merchant, and then asked for anew', async () => {
    const [merchant, other] = [await world().merchant(), await world().merchant()];
    const url = freshUrl('AbCdEf12');
    const first = await checked(merchant, url);
    const at = await rememberedAt(url);
    await world().passes('59m');
    expect(await checked(other, url)).toEqual(first);
    expect(await rememberedAt(url)).toEqual(at);
    await world().passes('1m');
    await checked(merchant, url);
    expect((await rememberedAt(url))?.getTime()).toBeGreaterThan((at?.getTime() ?? 0) + 3_600_000);
  });

  test('is asked for anew when I want it', async () => {
    const merchant = await world().merchant();
    const url = freshUrl('AbCdEf12');
    await checked(merchant, url);
    const at = await rememberedAt(url);
    await world().passes('1m');
    await checked(merchant, url, false);
    expect(await rememberedAt(url)).toEqual(at);
    await checked(merchant, url, true);
    expect((await rememberedAt(url))?.getTime()).toBeGreaterThan((at?.getTime() ?? 0) + 59_000);
  });

  test.each(['error___', 'steamoff'])('of %s is not remembered', async (token) => {
    const url = freshUrl(token);
    await checked(await world().merchant(), url);
    expect(await rememberedAt(url)).toBeNull();
  });

  test('that this version cannot read is asked for anew', async () => {
    const merchant = await world().merchant();
    const url = freshUrl('AbCdEf12');
    const row = { trade_url: url, result: '{"standing":"on the moon"}', checked_at: world().now };
    await world().gateway.deps.db.insertInto('trade_url_check').values(row).execute();
    expect(await checked(merchant, url)).toMatchObject({ state: 1 });
  });

  test('comes to ten that ask at once, all the same', async () => {
    const merchant = await world().merchant();
    const url = freshUrl('escrow__');
    const all = await Promise.all(Array.from({ length: 10 }, (_, n) => checked(merchant, url, n % 2 === 0)));
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await rememberedAt(url)).not.toBeNull();
  });

  test('that is too old is deleted', async () => {
    const merchant = await world().merchant();
    const [old, young] = [freshUrl('AbCdEf12'), freshUrl('AbCdEf12')];
    await checked(merchant, old);
    await world().passes('30m');
    await checked(merchant, young);
    await world().passes('31m');
    await world().until(async () => (await rememberedAt(old)) === null, 'the old one is deleted');
    expect(await rememberedAt(young)).not.toBeNull();
  });
});

describe('a check is refused', () => {
  test.each<[string, unknown, string]>([
    ['without a URL', {}, 'tradeurl'],
    ['of a number', { tradeurl: 1 }, 'tradeurl'],
    ['of nothing', { tradeurl: '' }, 'tradeurl'],
    ['over http', { tradeurl: urlOf('AbCdEf12').replace('https', 'http') }, 'tradeurl'],
    ['of another site', { tradeurl: urlOf('AbCdEf12').replace('steamcommunity', 'steamcommunlty') }, 'tradeurl'],
    ['with a token of 7 characters', { tradeurl: urlOf('AbCdEf1') }, 'tradeurl'],
    ['with a token of 9 characters', { tradeurl: urlOf('AbCdEf123') }, 'tradeurl'],
    ['with a token of other characters', { tradeurl: urlOf('AbCdEf1!') }, 'tradeurl'],
    ['of a partner that is no number', { tradeurl: urlOf('AbCdEf12').replace('39734273', 'me') }, 'tradeurl'],
    ['of a partner of 11 digits', { tradeurl: urlOf('AbCdEf12', 12_345_678_901) }, 'tradeurl'],
    ['with a line more', { tradeurl: `${urlOf('AbCdEf12')}\n` }, 'tradeurl'],
    ['with a URL as it is called elsewhere', { tradeUrl: urlOf('AbCdEf12'), tradeurl: urlOf('AbCdEf12') }, 'tradeUrl'],
    ['with a forceRefresh that is a text', { tradeurl: urlOf('AbCdEf12'), forceRefresh: 'true' }, 'forceRefresh'],
    ['with a forceRefresh that is null', { tradeurl: urlOf('AbCdEf12'), forceRefresh: null }, 'forceRefresh'],
  ])('%s', async (_what, body, field) => {
    const answer = await check(await world().merchant(), body);
    expect({ status: answer.status, key: answer.body.error?.key }).toEqual({ status: 400, key: 'VALIDATION_FAILED' });
    expect(Object.keys(answer.body.error?.fields ?? {})).toEqual([field]);
  });

  test('to an unverified merchant after a hundred in an hour', async () => {
    const merchant = await world().merchant({ verified: false });
    const url = urlOf('AbCdEf12');
    for (let n = 0; n < 100; n++) expect((await check(merchant, { tradeurl: url })).status).toBe(200);
    const { status, body, headers } = await check(merchant, { tradeurl: url });
    expect({ status, key: body.error?.key }).toEqual({ status: 429, key: 'RATE_LIMITED' });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3500);
  });
});
