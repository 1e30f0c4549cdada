import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { SANDBOX_CS2DT_KEY } from '../../sandbox/marketplace/cs2dt.ts';
import { SANDBOX_LIS_SKINS_KEY } from '../../sandbox/marketplace/lis-skins.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { withSession } from '../../src/cli/open-session.ts';
import { loadConfig } from '../../src/config/config.ts';
import { type Gateway, startGateway } from '../../src/gateway/gateway.ts';
import { createKey, createMerchant } from '../../src/merchants/operations.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { openMarketplace, serverThat } from '../suppliers/harness.ts';
import { createDataFolder } from '../support/data-folder.ts';
import { SECRET_KEY } from '../support/keys.ts';

/** What I am told of a trade URL outside the sandbox, where the marketplaces with which the operator buys are asked. */

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const TIMEOUT_MS = 2000;
const STEAM_ID = '76561198000000001';
const message = expect.stringMatching(/^[A-Z].*\.$/);
const urlOf = (token: string) => `https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=${token}`;

/** Accounts by their kinds, with their settings. */
type Accounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

const waxpeerAt = (url: string): Accounts => ({
  waxpeer: { apiKey: SANDBOX_WAXPEER_KEY, games: '252490', baseUrl: `${url}/waxpeer` },
});
const cs2dtAt = (url: string): Accounts => ({
  cs2dt: { apiKey: SANDBOX_CS2DT_KEY, searches: 'Never Ships', baseUrl: `${url}/cs2dt` },
});

async function gatewayWith(accounts: Accounts) {
  const dataDir = createDataFolder();
  ends.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const config = loadConfig({
    PORT: '0',
    DATA_DIR: dataDir,
    SANDBOX: 'off',
    SECRET_KEY,
    SUPPLIER_TIMEOUT_MS: String(TIMEOUT_MS),
  });
  await withSession(config, async ({ deps }) => {
    for (const [kind, given] of Object.entries(accounts)) await addAccount(deps, { kind, id: kind, given });
  });
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
  const gateway = await startGateway(config, log);
  ends.push(() => gateway.stop());
  const callbackUrl = 'https://shop.example/callbacks';
  const { merchant } = await createMerchant(gateway.deps, { name: 'shop', verified: true, callbackUrl });
  const { apiKey } = await createKey(gateway.deps, merchant.id);
  return { check: checkerOf(gateway, apiKey), lines, isRemembered: (token: string) => isRemembered(gateway, token) };
}

function checkerOf({ baseUrl }: Gateway, apiKey: string) {
  return async (token: string, more: { forceRefresh?: boolean } = {}) => {
    const answer = await fetch(`${baseUrl}/secure/check-tradeurl`, {
      method: 'POST',
      headers: { 'api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ tradeurl: urlOf(token), ...more }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
    const { data, error } = (await answer.json()) as any;
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), data, error };
  };
}

async function isRemembered({ deps }: Gateway, token: string): Promise<boolean> {
  const rows = deps.db.selectFrom('trade_url_check').select('trade_url').where('trade_url', '=', urlOf(token));
  return (await rows.execute()).length > 0;
}

const fine = { state: 1, message, steamid: STEAM_ID, canTrade: true };
const refused = { state: 9, message };
const unknown = { state: 8, message };

test('a marketplace says whether it delivers, and often why not; what it leaves open is not remembered', async () => {
  const market = await openMarketplace();
  const { check, isRemembered } = await gatewayWith(waxpeerAt(market.url));
  const answers = {
    AbCdEf12: fine,
    private_: { state: 5, message, steamid: STEAM_ID },
    banned__: { state: 4, message, steamid: STEAM_ID, canTrade: false, reason: { escrowDays: 0, probation: false } },
    'cs2-ban_': refused,
    'no-trade': refused,
    invalid_: { state: 6, message },
    error___: unknown,
  };
  for (const [token, data] of Object.entries(answers)) {
    expect(await check(token), token).toMatchObject({ status: 200, error: undefined });
    expect((await check(token)).data, token).toEqual(data);
    expect(await isRemembered(token), token).toBe(![8, 9].includes(data.state));
  }

  await market.close();
  // While it is away I am told that it is not known, and what was known stays.
  expect(await check('AbCdEf12', { forceRefresh: true })).toMatchObject({ status: 200, data: unknown });
  expect((await check('AbCdEf12')).data).toEqual(fine);
  expect((await check('ZyXwVu98')).data).toEqual(unknown);
  expect(await isRemembered('ZyXwVu98')).toBe(false);
});

test('where both are asked, the one that can say why is heard, and nothing in the log lets others send offers', async () => {
  const { url } = await openMarketplace();
  const { check, lines } = await gatewayWith({ ...cs2dtAt(url), ...waxpeerAt(url) });
  expect((await check('AbCdEf12')).data).toEqual(fine);
  expect((await check('private_')).data).toMatchObject({ state: 5 });
  expect((await check('no-trade')).data).toEqual(refused);
  expect((await check('steamoff')).data).toEqual(unknown);
  const checks = lines.filter((line) => line.includes('cause'));
  expect(checks.join('')).toMatch(/cs2dt: a problem: \[\]; waxpeer: We couldn't validate/);
  for (const token of ['no-trade', 'steamoff']) expect(checks.join('')).not.toContain(token);
});

test('one that never answers leaves time for the other', async () => {
  const { url } = await openMarketplace();
  const { check } = await gatewayWith({ ...cs2dtAt(await serverThat(() => {})), ...waxpeerAt(url) });
  expect((await check('AbCdEf12')).data).toEqual(fine);
});

test('without an account that can check, I am told not to ask again', async () => {
  const { url } = await openMarketplace();
  const { check } = await gatewayWith({
    'lis-skins': {
      apiKey: SANDBOX_LIS_SKINS_KEY,
      games: '252490',
      baseUrl: `${url}/lis-skins/v1`,
      exportUrl: `${url}/lis-skins/market_export_json`,
    },
  });
  const error = { key: 'SERVICE_UNAVAILABLE', message: 'This gateway has no trade URL checker.' };
  expect(await check('AbCdEf12')).toMatchObject({ status: 503, retryAfter: null, error });
});
