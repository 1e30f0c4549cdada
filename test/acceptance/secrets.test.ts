import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { SecretBox } from '../../src/core/secrets.ts';
import { requireReadableSecrets } from '../../src/secrets/stored-secrets.ts';
import { addAccount, openSettings, requireAccount } from '../../src/supplier-accounts/operations.ts';
import { verify } from '../../webhooks/index.js';
import { kindAt } from '../support/supplier-kind.ts';
import { useOwnWorld } from '../support/world.ts';

/** How an operator changes SECRET_KEY, and how a merchant keeps the secret of its tokens apart. */

const oldKey = randomBytes(32).toString('hex');
const newKey = randomBytes(32).toString('hex');
const world = useOwnWorld({ SECRET_KEY: oldKey });

/** A command of an operator whose environment has these keys. */
async function operator(args: readonly string[], ...[key = oldKey, ...previous]: string[]): Promise<CommandResult> {
  const output = new CollectedOutput();
  const deps = { ...world().gateway.deps, secrets: new SecretBox(key, previous) };
  return output.with(await runInGateway(args, async () => ({ deps, applied: [] }), output));
}

const starts = (...[key = oldKey, ...previous]: string[]) =>
  requireReadableSecrets({ ...world().gateway.deps, secrets: new SecretBox(key, previous) });

async function sealedOf(merchantId: string): Promise<string> {
  const { db } = world().gateway.deps;
  const row = await db
    .selectFrom('merchant')
    .select('api_secret_sealed')
    .where('id', '=', merchantId)
    .executeTakeFirst();
  return row?.api_secret_sealed ?? '';
}

describe('SECRET_KEY', () => {
  test('is refused at the start when it does not open what is stored, with what to do', async () => {
    await world().merchant();
    await starts();
    await expect(starts(newKey)).rejects.toThrow(
      /^SECRET_KEY cannot decrypt the secrets of merchant [0-9a-f-]{36}.*SECRET_KEY_PREVIOUS/,
    );
    await starts(newKey, oldKey);
  });

  test('is changed with the key before beside it: what is stored is sealed anew, and then that is not needed', async () => {
    const merchant = await world().merchant();
    const check = await operator(['secrets', 'check', '--json'], newKey, oldKey);
    const { total, stale } = JSON.parse(check.stdout) as { total: number; stale: number }; // as `secrets check` prints it
    expect([check.exitCode, stale]).toEqual([0, total]);
    expect(await operator(['secrets', 'check'], newKey)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining(`merchant ${merchant.id}: cannot be decrypted`),
    });
    expect((await operator(['secrets', 'reseal'], newKey, oldKey)).stdout).toBe(
      `${total} of ${total} encrypted again with SECRET_KEY\n`,
    );
    await starts(newKey);
    expect((await operator(['secrets', 'reseal'], newKey)).stdout).toBe(
      `0 of ${total} encrypted again with SECRET_KEY\n`,
    );
    const shown = await operator(['merchant', 'show', merchant.id, '--secret', '--json'], newKey);
    expect(JSON.parse(shown.stdout)).toMatchObject({ apiSecret: merchant.apiSecret });
    // Back again, as the world's own gateway has only the old one.
    expect((await operator(['secrets', 'reseal'], oldKey, newKey)).exitCode).toBe(0);
  });

  test('is changed for the settings of supplier accounts too', async () => {
    const kinds = [kindAt(world().gateway.sandbox?.marketplaceUrl ?? '')];
    const supplierDeps = (key: string) => ({
      ...world().gateway.deps,
      supplierKinds: kinds,
      secrets: new SecretBox(key),
    });
    const { db } = world().gateway.deps;
    await addAccount(supplierDeps(oldKey), { kind: 'test-market', id: 'market', given: { apiKey: 'an-api-key' } });
    await operator(['secrets', 'reseal'], newKey, oldKey);
    await expect(starts()).rejects.toThrow(/^SECRET_KEY cannot decrypt the secrets of merchant \S+ and of \d+ more/);
    expect((await operator(['secrets', 'check'], oldKey)).stdout).toMatch(
      /^supplier account market: cannot be decrypted/m,
    );
    await starts(newKey);
    const account = await requireAccount({ db }, 'market');
    expect(openSettings(supplierDeps(newKey), account)).toEqual({ apiKey: 'an-api-key' });
    expect(() => openSettings(supplierDeps(oldKey), account)).toThrow(
      'the supplier-settings of supplier account market cannot be decrypted',
    );
    expect((await operator(['secrets', 'reseal'], oldKey, newKey)).exitCode).toBe(0);
    await db.deleteFrom('supplier_account').execute();
  });

  test('a secret that was copied to another merchant in the database signs nothing for it', async () => {
    const [mine, theirs] = [await world().merchant(), await world().merchant()];
    const { db } = world().gateway.deps;
    const own = await sealedOf(theirs.id);
    const copied = await sealedOf(mine.id);
    await db.updateTable('merchant').set({ api_secret_sealed: copied }).where('id', '=', theirs.id).execute();
    await expect(starts()).rejects.toThrow(`merchant ${theirs.id}`);
    await db.updateTable('merchant').set({ api_secret_sealed: own }).where('id', '=', theirs.id).execute();
    await starts();
  });
});

