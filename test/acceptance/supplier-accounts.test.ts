import { pino } from 'pino';
import { afterEach, describe, expect, test } from 'vitest';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { readDeniedAccounts } from '../../src/auth/account-access.ts';
import { CollectedOutput, type CommandResult } from '../../src/cli/output.ts';
import { runInGateway } from '../../src/cli/program.ts';
import { newId, referenceOf } from '../../src/core/ids.ts';
import { toMills } from '../../src/core/money.ts';
import type { Deps } from '../../src/deps.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { createSuppliers } from '../../src/supplier-accounts/create-suppliers.ts';
import { recordSign } from '../../src/supplier-health/store.ts';
import { CallBudgets } from '../../src/suppliers/call-budgets.ts';
import type { SupplierKind } from '../../src/suppliers/kind.ts';
import type { BalanceAnswer } from '../../src/suppliers/supplier.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';
import { kindAt } from '../support/supplier-kind.ts';
import { useWorld } from '../support/world.ts';

/** An operator manages the accounts with which the gateway buys. */

const world = useWorld();
const KEY = SANDBOX_WAXPEER_KEY;
let balance: BalanceAnswer = { outcome: 'unknown', cause: 'no answer' };

const marketplaceUrl = () => world().gateway.sandbox?.marketplaceUrl ?? '';

function kinds(): SupplierKind[] {
  const url = marketplaceUrl();
  return [kindAt(url), kindAt(url, async () => balance, 'rich-market')];
}

const depsWith = (more: Partial<Deps> = {}): Deps => ({ ...world().gateway.deps, supplierKinds: kinds(), ...more });

async function run(args: readonly string[], inputs: string[] = [], more: Partial<Deps> = {}): Promise<CommandResult> {
  const output = new CollectedOutput();
  const session = async () => ({ deps: depsWith(more), applied: [] });
  return output.with(await runInGateway(args, session, output, 'operator:alice', inputs));
}

// biome-ignore lint/suspicious/noExplicitAny: each test checks what it reads
async function json(...args: string[]): Promise<any> {
  const said = await run([...args, '--json']);
  expect(said.stderr).toBe('');
  return JSON.parse(said.stdout);
}

const add = (...more: string[]) => run(['supplier', 'add', 'test-market', '--set', `apiKey=${KEY}`, ...more]);

afterEach(async () => {
  const { db } = world().gateway.deps;
  await db.deleteFrom('supplier_account').execute();
  await db.deleteFrom('buying_freeze').execute();
});

