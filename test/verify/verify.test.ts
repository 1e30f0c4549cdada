// What must be true of the database at any moment, and that `verify` says so when it is not.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../../src/callbacks/events.ts';
import { HOUR_MS, later, SECOND_MS } from '../../src/core/clock.ts';
import { newId } from '../../src/core/ids.ts';
import { knownMigrations } from '../../src/db/migrate.ts';
import type { ItemRow } from '../../src/db/tables.ts';
import type { Trx } from '../../src/db/transaction.ts';
import { addEntry } from '../../src/operators/trail.ts';
import type { BrokenRow } from '../../src/verify/rule.ts';
import { rules } from '../../src/verify/rules.ts';
import { prove, verify } from '../../src/verify/verify.ts';
import { type Account, accounts } from '../support/client.ts';
import { isOnCitus } from '../support/database.ts';
import { Books, first, listings } from './books.ts';

const { ordinary, refused, cheaper, forCents } = listings;
/** So small that most damage is in neither the first nor the last batch. */
const BATCH_SIZE = 3;
const settled = [{ kind: 'offered' }, { kind: 'accepted' }, { kind: 'settled' }] as const;

const { ann, ben } = accounts;
const client = (account: Account) => ({ ...account, clientId: null });

let books: Books;
const items = new Map<string, ItemRow>();

beforeAll(async () => {
  books = await Books.open();
  for (const [name, [item]] of Object.entries(await everyCourse())) {
    if (!item) throw new Error(`nothing was bought for ${name}`);
    items.set(name, first((await books.itemsOf(item.trade_id)).filter(({ id }) => id === item.id)));
  }
  await readEvents(books.deps, books.merchantId, { after: 0n, limit: 1 });
  for (const command of ['first', 'second', 'third', 'fourth']) {
    await addEntry(books.deps, { commandId: newId(books.clock.now()), actor: 'operator' }, { event: 'begun', command });
  }
});

afterAll(() => books.close());

/** One item for each course that an item can take. */
async function everyCourse(): Promise<Record<string, ItemRow[]>> {
  const course = {
    waiting: await books.records(ordinary),
    withdrawn: await books.records(ordinary, cheaper),
    rejected: await books.records(ordinary, cheaper),
    unanswered: await books.records(ordinary),
    bought: await books.buys(ordinary),
    pair: await books.buys(ordinary, refused, cheaper),
    refused: await books.buys(refused),
    completed: await books.buys(cheaper),
    declined: await books.buys(ordinary),
    declinedForCents: await books.buys(forCents),
    failed: await books.buys(ordinary),
    cancelled: await books.buys(ordinary),
    lost: await books.buys(ordinary),
    requested: await books.buys(ordinary),
    reversed: await books.buys(ordinary),
    timed: await books.buysWithTimer(ordinary),
    ofClient: await books.buysForClient(client(ann), ordinary),
    ofAnotherClient: await books.buysForClient(client(ben), ordinary),
  };
  await books.withdraws(first(course.withdrawn));
  await books.decides(first(course.rejected).trade_id, { state: 'rejected', reason: 'too dear' });
  await books.decides(first(course.unanswered).trade_id, { state: 'timed_out', reason: 'answered 500' });
  await books.hears(first(course.completed), ...settled);
  for (const declined of [course.declined, course.declinedForCents]) {
    await books.hears(first(declined), { kind: 'offered' }, { kind: 'declined' });
  }
  await books.hears(first(course.failed), { kind: 'failed', error: 'MARKET_UNAVAILABLE' });
  await books.hears(first(course.reversed), ...settled, { kind: 'reverted', by: 'user' });
  for (const cancellation of [course.cancelled, course.lost, course.requested])
    await books.cancels(first(cancellation));
  await books.hears(first(course.cancelled), { kind: 'reverted', by: 'supplier' });
  await books.hears(first(course.lost), { kind: 'accepted' });
  return course;
}

function item(name: string): ItemRow {
  const found = items.get(name);
  if (!found) throw new Error(`there is no item ${name}`);
  return found;
}

/** A literal: a worker calculates with no intervals in a change. */
function before(at: Date | null, ms: number): string {
  if (!at) throw new Error('there is no time');
  return `'${later(at, -ms).toISOString()}'`;
}