describe('the tokens of my clients', () => {
  const trades = (token: string) =>
    world().call('GET', '/client/trades', { headers: { authorization: `Bearer ${token}` } });

  test('can have a secret of their own, which signs no callbacks; those of before are good for the grace', async () => {
    const merchant = await world().merchant();
    const before = merchant.client();
    expect((await before.call('GET', '/client/trades')).status).toBe(200);
    const said = await operator(['merchant', 'token-secret', merchant.id, '--grace', '1h', '--json']);
    const { tokenSecret, hasTokenSecret } = JSON.parse(said.stdout) as Record<string, string>; // as the command prints it
    expect(hasTokenSecret).toBe(true);
    expect(tokenSecret).not.toBe(merchant.apiSecret);
    const after = before.withSecret(tokenSecret ?? '');
    await world().until(async () => (await after.call('GET', '/client/trades')).status === 200, 'the new secret', 5000);
    expect((await before.call('GET', '/client/trades')).status).toBe(200);
    await world().passes('61m');
    const late = merchant.client();
    expect((await late.call('GET', '/client/trades')).body.error?.key).toBe('INVALID_TOKEN');
    expect((await after.withSecret().call('GET', '/client/trades')).status).toBe(200);

    // What the gateway issues is signed with it, and callbacks are signed with the API secret as before.
    const { steamId, tradeUrl } = before.account;
    const issued = await merchant.call('POST', '/auth/authenticate-client', {
      body: { clientSteamId: steamId, clientTradeUrl: tradeUrl },
    });
    expect((await trades(issued.body.data.token)).status).toBe(200);
    const trade = await merchant.buys([world().testListing('never-ships')]);
    const [told] = merchant.attemptsAt(trade.id);
    const callback = { header: told?.signature ?? '', body: told?.raw ?? '' };
    expect(verify({ secret: merchant.apiSecret, ...callback }).ok).toBe(true);
    expect(verify({ secret: tokenSecret ?? '', ...callback }).ok).toBe(false);
  });

  test('are signed with my API secret again when it is switched off', async () => {
    const merchant = await world().merchant();
    await operator(['merchant', 'token-secret', merchant.id, '--grace', '0']);
    const off = await operator(['merchant', 'token-secret', merchant.id, '--off', '--grace', '0', '--json']);
    expect(JSON.parse(off.stdout)).toMatchObject({ hasTokenSecret: false });
    const client = merchant.client();
    await world().until(
      async () => (await client.call('GET', '/client/trades')).status === 200,
      'the API secret',
      5000,
    );
  });

  test('with a secret of their own are not changed by a new API secret', async () => {
    const merchant = await world().merchant();
    const said = await operator(['merchant', 'token-secret', merchant.id, '--grace', '0', '--json']);
    const { tokenSecret } = JSON.parse(said.stdout) as Record<string, string>; // as the command prints it
    await operator(['merchant', 'rotate-secret', merchant.id, '--grace', '0']);
    const client = merchant.client().withSecret(tokenSecret ?? '');
    await world().until(
      async () => (await client.call('GET', '/client/trades')).status === 200,
      'its own secret',
      5000,
    );
    const shown = await operator(['merchant', 'show', merchant.id, '--secret']);
    expect(shown.stdout).toMatch(/^tokens +signed with a separate secret$/m);
    expect(shown.stdout).toContain(tokenSecret);
  });
});