describe('adding an account', () => {
  test('shows it without its key, and what to do next', async () => {
    const said = await add();
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said.stdout).toMatch(/^account +test-market$/m);
    expect(said.stdout).toMatch(/^apiKey +set, not shown$/m);
    expect(said.stdout).toMatch(/^path +\/waxpeer \(default\)$/m);
    expect(said.stdout).toMatch(/restart every node for this to take effect; run skinrail supplier check test-market/);
    expect(said.stdout).not.toContain(KEY);
  });

  test('takes its key from standard input, and no audit and no row of the database shows it', async () => {
    const args = ['supplier', 'add', 'test-market', '--set', 'path=/waxpeer', '--set', 'apiKey=-', '--id', 'second'];
    expect((await run(args, [KEY])).exitCode).toBe(0);
    await run(['supplier', 'set', 'second', `--set=apiKey=${KEY}`]);
    const shown = await run(['supplier', 'show', 'second', '--json']);
    const { db } = world().gateway.deps;
    const rows = await db.selectFrom('supplier_account').selectAll().execute();
    const audit = await newestCommands(world().gateway.deps, { operator: undefined, limit: 2 });
    expect(audit.map(({ command }) => command)).toEqual([
      'supplier set second --set=apiKey=-',
      'supplier add test-market --set path=- --set apiKey=- --id second',
    ]);
    const mark = expect.stringMatching(/^secret #[0-9a-f]{8}$/);
    expect(audit[1]?.changes).toEqual(
      expect.arrayContaining([
        { of: 'account second', field: 'setting apiKey', before: null, after: mark },
        { of: 'account second', field: 'setting path', before: null, after: '/waxpeer' },
      ]),
    );
    for (const text of [shown.stdout, JSON.stringify(rows), JSON.stringify(audit)]) expect(text).not.toContain(KEY);
    const [supplier] = await createSuppliers(depsWith());
    expect(supplier).toMatchObject({ id: 'second' });
    expect((await supplier?.find([referenceOf(newId(world().now))]))?.outcome).toBe('read');
    await supplier?.close();
  });

  test.each<[title: string, args: string[], text: RegExp]>([
    ['a kind that there is not', ['steam'], /unknown kind of marketplace steam; .* test-market, rich-market$/m],
    ['no key', ['rich-market'], /setting apiKey of rich-market is missing: 8 to 40 letters/],
    [
      'a malformed key',
      ['rich-market', '--set', 'apiKey=not/one'],
      /setting apiKey .* does not have the expected form/,
    ],
    [
      'an unknown setting',
      ['rich-market', '--set', 'region=eu'],
      /has no setting region; its settings are apiKey, path/,
    ],
    ['a setting without a value', ['rich-market', '--set', KEY], /--set must be name=value/],
    ['a setting twice', ['rich-market', '--set', 'path=/a', '--set', 'path=/b'], /--set names path twice/],
    ['a line that is missing', ['rich-market', '--set', 'apiKey=-'], /standard input has no line for apiKey/],
    ['an id that is none', ['rich-market', '--id', 'My Account'], /an account id has 1 to 32 lower-case letters/],
    [
      'an id that is taken',
      ['rich-market', '--id', 'test-market', '--set', `apiKey=${KEY}`],
      /the id test-market is taken by another account/,
    ],
    [
      'the key of another account',
      ['test-market', '--id', 'other', '--set', `apiKey=${KEY}`],
      /account test-market at test-market has the same apiKey; use another account .* skinrail supplier set test-market/,
    ],
  ])('is refused with %s', async (_, args, text) => {
    await add();
    const said = await run(['supplier', 'add', ...args]);
    expect(said).toMatchObject({ exitCode: 1, stdout: '' });
    expect(said.stderr).toMatch(text);
    expect(said.stderr).not.toMatch(new RegExp(`${KEY}|not/one`));
    expect(await json('supplier', 'list')).toHaveLength(1);
  });
});

