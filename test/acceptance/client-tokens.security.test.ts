import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signClientToken } from '../../src/auth/client-token.ts';
import { createMerchant, setDisabled } from '../../src/merchants/operations.ts';
import { rotateSecret } from '../../src/merchants/rotate-secret.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import type { Answer, Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** Who may call as a client: every route of clients, and every way to come by a token that is none. */

const world = useWorld();

/** Each route of clients, as the OpenAPI document spells it, and a call of it that is valid but for the token. */
const routes: Readonly<Record<string, string>> = {
  'POST /client/trading/withdraw': '/client/trading/withdraw',
  'POST /client/trading/withdraw/quick': '/client/trading/withdraw/quick',
  'GET /client/market': '/client/market',
  'GET /client/market/item': '/client/market/item?marketHashName=any',
  'GET /client/market/suggestions': '/client/market/suggestions?q=any',
  'GET /client/trades': '/client/trades',
  'POST /client/trading/withdraw/{tradeId}/items/{itemId}/cancel': '/client/trading/withdraw/any/items/any/cancel',
  'POST /client/trading/withdraw/{tradeId}/cancel': '/client/trading/withdraw/any/cancel',
};

let merchant: Merchant;
beforeAll(async () => {
  merchant = await world().merchant();
});

function knock(authorization: string | null, call = 'GET /client/trades'): Promise<Answer> {
  const [method = ''] = call.split(' ');
  return world().call(method, routes[call] ?? '', authorization === null ? {} : { headers: { authorization } });
}

const claims = () => tokenClaims(merchant.id, accounts.ann, world().now);
const header = () => ({ alg: 'HS256', userId: merchant.id });

/** A token that the merchant signed, with these changes; `undefined` leaves out. */
function tokenWith(changes: { header?: object; claims?: object; client?: object } = {}): string {
  const client = { ...claims().client, ...changes.client };
  return signToken(merchant.apiSecret, { ...header(), ...changes.header }, { ...claims(), client, ...changes.claims });
}

async function expectRefused(token: string, what = token): Promise<void> {
  for (const authorization of [`Bearer ${token}`, token]) {
    const { status, body, headers } = await knock(authorization);
    expect({ what, status, error: body.error }).toEqual({
      what,
      status: 401,
      error: { code: 1102, key: 'INVALID_TOKEN', message: 'This client token is not valid or has expired.' },
    });
    expect(headers.has('www-authenticate')).toBe(false);
  }
}

test('the routes above are all that clients have', async () => {
  const answer = await fetch(`${world().baseUrl}/openapi.json`);
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, { security?: object[] }>> }; // checked by another test
  const forClients = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { security = [] }]) => security.some((each) => 'ClientToken' in each))
      .map(([method]) => `${method.toUpperCase()} ${path}`),
  );
  expect(forClients.sort()).toEqual(Object.keys(routes).sort());
});

