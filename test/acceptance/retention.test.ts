import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { DAY_MS, later } from '../../src/core/clock.ts';
import { archiveNext } from '../../src/retention/archive-trades.ts';
import { claimRun, releaseRun } from '../../src/retention/last-run.ts';
import { policyAt } from '../../src/retention/policy.ts';
import { verify } from '../../src/verify/verify.ts';
import type { Merchant } from '../support/merchant.ts';
import { useOperatorCommands } from '../support/operator-commands.ts';
import { useOwnWorld } from '../support/world.ts';

/** What is removed after its time, what is kept of it, and what merchants and operators see of that. */

const archives = mkdtempSync(join(tmpdir(), 'archives-'));
afterAll(() => rmSync(archives, { recursive: true, force: true }));

const world = useOwnWorld({ RETENTION_TRADES_DAYS: '120', RETENTION_ARCHIVE: archives });
const { run, json } = useOperatorCommands(world);

const db = () => world().gateway.deps.db;

async function brokenRules() {
  return (await verify(db(), world().now)).filter(({ broken }) => broken !== null).map(({ name }) => name);
}

async function events(merchant: Merchant, after = '') {
  const { body } = await merchant.call('GET', `/v1/events?limit=100${after && `&after=${after}`}`);
  return body.data as { items: { trade: { id: string } }[]; nextCursor: string; hasMore: boolean };
}

async function newestCallback(merchant: Merchant) {
  const { body } = await merchant.call('GET', '/v1/callbacks/deliveries?limit=1');
  return body.data.items[0] as { id: string; state: string };
}

/** A trade that is over, with the hold of its item and the time in which its order is still read. */
async function completes(merchant: Merchant, extra: Record<string, unknown> = {}) {
  const trade = await merchant.buys([world().testListing('ships-at-once')], extra);
  await world().passes('10s');
  await world().passes('9 days');
  await world().passes('15 days');
  return trade;
}

/** One of each end, and time for their holds to pass. */
async function buysThree(merchant: Merchant) {
  const completed = await merchant.buys([world().testListing('ships-at-once')], {
    externalId: `order-${Math.random()}`,
  });
  const cancelled = await merchant.buys([world().testListing('never-ships')]);
  await world().passes('31m');
  await merchant.cancels(cancelled.id, world().testListing('never-ships').id);
  await world().passes('10 days');
  return { completed, cancelled };
}

/** The gateway looks once a minute whether its daily run is due: on a slow machine it would archive beside a test that does. */
async function holdsRuns(): Promise<{ runId: string }> {
  const { deps } = world().gateway;
  let runId: string | null = null;
  await world().until(async () => {
    runId = await claimRun(deps, 'trades', 0);
    return runId !== null;
  }, 'no other run is under way');
  const leased_until = later(world().now, 365 * DAY_MS);
  await db().updateTable('retention_run').set({ leased_until }).where('name', '=', 'trades').execute();
  return { runId: runId ?? '' };
}

const archiveFiles = (merchant: Merchant) => {
  const folder = join(archives, merchant.id);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};

