import { describe, expect, test } from 'vitest';
import { consoleBase } from '../../src/config/addresses.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { useOperatorCommands } from '../support/operator-commands.ts';
import { Visitor } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** People who sign in, from the command line: the first owner has nobody else to be invited by. */

const world = useOwnWorld();
const { run, json } = useOperatorCommands(world);
const PASSWORD = 'correct horse battery';

async function refusal(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await run(args);
  expect(exitCode).toBe(1);
  return stderr;
}

const tokenOf = (link: string) => link.replace(/^.*#/, '');

async function uses(link: string, password?: string): Promise<Visitor> {
  const visitor = new Visitor(world().baseUrl);
  await visitor.does('POST', '/operator/v1/links/use', { token: tokenOf(link), ...(password ? { password } : {}) });
  return visitor;
}

async function newestCommand() {
  return (await json(['audit', '--limit', '1']))[0];
}

describe('an invitation', () => {
  test('is a link with which the person sets a password, and is in the trail without it', async () => {
    const { stdout } = await run(['staff', 'invite', 'Ann@Shop.example', '--role', 'owner', '--name', 'Ann Lee']);
    const link = /^http:\/\/127\.0\.0\.1:\d+\/console\/link#\S+$/m.exec(stdout)?.[0] ?? '';
    expect(stdout).toMatch(/can be used once, and is valid until \S+Z\.$/m);
    const ann = await uses(link, PASSWORD);
    expect(await ann.gets('/operator/v1/session')).toMatchObject({
      email: 'ann@shop.example',
      name: 'Ann Lee',
      role: 'owner',
    });
    const [used, entry] = await newestCommands(world().gateway.deps, { operator: undefined, limit: 2 });
    expect(used).toMatchObject({ operator: 'staff:ann@shop.example', command: 'password set-by-invitation' });
    expect(entry).toMatchObject({ command: 'staff invite Ann@Shop.example --role owner --name "Ann Lee"' });
    expect(entry?.changes).toContainEqual(expect.objectContaining({ field: 'role', before: null, after: 'owner' }));
    expect(JSON.stringify([used, entry])).not.toContain(tokenOf(link));
  });

  test('makes a member of a merchant, named by the address when no name is given', async () => {
    const merchant = await world().merchant();
    const args = ['staff', 'invite', 'dev@shop.example', '--role', 'developer', '--merchant', merchant.name];
    const made = await json(args);
    expect(made).toMatchObject({ name: 'dev', role: 'developer', merchantId: merchant.id, hasPassword: false });
    expect(await json(['staff', 'list', '--merchant', merchant.id])).toMatchObject([{ email: 'dev@shop.example' }]);
    expect(JSON.stringify(await json(['staff', 'list']))).not.toContain('dev@shop.example');
    expect((await run(['staff', 'list', '--merchant', merchant.id])).stdout).toMatch(
      /^dev@shop\.example +dev +developer +has set no password +no$/m,
    );
    expect((await run(['staff', 'list', '--merchant', (await world().merchant()).id])).stdout).toBe(
      'it has no members\n',
    );
    expect(await refusal(...args)).toMatch(/dev@shop\.example has an account already/);
  });

  test.each([
    [['nobody', '--role', 'owner'], /"nobody" is not an e-mail address/],
    [['a@b.example', '--role', 'king'], /unknown role king; valid roles are owner, .*viewer/],
    [['a@b.example', '--role', 'admin'], /admin is not a role of staff/],
    [['a@b.example', '--role', 'owner', '--merchant', 'nothing'], /there is no merchant with the id or name nothing/],
    [['a@b.example'], /--role/],
  ])('with %j is refused', async (args, said) => {
    expect(await refusal('staff', 'invite', ...args)).toMatch(said);
  });
});

describe('a person', () => {
  test('gets another role, is disabled and enabled, and is signed out by it', async () => {
    const { link } = await json(['staff', 'invite', 'bob@shop.example', '--role', 'support']);
    const bob = await uses(link, PASSWORD);
    expect(await json(['staff', 'role', 'BOB@shop.example', 'finance'])).toMatchObject({ role: 'finance' });
    expect(await bob.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
    expect((await newestCommand()).changes).toContainEqual(
      expect.objectContaining({ field: 'role', before: 'support', after: 'finance' }),
    );
    expect((await run(['staff', 'disable', 'bob@shop.example'])).stdout).toMatch(/^state {5}disabled since \S+Z$/m);
    expect(await refusal('staff', 'reset', 'bob@shop.example')).toMatch(/is disabled; enable the account first/);
    expect(await json(['staff', 'enable', 'bob@shop.example'])).toMatchObject({ disabledAt: null });
    expect(await refusal('staff', 'role', 'bob@shop.example', 'viewer')).toMatch(/viewer is not a role of staff/);
    expect(await refusal('staff', 'enable', 'else@shop.example')).toMatch(/nobody has the account else@shop\.example/);
  });

  test('who has lost the password and the device gets a link for a new one', async () => {
    const { id, link } = await json(['staff', 'invite', 'carol@shop.example', '--role', 'support']);
    await uses(link, PASSWORD);
    const { db, clock } = world().gateway.deps;
    await db.updateTable('person').set({ totp_confirmed_at: clock.now() }).where('id', '=', id).execute();
    const kept = await json(['staff', 'reset', 'carol@shop.example']);
    expect(kept.hasSecondFactor).toBe(true);
    const reset = await json(['staff', 'reset', 'carol@shop.example', '--second-factor']);
    const carol = await uses(reset.link, 'another long password');
    expect(await carol.gets('/operator/v1/session')).toMatchObject({ id, hasSecondFactor: false });
  });
});

describe('a sign-in link', () => {
  test('opens a sandbox without a password, as its owner, who is added once', async () => {
    const { link } = await json(['staff', 'sign-in']);
    const owner = await uses(link);
    expect(await owner.gets('/operator/v1/session')).toMatchObject({ email: 'owner@sandbox.example', role: 'owner' });
    const again = await json(['staff', 'sign-in']);
    expect(again.email).toBe('owner@sandbox.example');
    expect(await (await uses(again.link)).gets('/operator/v1/session')).toMatchObject({ id: again.id });
  });

  test('opens it as anyone who has an account', async () => {
    await json(['staff', 'invite', 'dora@shop.example', '--role', 'auditor']);
    const { link } = await json(['staff', 'sign-in', 'dora@shop.example']);
    expect(await (await uses(link)).gets('/operator/v1/session')).toMatchObject({ role: 'auditor' });
    expect(await refusal('staff', 'sign-in', 'else@shop.example')).toMatch(/nobody has the account/);
    await json(['staff', 'disable', 'dora@shop.example']);
    expect(await refusal('staff', 'sign-in', 'dora@shop.example')).toMatch(/is disabled/);
  });

  test('is never made for another database than a sandbox’s', async () => {
    const { db } = world().gateway.deps;
    const set = (value: string) =>
      db
        .updateTable('setting')
        .set({ value: JSON.stringify(value) })
        .where('name', '=', 'environment')
        .execute();
    await set('production');
    try {
      expect(await refusal('staff', 'sign-in')).toMatch(
        /only a sandbox has sign-in links, .*; use skinrail staff reset/,
      );
    } finally {
      await set('sandbox');
    }
  });
});

test.each([
  [{ publicUrl: 'https://pay.example', host: '0.0.0.0', port: 8080 }, 'https://pay.example'],
  [{ publicUrl: '', host: '127.0.0.1', port: 8080 }, 'http://127.0.0.1:8080'],
  [{ publicUrl: '', host: '0.0.0.0', port: 80 }, 'http://localhost:80'],
  [{ publicUrl: '', host: '::1', port: 8080 }, 'http://[::1]:8080'],
])('the console of %j is at %s', (config, address) => {
  expect(consoleBase(config)).toBe(address);
});