describe('a token', () => {
  test('that the merchant signs by itself opens every route, with `Bearer` in any letters and without', async () => {
    for (const call of Object.keys(routes)) {
      for (const scheme of ['Bearer ', 'bearer ', 'BEARER  ', '']) {
        const { status } = await knock(`${scheme}${tokenWith()}`, call);
        expect([200, 400, 404], call).toContain(status);
      }
    }
  });

  test('is made byte for byte as the official client makes it', async () => {
    const vector =
      'eyJhbGciOiJIUzI1NiIsInVzZXJJZCI6IjBiOWY5ZDllLTJmMGUtNGY3ZS05YTUxLTZmMGYzYzJjMWExMSJ9.eyJtZXJjaGFudElkIjoiMGI5ZjlkOWUtMmYwZS00ZjdlLTlhNTEtNmYwZjNjMmMxYTExIiwiY2xpZW50Ijp7InN0ZWFtSUQiOiI3NjU2MTE5ODAwMDAwMDAwMSIsInRyYWRlVXJsIjoiaHR0cHM6Ly9zdGVhbWNvbW11bml0eS5jb20vdHJhZGVvZmZlci9uZXcvP3BhcnRuZXI9Mzk3MzQyNzMmdG9rZW49QWJDZEVmMTIiLCJjbGllbnRJZCI6InVzZXItNyJ9LCJpYXQiOjE3OTAzMzc2MDAsImV4cCI6MTc5MDQyNDAwMH0.zEeJ3WO-yYP6bh8NxxKKN8ehW17UY9w7672SaqHFNbI';
    const client = { ...accounts.ann, clientId: 'user-7' };
    const wanted = { merchantId: '0b9f9d9e-2f0e-4f7e-9a51-6f0f3c2c1a11', client, clientData: null };
    const at = new Date('2026-09-25T12:00:00.999Z');
    expect(await signClientToken('test-api-secret-value', wanted, at)).toBe(vector);
  });

  test.each([
    ['without a merchantId', { claims: { merchantId: undefined } }],
    ['with the `typ` that JWT libraries add', { header: { typ: 'JWT' } }],
    ['with claims that are not ours', { claims: { iss: 'shop', sub: 'user', jti: '1', role: 'admin' } }],
    ['with data about the client', { client: { clientData: { totalWager: 5, kycLevel: 2 } } }],
    ['with a clientId of 128 characters of four bytes', { client: { clientId: '😀'.repeat(128) } }],
    ['with an empty clientId', { client: { clientId: '' } }],
  ])('%s is one', async (_what, changes) => {
    expect((await knock(`Bearer ${tokenWith(changes)}`)).status).toBe(200);
  });
});

describe('every route says that there is no token', () => {
  test.each([
    ['to a call without the header', null],
    ['to an empty one', ''],
    ['to `Bearer` with nothing behind it', 'Bearer'],
    ['to a name and a password', 'Basic dXNlcjpwYXNz'],
    ['to another scheme', 'Digest username="ann"'],
  ])('%s', async (_what, authorization) => {
    for (const call of Object.keys(routes)) {
      const { status, body } = await knock(authorization, call);
      expect({ call, status, ...body.error }).toMatchObject({ call, status: 401, code: 1108, key: 'MISSING_BEARER' });
    }
  });

  test('to an api-key, which is for the merchant’s own routes', async () => {
    for (const [call, path] of Object.entries(routes)) {
      const answer = await merchant.call(call.split(' ')[0] ?? '', path);
      expect(answer.body.error?.key).toBe('MISSING_BEARER');
    }
    expect((await knock(`Bearer ${merchant.apiKey}`)).body.error?.key).toBe('INVALID_TOKEN');
  });

  test('and a token is no api-key on the merchant’s routes', async () => {
    const token = tokenWith();
    const headers = { authorization: `Bearer ${token}` };
    expect((await world().call('GET', '/secure/trades', { headers })).body.error?.key).toBe('MISSING_API_KEY');
    const asKey = await world().call('GET', '/secure/trades', { headers: { ...headers, 'api-key': token } });
    expect(asKey.body.error?.key).toBe('INVALID_API_KEY');
  });
});

