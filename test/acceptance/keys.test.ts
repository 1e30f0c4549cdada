import { describe, expect, test } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import type { Merchant } from '../support/merchant.ts';
import { useWorld } from '../support/world.ts';

/** The life of an API key: it is made by an operator, used, rolled, and ends by itself. */

const world = useWorld();

async function run(...args: string[]): Promise<CommandResult> {
  const { deps } = world().gateway;
  const output = new CollectedOutput();
  return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
}

// biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
async function json(...args: string[]): Promise<any> {
  const said = await run(...args, '--json');
  expect(said).toMatchObject({ exitCode: 0, stderr: '' });
  return JSON.parse(said.stdout);
}

const balanceWith = (apiKey: string) =>
  world().call('GET', '/v1/wallets/me/balance', { headers: { 'api-key': apiKey } });

const keyOf = async (merchant: Merchant, keyId: string) =>
  (await json('key', 'list', merchant.name)).find((key: { id: string }) => key.id === keyId);

describe('a key that expires', () => {
  test('opens everything until its time, and is refused from then on although nothing was changed', async () => {
    const merchant = await world().merchant();
    const key = await json('key', 'create', merchant.name, '--expires', '2h');
    expect(Date.parse(key.expiresAt) - world().now.getTime()).toBeGreaterThan(119 * 60_000);
    expect((await balanceWith(key.apiKey)).status).toBe(200);
    await world().passes('119m');
    expect((await balanceWith(key.apiKey)).status).toBe(200);
    await world().passes('2m');
    const { status, body } = await balanceWith(key.apiKey);
    expect(status).toBe(401);
    expect(body.error).toMatchObject({
      key: 'API_KEY_REVOKED',
      code: 1902,
      message: 'This API key has expired. Use another one, or ask the operator for it.',
      details: { expiredAt: key.expiresAt },
    });
    expect((await merchant.call('GET', '/v1/wallets/me/balance')).status).toBe(200);
  });

  test('can be given an instant as well', async () => {
    const merchant = await world().merchant();
    const key = await json('key', 'create', merchant.id, '--expires', '2099-01-31T12:00:00Z');
    expect(key.expiresAt).toBe('2099-01-31T12:00:00.000Z');
  });

  test.each([
    ['a time that is over', '2020-01-31T12:00:00Z', /a key cannot expire in the past/],
    ['no time at all', 'soon', /--expires must be a duration such as 90m/],
    ['at once', '0', /--expires must be a duration such as 90d, or a time/],
  ])('cannot be made for %s', async (_, expires, text) => {
    const merchant = await world().merchant();
    const said = await run('key', 'create', merchant.id, '--expires', expires);
    expect(said).toMatchObject({ exitCode: 1, stdout: '' });
    expect(said.stderr).toMatch(text);
  });
});

describe('a key’s last use', () => {
  test('is shown, to the minute, and costs the request nothing', async () => {
    const merchant = await world().merchant();
    const key = await json('key', 'create', merchant.name);
    expect(key.lastUsedAt).toBeNull();
    const before = world().now;
    expect((await balanceWith(key.apiKey)).status).toBe(200);
    await world().until(async () => (await keyOf(merchant, key.id)).lastUsedAt !== null, 'the use is recorded');
    const { lastUsedAt } = await keyOf(merchant, key.id);
    expect(Date.parse(lastUsedAt)).toBeGreaterThanOrEqual(before.getTime());
    for (let i = 0; i < 20; i++) await balanceWith(key.apiKey);
    expect((await keyOf(merchant, key.id)).lastUsedAt).toBe(lastUsedAt);
  });

  test('is not that of a call that was refused', async () => {
    const merchant = await world().merchant();
    const key = await json('key', 'create', merchant.name, '--ip', '10.0.0.1');
    expect((await balanceWith(key.apiKey)).status).toBe(403);
    const other = await json('key', 'create', merchant.name);
    expect((await balanceWith(other.apiKey)).status).toBe(200);
    await world().until(async () => (await keyOf(merchant, other.id)).lastUsedAt !== null, 'the use is recorded');
    expect((await keyOf(merchant, key.id)).lastUsedAt).toBeNull();
  });
});

