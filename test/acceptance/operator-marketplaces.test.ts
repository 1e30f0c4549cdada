import { afterEach, describe, expect, test } from 'vitest';
import { toMills } from '../../src/core/money.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import * as reconciliations from '../../src/reconciliation/store.ts';
import { addAccount } from '../../src/supplier-accounts/operations.ts';
import { setLimit } from '../../src/supplier-accounts/spending.ts';
import { recordBalance, recordSign } from '../../src/supplier-health/store.ts';
import { claimRun, endRun } from '../../src/verify/last-run.ts';
import { rules } from '../../src/verify/rules.ts';
import { usePeople } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** Staff see the accounts at marketplaces, stop and resume purchases, and read whether the books are right. */

const world = useOwnWorld({ VERIFY_EVERY_MIN: '0', RECONCILE_EVERY_MIN: '0' });
const { signedIn } = usePeople(world);

const MARKETPLACES = '/operator/v1/marketplaces';
const FREEZES = '/operator/v1/freezes';
const VERIFY = '/operator/v1/verify';
const NOBODY = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const ADDED = 'waxpeer-2';
const KEY = 'a-key-that-nobody-sees';
const REASON = 'its prices are wrong';

const deps = () => world().gateway.deps;

afterEach(async () => {
  await deps().db.deleteFrom('supplier_account').where('id', '=', ADDED).execute();
  await deps().db.deleteFrom('buying_freeze').execute();
});

/** An account that was added since this node has started. */
async function withAccount(): Promise<string> {
  const given = { apiKey: KEY, baseUrl: 'https://ann:secret@proxy.example/waxpeer' };
  await addAccount(deps(), { kind: 'waxpeer', id: ADDED, given });
  return ADDED;
}

async function newestCommandOf(operator: string) {
  const [command] = await newestCommands(deps(), { operator, limit: 1 });
  return command;
}

const nothing = { circuit: 'closed', failures: 0, reason: null, openedAt: null, retryAt: null };

describe('the accounts at marketplaces', () => {
  test('are listed with all that decides whether they are used', async () => {
    const id = await withAccount();
    await setLimit(deps(), id, toMills(500_000n));
    await recordBalance(deps(), id, toMills(12_345n));
    const auditor = await signedIn('auditor');
    const listed = await auditor.gets(MARKETPLACES);
    expect(listed.map((each: { id: string }) => each.id)).toEqual(['cs2dt', 'lis-skins', 'waxpeer', id]);
    expect(listed.at(-1)).toEqual({
      id,
      kind: 'waxpeer',
      games: expect.arrayContaining(['730', '252490']),
      isInUse: false,
      createdAt: expect.stringMatching(/^20\S+Z$/),
      updatedAt: expect.stringMatching(/^20\S+Z$/),
      pause: null,
      health: { ...nothing, balance: '12.345', balanceAt: expect.stringMatching(/^20\S+Z$/) },
      policies: expect.arrayContaining([{ game: '730', markupBps: 0, preference: 100 }]),
      limit: { dayMax: '500.00', spent: '0.00' },
      reconciliation: null,
    });
    expect(listed[0]).toMatchObject({ kind: 'cs2dt', isInUse: true });
    await world().passes('6m');
    const stale = await auditor.gets(`${MARKETPLACES}/${id}`);
    expect(stale.health).toEqual({ ...nothing, balance: null, balanceAt: null });
  });

  test('are shown with their settings, but no secret, and with what is open', async () => {
    const id = await withAccount();
    const auditor = await signedIn('auditor');
    const shown = await auditor.gets(`${MARKETPLACES}/${id}`);
    expect(shown.settings).toContainEqual({ name: 'apiKey', value: null, isDefault: false });
    expect(shown.settings).toContainEqual({
      name: 'baseUrl',
      value: 'https://-@proxy.example/waxpeer',
      isDefault: false,
    });
    expect(shown).toMatchObject({
      access: { others: 'allowed', merchants: [] },
      open: { purchases: 0, cancellations: 0, approvals: 0 },
      differences: [],
    });
    const text = JSON.stringify(shown);
    expect(text).not.toContain(KEY);
    expect(text).not.toContain('ann:secret');
    expect(await auditor.isRefused('GET', `${MARKETPLACES}/nowhere`)).toBe('NOT_FOUND');
    expect(await auditor.isRefused('GET', `${MARKETPLACES}/No%20Where`)).toBe('VALIDATION_FAILED');
  });

  test('are still shown after they were removed, while this node uses them', async () => {
    const { db } = deps();
    const removed = await db
      .deleteFrom('supplier_account')
      .where('id', '=', 'lis-skins')
      .returningAll()
      .executeTakeFirstOrThrow();
    const shown = await (await signedIn('auditor')).gets(`${MARKETPLACES}/lis-skins`);
    await db.insertInto('supplier_account').values(removed).execute();
    expect(shown).toMatchObject({ kind: null, createdAt: null, isInUse: true, settings: null });
  });

  test('show how the marketplace’s own list of orders differed at the last comparison', async () => {
    const merchant = await world().merchant();
    const listing = world().testListing('never-ships');
    const trade = await merchant.buys([listing]);
    const supplier = listing.marketplace;
    const { reference } = await deps()
      .db.selectFrom('purchase')
      .select('reference')
      .where('trade_id', '=', trade.id)
      .executeTakeFirstOrThrow();
    const runId = (await reconciliations.claimRun(deps(), supplier, 0)) ?? '';
    const common = {
      tradeId: null,
      itemId: null,
      amountMills: null,
      oursMills: null,
      theirsMills: null,
      mayBeLate: false,
    };
    const differences = [
      { ...common, kind: 'price', orderId: '93 0001', reference } as const,
      { ...common, kind: 'unknown_order', orderId: '93-2', reference: null } as const,
    ];
    const range = { from: new Date(0), to: new Date('2026-11-20T00:00:00Z') };
    const found = { supplier, range, orders: 2, purchases: 1, cause: null, differences };
    await reconciliations.endRun(deps(), runId, found, undefined);
    const shown = await (await signedIn('finance')).gets(`${MARKETPLACES}/${supplier}`);
    expect(shown.reconciliation).toMatchObject({
      cause: null,
      reconciledTo: '2026-11-20T00:00:00.000Z',
      differences: 2,
      counts: { price: 1, unknown_order: 1, fee: 0 },
    });
    expect(shown.differences).toEqual([
      {
        kind: 'price',
        orderId: '93 0001',
        reference,
        tradeId: trade.id,
        itemId: expect.any(String),
        meaning: expect.any(String),
        advice: expect.any(String),
      },
      expect.objectContaining({ kind: 'unknown_order', orderId: '93-2', reference: null, tradeId: null, itemId: null }),
    ]);
  });
});