describe('every route refuses', () => {
  test('a token that is none, before anything else is looked at', async () => {
    for (const call of Object.keys(routes)) {
      const answer = await knock('Bearer a.b.c', call);
      expect({ call, status: answer.status, key: answer.body.error?.key }).toEqual({
        call,
        status: 401,
        key: 'INVALID_TOKEN',
      });
    }
  });

  test('a token whose signature is another’s, cut, changed, or missing', async () => {
    const token = tokenWith();
    const [head = '', body = '', signature = ''] = token.split('.');
    const stranger = await world().merchant();
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    await expectRefused(signToken(stranger.apiSecret, header(), claims()), 'signed by another merchant');
    await expectRefused(signToken('', header(), claims()), 'signed with nothing');
    await expectRefused(signToken(merchant.apiKey, header(), claims()), 'signed with the key');
    await expectRefused(signToken(merchant.id, header(), claims()), 'signed with the id');
    for (const bad of ['', 'AAAA', flipped, signature.slice(0, -2), `${signature}.`, `${signature}AA`, '%', '='])
      await expectRefused(`${head}.${body}.${bad}`, `signature ${bad}`);
    await expectRefused(`${head}.${body}`, 'two parts');
    await expectRefused(`${head}..${signature}`, 'no claims');
    await expectRefused(`.${body}.${signature}`, 'no header');
  });

  test('a token whose claims were changed after it was signed', async () => {
    const [head, , signature] = tokenWith().split('.');
    const other = tokenClaims(merchant.id, accounts.ben, world().now);
    await expectRefused(`${head}.${Buffer.from(JSON.stringify(other)).toString('base64url')}.${signature}`);
  });

  test('a token of one merchant that names another, in either place', async () => {
    const victim = await world().merchant();
    const forVictim = tokenClaims(victim.id, accounts.ann, world().now);
    await expectRefused(
      signToken(merchant.apiSecret, { alg: 'HS256', userId: victim.id }, forVictim),
      'header, claims',
    );
    await expectRefused(signToken(merchant.apiSecret, { alg: 'HS256', userId: victim.id }, claims()), 'header');
    await expectRefused(signToken(merchant.apiSecret, header(), forVictim), 'claims');
  });

  test.each<[string, object]>([
    ['no algorithm', { alg: 'none' }],
    ['no algorithm, in other letters', { alg: 'NoNe' }],
    ['an algorithm in other letters', { alg: 'hs256' }],
    ['another length of digest', { alg: 'HS512' }],
    ['an algorithm with public keys', { alg: 'RS256' }],
    ['two algorithms', { alg: ['HS256', 'none'] }],
    ['no alg', { alg: undefined }],
    ['a key of its own', { jwk: { kty: 'oct', k: 'c2VjcmV0' } }],
    ['where its key is', { jku: 'http://127.0.0.1/keys' }],
    ['a certificate', { x5c: ['MIIB'], x5u: 'http://127.0.0.1/cert' }],
    ['which key it is', { kid: '../../../../dev/null' }],
    ['an unknown extension that is critical', { crit: ['exp'], exp: 1 }],
    ['claims that are not encoded', { b64: false, crit: ['b64'] }],
    ['claims that are encoded, and that this is critical', { b64: true, crit: ['b64'] }],
    ['nothing critical', { crit: [] }],
    ['compression', { zip: 'DEF' }],
    ['another type', { typ: 'at+jwt' }],
    ['a type that is no text', { typ: ['JWT'] }],
    ['what is in it', { cty: 'JWT' }],
    ['no merchant', { userId: undefined }],
    ['a number as its merchant', { userId: 1 }],
    ['no such merchant', { userId: '01890000-0000-7000-8000-000000000000' }],
    ['its merchant in capitals', { userId: '0B9F9D9E-2F0E-4F7E-9A51-6F0F3C2C1A11' }],
    ['SQL as its merchant', { userId: `' or '1'='1` }],
    ['more than it may', { admin: true }],
  ])('a header with %s', async (_what, change) => {
    await expectRefused(tokenWith({ header: change }));
  });

  test('a token without a signature that says so', async () => {
    const [, body] = tokenWith().split('.');
    for (const alg of ['none', 'None', 'HS256']) {
      const head = Buffer.from(JSON.stringify({ alg, userId: merchant.id })).toString('base64url');
      await expectRefused(`${head}.${body}.`, alg);
    }
  });

  test('a header or claims that are no JSON object', async () => {
    for (const text of ['', 'null', '[]', '"text"', '1', '{', '{"alg":"HS256"'] as const) {
      await expectRefused(signToken(merchant.apiSecret, text, claims()), `header ${text}`);
      await expectRefused(signToken(merchant.apiSecret, header(), text), `claims ${text}`);
    }
  });

  test.each<[string, object]>([
    ['no client', { client: undefined }],
    ['null for a client', { client: null }],
    ['a text for a client', { client: '76561198000000001' }],
    ['a merchantId that is none', { merchantId: 'x' }],
    ['null for a merchantId', { merchantId: null }],
  ])('claims with %s', async (_what, change) => {
    await expectRefused(tokenWith({ claims: change }));
  });

  test.each<[string, object]>([
    ['no steamID', { steamID: undefined }],
    ['a steamID that is a number', { steamID: 76561198000000001n.toString().length }],
    ['a steamID with more behind it', { steamID: '76561198000000001\n' }],
    ['a steamID in Arabic digits', { steamID: '7656119800000000١' }],
    ['a steamID of a group', { steamID: '10358279100000000' }],
    ['no trade URL', { tradeUrl: undefined }],
    [
      'a trade URL on another host',
      { tradeUrl: accounts.ann.tradeUrl.replace('steamcommunity.com', 'steamcommunity.co') },
    ],
    ['a trade URL with more behind it', { tradeUrl: `${accounts.ann.tradeUrl}&x=1` }],
    ['a trade URL of another account', { tradeUrl: accounts.ben.tradeUrl }],
    ['the steamID of another account', { steamID: accounts.ben.steamId }],
    ['a clientId of 129 characters', { clientId: 'x'.repeat(129) }],
    ['a clientId that is a number', { clientId: 7 }],
    ['a clientId that no database can store', { clientId: 'a\u0000b' }],
    ['half a character as clientId', { clientId: '\ud83d' }],
  ])('a client with %s', async (_what, change) => {
    await expectRefused(tokenWith({ client: change }));
  });

  test('a header of sixty kilobytes, and one of the longest that is decoded', async () => {
    for (const length of [16 * 1024 + 1, 60_000]) {
      const long = tokenWith({ claims: { filler: 'x'.repeat(length) } });
      await expectRefused(long.slice(0, length), `${length} characters`);
      await expectRefused('a'.repeat(length), `${length} letters`);
    }
    await expectRefused(tokenWith({ client: { clientData: { kycHash: 'x'.repeat(16 * 1024) } } }), 'genuine, too long');
    await expectRefused(
      tokenWith({ claims: { deep: JSON.parse('['.repeat(4000) + ']'.repeat(4000)) }, client: { steamID: 1 } }),
      'deep',
    );
  });

  test('whatever else is sent, with the same words', async () => {
    const printable = fc.string({
      minLength: 1,
      maxLength: 200,
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((n) => String.fromCharCode(n)),
    });
    const parts = fc.array(
      fc.oneof(
        printable,
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(parts, async (found) => {
        await expectRefused(found.join('.'));
      }),
      { numRuns: 150 },
    );
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.json(), async (head, body) => {
        await expectRefused(signToken(merchant.apiSecret, head, body));
      }),
      { numRuns: 100 },
    );
  });
});