/** What verify finds after this damage, which is undone. */
async function findingsAfter(damage: (trx: Trx) => Promise<unknown>): Promise<Map<string, BrokenRow>> {
  const undo = new Error('undo');
  const found = new Map<string, BrokenRow>();
  const work = books.deps.db.transaction().execute(async (trx) => {
    // Otherwise a change of a table on all workers at once may not be followed by a read of a table that is copied.
    if (isOnCitus) await execute("set local citus.multi_shard_modify_mode to 'sequential'", trx);
    await damage(trx);
    const results = await prove((read) => read(trx), books.clock.now(), { batchSize: BATCH_SIZE });
    for (const { name, broken } of results) if (broken) found.set(name, broken);
    throw undo;
  });
  await expect(work).rejects.toBe(undo);
  return found;
}

test('books that only the gateway wrote to break no rule', async () => {
  const results = await verify(books.deps.db, books.clock.now());
  expect(results.filter((result) => result.broken !== null)).toEqual([]);
  expect(results.map((result) => result.name)).toEqual(rules.map((rule) => rule.name));
});

test('usage of clients that is counted up from their items, as an upgrade does, is right', async () => {
  const script = knownMigrations().find(({ name }) => name === 'client_limits')?.script ?? '';
  const countUp = script.slice(script.indexOf('insert into client_usage'));
  const found = await findingsAfter(async (trx) => {
    await execute('delete from client_usage', trx);
    await execute(countUp, trx);
  });
  expect([...found]).toEqual([]);
});

test('every rule has a name of its own and is damaged by a test below', () => {
  const names = rules.map((rule) => rule.name);
  expect(new Set(names).size).toBe(names.length);
  expect([...new Set(damages.map(([name]) => name))].sort()).toEqual([...names].sort());
});

const execute = (query: string, trx: Trx) => sql.raw(query).execute(trx);
const sameItem = (name: string) => ({ item_id: item(name).id });
const sameTrade = (name: string) => ({ trade_id: item(name).trade_id });
const sameKey = (key: string) => ({ ...merchant(), key });
const merchant = () => ({ merchant_id: books.merchantId });

const ARCHIVE = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';

function carries(account: string, mills: number): string {
  return `insert into carried_balance values ('${books.merchantId}', '${account}', ${mills})`;
}

function archiveFile(removed: number): string {
  return `insert into archive_file (merchant_id, id, name, sha256, bytes, ended_before, trades, written_at, removed)
    values ('${books.merchantId}', '${ARCHIVE}', 'a', repeat('0', 64), 1, '2026-01-01', 9, '2026-01-01', ${removed})`;
}

function clearListing(name: string): string {
  return `update item set listing_id = null, supplier = null, native_listing_id = null, market_hash_name = null
    where id = '${item(name).id}'`;
}

/** Copies a row of a table with some columns changed. */
async function copyRow(trx: Trx, table: string, where: string, changes: Record<string, string>): Promise<void> {
  const pairs = Object.entries(changes).map(([column, value]) => `'${column}', ${value}`);
  await execute(
    `insert into ${table} select copy.* from ${table} as row,
      jsonb_populate_record(row, jsonb_build_object(${pairs.join(', ')})) as copy where ${where}`,
    trx,
  );
}

type Damage = [rule: string, title: string, damage: (trx: Trx) => Promise<unknown>, row: () => BrokenRow];