describe('an operations person', () => {
  test('pauses an account and resumes it, and the trail has both with what they changed', async () => {
    const operations = await signedIn('operations');
    const actor = `staff:${operations.person.email}`;
    const id = 'waxpeer';
    const paused = await operations.does('POST', `${MARKETPLACES}/${id}/pause`, { reason: REASON });
    expect(paused).toMatchObject({ scope: 'supplier', target: id, reason: REASON, actor, isNew: true, underWay: 0 });
    expect(await newestCommandOf(actor)).toMatchObject({
      command: `supplier pause ${id} --reason ${JSON.stringify(REASON)}`,
      changes: [{ of: 'freezes', field: `supplier ${id}`, before: null, after: REASON }],
    });
    const again = await operations.does('POST', `${MARKETPLACES}/${id}/pause`, { reason: 'once more' });
    expect(again).toMatchObject({ reason: REASON, isNew: false });
    expect((await operations.gets(`${MARKETPLACES}/${id}`)).pause).toMatchObject({
      reason: REASON,
      since: paused.since,
    });

    const resumed = await operations.does('POST', `${MARKETPLACES}/${id}/resume`);
    expect(resumed).toMatchObject({ notOfferedSince: null, pause: { target: id, reason: REASON } });
    expect(await newestCommandOf(actor)).toMatchObject({
      command: `supplier resume ${id}`,
      changes: [{ of: 'freezes', field: `supplier ${id}`, before: REASON, after: null }],
    });
    expect(await operations.isRefused('POST', `${MARKETPLACES}/${id}/resume`)).toBe('REFUSED');
  });

  test('resumes an account whose purchases failed', async () => {
    const id = await withAccount();
    const { clock, config, db, log, signals } = deps();
    const counting = { clock, db, log, signals, config: { ...config, supplierFailuresMax: 1 } };
    await recordSign(counting, { supplier: id, at: clock.now() }, { kind: 'failed', reason: 'no clear answer: 503' });
    const operations = await signedIn('operations');
    expect((await operations.gets(`${MARKETPLACES}/${id}`)).health).toMatchObject({
      circuit: 'open',
      failures: 1,
      reason: 'no clear answer: 503',
      openedAt: expect.any(String),
      retryAt: expect.any(String),
    });
    expect(await operations.does('POST', `${MARKETPLACES}/${id}/resume`)).toEqual({
      notOfferedSince: expect.stringMatching(/^20\S+Z$/),
      reason: 'no clear answer: 503',
      pause: null,
    });
    expect((await operations.gets(`${MARKETPLACES}/${id}`)).health).toMatchObject(nothing);
  });

  test('changes the markup of one game and the preference of all, and the trail has what that changed', async () => {
    const id = await withAccount();
    const operations = await signedIn('operations');
    const change = { game: '730', markupBps: 250 };
    const policies = await operations.does('PUT', `${MARKETPLACES}/${id}/policy`, change);
    expect(policies).toContainEqual({ game: '730', markupBps: 250, preference: 100 });
    expect(policies).toContainEqual({ game: '252490', markupBps: 0, preference: 100 });
    const command = await newestCommandOf(`staff:${operations.person.email}`);
    expect(command).toMatchObject({ command: `supplier policy ${id} --game 730 --markup-bps 250`, outcome: 'done' });
    expect(command?.changes).toContainEqual({
      of: `account ${id}`,
      field: 'game 730 markup_bps',
      before: null,
      after: 250,
    });
    const preferred = await operations.does('PUT', `${MARKETPLACES}/${id}/policy`, { preference: 5 });
    expect(preferred).toContainEqual({ game: '730', markupBps: 250, preference: 5 });
    expect(preferred).toContainEqual({ game: '252490', markupBps: 0, preference: 5 });
    expect((await operations.gets(`${MARKETPLACES}/${id}`)).policies).toEqual(preferred);
  });

  test.each([
    ['PUT', '/waxpeer/policy', {}, 'body'],
    ['PUT', '/waxpeer/policy', { markupBps: 10_001 }, 'markupBps'],
    ['PUT', '/waxpeer/policy', { preference: 0 }, 'preference'],
    ['PUT', '/waxpeer/policy', { game: '570', preference: 1 }, 'game'],
    ['POST', '/waxpeer/pause', {}, 'reason'],
    ['POST', '/waxpeer/pause', { reason: ' ' }, 'reason'],
    ['POST', '/Wax!/pause', { reason: 'x' }, 'marketplaceId'],
  ])('is told what is wrong with %s %s %o', async (method, path, body, field) => {
    const operations = await signedIn('operations');
    const { status, body: answer } = await operations.call(method, `${MARKETPLACES}${path}`, body);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({ key: 'VALIDATION_FAILED', fields: { [field]: expect.any(String) } });
  });

  test('is refused an account that does not exist', async () => {
    const operations = await signedIn('operations');
    expect(await operations.isRefused('POST', `${MARKETPLACES}/nowhere/pause`, { reason: REASON })).toBe('NOT_FOUND');
    expect(await operations.isRefused('POST', `${MARKETPLACES}/nowhere/resume`)).toBe('NOT_FOUND');
    expect(await operations.isRefused('PUT', `${MARKETPLACES}/nowhere/policy`, { preference: 1 })).toBe('NOT_FOUND');
  });
});