describe('for how long a token holds', () => {
  const now = () => Math.floor(world().now.getTime() / 1000);
  const withTimes = (iat: unknown, exp: unknown) => knock(`Bearer ${tokenWith({ claims: { iat, exp } })}`);

  test('in the sandbox it may follow real time or the clock, however far that was moved', async () => {
    const byRealTime = () => {
      const claims = tokenClaims(merchant.id, accounts.ann, new Date());
      return { claims, token: signToken(merchant.apiSecret, header(), claims) };
    };
    const before = byRealTime();
    await world().passes('8 days');
    for (const token of [before.token, byRealTime().token, tokenWith()]) {
      expect((await knock(`Bearer ${token}`)).status).toBe(200);
    }
    const over = { iat: before.claims.iat - 3600, exp: before.claims.iat - 1 };
    await expectRefused(tokenWith({ claims: over }), 'over by both');
    await expectRefused(
      tokenWith({ claims: { iat: now() - 3600, exp: now() - 1 } }),
      'over by the clock, for later by real time',
    );
    await expectRefused(tokenWith({ claims: { iat: before.claims.iat, exp: now() + 100 } }), 'longer than a day');
  });

  test('a day from when it was signed is the longest', async () => {
    const iat = now();
    expect((await withTimes(iat, iat + 86_400)).status).toBe(200);
    expect((await withTimes(iat, iat + 86_401)).status).toBe(401);
    expect((await withTimes(iat - 86_000, iat + 400)).status).toBe(200);
    expect((await withTimes(iat - 86_000, iat + 401)).status).toBe(401);
  });

  test('a merchant’s clock may be a minute ahead of ours', async () => {
    expect((await withTimes(now() + 59, now() + 59 + 86_400)).status).toBe(200);
    expect((await withTimes(now() + 65, now() + 65 + 100)).status).toBe(401);
  });

  // Their times are the gateway's, whose clock is not the real one.
  test.each<[string, () => object]>([
    ['without an end', () => ({ exp: undefined })],
    ['without a beginning', () => ({ iat: undefined })],
    ['that ended before it began', () => ({ exp: 1 })],
    ['whose end is a text', () => ({ exp: String(now() + 40_000) })],
    ['whose end is null', () => ({ exp: null })],
    ['whose end is between seconds', () => ({ exp: now() + 40_000.5 })],
    ['whose end is beyond all numbers', () => ({ exp: 1e300, iat: 1e300 })],
    ['whose times are negative', () => ({ exp: -1, iat: -2 })],
    ['that is for later', () => ({ nbf: now() + 10_000 })],
  ])('one %s is none', async (_what, change) => {
    await expectRefused(tokenWith({ claims: change() }));
  });
});