describe('an account', () => {
  test('is listed with what it is for', async () => {
    expect((await run(['supplier', 'list'])).stdout).toMatch(/^there are no accounts; skinrail supplier add makes one/);
    await add();
    expect(await json('supplier', 'list')).toMatchObject([{ id: 'test-market', games: ['252490'], pausedSince: null }]);
    expect((await run(['supplier', 'kinds'])).stdout).toMatch(/^test-market +252490 +apiKey +yes +required +8 to 40/m);
  });

  test('keeps the settings that are not changed, and an empty value restores the default', async () => {
    await add();
    const set = await run(['supplier', 'set', 'test-market', '--set', 'path=/other']);
    expect(set).toMatchObject({ exitCode: 0, stderr: '' });
    const changed = await json('supplier', 'show', 'test-market');
    expect(changed.settings).toEqual([
      { name: 'apiKey', value: null, isDefault: false },
      { name: 'path', value: '/other', isDefault: false },
    ]);
    await run(['supplier', 'set', 'test-market', '--set', 'path=']);
    expect((await json('supplier', 'show', 'test-market')).settings[1]).toMatchObject({ value: '/waxpeer' });
    expect((await run(['supplier', 'set', 'test-market', '--set', 'apiKey='])).stderr).toMatch(/apiKey .* is missing/);
    expect((await run(['supplier', 'set', 'none', '--set', 'path=/a'])).stderr).toMatch(/there is no account none/);
  });

  test('is paused and resumed, which merchants and the list of freezes notice', async () => {
    await add();
    const paused = await run(['supplier', 'pause', 'test-market', '--reason', 'odd prices']);
    expect(paused.stdout).toMatch(/^supplier test-market is frozen; 0 purchases are already under way/);
    expect(await json('freeze', 'list')).toMatchObject([{ scope: 'supplier', target: 'test-market' }]);
    expect((await run(['supplier', 'show', 'test-market'])).stdout).toMatch(/^paused +since \S+Z: odd prices$/m);
    expect((await run(['supplier', 'resume', 'test-market'])).stdout).toMatch(
      /^the freeze of supplier test-market is lifted/,
    );
    expect((await run(['supplier', 'resume', 'test-market'])).stderr).toMatch(/is not frozen/);
  });

  test('whose purchases fail shows why it is not offered and when it is tried, and resume ends that', async () => {
    await add();
    const { clock, config, db, log, signals } = world().gateway.deps;
    const counting = { clock, db, log, signals, config: { ...config, supplierFailuresMax: 1 } };
    const sent = { supplier: 'test-market', at: clock.now() };
    await recordSign(counting, sent, { kind: 'failed', reason: 'no clear answer: status 503' });
    expect((await run(['supplier', 'list'])).stdout).toMatch(/ no, trial at 20\S+Z /);
    const shown = (await run(['supplier', 'show', 'test-market'])).stdout;
    expect(shown).toMatch(/^offered +no, trial at 20\S+Z, since 20\S+Z$/m);
    expect(shown).toMatch(/^failed purchases +1 since the last that worked; last: no clear answer: status 503$/m);
    const resumed = await run(['supplier', 'resume', 'test-market']);
    expect(resumed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/^the listings of test-market are offered again; .*: no clear answer: status 503$/m);
    expect(await json('supplier', 'show', 'test-market')).toMatchObject({
      health: { circuit: 'closed', failures: 0, reason: null, openedAt: null, retryAt: null, balance: null },
    });
    // There is nothing left to end.
    expect((await run(['supplier', 'resume', 'test-market'])).exitCode).toBe(1);
  });

  test('gets a markup and a preference for each game, and loses them when it is removed', async () => {
    await add();
    const policy = (...args: string[]) => json('supplier', 'policy', 'test-market', ...args);
    expect(await policy()).toEqual([{ game: '252490', markupBps: 0, preference: 100 }]);
    expect(await policy('--markup-bps', '250')).toEqual([{ game: '252490', markupBps: 250, preference: 100 }]);
    expect(await policy('--game', '252490', '--preference', '5')).toEqual([
      { game: '252490', markupBps: 250, preference: 5 },
    ]);
    expect((await run(['supplier', 'policy', 'test-market'])).stdout).toMatch(/^252490 +2\.50 % +5$/m);
    expect(await policy('--markup-bps', '0')).toMatchObject([{ markupBps: 0 }]);
    const wrong = await run(['supplier', 'policy', 'test-market', '--game', '730', '--markup-bps', '1']);
    expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not sell game 730') });
    expect((await run(['supplier', 'policy', 'test-market', '--markup-bps', '10001'])).exitCode).toBe(1);
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    await run(['supplier', 'remove', 'test-market']);
    const { db } = world().gateway.deps;
    expect(await db.selectFrom('supplier_policy').selectAll().execute()).toEqual([]);
  });

  test('is for all merchants until a rule says otherwise; a rule for one counts more than that for all', async () => {
    await add();
    const [one, other] = [await world().merchant(), await world().merchant()];
    const mayUse = async ({ id }: { id: string }) =>
      (await readDeniedAccounts(world().gateway.deps.db, id)).length === 0;
    const merchants = async () =>
      /^merchants +(.*)$/m.exec((await run(['supplier', 'show', 'test-market'])).stdout)?.[1];
    expect(await merchants()).toBe('all merchants may use it');
    expect((await run(['supplier', 'deny', 'test-market', one.name])).stdout).toBe(
      `test-market: all merchants may use it but ${one.name}\n`,
    );
    expect([await mayUse(one), await mayUse(other)]).toEqual([false, true]);
    await run(['supplier', 'deny', 'test-market', '--all']);
    expect(await merchants()).toBe('no merchant may use it');
    await run(['supplier', 'allow', 'test-market', one.id]);
    expect(await merchants()).toBe(`no merchant may use it but ${one.name}`);
    expect([await mayUse(one), await mayUse(other)]).toEqual([true, false]);
    expect((await json('supplier', 'show', 'test-market')).access).toEqual({
      others: 'denied',
      merchants: [{ id: one.id, name: one.name, access: 'allowed' }],
    });
    for (const args of [
      ['test-market'],
      ['test-market', one.name, '--all'],
      ['none', '--all'],
      ['test-market', 'nobody'],
    ]) {
      expect((await run(['supplier', 'deny', ...args])).exitCode, args.join(' ')).toBe(1);
    }
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    await run(['supplier', 'remove', 'test-market']);
    expect([await mayUse(one), await mayUse(other)]).toEqual([true, true]);
  });

  test('may spend so much in 24 hours, or as much as it likes', async () => {
    await add();
    const limit = async (...args: string[]) => (await run(['supplier', 'limit', 'test-market', ...args])).stdout;
    expect(await limit()).toBe('test-market: no limit\n');
    expect(await limit('--day-max', '500')).toBe('test-market: $500.00 in 24 hours, of which $0.00 are spent\n');
    expect((await json('supplier', 'show', 'test-market')).limit).toEqual({ dayMax: '500.00', spent: '0.00' });
    expect((await run(['supplier', 'show', 'test-market'])).stdout).toMatch(/^spending +\$500\.00 in 24 hours/m);
    expect((await run(['supplier', 'limit', 'test-market', '--day-max', '0'])).exitCode).toBe(1);
    expect(await limit('--day-max', 'none')).toBe('test-market: no limit\n');
    await limit('--day-max', '1');
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    await run(['supplier', 'remove', 'test-market']);
    await add();
    expect(await limit()).toBe('test-market: no limit\n');
  });

  test('leaves none of its listings to an account that is added later under its id', async () => {
    await add();
    const { db, clock } = world().gateway.deps;
    const feed = { supplier: 'test-market', holder: null, leased_until: clock.now() };
    await db.insertInto('supplier_feed').values(feed).execute();
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    expect((await run(['supplier', 'remove', 'test-market'])).exitCode).toBe(0);
    const left = db.selectFrom('supplier_feed').select('supplier').where('supplier', '=', 'test-market');
    expect(await left.execute()).toEqual([]);
  });

  test('is added once when two operators add the same key at once', async () => {
    const ids = ['first', 'second', 'third'];
    const add = (id: string) => run(['supplier', 'add', 'test-market', '--id', id, '--set', `apiKey=${KEY}`]);
    const said = await Promise.all(ids.map(add));
    expect(said.filter(({ exitCode }) => exitCode === 0)).toHaveLength(1);
    for (const { exitCode, stderr } of said) if (exitCode !== 0) expect(stderr).toMatch(/has the same apiKey/);
    expect(await json('supplier', 'list')).toHaveLength(1);
  });

  test('may be one of several at a marketplace, each with a key of its own', async () => {
    await add();
    const second = ['supplier', 'add', 'test-market', '--id', 'second', '--set', 'apiKey=another-key'];
    expect((await run(second)).exitCode).toBe(0);
    expect(await json('supplier', 'list')).toMatchObject([{ id: 'second' }, { id: 'test-market' }]);
    const said = await run(['supplier', 'set', 'second', '--set', `apiKey=${KEY}`]);
    expect(said).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('has the same apiKey') });
    expect(said.stderr).not.toContain(KEY);
    const suppliers = await createSuppliers(depsWith());
    expect(suppliers.map(({ id }) => id)).toEqual(['second', 'test-market']);
    await Promise.all(suppliers.map((supplier) => supplier.close()));
  });

  test('is removed once it is paused', async () => {
    await add();
    const early = await run(['supplier', 'remove', 'test-market']);
    expect(early.stderr).toMatch(/is not paused, .* run skinrail supplier pause test-market first/);
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    expect((await run(['supplier', 'remove', 'test-market'])).stdout).toMatch(/is removed; restart every node/);
    expect(await json('supplier', 'list')).toEqual([]);
  });

  test('is not removed while a purchase of it is open', async () => {
    await add();
    const merchant = await world().merchant();
    const trade = await merchant.buys([world().rustListing('never-ships')]);
    const { db } = world().gateway.deps;
    const purchases = db.updateTable('purchase').where('trade_id', '=', trade.id);
    await purchases.set({ supplier: 'test-market' }).execute();
    await run(['supplier', 'pause', 'test-market', '--reason', 'moving']);
    const said = await run(['supplier', 'remove', 'test-market']);
    await purchases.set({ supplier: 'waxpeer' }).execute();
    expect(said.stderr).toMatch(/has 1 open purchases, 0 open cancellation requests and 0 items that wait/);
    expect(await json('supplier', 'list')).toHaveLength(1);
  });
});

