import { beforeAll, describe, expect, test } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { addOrigin, readOrigin, removeOrigin } from '../../src/merchants/client-origins.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** A merchant's users call the client routes from its web pages, which a browser allows only to listed origins. */

const world = useWorld();
const SHOP = 'https://shop.example';
const OTHER_SHOP = 'https://other.example';

let merchant: Merchant;
let other: Merchant;
beforeAll(async () => {
  merchant = await world().merchant();
  other = await world().merchant();
  await addOrigin(world().gateway.deps, merchant.id, SHOP);
  await addOrigin(world().gateway.deps, other.id, OTHER_SHOP);
});

function preflight(origin: string, path = '/client/trading/withdraw', headers: Record<string, string> = {}) {
  const asked = { origin, 'access-control-request-method': 'POST', ...headers };
  return fetch(`${world().baseUrl}${path}`, { method: 'OPTIONS', headers: asked });
}

const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin');

const asksFrom = (origin: string, of: Merchant = merchant) =>
  of.client().call('GET', '/client/trades', { headers: { origin } });

describe('before a page may call', () => {
  test('a browser is told yes for an origin that some merchant has listed', async () => {
    for (const origin of [SHOP, OTHER_SHOP]) {
      const answer = await preflight(origin);
      expect(answer.status).toBe(204);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, content-type, x-request-id',
        'access-control-max-age': '600',
        vary: 'Origin',
      });
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test.each([
    'https://evil.example',
    'https://shop.example.evil.example',
    'https://shop.example:8443',
    'http://shop.example',
    'null',
    '*',
    `https://${'x'.repeat(400)}.example`,
  ])('it is told no for %s', async (origin) => {
    const answer = await preflight(origin);
    expect(answer.status).toBe(403);
    expect(allowed(answer)).toBeNull();
  });

  test('there is nothing to be told about routes of keys, or without an origin', async () => {
    expect((await preflight(SHOP, '/secure/buy')).status).toBe(405);
    expect((await preflight(SHOP, '/auth/authenticate-client')).status).toBe(405);
    expect((await fetch(`${world().baseUrl}/client/trades`, { method: 'OPTIONS' })).status).toBe(404);
  });
});

describe('an answer can be read', () => {
  test('by pages of the merchant that the token is of, and by those of no other merchant', async () => {
    const answer = await asksFrom(SHOP);
    expect(answer.status).toBe(200);
    expect(allowed(answer)).toBe(SHOP);
    expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after, x-request-id');
    expect(answer.headers.get('vary')).toBe('Origin');
    expect(allowed(await asksFrom(OTHER_SHOP))).toBeNull();
    expect(allowed(await asksFrom(SHOP, other))).toBeNull();
    expect(allowed(await asksFrom('https://evil.example'))).toBeNull();
  });

  test('when it is a refusal, too: of the request, or of a token that is over', async () => {
    const client = merchant.client();
    const headers = { origin: SHOP };
    const wrong = await client.call('POST', '/client/trading/withdraw', { body: {}, headers });
    expect({ status: wrong.status, origin: allowed(wrong) }).toEqual({ status: 400, origin: SHOP });
    const claims = { ...tokenClaims(merchant.id, accounts.ann, world().now), exp: 1 };
    const over = signToken(merchant.apiSecret, { alg: 'HS256', userId: merchant.id }, claims);
    const refused = await world().call('GET', '/client/trades', {
      headers: { ...headers, authorization: `Bearer ${over}` },
    });
    expect({ status: refused.status, origin: allowed(refused) }).toEqual({ status: 401, origin: SHOP });
  });

  test('by none from the routes of keys', async () => {
    const answer = await merchant.call('GET', '/secure/trades', { headers: { origin: SHOP } });
    expect({ status: answer.status, origin: allowed(answer) }).toEqual({ status: 200, origin: null });
  });

  test('no more, within five seconds, once the origin is removed', async () => {
    const { deps } = world().gateway;
    const third = await world().merchant();
    await addOrigin(deps, third.id, 'https://third.example');
    await world().until(async () => allowed(await asksFrom('https://third.example', third)) !== null, 'it is', 5000);
    await removeOrigin(deps, third.id, 'https://third.example');
    await world().until(async () => allowed(await asksFrom('https://third.example', third)) === null, 'no more', 5000);
    await world().until(async () => (await preflight('https://third.example')).status === 403, 'nor asked', 5000);
  });
});

describe('an operator', () => {
  async function run(...args: string[]): Promise<CommandResult> {
    const { deps } = world().gateway;
    const output = new CollectedOutput();
    return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
  }

  test('adds, lists and removes a merchant’s origins', async () => {
    const fourth = await world().merchant();
    expect((await run('merchant', 'origins', fourth.id)).stdout).toBe('no origin may call the client routes\n');
    await run('merchant', 'add-origin', fourth.id, 'https://Fourth.example:443/');
    const added = await run('merchant', 'add-origin', fourth.name, 'http://localhost:5173', '--json');
    expect(JSON.parse(added.stdout)).toEqual(['https://fourth.example', 'http://localhost:5173']);
    await run('merchant', 'add-origin', fourth.id, 'http://localhost:5173');
    const left = await run('merchant', 'remove-origin', fourth.id, 'https://fourth.example', '--json');
    expect(JSON.parse(left.stdout)).toEqual(['http://localhost:5173']);
    const again = await run('merchant', 'remove-origin', fourth.id, 'https://fourth.example');
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is not an origin of merchant') });
  });

  test.each([
    '*',
    'null',
    'shop.example',
    'https://shop.example/path',
    'https://me@shop.example',
    'ftp://shop.example',
  ])('is told that %s is no origin', (text) => {
    expect(() => readOrigin(text)).toThrow(`"${text}" is not an origin; write scheme and host`);
  });
});