const rowsIn = (file: string) =>
  gunzipSync(readFileSync(file))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('bodies', () => {
  test('are removed after 90 days, with what the merchant answered; the callback itself stays in the list', async () => {
    const merchant = await world().merchant();
    await buysThree(merchant);
    await events(merchant);
    const callback = await newestCallback(merchant);
    await world().passes('85 days');
    await run(['retention', 'run']);
    const before = await merchant.call('GET', `/v1/callbacks/deliveries/${callback.id}`);
    expect(JSON.parse(before.body.data.body).trade).toBeDefined();
    await world().passes('20 days');
    expect((await json(['retention', 'show'])).due.bodies).toBeGreaterThan(0);
    const { removed } = await json(['retention', 'run']);
    expect(removed.bodies).toBeGreaterThan(0);
    const after = await merchant.call('GET', `/v1/callbacks/deliveries/${callback.id}`);
    expect(after.status).toBe(200);
    expect(after.body.data).toMatchObject({ id: callback.id, state: 'delivered', attempts: 1 });
    expect(after.body.data.body).toBeUndefined();
    expect(after.body.data.attemptDetails[0].response).toBeUndefined();
    expect((await json(['retention', 'show'])).due.bodies).toBe(0);
    expect(await brokenRules()).toEqual([]);
  });

  test('a callback without its body is not sent again, and I am told why', async () => {
    const merchant = await world().merchant();
    await buysThree(merchant);
    const callback = await newestCallback(merchant);
    await db().updateTable('callback').set({ state: 'failed' }).where('id', '=', callback.id).execute();
    await world().passes('100 days');
    await run(['retention', 'run']);
    const answer = await merchant.call('POST', `/v1/callbacks/deliveries/${callback.id}/replay`);
    expect(answer.status).toBe(404);
    expect(answer.body.error).toMatchObject({ key: 'CALLBACK_NOT_FOUND', details: { reason: 'body_removed' } });
    const range = { from: new Date(0).toISOString() };
    const all = await merchant.call('POST', '/v1/callbacks/replay', { body: range });
    expect(all.body.data).toEqual({ replayed: 0, hasMore: false });
  });

  test('a callback that waits keeps its body, however old it is, and is sent when my URL is back', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    // Switched off: a callback that waits without that is made due again within ten seconds.
    const setDisabled = (callback_disabled_at: Date | null) =>
      db().updateTable('merchant').set({ callback_disabled_at }).where('id', '=', merchant.id).execute();
    await setDisabled(world().now);
    const ofMerchant = db().updateTable('callback').where('merchant_id', '=', merchant.id);
    await ofMerchant.set({ state: 'pending', due_at: null }).execute();
    await world().passes('120 days');
    await run(['retention', 'run']);
    const waiting = () =>
      db().selectFrom('callback').select(['body', 'state']).where('trade_id', '=', trade.id).execute();
    expect((await waiting()).every(({ body }) => body !== null)).toBe(true);
    await setDisabled(null);
    await ofMerchant.set({ due_at: world().now }).execute();
    await world().settles();
    await run(['retention', 'run']);
    expect((await waiting()).every(({ body }) => body === null)).toBe(true);
  });

  test('the database itself refuses to remove the body of a callback that waits', async () => {
    const merchant = await world().merchant();
    await buysThree(merchant);
    const callback = await newestCallback(merchant);
    const broken = sql`update callback set state = 'pending', body = null where id = ${callback.id}`.execute(db());
    await expect(broken).rejects.toThrow(/callback_body_check/);
  });

  test('a log that begins with more events than one page looks at is read to its end', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    await sql`insert into callback (merchant_id, id, trade_id, number, body, state, created_at)
      select merchant_id, gen_random_uuid(), trade_id, 1000 + step, null, 'delivered', created_at
      from callback cross join generate_series(1, 1200) as step
      where merchant_id = ${merchant.id} and number = (select min(number) from callback where trade_id = ${trade.id})`.execute(
      db(),
    );
    await world().passes('100 days');
    const late = await merchant.buys([world().testListing('ships-at-once')]);
    await run(['retention', 'run']);
    const read = [];
    let page = await events(merchant);
    for (read.push(...page.items); page.hasMore; read.push(...page.items))
      page = await events(merchant, page.nextCursor);
    expect(read.length).toBeGreaterThan(0);
    expect(new Set(read.map(({ trade: { id } }) => id))).toEqual(new Set([late.id]));
    await sql`delete from callback where merchant_id = ${merchant.id} and number > 1000`.execute(db());
    await sql`update merchant set events_numbered = 0 where id = ${merchant.id}`.execute(db());
    await sql`update callback set position = null where merchant_id = ${merchant.id}`.execute(db());
  });

  test('my log of events goes on behind events whose bodies were removed', async () => {
    const merchant = await world().merchant();
    await buysThree(merchant);
    const early = await events(merchant);
    expect(early.items.length).toBeGreaterThan(3);
    await world().passes('100 days');
    const late = await merchant.buys([world().testListing('ships-at-once')]);
    await world().settles();
    await run(['retention', 'run']);
    const { items } = await events(merchant);
    expect(new Set(items.map(({ trade }) => trade.id))).toEqual(new Set([late.id]));
    expect((await events(merchant, early.nextCursor)).items).toEqual(items);
  });
});