describe('a key is rolled', () => {
  test('the new one may do the same, and the old one is good for the overlap', async () => {
    const merchant = await world().merchant();
    const old = await json('key', 'create', merchant.name, '--ip', '127.0.0.0/8');
    const rolled = await json('key', 'roll', old.id, '--overlap', '24h');
    expect(rolled).toMatchObject({ scopes: old.scopes, allowedIps: old.allowedIps, expiresAt: null });
    expect(rolled.old).toMatchObject({ id: old.id, revokedAt: null });
    expect((await balanceWith(rolled.apiKey)).status).toBe(200);
    expect((await balanceWith(old.apiKey)).status).toBe(200);
    await world().passes('25h');
    expect((await balanceWith(rolled.apiKey)).status).toBe(200);
    expect((await balanceWith(old.apiKey)).body.error?.key).toBe('API_KEY_REVOKED');
  });

  test('without an overlap the old one is refused within five seconds', async () => {
    const merchant = await world().merchant();
    const old = await json('key', 'create', merchant.name);
    expect((await balanceWith(old.apiKey)).status).toBe(200);
    await run('key', 'roll', old.id, '--overlap', '0');
    await world().until(async () => (await balanceWith(old.apiKey)).status === 401, 'the old key is refused', 5000);
  });

  test('an old key that ends sooner keeps its end, and one that is over cannot be rolled', async () => {
    const merchant = await world().merchant();
    const old = await json('key', 'create', merchant.name, '--expires', '1h');
    const rolled = await json('key', 'roll', old.id, '--expires', '90d');
    expect(rolled.old.expiresAt).toBe(old.expiresAt);
    expect(rolled.expiresAt).not.toBeNull();
    await world().passes('61m');
    expect((await run('key', 'roll', old.id)).stderr).toMatch(/has expired; make a new one with skinrail key create/);
    await run('key', 'revoke', rolled.id);
    expect((await run('key', 'roll', rolled.id)).stderr).toMatch(/is revoked; make a new one/);
    expect((await run('key', 'roll', merchant.id)).stderr).toMatch(/there is no key/);
  });
});

describe('a key without a scope', () => {
  test('can be made, is shown as such, and opens no route', async () => {
    const merchant = await world().merchant();
    const key = await json('key', 'create', merchant.name, '--scope', 'none');
    expect(key.scopes).toEqual([]);
    expect((await balanceWith(key.apiKey)).body.error?.key).toBe('INSUFFICIENT_SCOPE');
    const said = await run('key', 'create', merchant.name, '--scope', 'none', '--scope', 'CORE_ACCESS');
    expect(said.stderr).toMatch(/--scope none cannot be combined with other scopes/);
  });
});

describe('a merchant', () => {
  test('is named by its name or its id, and by its id alone when the name is not its own', async () => {
    const merchant = await world().merchant();
    expect(await json('merchant', 'show', merchant.name)).toMatchObject({ id: merchant.id });
    expect(await json('merchant', 'show', merchant.id.toUpperCase())).toMatchObject({ id: merchant.id });
    const twin = await json('merchant', 'create', merchant.name);
    const said = await run('merchant', 'show', merchant.name);
    expect(said.stderr).toContain(
      `2 merchants have the name ${merchant.name}; use the id of one of them: ${merchant.id}, ${twin.id}`,
    );
    expect((await run('merchant', 'show', 'Nobody')).stderr).toMatch(/there is no merchant with the id or name Nobody/);
  });

  test('has its fee changed for what it buys from then on', async () => {
    const merchant = await world().merchant();
    expect(await json('merchant', 'fee', merchant.name, '0')).toMatchObject({ feeBps: 0 });
    expect((await run('merchant', 'fee', merchant.name, '5001')).stderr).toMatch(
      /a fee must be a whole number from 1 to 5000/,
    );
    const listing = world().testListing('never-ships');
    // The listing is priced for a fee of 1.5 %.
    await world().until(async () => {
      const { body } = await merchant.asksToBuy([{ ...listing, price: listing.price - 0.1 }]);
      return body.error === undefined;
    }, 'the item is cheaper');
    await world().settles();
  });
});
