import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { setRouteLimit } from '../../src/merchants/operations.ts';
import { recorded } from '../../src/operators/commands.ts';
import type { Merchant } from '../support/merchant.ts';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useOwnWorld } from '../support/world.ts';

/** Trades, callbacks and the audit trail as files for spreadsheets. */

const world = useOwnWorld();
const { signedIn } = usePeople(world);
const db = () => world().gateway.deps.db;

const TRADES = '/operator/v1/trades.csv';
const CALLBACKS = '/operator/v1/callbacks.csv';
const AUDIT = '/operator/v1/audit.csv';
const HYPERLINK = '=HYPERLINK("https://evil.example")';
const DISARMED = `"'=HYPERLINK(""https://evil.example"")"`;

const TRADE_COLUMNS =
  'id,external_id,status,error,game,source,steam_id,items,names,price,created_at,updated_at' as const;
const CALLBACK_COLUMNS =
  'id,trade_id,number,state,attempts,created_at,delivered_at,due_at,last_status,last_failure' as const;
const OF_STAFF = ',merchant_id,merchant_name';

interface File {
  readonly head: string | undefined;
  /** Without their line ends. */
  readonly rows: readonly string[];
}

async function file(visitor: Visitor, path: string): Promise<File> {
  const { status, headers, body } = await visitor.call('GET', path);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const name = path.replace(/^.*\//, '').replace(/\?.*$/, '');
  expect(headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
  const [head, ...rows] = String(body.data).split('\r\n');
  expect(rows.pop()).toBe('');
  return { head, rows };
}

/** The cells of a column, of rows in which no cell has a comma. */
function cells({ head, rows }: File, column: string): (string | undefined)[] {
  const place = head?.split(',').indexOf(column) ?? -1;
  return rows.map((row) => row.split(',')[place]);
}

/** A merchant with one trade that is over, and the listing that was bought. */
async function merchantWithTrade(externalId = 'order-1') {
  const merchant = await world().merchant();
  const listing = world().testListing('purchase-refused');
  const trade = await merchant.buys([listing], { externalId });
  return { merchant, trade, listing };
}

describe('the trades as a file', () => {
  test('are in a table, newest first, with what the list shows of them', async () => {
    const { merchant, trade, listing } = await merchantWithTrade();
    const next = await merchant.buys([world().testListing('never-ships')]);
    const support = await signedIn('support');
    const found = await file(support, `${TRADES}?merchantId=${merchant.id}`);
    expect(found.head).toBe(TRADE_COLUMNS + OF_STAFF);
    expect(cells(found, 'id')).toEqual([next.id, trade.id]);
    const [, entry] = (await support.gets(`/operator/v1/trades?merchantId=${merchant.id}`)).items;
    expect(found.rows[1]).toBe(
      [
        ...[trade.id, 'order-1', 'failed', entry.error, '730', 'self', entry.steamId, '1', listing.marketHashName],
        ...[entry.price, entry.createdAt, entry.updatedAt, merchant.id, merchant.name],
      ].join(','),
    );
  });

  test('are all of them, page after page, or those that match the filters of the list', async () => {
    const { merchant, trade } = await merchantWithTrade();
    const row = await db().selectFrom('trade').selectAll().where('id', '=', trade.id).executeTakeFirstOrThrow();
    // More than two pages. They are taken away again below, for the books.
    const many = Array.from({ length: 1100 }, (_, n) => {
      return { ...row, id: newId(row.created_at), external_id: null, status: n < 550 ? 'failed' : 'canceled' } as const;
    });
    await db().insertInto('trade').values(many).execute();
    const support = await signedIn('support');
    const of = `${TRADES}?merchantId=${merchant.id}`;
    const newestFirst = [trade.id, ...many.map(({ id }) => id)].sort().reverse();
    expect(cells(await file(support, of), 'id')).toEqual(newestFirst);
    const canceled = new Set(many.filter(({ status }) => status === 'canceled').map(({ id }) => id));
    expect(cells(await file(support, `${of}&status=canceled`), 'id')).toEqual(
      newestFirst.filter((id) => canceled.has(id)),
    );
    expect(cells(await file(support, `${of}&q=${row.steam_id}`), 'id')).toEqual(newestFirst);
    expect(cells(await file(support, `${of}&q=order-1`), 'id')).toEqual([trade.id]);
    expect(await file(support, `${of}&q=nothing-like-this`)).toEqual({ head: TRADE_COLUMNS + OF_STAFF, rows: [] });
    const ids = many.map(({ id }) => id);
    await db().deleteFrom('trade').where('merchant_id', '=', merchant.id).where('id', 'in', ids).execute();
  });

  test('are a member’s own ones only, without columns for the merchant', async () => {
    const { merchant, trade } = await merchantWithTrade();
    const other = await merchantWithTrade('foreign-1');
    const viewer = await signedIn('viewer', merchant.id);
    for (const query of ['', `?merchantId=${other.merchant.id}`, '?status=failed', `?q=${trade.id}`]) {
      const found = await file(viewer, TRADES + query);
      expect(found.head, query).toBe(TRADE_COLUMNS);
      expect(cells(found, 'id'), query).toEqual([trade.id]);
      expect(found.rows.join(), query).not.toMatch(/merchant-|cs2dt|waxpeer|lis-skins/i);
    }
    for (const text of ['foreign-1', other.trade.id]) {
      expect((await file(viewer, `${TRADES}?q=${text}`)).rows).toEqual([]);
    }
  });

  test('count toward the limit of the merchant when a member searches, and only then', async () => {
    const { merchant } = await merchantWithTrade();
    await setRouteLimit(world().gateway.deps, merchant.id, 'trades', 2);
    const viewer = await signedIn('viewer', merchant.id);
    await file(viewer, `${TRADES}?q=order-1`);
    await viewer.gets('/operator/v1/trades?q=order-1');
    expect(await viewer.isRefused('GET', `${TRADES}?q=order-1`)).toBe('RATE_LIMITED');
    expect((await file(viewer, TRADES)).rows).toHaveLength(1);
    const support = await signedIn('support');
    for (let n = 0; n < 3; n++) await file(support, `${TRADES}?q=order-1&merchantId=${merchant.id}`);
  });

  test('have no formula that a spreadsheet would run', async () => {
    const { merchant } = await merchantWithTrade(HYPERLINK);
    const { rows } = await file(await signedIn('viewer', merchant.id), TRADES);
    expect(rows[0]).toContain(`,${DISARMED},failed,`);
  });
});

describe('the callbacks as a file', () => {
  /** Adds copies of a callback. `hasFewAgain` takes them away, for the books. */
  async function hasMany(merchant: Merchant, count: number): Promise<void> {
    const row = await db()
      .selectFrom('callback')
      .selectAll()
      .where('merchant_id', '=', merchant.id)
      .executeTakeFirstOrThrow();
    const many = Array.from({ length: count }, (_, n) => {
      const place = { number: 1000 + n, position: BigInt(1000 + n) };
      return { ...row, ...place, id: newId(row.created_at), state: n % 2 ? 'failed' : 'delivered' } as const;
    });
    await db().insertInto('callback').values(many).execute();
  }

  async function hasFewAgain(merchant: Merchant): Promise<void> {
    await db().deleteFrom('callback').where('merchant_id', '=', merchant.id).where('number', '>=', 1000).execute();
  }

  test('are all of them, page after page, newest first, or those that match the filters of the list', async () => {
    const { merchant, trade } = await merchantWithTrade();
    const other = await merchantWithTrade();
    await hasMany(merchant, 250);
    const support = await signedIn('support');
    const of = `${CALLBACKS}?merchantId=${merchant.id}`;
    const found = await file(support, of);
    expect(found.head).toBe(CALLBACK_COLUMNS + OF_STAFF);
    const made = await db().selectFrom('callback').select('id').where('merchant_id', '=', merchant.id).execute();
    expect(cells(found, 'id').toSorted()).toEqual(made.map(({ id }) => id).sort());
    const times = cells(found, 'created_at');
    expect(times).toEqual(times.toSorted().toReversed());
    const [entry] = (await support.gets(`/operator/v1/callbacks?tradeId=${other.trade.id}`)).items;
    const ofTrade = await file(support, `${CALLBACKS}?tradeId=${other.trade.id}`);
    expect(ofTrade.rows[0]).toBe(
      [
        ...[entry.id, other.trade.id, entry.number, 'delivered', '1', entry.createdAt, entry.deliveredAt, ''],
        ...['200', '', other.merchant.id, other.merchant.name],
      ].join(','),
    );
    const failed = await file(support, `${of}&state=failed`);
    expect(failed.rows).toHaveLength(125);
    expect(new Set(cells(failed, 'state'))).toEqual(new Set(['failed']));
    const later = new Date(world().now.getTime() + 60_000).toISOString();
    expect((await file(support, `${of}&from=${later}`)).rows).toEqual([]);
    expect((await file(support, `${of}&to=${later}&tradeId=${trade.id}`)).rows).toEqual(found.rows);
    // Of all merchants they are read in another way.
    const all = await file(support, CALLBACKS);
    expect(new Set(cells(all, 'id')).size).toBe(all.rows.length);
    expect(all.rows).toEqual(expect.arrayContaining([...found.rows, ...ofTrade.rows]));
    await hasFewAgain(merchant);
  });

  test('are a member’s own ones only, without columns for the merchant', async () => {
    const { merchant, trade } = await merchantWithTrade();
    const other = await merchantWithTrade();
    const viewer = await signedIn('viewer', merchant.id);
    for (const query of ['', `?merchantId=${other.merchant.id}`, `?tradeId=${trade.id}`]) {
      const found = await file(viewer, CALLBACKS + query);
      expect(found.head, query).toBe(CALLBACK_COLUMNS);
      expect(new Set(cells(found, 'trade_id')), query).toEqual(new Set([trade.id]));
      expect(found.rows.join(), query).not.toContain('merchant-');
    }
    expect(await viewer.isRefused('GET', `${CALLBACKS}?tradeId=${other.trade.id}`)).toBe('TRADE_NOT_FOUND');
    expect(await viewer.isRefused('GET', `${CALLBACKS}?state=lost`)).toBe('VALIDATION_FAILED');
  });

  test('have no formula that a spreadsheet would run', async () => {
    const { merchant } = await merchantWithTrade();
    await db()
      .updateTable('callback_attempt')
      .set({ status: null, failure: HYPERLINK })
      .where('merchant_id', '=', merchant.id)
      .execute();
    const { rows } = await file(await signedIn('viewer', merchant.id), CALLBACKS);
    expect(rows[0]).toMatch(/,,,"'=/);
    expect(rows[0]?.endsWith(`,${DISARMED}`)).toBe(true);
  });
});

describe('the audit trail as a file', () => {
  const commandOf = (name: string, command: string) =>
    recorded(world().gateway.deps, { actor: `operator:${name}`, origin: 'a test', command }, async () => {});

  test('is all of it, page after page, newest first, or what one operator did', async () => {
    for (let n = 0; n < 210; n++) await commandOf('clerk', `command-${n}`);
    await commandOf('other', 'something-else');
    const auditor = await signedIn('auditor');
    const found = await file(auditor, `${AUDIT}?operator=operator:clerk`);
    expect(found.head).toBe('id,operator,origin,command,started_at,ended_at,outcome,changes');
    expect(cells(found, 'command')).toEqual(Array.from({ length: 210 }, (_, n) => `command-${209 - n}`));
    expect(found.rows[0]).toMatch(/^[0-9a-f-]{36},operator:clerk,a test,command-209,20\S+Z,20\S+Z,done,\[\]$/);
    const all = await file(auditor, AUDIT);
    expect(all.rows.length).toBeGreaterThan(210);
    expect(cells(all, 'command')[0]).toBe('something-else');
    expect((await file(auditor, `${AUDIT}?operator=nobody`)).rows).toEqual([]);
  });

  test('tells what each command has changed, as JSON', async () => {
    const operations = await signedIn('operations');
    const merchant = await world().merchant();
    await operations.does('PUT', `/operator/v1/merchants/${merchant.id}`, { feeBps: 7 });
    const { rows } = await file(operations, `${AUDIT}?operator=staff:${operations.person.email}`);
    const changes = [{ of: `merchant ${merchant.id}`, field: 'fee_bps', before: 150, after: 7 }];
    expect(rows).toHaveLength(1);
    expect(rows[0]?.endsWith(`,done,"${JSON.stringify(changes).replaceAll('"', '""')}"`)).toBe(true);
  });

  test('has no formula that a spreadsheet would run', async () => {
    await commandOf('prankster', HYPERLINK);
    const { rows } = await file(await signedIn('auditor'), `${AUDIT}?operator=operator:prankster`);
    expect(rows[0]).toContain(`,a test,${DISARMED},`);
  });

  test('is for staff only', async () => {
    const admin = await signedIn('admin', (await world().merchant()).id);
    expect(await admin.isRefused('GET', AUDIT)).toBe('PERMISSION_DENIED');
  });
});

describe.each([
  [TRADES, 'trade'],
  [CALLBACKS, 'callback'],
  [AUDIT, 'audit_entry'],
])('%s', (path, table) => {
  test('answers with an ordinary error when its first page cannot be read', async () => {
    const auditor = await signedIn('auditor');
    await world().settles();
    const [known, away] = [sql.table(table), sql.table(`${table}_away`)];
    await sql`alter table ${known} rename to ${away}`.execute(db());
    try {
      const { status, headers, body } = await auditor.call('GET', path);
      expect(status).toBe(500);
      expect(body.error?.key).toBe('SERVER_ERROR');
      expect(headers.get('content-disposition')).toBeNull();
    } finally {
      await sql`alter table ${away} rename to ${known}`.execute(db());
    }
    expect((await file(auditor, path)).rows).not.toEqual([]);
  });

  test('is not made for a HEAD request, which would send nothing of it', async () => {
    const cookie = (await signedIn('auditor')).cookie ?? '';
    const { status } = await fetch(world().baseUrl + path, { method: 'HEAD', headers: { cookie } });
    expect(status).toBe(405);
  });
});