describe('an archive', () => {
  test('is compared with what the books carry over, and a wrong balance is found by verify and by the check', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    await world().passes('160 days');
    await run(['retention', 'run']);
    expect(await json(['retention', 'check'])).toMatchObject({ ok: true, faults: [] });
    const carried = () =>
      db().selectFrom('carried_balance').selectAll().where('merchant_id', '=', merchant.id).execute();
    const accounts = (await carried()).map(({ account, balance_mills }) => [account, balance_mills]);
    expect(accounts.reduce((sum, [, mills]) => sum + BigInt(mills ?? 0), 0n)).toBe(0n);
    const add = (account: string, mills: number) =>
      sql`update carried_balance set balance_mills = balance_mills + ${mills}
        where merchant_id = ${merchant.id} and account = ${account}`.execute(db());

    await add('available', -1000);
    expect(await brokenRules()).toEqual(
      expect.arrayContaining(['balance-is-its-transfers', 'carried-over-sums-to-zero']),
    );
    await add('revenue', 1000);
    expect(await brokenRules()).toEqual(['balance-is-its-transfers']);
    // Balances that were made to fit are right by the books alone, and wrong by the archive.
    await sql`update account set balance_mills = balance_mills + case when name = 'available' then -1000 else 1000 end
      where merchant_id = ${merchant.id} and name in ('available', 'revenue')`.execute(db());
    expect(await brokenRules()).toEqual([]);
    const said = await run(['retention', 'check']);
    expect(said.exitCode).toBe(1);
    expect(said.stdout).toContain(`account ${merchant.id} available: carries`);
    await sql`update account set balance_mills = balance_mills - case when name = 'available' then -1000 else 1000 end
      where merchant_id = ${merchant.id} and name in ('available', 'revenue')`.execute(db());
    await add('available', 1000);
    await add('revenue', -1000);
    expect(await json(['retention', 'check'])).toMatchObject({ ok: true });
  });

  test('that was changed or is gone is found', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    await world().passes('160 days');
    await run(['retention', 'run']);
    const [file = ''] = archiveFiles(merchant);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, bytes.length - 1));
    expect((await run(['retention', 'check'])).stdout).toContain('it is not the file that was written');
    rmSync(file);
    expect((await run(['retention', 'check'])).stdout).toContain('ENOENT');
    writeFileSync(file, bytes);
    expect(await json(['retention', 'check'])).toMatchObject({ ok: true });
  });

  test('is missed by verify when trades are gone that no file has', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    await world().passes('160 days');
    await run(['retention', 'run']);
    const count = (by: number) =>
      sql`update archive_file set removed = removed + ${by} where merchant_id = ${merchant.id}`.execute(db());
    await count(-1);
    expect(await brokenRules()).toEqual(['archives-have-what-is-gone']);
    await count(1);
    await events(merchant);
    const numbers = (by: number) =>
      sql`update merchant set events_numbered = events_numbered + ${by} where id = ${merchant.id}`.execute(db());
    await numbers(1);
    expect(await brokenRules()).toEqual(['log-ends-at-its-count']);
    await numbers(-1);
    expect(await brokenRules()).toEqual([]);
  });
});

