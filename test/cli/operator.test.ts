// An operator works with `skinrail` while the gateway runs on the same embedded database, and without it.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DataFolder } from '../../src/cli/data-folder.ts';
import { sendToGateway } from '../../src/cli/operator-client.ts';
import { HttpServer } from '../support/http-server.ts';
import { type Ended, type Running, serve, skinrail, temporaryDataFolder } from './process.ts';

const NOBODY = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const AWAY = 'postgres://nobody@127.0.0.1:9/nothing';
const THIS_FILE = fileURLToPath(import.meta.url);
const { path: dataDir, remove } = temporaryDataFolder();
let gateway: Running;
let merchantId: string;
let shop: HttpServer;

beforeAll(async () => {
  shop = await HttpServer.start({
    '/callbacks': (_, response) => response.end(),
    '/down': (_, response) => response.writeHead(503).end(),
  });
  gateway = await serve(dataDir);
});

afterAll(async () => {
  await gateway.end('SIGKILL');
  await shop.stop();
  remove();
});

const run = (...args: string[]) => skinrail(dataDir, args);

/** What a command printed as JSON, sent to the gateway as `skinrail` sends it; a process each would take longer. */
// biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
async function json(...args: string[]): Promise<any> {
  const said = await sendToGateway(new DataFolder(dataDir), [...args, '--json']);
  expect(said).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(said?.stdout ?? '');
}

/** Refused: nothing on standard output, one line on standard error, no trace of the code. */
function expectOneLine(ended: Ended, text: RegExp): void {
  expect(ended.stderr).toMatch(text);
  expect(ended.stderr).toMatch(/^skinrail: [^\n]+\n$/);
  expect(ended.stderr).not.toContain('src/');
  expect(ended).toMatchObject({ code: 1, stdout: '' });
}