describe('a freeze', () => {
  test('of everything stops buying, is listed, and is lifted; the trail has what that changed', async () => {
    const merchant = await world().merchant();
    const operations = await signedIn('operations');
    const actor = `staff:${operations.person.email}`;
    const started = await operations.does('POST', FREEZES, { scope: 'all', reason: REASON });
    expect(started).toMatchObject({ scope: 'all', target: null, reason: REASON, actor, isNew: true, underWay: 0 });
    expect((await merchant.asksToBuy([world().testListing('never-ships')])).status).toBe(503);
    expect(await newestCommandOf(actor)).toMatchObject({
      command: `freeze all --reason ${JSON.stringify(REASON)}`,
      changes: [{ of: 'freezes', field: 'all', before: null, after: REASON }],
    });
    expect(await (await signedIn('support')).gets(FREEZES)).toEqual([
      {
        scope: 'all',
        target: null,
        reason: REASON,
        actor,
        since: started.since,
        cancelledFrom: started.cancelledFrom,
        name: 'everything',
        waitingItems: 0,
        locked: '0.00',
      },
    ]);
    expect(await operations.does('POST', `${FREEZES}/remove`, { scope: 'all' })).toMatchObject({ scope: 'all' });
    expect(await newestCommandOf(actor)).toMatchObject({ command: 'unfreeze all', outcome: 'done' });
    expect((await merchant.asksToBuy([world().testListing('never-ships')])).status).toBe(200);
    expect(await operations.isRefused('POST', `${FREEZES}/remove`, { scope: 'all' })).toBe('REFUSED');
  });

  test('of a merchant, by name or id, or of an account stops only that', async () => {
    const merchant = await world().merchant();
    const operations = await signedIn('operations');
    const byName = { scope: 'merchant', target: merchant.name };
    expect(await operations.does('POST', FREEZES, { ...byName, reason: 'fraud' })).toMatchObject({
      target: merchant.id,
    });
    await operations.does('POST', FREEZES, { scope: 'supplier', target: 'cs2dt', reason: REASON });
    const listed = await operations.gets(FREEZES);
    expect(listed.map((each: { name: string }) => each.name)).toEqual([`merchant ${merchant.name}`, 'supplier cs2dt']);
    await operations.does('POST', `${FREEZES}/remove`, { scope: 'merchant', target: merchant.id });
    await operations.does('POST', `${FREEZES}/remove`, { scope: 'supplier', target: 'cs2dt' });
    expect(await operations.gets(FREEZES)).toEqual([]);
  });

  test.each([
    [{ scope: 'nothing', reason: REASON }, 'VALIDATION_FAILED'],
    [{ scope: 'all', target: 'cs2dt', reason: REASON }, 'VALIDATION_FAILED'],
    [{ scope: 'supplier', reason: REASON }, 'VALIDATION_FAILED'],
    [{ scope: 'all' }, 'VALIDATION_FAILED'],
    [{ scope: 'supplier', target: 'cs3dt', reason: REASON }, 'REFUSED'],
    [{ scope: 'merchant', target: NOBODY, reason: REASON }, 'NOT_FOUND'],
  ])('of %o is refused', async (body, key) => {
    const operations = await signedIn('operations');
    expect(await operations.isRefused('POST', FREEZES, body)).toBe(key);
    expect(await operations.gets(FREEZES)).toEqual([]);
  });
});