const damages: Damage[] = [
  [
    'balance-is-its-transfers',
    'a balance that somebody raised by hand',
    (trx) => execute(`update account set balance_mills = balance_mills + 10 where name = 'available'`, trx),
    () => ({ ...merchant(), account: 'available' }),
  ],
  [
    'balances-sum-to-zero',
    'money that came from nowhere',
    (trx) => execute(`update account set balance_mills = balance_mills + 10 where name = 'revenue'`, trx),
    () => ({ ...merchant(), sum_mills: 10n }),
  ],
  [
    'no-negative-balance',
    'a wallet below zero',
    async (trx) => {
      await execute('alter table account drop constraint account_check', trx);
      await execute(`update account set balance_mills = -1 where name = 'available'`, trx);
    },
    () => ({ ...merchant(), account: 'available', balance_mills: -1n }),
  ],
  [
    'locked-is-open-items',
    'a locked balance that no open item explains',
    (trx) => execute(`update account set balance_mills = balance_mills + 10 where name = 'locked'`, trx),
    () => merchant(),
  ],
  [
    'client-usage-is-open-items',
    'a client that has less under way by its limits than by its items',
    (trx) =>
      execute(`update client_usage set in_flight_mills = in_flight_mills - 10 where client = '${ann.steamId}'`, trx),
    () => ({ ...merchant(), client: ann.steamId, in_flight_mills: 101_000n - 10n, open_items_mills: 101_000n }),
  ],
  [
    'client-usage-is-open-items',
    'items of clients of which nothing was counted',
    (trx) => execute(`delete from client_usage where client = 'all'`, trx),
    () => ({ ...merchant(), client: 'all', in_flight_mills: 0n, open_items_mills: 202_000n }),
  ],
  [
    'item-locks-its-price',
    'an open item whose reservation is gone',
    (trx) => execute(`delete from transfer where key = 'reserve:${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), locked_mills: 0n }),
  ],
  [
    'item-costs-what-it-should',
    'a declined item of less than $0.50 that paid a cent',
    (trx) => execute(`update transfer set amount_mills = 480 where key = 'refund:${item('declinedForCents').id}'`, trx),
    () => ({ ...sameItem('declinedForCents'), price_mills: 490n, available_mills: -10n }),
  ],
  [
    'item-costs-what-it-should',
    'a declined item without its penalty',
    (trx) => execute(`update transfer set amount_mills = 101000 where key = 'refund:${item('declined').id}'`, trx),
    () => ({ ...sameItem('declined'), available_mills: 0n }),
  ],
  [
    'one-refund',
    'an item that was refunded twice',
    (trx) => copyRow(trx, 'transfer', `row.key = 'refund:${item('cancelled').id}'`, { key: `'again'` }),
    () => ({ ...sameItem('cancelled'), state: 'reverted', returned_mills: 202_000n }),
  ],
  [
    'captured-whole',
    'a completed item whose fee was not booked',
    (trx) => execute(`delete from transfer where key = 'fee:${item('completed').id}'`, trx),
    () => sameItem('completed'),
  ],
  [
    'supplier-is-paid-for-completed',
    'a reversal that was paid from the wrong account',
    (trx) => execute(`update transfer set from_account = 'revenue' where key = 'refund:${item('reversed').id}'`, trx),
    () => ({ ...sameItem('reversed'), supplier_mills: 100_000n }),
  ],
  [
    'transfer-has-its-item',
    'a refund for an item that does not exist',
    (trx) =>
      copyRow(trx, 'transfer', `row.key = 'refund:${item('cancelled').id}'`, {
        key: `'stray'`,
        item_id: `row.merchant_id`,
      }),
    () => ({ ...merchant(), key: 'stray' }),
  ],
  [
    'status-follows-items',
    'a trade that says completed while its item is pending',
    (trx) => execute(`update trade set status = 'completed' where id = '${item('bought').trade_id}'`, trx),
    () => ({ ...sameTrade('bought'), status: 'completed', status_of_items: 'pending' }),
  ],
  [
    'version-counts-events',
    'an event that was deleted',
    (trx) => execute(`delete from trade_event where number = 1 and trade_id = '${item('bought').trade_id}'`, trx),
    () => sameTrade('bought'),
  ],
  [
    'state-is-last-event',
    'an item that was set to a state by hand',
    (trx) => execute(`update item set state = 'failed' where id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), state: 'failed', state_of_last_event: 'pending' }),
  ],
  [
    'events-join-up',
    'an event that starts from another state than the item was in',
    (trx) =>
      execute(
        `update trade_event set from_state = 'pending' where event = 'complete' and item_id = '${item('completed').id}'`,
        trx,
      ),
    () => ({
      ...sameItem('completed'),
      from_states: [null, 'initiated', 'pending', 'active', 'pending'],
      to_states: ['initiated', 'pending', 'active', 'hold', 'completed'],
    }),
  ],
  [
    'events-are-known-steps',
    'a step that the table of states does not have',
    (trx) =>
      execute(`update trade_event set event = 'revert' where item_id = '${item('failed').id}' and number = 3`, trx),
    () => ({ ...sameItem('failed'), unknown_step: 3 }),
  ],
  [
    'event-has-its-item',
    'an event about an item of another trade',
    (trx) =>
      execute(
        `update trade_event set item_id = '${item('bought').id}' where item_id = '${item('failed').id}' and number = 3`,
        trx,
      ),
    () => ({ ...sameTrade('failed'), stray_event: 3 }),
  ],
  [
    'reverted-says-by-whom',
    'a reverted item of which nobody knows who reverted it',
    (trx) => execute(`update item set reverted_by = null where id = '${item('cancelled').id}'`, trx),
    () => sameItem('cancelled'),
  ],
  [
    'one-live-purchase',
    'an item that was bought twice',
    async (trx) => {
      await execute('drop index purchase_one_live', trx);
      await copyRow(trx, 'purchase', `row.item_id = '${item('bought').id}'`, { id: 'row.item_id', reference: `'R'` });
    },
    () => ({ ...sameItem('bought'), live_purchases: 2 }),
  ],
  [
    'reference-is-used-once',
    'two purchases under one reference',
    (trx) =>
      execute(
        `update purchase set reference = 'SAME' where item_id in
      ('${item('bought').id}', '${item('failed').id}')`,
        trx,
      ),
    () => ({ reference: 'SAME', purchases: 2 }),
  ],
  [
    'cost-means-bought',
    'an item with a cost whose purchase is unknown',
    (trx) => execute(`update purchase set state = 'unknown' where item_id = '${item('bought').id}'`, trx),
    () => sameItem('bought'),
  ],
  [
    'bought-means-cost',
    'a purchase that was made, of an item without a cost',
    (trx) => execute(`update item set cost_mills = null where id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), purchase_state: 'done' }),
  ],
  [
    'pending-is-being-bought',
    'a pending item that nobody is buying',
    (trx) => execute(`delete from purchase where item_id = '${item('bought').id}'`, trx),
    () => sameItem('bought'),
  ],
  [
    'delivery-was-bought',
    'a delivered item that was never bought',
    (trx) => execute(`delete from purchase where item_id = '${item('completed').id}'`, trx),
    () => sameItem('completed'),
  ],
  [
    'nothing-bought-before-gate',
    'a purchase of an item that still waits for the gate',
    (trx) =>
      execute(`update purchase set item_id = '${item('waiting').id}' where item_id = '${item('failed').id}'`, trx),
    () => sameItem('waiting'),
  ],
  [
    'canceled-was-never-asked-for',
    'a canceled item that a supplier was asked to sell',
    (trx) =>
      execute(
        `update purchase set state = 'refused', item_id = '${item('withdrawn').id}' where item_id = '${item('failed').id}'`,
        trx,
      ),
    () => sameItem('withdrawn'),
  ],
  [
    'refused-means-failed',
    'an item that goes on although its purchase was refused',
    (trx) => execute(`update purchase set state = 'refused' where item_id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), state: 'pending', refused_purchases: 1 }),
  ],
  [
    'one-open-request',
    'an item with two open requests',
    async (trx) => {
      await execute('drop index cancellation_one_open', trx);
      await copyRow(trx, 'cancellation', `row.item_id = '${item('requested').id}'`, { id: 'row.item_id' });
    },
    () => ({ ...sameItem('requested'), open_requests: 2 }),
  ],
  [
    'no-request-left-open',
    'a request that nobody closed when its item ended',
    async (trx) => {
      const { id } = item('cancelled');
      const at = before(item('cancelled').updated_at, HOUR_MS);
      await execute(`update item set updated_at = ${at} where id = '${id}'`, trx);
      await execute(`update cancellation set state = 'accepted', requested_at = ${at} where item_id = '${id}'`, trx);
    },
    () => ({ ...sameItem('cancelled'), cancellation_state: 'accepted', item_state: 'reverted' }),
  ],
  [
    'settled-request-means-money-back',
    'a request that is settled while its item is still under way',
    (trx) => execute(`update cancellation set state = 'settled' where item_id = '${item('requested').id}'`, trx),
    () => ({ ...sameItem('requested'), item_state: 'pending' }),
  ],
  [
    'lost-request-means-delivered',
    'a request that counts as lost although nothing was delivered',
    (trx) => execute(`update cancellation set state = 'lost' where item_id = '${item('cancelled').id}'`, trx),
    () => ({ ...sameItem('cancelled'), cancellation_state: 'lost' }),
  ],
  [
    'newest-version-is-told',
    'a trade whose last callback was lost',
    (trx) => execute(`delete from callback where number = 2 and trade_id = '${item('bought').trade_id}'`, trx),
    () => ({ ...sameTrade('bought'), version: 2 }),
  ],
  [
    'every-step-is-told',
    'a step in between that no callback told of',
    (trx) => execute(`delete from callback where number = 3 and trade_id = '${item('completed').trade_id}'`, trx),
    () => ({ ...sameTrade('completed'), missing_callback: 3 }),
  ],
  [
    'callback-tells-of-a-step',
    'a callback about a step that never happened',
    (trx) =>
      execute(`update callback set number = 99 where number = 2 and trade_id = '${item('bought').trade_id}'`, trx),
    () => ({ ...sameTrade('bought'), last_sent: 99, newest: 2 }),
  ],
  [
    'account-is-known',
    'money in an account that the books do not have',
    (trx) =>
      execute(
        `insert into account (merchant_id, name, balance_mills) values ('${books.merchantId}', 'pocket', 10)`,
        trx,
      ),
    () => ({ ...merchant(), account: 'pocket', balance_mills: 10n }),
  ],
  [
    'wallet-is-whole-cents',
    'a tenth of a cent in a wallet',
    (trx) => execute(`update account set balance_mills = balance_mills + 1 where name = 'available'`, trx),
    () => ({ ...merchant(), account: 'available' }),
  ],
  [
    'transfer-goes-where-its-kind-does',
    'a capture that pays another supplier',
    async (trx) => {
      await copyRow(trx, 'account', `row.name = 'revenue'`, { name: `'supplier:other'` });
      await execute(
        `update transfer set to_account = 'supplier:other' where key = 'capture:${item('completed').id}'`,
        trx,
      );
    },
    () => ({ ...merchant(), key: `capture:${item('completed').id}`, to_account: 'supplier:other' }),
  ],
  [
    'transfer-key-says-what-it-is',
    'a refund under a key of its own, which would not stop a second one',
    (trx) => execute(`update transfer set key = 'refund:special' where key = 'refund:${item('cancelled').id}'`, trx),
    () => ({ ...sameKey('refund:special'), item_id: item('cancelled').id }),
  ],
  [
    'penalty-is-limited',
    'a penalty of more than two percent',
    (trx) => execute(`update transfer set amount_mills = 2030 where key = 'penalty:${item('declined').id}'`, trx),
    () => ({ ...sameKey(`penalty:${item('declined').id}`), amount_mills: 2030n, price_mills: 101_000n }),
  ],
  [
    'penalty-is-limited',
    'a penalty of more than nine dollars',
    async (trx) => {
      const { id } = item('declined');
      await execute(`update item set price_mills = 1000000 where id = '${id}'`, trx);
      await execute(`update transfer set amount_mills = 9010 where key = 'penalty:${id}'`, trx);
    },
    () => ({ ...sameKey(`penalty:${item('declined').id}`), amount_mills: 9010n }),
  ],
  [
    'reserved-once',
    'money that was reserved twice',
    (trx) => copyRow(trx, 'transfer', `row.key = 'reserve:${item('bought').id}'`, { key: `'again'` }),
    () => ({ ...sameItem('bought'), reserves: 2 }),
  ],
  [
    'movements-match-state',
    'an item under way that was given back already',
    async (trx) => {
      const { id } = item('bought');
      await copyRow(trx, 'transfer', `row.key = 'reserve:${id}'`, {
        key: `'refund:${id}'`,
        kind: `'refund'`,
        from_account: `'locked'`,
        to_account: `'available'`,
      });
    },
    () => ({ ...sameItem('bought'), state: 'pending', refunded_mills: 101_000n }),
  ],
  [
    'only-bought-is-refunded',
    'a refund for an item that was never bought',
    (trx) => {
      const { id } = item('refused');
      return execute(`update transfer set kind = 'refund', key = 'refund:${id}' where key = 'release:${id}'`, trx);
    },
    () => ({ ...sameItem('refused'), cost_mills: null, refunded_mills: 101_000n }),
  ],
  [
    'only-bought-is-refunded',
    'a release for an item that was bought',
    (trx) => {
      const { id } = item('failed');
      return execute(`update transfer set kind = 'release', key = 'release:${id}' where key = 'refund:${id}'`, trx);
    },
    () => ({ ...sameItem('failed'), released_mills: 101_000n }),
  ],
  [
    'price-is-whole-cents',
    'a price with a tenth of a cent',
    (trx) => execute(`update item set price_mills = price_mills - 1 where id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), price_mills: 100_999n }),
  ],
  [
    'price-is-no-more-than-quoted',
    'an item that was cheaper than its merchant was charged',
    (trx) => execute(`update item set cost_mills = cost_mills - 10 where id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), price_mills: 101_000n, cost_mills: 99_990n, fee_bps: 100 }),
  ],
  [
    'trade-has-its-items',
    'two items in one place of a trade',
    (trx) => execute(`update item set position = 1 where trade_id = '${item('pair').trade_id}'`, trx),
    () => ({ ...sameTrade('pair'), items: 3, positions: 1 }),
  ],
  [
    'trade-has-its-items',
    'a trade whose items are gone',
    async (trx) => {
      await execute('alter table purchase drop constraint purchase_merchant_id_item_id_fkey', trx);
      await execute(`delete from item where id = '${item('bought').id}'`, trx);
    },
    () => ({ ...sameTrade('bought'), items: 0 }),
  ],
  [
    'only-units-lack-a-listing',
    'an item of an ordinary buy without its listing',
    (trx) => execute(clearListing('bought'), trx),
    () => ({ ...sameTrade('bought'), is_quick: false, without_listing: 1 }),
  ],
  [
    'unit-is-looked-for',
    'a unit of a quick buy that nobody looks for',
    async (trx) => {
      await execute(clearListing('bought'), trx);
      await execute(`update trade set is_quick = true where id = '${item('bought').trade_id}'`, trx);
    },
    () => ({ ...sameTrade('bought'), open_units: 1, sought_at: null }),
  ],
  [
    'error-is-shared',
    'a trade that names another error than its item',
    (trx) => execute(`update trade set error = 'PURCHASE_FAILED' where id = '${item('failed').trade_id}'`, trx),
    () => ({ ...sameTrade('failed'), error: 'PURCHASE_FAILED', error_of_trade: 'MARKET_UNAVAILABLE' }),
  ],
  [
    'error-is-shared',
    'a trade that its merchant rejected, and that does not say so',
    (trx) => execute(`update trade set error = null where id = '${item('rejected').trade_id}'`, trx),
    () => ({ ...sameTrade('rejected'), error: null, error_of_trade: 'MERCHANT_REJECTED' }),
  ],
  [
    'timer-leaves-what-was-sent',
    'an item that was delivered, and would be cancelled all the same',
    (trx) => execute(`update item set auto_cancel_due_at = now() where id = '${item('lost').id}'`, trx),
    () => ({ ...sameItem('lost'), state: 'hold' }),
  ],
  [
    'timer-comes-when-asked-for',
    'an item that would be cancelled though nobody asked for it',
    (trx) => execute(`update item set auto_cancel_due_at = now() where id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), auto_cancel_at: null }),
  ],
  [
    'timer-comes-when-asked-for',
    'an item that would be cancelled before its time',
    (trx) =>
      execute(
        `update item set auto_cancel_due_at = ${before(item('timed').auto_cancel_due_at, SECOND_MS)}
        where id = '${item('timed').id}'`,
        trx,
      ),
    () => ({ ...sameItem('timed'), state: 'pending' }),
  ],
  [
    'auto-cancel-in-its-span',
    'a trade whose items would be cancelled before they can be',
    (trx) =>
      execute(
        `update trade set auto_cancel_at = ${before(item('timed').auto_cancel_due_at, SECOND_MS)}
        where id = '${item('timed').trade_id}'`,
        trx,
      ),
    () => sameTrade('timed'),
  ],
  [
    'auto-cancel-in-its-span',
    'a Rust trade with a time at which nothing could be cancelled',
    (trx) => execute(`update trade set game = '252490' where id = '${item('timed').trade_id}'`, trx),
    () => ({ ...sameTrade('timed'), game: '252490' }),
  ],
  [
    'timer-keeps-its-time',
    'a request of the timer for an item whose merchant never asked for one',
    (trx) => execute(`update cancellation set actor = 'timer' where item_id = '${item('requested').id}'`, trx),
    () => ({ ...sameItem('requested'), actor: 'timer' }),
  ],
  [
    'waiting-trade-is-asked-about',
    'a trade that waits, about which nobody asks',
    (trx) => execute(`update approval set due_at = null where trade_id = '${item('waiting').trade_id}'`, trx),
    () => ({ ...sameTrade('waiting'), approval: 'asking', asked_at: null }),
  ],
  [
    'approved-before-bought',
    'a trade that was bought against the word of its merchant',
    (trx) => execute(`update approval set state = 'rejected' where trade_id = '${item('bought').trade_id}'`, trx),
    () => ({ ...sameTrade('bought'), approval: 'rejected', items_approved: 1 }),
  ],
  [
    'approved-before-bought',
    'a trade that was bought, and about which nobody was asked',
    (trx) => execute(`delete from approval where trade_id = '${item('bought').trade_id}'`, trx),
    () => ({ ...sameTrade('bought'), approval: null, items_approved: 1 }),
  ],
  [
    'purchase-has-its-item',
    'a purchase that belongs to another trade than its item',
    (trx) =>
      execute(
        `update purchase set trade_id = '${item('failed').trade_id}' where item_id = '${item('bought').id}'`,
        trx,
      ),
    () => ({ ...sameItem('bought'), trade_of_item: item('bought').trade_id }),
  ],
  [
    'open-purchase-is-followed',
    'an order under way that nobody would ever read again',
    (trx) => execute(`update purchase set due_at = null where item_id = '${item('bought').id}'`, trx),
    () => ({ ...sameItem('bought'), purchase_state: 'done', item_state: 'pending' }),
  ],
  [
    'request-has-its-item',
    'a request at another supplier than the item’s',
    (trx) => execute(`update cancellation set supplier = 'other' where item_id = '${item('requested').id}'`, trx),
    () => ({ ...sameItem('requested'), supplier: 'other', supplier_of_item: 'paper' }),
  ],
  [
    'one-settled-request',
    'a cancellation that was settled twice',
    (trx) => copyRow(trx, 'cancellation', `row.item_id = '${item('cancelled').id}'`, { id: 'row.item_id' }),
    () => ({ ...sameItem('cancelled'), settled_requests: 2 }),
  ],
  [
    'request-ends-once',
    'a request that is over and has no end',
    (trx) => execute(`update cancellation set closed_at = null where item_id = '${item('cancelled').id}'`, trx),
    () => ({ ...sameItem('cancelled'), cancellation_state: 'settled' }),
  ],
  [
    'unanswered-request-is-retried',
    'a request without an answer that nobody would ever ask about again',
    (trx) =>
      execute(
        `update cancellation set state = 'unknown', due_at = null where item_id = '${item('requested').id}'`,
        trx,
      ),
    () => ({ ...sameItem('requested'), cancellation_state: 'unknown' }),
  ],
  [
    'log-keeps-order',
    'a trade whose first event has no place in the log, while later ones have',
    (trx) =>
      execute(
        `update callback set position = null where trade_id = '${item('completed').trade_id}'
          and number = (select min(number) from callback where trade_id = '${item('completed').trade_id}')`,
        trx,
      ),
    () => ({ ...sameTrade('completed'), misplaced: expect.any(Number) }),
  ],
  [
    'log-keeps-order',
    'a trade whose last event stands before the others in the log',
    (trx) =>
      execute(
        `update callback set position = -1 where trade_id = '${item('completed').trade_id}'
          and number = (select max(number) from callback where trade_id = '${item('completed').trade_id}')`,
        trx,
      ),
    () => ({ ...sameTrade('completed'), misplaced: expect.any(Number) }),
  ],
  [
    'log-ends-at-its-count',
    'a log whose next events would get places that are taken',
    (trx) => execute('update merchant set events_numbered = events_numbered - 1', trx),
    () => ({ ...merchant(), first_position: 1n }),
  ],
  [
    'log-ends-at-its-count',
    'a log that has lost its beginning',
    (trx) => execute('update callback set position = null where position = 1', trx),
    () => ({ ...merchant(), first_position: 2n }),
  ],
  [
    'log-ends-at-its-count',
    'a log that lacks an event in the middle',
    (trx) => execute('update callback set position = null where position = 2', trx),
    () => ({ ...merchant(), first_position: 1n }),
  ],
  [
    'balance-is-its-transfers',
    'a balance that carries over what no transfer has moved',
    (trx) => execute(carries('revenue', 10), trx),
    () => ({ ...merchant(), account: 'revenue', carried_mills: 10n }),
  ],
  [
    'carried-over-is-of-ended-trades',
    'a locked balance that is carried over, although ended trades lock nothing',
    (trx) => execute(carries('locked', 10), trx),
    () => ({ ...merchant(), account: 'locked', carried_mills: 10n }),
  ],
  [
    'carried-over-sums-to-zero',
    'a wallet that has paid for archived trades what nobody received',
    (trx) => execute(carries('available', -10), trx),
    () => ({ ...merchant(), carried_mills: -10n }),
  ],
  [
    'archives-have-what-is-gone',
    'a file of which more trades were removed than are known',
    (trx) => execute(archiveFile(1), trx),
    () => ({ ...merchant(), removed: 1n, archived: 0n }),
  ],
  [
    'archived-trade-is-gone',
    'a trade that is archived and still there',
    async (trx) => {
      await execute(archiveFile(1), trx);
      await execute(
        `insert into archived_trade select merchant_id, id, '${ARCHIVE}', null, '' from trade
          where id = '${item('completed').trade_id}'`,
        trx,
      );
    },
    () => ({ ...merchant(), archived: 1n, kept: 1n }),
  ],
  [
    'audit-entry-follows-the-one-before',
    'an entry of the audit trail that somebody has changed',
    (trx) => changesTrail(trx, `update audit_entry set body = replace(body, 'second', 'harmless') where number = 2`),
    () => ({ number: 2n, has_before: true }),
  ],
  [
    'audit-entry-follows-the-one-before',
    'an entry of the audit trail that is missing',
    (trx) => changesTrail(trx, 'delete from audit_entry where number = 3'),
    () => ({ number: 4n, has_before: false }),
  ],
  [
    'audit-columns-say-the-text',
    'an entry of the audit trail that is listed for another operator',
    (trx) => changesTrail(trx, `update audit_entry set actor = 'operator:nobody' where number = 2`),
    () => ({ number: 2n, says_its_text: false }),
  ],
  [
    'audit-trail-has-its-end',
    'an audit trail without any entry',
    (trx) => changesTrail(trx, 'delete from audit_entry'),
    () => ({ number: 0n, number_of_head: 4n }),
  ],
  [
    'audit-trail-has-its-end',
    'an audit trail whose last entry is missing',
    (trx) => changesTrail(trx, 'delete from audit_entry where number = 4'),
    () => ({ number: 3n, number_of_head: 4n }),
  ],
];

/** As somebody who owns the database can. */
async function changesTrail(trx: Trx, statement: string): Promise<void> {
  await execute('alter table audit_entry disable trigger user', trx);
  await execute(statement, trx);
}

describe('verify finds', () => {
  test.each(damages)('%s: %s', async (name, _title, damage, row) => {
    const found = await findingsAfter(damage);
    expect(found.get(name)).toMatchObject(row());
  });
});

test('a request that was recorded while its item was being settled may be open for a moment', async () => {
  const reopen = `update cancellation set state = 'accepted', closed_at = null
    where item_id = '${item('cancelled').id}'`;
  expect([...(await findingsAfter((trx) => execute(reopen, trx))).keys()]).toEqual([]);
});