async function call(path: string, apiKey: string, body?: unknown) {
  const answer = await fetch(`${gateway.sandbox.baseUrl}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { 'api-key': apiKey, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  // biome-ignore lint/suspicious/noExplicitAny: as above
  return (await answer.json()) as any;
}

describe('while the gateway runs', () => {
  test('a merchant that an operator opens, funds and gives a key can use it at once', async () => {
    const merchant = await json('merchant', 'create', 'Skin Shop', '--verified', '--fee-bps', '150');
    merchantId = merchant.id;
    expect(merchant).toMatchObject({ name: 'Skin Shop', verified: true, feeBps: 150 });
    expect(merchant.apiSecret).toMatch(/^[0-9a-f]{64}$/);

    const credited = await json('wallet', 'credit', merchantId, '250.5', '--reference', 'invoice-1');
    expect(credited).toMatchObject({ booked: true, available: '250.50', locked: '0.00' });
    const { apiKey } = await json('key', 'create', merchantId, '--scope', 'CORE_ACCESS', '--ip', '127.0.0.0/8');
    const balance = await call('/v1/wallets/me/balance', apiKey);
    expect(balance.data).toMatchObject({ balance: 250.5, pendingBalance: 0 });
  });

  test('a credit with a reference is booked once, and not for another amount', async () => {
    const again = await run('wallet', 'credit', merchantId, '250.50', '--reference', 'invoice-1', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ booked: false, available: '250.50' });
    expectOneLine(
      await run('wallet', 'credit', merchantId, '251', '--reference', 'invoice-1'),
      /reference invoice-1 was already used for \$250\.50/,
    );
  });

  test('no more can be taken out of a wallet than is available', async () => {
    expectOneLine(await run('wallet', 'debit', merchantId, '250.51'), /only \$250\.50 is available/);
    const { stdout } = await run('wallet', 'debit', merchantId, '50.50');
    expect(stdout).toBe('debited $50.50; available is $200.00\n');
  });

  test('a merchant’s callbacks are switched off and on', async () => {
    const off = await json('merchant', 'callbacks-off', merchantId);
    expect(off).toMatchObject({ callbacksOffSince: expect.any(String), callbacksOffReason: 'by an operator' });
    const { stdout } = await run('merchant', 'show', merchantId);
    expect(stdout).toMatch(/^callbacks +off since \S+Z: by an operator$/m);
    expect(await json('merchant', 'callbacks-on', merchantId)).toMatchObject({
      callbacksOffSince: null,
      callbacksOffReason: null,
    });
  });

  test('a merchant’s secret is rotated, and the old one signs as well for the grace', async () => {
    const before = (await json('merchant', 'show', merchantId, '--secret')).apiSecret;
    const rotated = await json('merchant', 'rotate-secret', merchantId, '--grace', '48h');
    expect(rotated.apiSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(rotated.apiSecret).not.toBe(before);
    expect(Date.parse(rotated.previousSecretUntil) - Date.now()).toBeGreaterThan(47 * 3_600_000);
    expect((await json('merchant', 'show', merchantId, '--secret')).apiSecret).toBe(rotated.apiSecret);
  });

  test('a merchant can be opened without a secret, and gets one later', async () => {
    const { id, apiSecret } = await json('merchant', 'create', 'Later Shop', '--without-secret');
    expect(apiSecret).toBeNull();
    const first = await json('merchant', 'rotate-secret', id);
    expect(first.apiSecret).toMatch(/^[0-9a-f]{64}$/);
    expect(first.previousSecretUntil).toBeNull();
  });

  test('a merchant’s secret is shown on demand only', async () => {
    const shown = await json('merchant', 'show', merchantId);
    expect(shown).toMatchObject({ id: merchantId, available: '200.00', locked: '0.00' });
    expect(shown).not.toHaveProperty('apiSecret');
    expect((await json('merchant', 'show', merchantId, '--secret')).apiSecret).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a merchant’s callback URL is set once it took a test message', async () => {
    const url = shop.urlOf('/callbacks');
    expect(await json('merchant', 'callback-url', merchantId, url)).toMatchObject({ id: merchantId, callbackUrl: url });
    expect(shop.requestsTo('/callbacks').map(({ method }) => method)).toEqual(['POST']);
    const failing = shop.urlOf('/down');
    expectOneLine(
      await run('merchant', 'callback-url', merchantId, failing),
      /The URL was not saved, because it did not take the test message: answered 503\n/,
    );
    expect(await json('merchant', 'show', merchantId)).toMatchObject({ callbackUrl: url });
  });

  test('a URL whose server is not up yet is set without that test', async () => {
    const url = shop.urlOf('/down');
    const { length } = shop.requests;
    const { stdout } = await run('merchant', 'callback-url', merchantId, url, '--untested');
    expect(stdout).toMatch(new RegExp(`^callback url +${url}$`, 'm'));
    expect(shop.requests).toHaveLength(length);
  });

  test('limits of a merchant’s clients are set one by one, shown, and taken away', async () => {
    const set = (...more: string[]) => json('merchant', 'client-limits', merchantId, ...more);
    const none = {
      inFlight: null,
      perDay: null,
      withdrawalsPerDay: null,
      declinesPerDay: null,
      requestsPerMinute: null,
    };
    expect(await set()).toMatchObject({ operator: { each: none, all: none }, merchant: { each: none, all: none } });
    const each = { ...none, inFlight: '50.00', declinesPerDay: 3 };
    expect(await set('--each', 'in-flight=50', '--each', 'declines-per-day=3')).toMatchObject({ operator: { each } });
    const both = await set('--each', 'declines-per-day=off', '--all', 'per-day=1000.50');
    expect(both.operator).toEqual({ each: { ...each, declinesPerDay: null }, all: { ...none, perDay: '1000.50' } });
    const { stdout } = await run('merchant', 'client-limits', merchantId);
    expect(stdout).toMatch(/^in-flight +\$50\.00 +- +- +- +\$0\.00$/m);
    expect(stdout).toMatch(/^per-day +- +- +\$1000\.50 +- +\$0\.00$/m);
    for (const [text, reason] of [
      ['in-flight=ten', /in-flight must be an amount in dollars, such as 250 or 99\.50, or "off", not "ten"\n/],
      ['declines-per-day=1.5', /declines-per-day must be a whole number from 0, or "off", not "1\.5"\n/],
      ['per-week=1', /"per-week=1" is not a valid limit; valid limits are in-flight, per-day, /],
    ] as const) {
      expectOneLine(await run('merchant', 'client-limits', merchantId, '--each', text), reason);
    }
  });

  test('an account is not opened with a URL that fails its test, and is with one that takes it', async () => {
    const create = (...more: string[]) => ['merchant', 'create', 'Testing Shop', ...more];
    expectOneLine(await run(...create('--callback-url', shop.urlOf('/down'))), /did not take the test message/);
    expectOneLine(await run(...create('--callback-url', 'shop.example')), /url: must be an absolute URL\n/);
    expect((await run('merchant', 'list')).stdout).not.toContain('Testing Shop');
    const untested = await json(...create('--callback-url', shop.urlOf('/down'), '--untested'));
    expect(untested).toMatchObject({ callbackUrl: shop.urlOf('/down') });
    const { length } = shop.requestsTo('/callbacks');
    const tested = await json(...create('--callback-url', shop.urlOf('/callbacks')));
    expect(tested).toMatchObject({ callbackUrl: shop.urlOf('/callbacks') });
    expect(shop.requestsTo('/callbacks')).toHaveLength(length + 1);
  });

  test('a trade’s timeline shows each step, the purchase, the callbacks and the money', async () => {
    const { apiKey } = gateway.sandbox;
    const listings = (await call('/sandbox/listings', apiKey)).data;
    const listing = listings.find((each: { game: string; behaviour: string }) => each.behaviour === 'never-ships');
    const bought = await call('/secure/buy', apiKey, {
      game: listing.game,
      externalId: 'order-1',
      tradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=1&token=abcdefgh',
      items: [{ itemId: listing.id, price: listing.price }],
    });
    expect(bought).toMatchObject({ success: true });
    await expect
      .poll(() => json('trade', 'show', 'order-1'), { timeout: 100_000 })
      .toMatchObject({
        id: bought.data.id,
        status: 'pending',
        approval: { state: 'approved', reason: null, questions: [{ status: 200, failure: null }] },
        items: [
          {
            events: [
              { event: 'create', from: null, to: 'initiated', requestId: bought.requestId },
              { event: 'approve', from: 'initiated', to: 'pending', actor: 'gateway' },
            ],
            purchases: [{ state: 'done' }],
            transfers: [{ kind: 'reserve', from: 'available', to: 'locked', amount: listing.price.toFixed(2) }],
          },
        ],
        callbacks: [{ number: 2 }],
      });
    const { stdout } = await run('trade', 'show', bought.data.id.toUpperCase());
    expect(stdout).toMatch(/approval +approved\n\napproval requests to the merchant\n.* answered 200 /);
    expect(stdout).toMatch(/initiated → pending +gateway/);
    expect(stdout).toMatch(/reserve +available → locked/);
    const { stdout: list } = await run('trade', 'list', '--status', 'pending');
    expect(list).toMatch(new RegExp(`${bought.data.id} +order-1 +pending`));
  });

  test('a wallet’s movements are seen between all accounts, the newest first', async () => {
    const { merchantId: owner } = gateway.sandbox;
    const all = await json('wallet', 'entries', owner);
    expect(all.map((entry: { kind: string }) => entry.kind)).toEqual(['reserve', 'credit']);
    expect(all[1]).toMatchObject({ from: 'funding', to: 'available', amount: '1000.00', tradeId: null });
    const ofTrade = await json('wallet', 'entries', owner, '--trade', 'order-1');
    expect(ofTrade).toEqual([all[0]]);
    expect(await json('wallet', 'entries', owner, '--kind', 'credit', '--limit', '1')).toEqual([all[1]]);
    expect(await json('wallet', 'entries', owner, '--from', '2001-01-01', '--to', '2001-01-02')).toEqual([]);
    const { stdout } = await run('wallet', 'entries', merchantId);
    const [head, debit, credit, ...more] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^at +kind +amount +from +to +key +trade +actor$/);
    expect(debit).toMatch(/^\S+Z +debit +\$50\.50 +available +funding +debit:\S+ +- +operator(:\S+)?$/);
    expect(credit).toMatch(/^\S+Z +credit +\$250\.50 +funding +available +credit:invoice-1 +- +operator(:\S+)?$/);
    expect(more).toEqual([]);
    expectOneLine(
      await run('wallet', 'entries', merchantId, '--trade', 'order-1'),
      /no trade with the id or externalId/,
    );
    expectOneLine(
      await run('wallet', 'entries', merchantId, '--kind', 'gift'),
      /unknown kind gift; valid kinds are credit, /,
    );
  });

  test('callbacks are seen, sent again and read as a log', async () => {
    const [newest] = await json('callback', 'list', '--trade', 'order-1');
    const { merchantId: owner } = gateway.sandbox;
    expect(newest).toMatchObject({ merchantId: owner, number: 2, attempts: expect.any(Number) });
    await expect
      .poll(() => json('callback', 'show', newest.id.toUpperCase()), { timeout: 100_000 })
      .toMatchObject({
        state: 'delivered',
        attemptDetails: [{ number: 1, status: 200 }],
        body: expect.stringMatching(/^{"trade":/),
      });
    expect(await json('callback', 'replay', newest.id)).toMatchObject({ id: newest.id, state: 'pending', attempts: 1 });
    await expect
      .poll(() => json('callback', 'show', newest.id), { timeout: 100_000 })
      .toMatchObject({ state: 'delivered', attempts: 2, attemptDetails: [{ number: 1 }, { number: 2, status: 200 }] });

    const { stdout: list } = await run(
      'callback',
      'list',
      '--merchant',
      owner,
      '--state',
      'delivered',
      '--to',
      '2100-01-01',
    );
    expect(list).toMatch(/^id +state +attempts +created +next +failure +trade +merchant\n/);
    expect(list).toMatch(new RegExp(`${newest.id} +delivered +2 .* - +- +${newest.tradeId} +${owner}\\n`));
    const { stdout: shown } = await run('callback', 'show', newest.id);
    expect(shown).toMatch(/\nattempts\n +\S+ +1 +\d+ ms +200 +-.*\n +\S+ +2 .*\n\nbody\n +{"trade":/);

    const log = await json('callback', 'events', '--merchant', owner);
    expect(log.items.map((event: { id: string }) => event.id)).toContain(newest.id);
    const end = await run('callback', 'events', '--merchant', owner, '--after', log.nextCursor);
    expect(end.stdout).toBe(`no later events\nnext page: --after ${log.nextCursor}\n`);

    const range = ['--merchant', owner, '--from', '2026-01-01T00:00:00Z'];
    expect(await json('callback', 'replay-failed', ...range)).toEqual({ merchantId: owner, replayed: 0 });
  });

  test('verify finds nothing wrong', async () => {
    const { code, stdout } = await run('verify');
    expect(stdout).toMatch(/all \d+ rules hold\n$/);
    expect(stdout).not.toContain('BROKEN');
    expect(code).toBe(0);
  });

  test('a second gateway on the same folder is refused before it opens the database', async () => {
    const ended = await run('serve');
    expectOneLine(ended, new RegExp(`data folder ${dataDir} is in use by process ${gateway.pid}`));
    expect((await fetch(`${gateway.sandbox.baseUrl}/health`)).status).toBe(200);
  });

  test('nobody but the owner may send commands', () => {
    expect(statSync(join(dataDir, 'operator.sock')).mode & 0o777).toBe(0o600);
  });
});

test.each<[title: string, args: string[], text: RegExp]>([
  ['a merchant', ['merchant', 'disable', NOBODY], /no merchant with the id or name 01990c4e/],
  [
    'a merchant to limit the clients of',
    ['merchant', 'client-limits', NOBODY],
    /no merchant with the id or name 01990c4e/,
  ],
  [
    'a merchant to set a URL of',
    ['merchant', 'callback-url', NOBODY, 'http://x.test'],
    /no merchant with the id or name 01990c4e/,
  ],
  ['a wallet', ['wallet', 'credit', NOBODY, '1'], /no merchant with the id or name 01990c4e/],
  ['a wallet’s movements', ['wallet', 'entries', NOBODY], /no merchant with the id or name 01990c4e/],
  ['a secret', ['merchant', 'rotate-secret', NOBODY], /no merchant with the id or name 01990c4e/],
  ['callbacks', ['merchant', 'callbacks-on', NOBODY], /no merchant with the id or name 01990c4e/],
  ['a grace', ['merchant', 'rotate-secret', NOBODY, '--grace', '24'], /--grace must be a duration such as 90m/],
  ['a merchant’s keys', ['key', 'list', NOBODY], /no merchant with the id or name 01990c4e/],
  ['a key', ['key', 'revoke', NOBODY], /no key 01990c4e/],
  ['a trade by its id', ['trade', 'show', NOBODY], /no trade with the id or externalId 01990c4e/],
  ['a trade by its externalId', ['trade', 'show', "'; --"], /no trade with the id or externalId '; -- exists/],
  ['a callback', ['callback', 'show', NOBODY], /callback 01990c4e.* not found/],
  ['a callback to send again', ['callback', 'replay', NOBODY], /callback 01990c4e.* not found/],
  ['a log', ['callback', 'events', '--merchant', NOBODY], /no merchant with the id or name 01990c4e/],
  ['callbacks of a trade', ['callback', 'list', '--trade', 'none'], /no trade with the id or externalId none/],
  ['a merchant to send to', ['callback', 'replay-failed', '--merchant', NOBODY, '--from', '2026-01-01'], /no merchant/],
  ['a route', ['merchant', 'limit', 'Demo Shop', 'sell', '5'], /no limited route sell; valid routes are item-cancel, /],
])('the gateway answers in one line when there is no such thing: %s', async (_title, args, text) => {
  const said = await sendToGateway(new DataFolder(dataDir), args);
  expect(said?.stderr).toMatch(text);
  expect(said?.stderr).toMatch(/^skinrail: [^\n]+\n$/);
  expect(said).toMatchObject({ stdout: '', exitCode: 1 });
});

describe('what cannot be done is one line on standard error:', () => {
  const refusals: [title: string, args: string[], text: RegExp, env?: Record<string, string>][] = [
    ['an unknown command', ['merchnt'], /unknown command 'merchnt'/],
    ['a setting that cannot be used', ['serve', '--port', '99999999'], /PORT/],
    ['a database that is away', ['merchant', 'list'], /database.*127\.0\.0\.1:9/, { DATABASE_URL: AWAY }],
    ['a URL that is none', ['merchant', 'list'], /DATABASE_URL is not a valid URL/, { DATABASE_URL: 'postgres://[' }],
    ['a list that cannot be read', ['serve'], /CALLBACK_ALLOW: "a:1" is no host/, { CALLBACK_ALLOW: '10.0.0.0/8,a:1' }],
    ['a data folder that is a file', ['merchant', 'list'], /data folder .* cannot be used/, { DATA_DIR: THIS_FILE }],
  ];

  test.concurrent.each(refusals)('%s', async (_title, args, text, env) => {
    expectOneLine(await skinrail(dataDir, args, env), text);
  });
});

test('a gateway that cannot have its port says so and ends', async () => {
  const { port } = new URL(gateway.sandbox.baseUrl);
  const ended = await skinrail(dataDir, ['serve'], { DATABASE_URL: 'memory:', MARKETPLACE_PORT: port });
  expectOneLine(ended, new RegExp(`127\\.0\\.0\\.1:${port} is in use`));
});

describe('after the gateway was killed', () => {
  test('commands open the database themselves, one after the other, and a new gateway starts at once', async () => {
    await gateway.end('SIGKILL');
    const [first, second] = await Promise.all([run('merchant', 'list'), run('wallet', 'show', merchantId)]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(new RegExp(`${merchantId} +Skin Shop +yes +1\\.50 %`));
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/^available +\$200\.00\n/);

    const url = shop.urlOf('/callbacks');
    const { length } = shop.requests;
    const set = await run('merchant', 'callback-url', merchantId, url, '--json');
    expect(JSON.parse(set.stdout)).toMatchObject({ callbackUrl: url });
    expect(shop.requests).toHaveLength(length + 1);
    const inside = await skinrail(dataDir, ['merchant', 'callback-url', merchantId, url], { CALLBACK_ALLOW: '::1' });
    expectOneLine(inside, /url: address 127\.0\.0\.1 is loopback and not allowed\n/);

    gateway = await serve(dataDir);
    expect(await json('merchant', 'unverify', merchantId)).toMatchObject({ id: merchantId, verified: false });
    expect((await run('verify')).code).toBe(0);
    expect(await gateway.end('SIGTERM')).toBe(0);
  });
});