describe('the settings', () => {
  const base = { RETENTION_ARCHIVE: archives };
  test.each([
    [{ RETENTION_TRADES_DAYS: '90' }, /RETENTION_TRADES_DAYS needs RETENTION_ARCHIVE/],
    [{ ...base, RETENTION_TRADES_DAYS: '29' }, /RETENTION_TRADES_DAYS must be 0 \(never\), or at least 30/],
    [{ RETENTION_BODIES_DAYS: '6' }, /RETENTION_BODIES_DAYS must be 0 \(never\), or at least 7/],
    [{ RETENTION_BODIES_DAYS: '-1' }, /RETENTION_BODIES_DAYS must be a whole number/],
  ])('%j is refused at the start', (settings, message) => {
    expect(() => loadConfig(settings)).toThrow(message);
  });

  test('keep money for ever and bodies 90 days unless they say otherwise', () => {
    expect(loadConfig({})).toMatchObject({ retentionBodiesDays: 90, retentionTradesDays: 0, retentionArchive: '' });
  });
});

describe('trades that have ended', () => {
  test('are archived and removed a month at a time; wallet, log and books stay as they are', async () => {
    const merchant = await world().merchant();
    const { completed, cancelled } = await buysThree(merchant);
    const log = await events(merchant);
    const { balance, pendingBalance } = await merchant.balance();
    await world().passes('160 days');
    const open = await merchant.buys([world().testListing('never-ships')]);
    const locked = (await merchant.balance()).pendingBalance;
    expect((await json(['retention', 'show'])).due.trades).toBeGreaterThanOrEqual(2);
    expect((await json(['retention', 'run'])).removed.trades).toBeGreaterThanOrEqual(2);

    for (const { id } of [completed, cancelled])
      expect((await merchant.call('GET', `/secure/trades/${id}`)).status).toBe(404);
    expect((await merchant.trade(open.id)).status).toBe('pending');
    expect(await merchant.balance()).toEqual({ balance: balance - locked + pendingBalance, pendingBalance: locked });
    expect((await events(merchant, log.nextCursor)).items.every(({ trade }) => trade.id === open.id)).toBe(true);
    expect(await brokenRules()).toEqual([]);
    for (const table of ['item', 'trade_event', 'callback', 'approval', 'approval_attempt']) {
      const { rows } = await sql`select 1 from ${sql.table(table)} where trade_id = ${completed.id}`.execute(db());
      expect(rows, table).toEqual([]);
    }
    expect((await json(['retention', 'show'])).due.trades).toBe(0);
  });

  test('are whole in the archive, a line for each row, and only I can read it', async () => {
    const merchant = await world().merchant();
    const { completed, cancelled } = await buysThree(merchant);
    const before = await sql<{ count: number }>`select (
      (select count(*) from trade_event where merchant_id = ${merchant.id})
      + (select count(*) from transfer where merchant_id = ${merchant.id} and item_id is not null))::int as count`.execute(
      db(),
    );
    await world().passes('160 days');
    await run(['retention', 'run']);
    const files = archiveFiles(merchant);
    const lines = files.flatMap(rowsIn);
    expect(lines.find((line) => line.format)).toMatchObject({ format: 'skinrail-archive-1', merchantId: merchant.id });
    const of = (table: string) => lines.filter((line) => line.table === table).map((line) => line.row);
    expect(new Set(of('trade').map(({ id }) => id))).toEqual(new Set([completed.id, cancelled.id]));
    expect(of('trade_event').length + of('transfer').length).toBe(before.rows[0]?.count);
    for (const table of [
      'item',
      'purchase',
      'cancellation',
      'approval',
      'approval_attempt',
      'callback',
      'callback_attempt',
    ])
      expect(of(table).length, table).toBeGreaterThan(0);
    for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(files.every((file) => file.endsWith('.ndjson.gz'))).toBe(true);
    expect((await run(['trade', 'show', completed.id])).stderr).toContain('is archived, in ');
  });

  test('keep their names: an externalId is never used again', async () => {
    const merchant = await world().merchant();
    const listings = [world().testListing('ships-at-once')];
    await completes(merchant, { externalId: 'order-1' });
    await world().passes('200 days');
    await run(['retention', 'run']);
    expect((await merchant.call('GET', '/secure/trades/order-1')).status).toBe(404);
    const again = await merchant.asksToBuy(listings, { externalId: 'order-1' });
    expect(again.status).toBe(409);
    expect(again.body.error?.key).toBe('EXTERNAL_ID_EXISTS');
    await merchant.buys(listings, { externalId: 'order-2' });
  });

  test('stay while anything about them is open', async () => {
    const merchant = await world().merchant();
    const trades = [];
    for (let number = 0; number < 4; number++) trades.push(await completes(merchant));
    await world().passes('200 days');
    const [due, waiting, unknown, free] = trades.map(({ id }) => id);
    const far = new Date(world().now.getTime() + 9e9);
    await db()
      .updateTable('purchase')
      .set({ due_at: far })
      .where('trade_id', '=', due ?? '')
      .execute();
    await db()
      .updateTable('callback')
      .set({ state: 'pending', due_at: far })
      .where('trade_id', '=', waiting ?? '')
      .execute();
    await db()
      .updateTable('purchase')
      .set({ state: 'unknown' })
      .where('trade_id', '=', unknown ?? '')
      .execute();
    await run(['retention', 'run']);
    const kept = await db().selectFrom('trade').select('id').where('merchant_id', '=', merchant.id).execute();
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set([due, waiting, unknown]));
    expect(free).toBeDefined();
    await db()
      .updateTable('purchase')
      .set({ state: 'done', due_at: null })
      .where('merchant_id', '=', merchant.id)
      .execute();
    await db()
      .updateTable('callback')
      .set({ state: 'delivered', due_at: null })
      .where('merchant_id', '=', merchant.id)
      .execute();
    await run(['retention', 'run']);
    expect(await db().selectFrom('trade').select('id').where('merchant_id', '=', merchant.id).execute()).toEqual([]);
  });

  test('that change while they are written to the archive stay, and the next run archives them with the change', async () => {
    const merchant = await world().merchant();
    const trade = await completes(merchant);
    const { runId } = await holdsRuns();
    await world().passes('160 days');
    const callback = await newestCallback(merchant);
    // As before its body was removed, by a policy that keeps bodies longer than trades.
    await db()
      .updateTable('callback')
      .set({ body: JSON.stringify({ trade }) })
      .where('id', '=', callback.id)
      .execute();
    let chunks = 0;
    const isReplayedOnce = async () => {
      if (chunks++ > 0) return;
      expect((await merchant.call('POST', `/v1/callbacks/deliveries/${callback.id}/replay`)).status).toBe(200);
      await world().settles();
    };
    const { deps } = world().gateway;
    const before = policyAt(deps.config, world().now).tradesBefore ?? world().now;
    const due = { folder: archives, merchantId: merchant.id, before, after: null };
    expect(await archiveNext(deps, due, isReplayedOnce)).toMatchObject({ removed: 0 });
    expect((await merchant.trade(trade.id)).id).toBe(trade.id);
    expect(await brokenRules()).toEqual([]);

    expect(await archiveNext(deps, due, async () => {})).toMatchObject({ removed: 1 });
    const attempts = (file: string) =>
      rowsIn(file).filter(({ table, row }) => table === 'callback_attempt' && row.callback_id === callback.id).length;
    expect(archiveFiles(merchant).toSorted().map(attempts)).toEqual([1, 2]);
    await releaseRun(world().gateway.deps, 'trades', runId);
    expect(await json(['retention', 'check'])).toMatchObject({ ok: true });
    expect(await brokenRules()).toEqual([]);
  });

  test('without the folder of archives nothing is removed, and I am told', async () => {
    const merchant = await world().merchant();
    await completes(merchant);
    await world().passes('200 days');
    rmSync(archives, { recursive: true });
    const said = await run(['retention', 'run']);
    expect(said.exitCode).toBe(1);
    expect(said.stderr).toMatch(/RETENTION_ARCHIVE .* cannot be used: ENOENT/);
    expect(await merchant.tradeCount()).toBe(1);
  });
});