describe('the last check of the books', () => {
  test('is absent before the first one', async () => {
    const auditor = await signedIn('auditor');
    expect(await auditor.gets(VERIFY)).toEqual({ everyMinutes: null, lastRun: null });
  });

  test('says of every rule whether it held, and shows the first row that broke one, in dollars', async () => {
    const runId = (await claimRun(deps(), 0)) ?? '';
    const row = { merchant_id: NOBODY, account: 'available', balance_mills: '-1500', items: 2 };
    const broken = [
      { rule: 'no-negative-balance', row },
      { rule: 'a-rule-of-another-version', row: { item_id: NOBODY } },
    ];
    await endRun(deps(), runId, { broken, durationMs: 1234 });
    const auditor = await signedIn('auditor');
    const { lastRun } = await auditor.gets(VERIFY);
    expect(lastRun).toMatchObject({
      endedAt: expect.stringMatching(/^20\S+Z$/),
      durationMs: 1234,
      cleanAt: null,
      isClean: false,
    });
    expect(lastRun.rules).toHaveLength(rules.length + 1);
    const found = lastRun.rules.filter((each: { holds: boolean }) => !each.holds);
    expect(found).toEqual([
      { name: 'a-rule-of-another-version', sentence: null, holds: false, row: { item_id: NOBODY } },
      {
        name: 'no-negative-balance',
        sentence: 'No account is below zero, except the funding account.',
        holds: false,
        row: { merchant_id: NOBODY, account: 'available', balance: '-1.50', items: 2 },
      },
    ]);
  });

  test('is clean when no rule was broken', async () => {
    const runId = (await claimRun(deps(), 0)) ?? '';
    await endRun(deps(), runId, { broken: [], durationMs: 1 });
    const { lastRun } = await (await signedIn('auditor')).gets(VERIFY);
    expect(lastRun).toMatchObject({ isClean: true, cleanAt: lastRun.endedAt });
  });
});

describe('who may do this', () => {
  const changes = [
    ['POST', `${MARKETPLACES}/waxpeer/pause`, { reason: REASON }],
    ['POST', `${MARKETPLACES}/waxpeer/resume`, undefined],
    ['PUT', `${MARKETPLACES}/waxpeer/policy`, { preference: 1 }],
    ['POST', FREEZES, { scope: 'all', reason: REASON }],
    ['POST', `${FREEZES}/remove`, { scope: 'all' }],
  ] as const;
  const reads = [MARKETPLACES, `${MARKETPLACES}/waxpeer`, FREEZES, VERIFY];

  test('support and finance read all of it, and change nothing', async () => {
    for (const role of ['support', 'finance'] as const) {
      const person = await signedIn(role);
      for (const path of reads) expect((await person.call('GET', path)).status, path).toBe(200);
      for (const [method, path, body] of changes) {
        expect(await person.isRefused(method, path, body), `${method} ${path}`).toBe('PERMISSION_DENIED');
      }
    }
  });

  test('members of merchants see none of it, not even an admin', async () => {
    const admin = await signedIn('admin', (await world().merchant()).id);
    for (const path of reads) expect(await admin.isRefused('GET', path), path).toBe('PERMISSION_DENIED');
    for (const [method, path, body] of changes) {
      expect(await admin.isRefused(method, path, body), `${method} ${path}`).toBe('PERMISSION_DENIED');
    }
  });
});

type Paths = Record<string, Record<string, { readonly operationId: string; readonly tags: readonly string[] }>>;

test('each route of the operator API has a name of its own in its document, and an area', async () => {
  // The gateway's own document; the test checks what it reads of it.
  const { paths } = (await (await fetch(`${world().baseUrl}/operator/openapi.json`)).json()) as { paths: Paths };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  expect(operations.filter(({ tags }) => tags.length !== 1)).toEqual([]);
});