describe('checking an account', () => {
  const check = () => run(['supplier', 'check', 'rich-market']);
  const addRich = () => run(['supplier', 'add', 'rich-market', '--set', `apiKey=${KEY}`]);

  test('prints its balance, what each call is answered, whose clock is right, and how long the marketplace took', async () => {
    await addRich();
    balance = { outcome: 'read', availableMills: toMills(1_234_500n) };
    const said = await check();
    expect(said).toMatchObject({ exitCode: 0, stderr: '' });
    expect(said.stdout).toMatch(/^balance +\$1234\.50$/m);
    expect(said.stdout).toMatch(/^key accepted +yes$/m);
    expect(said.stdout).toMatch(/^reading the balance +answered$/m);
    expect(said.stdout).toMatch(/^looking up an order +answered$/m);
    expect(said.stdout).toMatch(/^listing orders +answered$/m);
    expect(said.stdout).toMatch(/^clock +agrees with this machine’s to a second$/m);
    expect(said.stdout).toMatch(/^response time +\d+ ms$/m);
  });

  test.each<[title: string, answer: BalanceAnswer, texts: RegExp[]]>([
    [
      'a refused key',
      { outcome: 'unknown', cause: 'status 401', fault: 'misconfigured' },
      [
        /^key accepted +no$/m,
        /^purchases +would be refused: the key, its permissions/m,
        /^reading the balance +status 401$/m,
      ],
    ],
    [
      'an account without money',
      { outcome: 'read', availableMills: toMills(0n) },
      [
        /^balance +\$0\.00$/m,
        /^key accepted +yes$/m,
        /^purchases +would be refused: the account has too little money/m,
      ],
    ],
    [
      'no clear answer',
      { outcome: 'unknown', cause: 'no answer within 2000 ms' },
      [/^key accepted +yes$/m, /^reading the balance +no answer within 2000 ms$/m, /^purchases +not known/m],
    ],
  ])('fails with %s', async (_, answer, texts) => {
    await addRich();
    balance = answer;
    const said = await check();
    expect(said.exitCode).toBe(1);
    for (const text of texts) expect(said.stdout).toMatch(text);
  });

  test('counts against the calls that its account may make, as comparing its orders does', async () => {
    const log = pino({ level: 'silent' });
    const callBudgets = new CallBudgets({ redisUrl: '', log, onHeld: () => {} });
    const usedUp = { supplierKinds: [waxpeer], callBudgets };
    await callBudgets.of('waxpeer', { perSecond: 0.001, burst: 1 }).takeForPurchase();
    await run(['supplier', 'add', 'waxpeer', '--set', 'apiKey=a-key'], [], usedUp);
    const checked = await run(['supplier', 'check', 'waxpeer'], [], usedUp);
    expect(checked.stdout).toMatch(/^looking up an order +not sent, because the account has used up the calls/m);
    const compared = await run(['supplier', 'reconcile', 'waxpeer'], [], usedUp);
    expect(compared.stdout).toMatch(/NOT reconciled: not all orders could be compared \(not sent/);
  });

  test('at a marketplace that does not tell the balance looks an order up', async () => {
    await add();
    expect(await json('supplier', 'check', 'test-market')).toMatchObject({ balance: null, isKeyAccepted: true });
    await run(['supplier', 'set', 'test-market', '--set', 'apiKey=wrong-key']);
    expect(await json('supplier', 'check', 'test-market')).toMatchObject({
      isKeyAccepted: false,
      fault: 'misconfigured',
    });
  });
});

describe('a start', () => {
  test('is refused with an account of a kind that this version does not have', async () => {
    await add();
    await expect(createSuppliers(depsWith({ supplierKinds: [] }))).rejects.toThrow(
      /^account test-market is at test-market, for which this version has no adapter; .* skinrail supplier remove test-market$/,
    );
    expect((await run(['supplier', 'show', 'test-market'], [], { supplierKinds: [] })).stdout).toMatch(
      /^kind +test-market \(this version has no adapter for it\)$/m,
    );
  });

  test('is refused with settings that this version does not take', async () => {
    await add();
    const [kind = kindAt('')] = kinds();
    const strict = { ...kind, settings: kind.settings.map((setting) => ({ ...setting, pattern: /^\d+$/ })) };
    await expect(createSuppliers(depsWith({ supplierKinds: [strict] }))).rejects.toThrow(
      /^account test-market cannot be used: the setting apiKey .* Correct it with skinrail supplier set test-market/,
    );
    const refuse = () => {
      throw new TypeError(`Invalid URL: ${KEY}`);
    };
    const broken = { ...kind, create: refuse };
    await expect(createSuppliers(depsWith({ supplierKinds: [broken] }))).rejects.toThrow(/refuses its settings/);
  });
});