describe('a merchant', () => {
  // These wait for the same seconds, so they wait together.
  test.concurrent('that rotates its secret has tokens of both until the grace is over', async () => {
    const rotating = await world().merchant();
    const before = rotating.client();
    expect((await before.call('GET', '/client/trades')).status).toBe(200);
    const { apiSecret } = await rotateSecret(world().gateway.deps, rotating.id, 60_000 * 60);
    const sign = (secret: string) =>
      signToken(secret, { alg: 'HS256', userId: rotating.id }, tokenClaims(rotating.id, accounts.ann, world().now));
    const isIn = async () => (await knock(`Bearer ${sign(apiSecret)}`)).status === 200;
    await world().until(isIn, 'the new secret is known', 5000);
    expect((await knock(`Bearer ${sign(rotating.apiSecret)}`)).status).toBe(200);
    await world().passes('61m');
    await expectRefused(sign(rotating.apiSecret));
    expect(await isIn()).toBe(true);
  });

  test.concurrent('that is disabled has no clients within five seconds, and has them back when it is enabled', async () => {
    const disabled = await world().merchant();
    const client = disabled.client();
    const { deps } = world().gateway;
    expect((await client.call('GET', '/client/trades')).status).toBe(200);
    await setDisabled(deps, disabled.id, true);
    const isOut = async () => (await client.call('GET', '/client/trades')).status !== 200;
    await world().until(isOut, 'the client is refused', 5000);
    expect((await client.call('GET', '/client/trades')).body.error).toMatchObject({
      code: 1301,
      key: 'ACCOUNT_DISABLED',
    });
    // Whoever holds no token of the merchant's does not learn that it is disabled.
    const forged = signToken(
      'guess',
      { alg: 'HS256', userId: disabled.id },
      tokenClaims(disabled.id, accounts.ann, world().now),
    );
    await expectRefused(forged);
    await setDisabled(deps, disabled.id, false);
    await world().until(async () => !(await isOut()), 'the client is let in again', 5000);
  });

  test.concurrent('without a secret has no clients, whatever they sign with', async () => {
    const { merchant: secretless } = await createMerchant(world().gateway.deps, { name: 'none', withoutSecret: true });
    for (const secret of ['', 'null', 'undefined', secretless.id]) {
      const fake = signToken(
        secret,
        { alg: 'HS256', userId: secretless.id },
        tokenClaims(secretless.id, accounts.ann, world().now),
      );
      await expectRefused(fake, `signed with "${secret}"`);
    }
  });

  // Alone: whatever else is changed would make the gateway look again.
  test('that rotates without a grace has no tokens of the old secret within five seconds', async () => {
    const rotating = await world().merchant();
    const client = rotating.client();
    // A bad token makes the gateway look at what it has missed: that this merchant and its key are new.
    await expectRefused(`${client.token}AAAA`);
    expect((await client.call('GET', '/client/trades')).status).toBe(200);
    await rotateSecret(world().gateway.deps, rotating.id, 0);
    const isOut = async () => (await client.call('GET', '/client/trades')).body.error?.key === 'INVALID_TOKEN';
    await world().until(isOut, 'the old secret is refused', 5000);
  });
});
