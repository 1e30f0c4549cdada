import { loadModule } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { ALL_MERCHANTS } from '../../src/db/portable.ts';
import { unportable } from '../support/portable-sql.ts';

/** What `npm run test:portable` refuses, planted one by one; and what it lets through. */

beforeAll(loadModule);

describe('a statement that a distributed engine cannot run is refused', () => {
  test.each([
    [
      'a claim that locks rows of all merchants',
      `with claimed as (select merchant_id, id from callback where due_at <= $1 for update skip locked)
       update callback set due_at = $2 from claimed
       where callback.merchant_id = claimed.merchant_id and callback.id = claimed.id`,
      'rows of several merchants are locked',
    ],
    [
      'a scalar query among the values of an INSERT',
      `insert into callback (merchant_id, id, due_at) values ($1, $2, (select disabled_at from merchant where id = $1))`,
      'a value of an INSERT is a query',
    ],
    [
      'a recursive query over all merchants',
      `with recursive waiting (merchant_id) as (
         (select merchant_id from callback order by merchant_id limit 1) union all
         select (select merchant_id from callback where callback.merchant_id > waiting.merchant_id limit 1) from waiting)
       select ${ALL_MERCHANTS} merchant_id from waiting`,
      'a recursive query does not name its merchant',
    ],
    [
      'random numbers in an UPDATE',
      `update item set updated_at = to_timestamp(random()) where merchant_id = $1 and id = $2`,
      'a change calls random()',
    ],
    [
      'a calculation with intervals in an UPDATE',
      `update purchase set due_at = updated_at + $1::interval where merchant_id = $2 and id = $3`,
      'a change calculates with intervals',
    ],
    [
      'the time of the server in an UPDATE',
      `update purchase set due_at = current_timestamp where merchant_id = $1 and id = $2`,
      'a change asks the server for the time',
    ],
    [
      'a join of rows that are not on one worker',
      `select ${ALL_MERCHANTS} 1 from purchase join item on item.id = purchase.item_id`,
      'tables are joined that are not joined by their merchants',
    ],
    [
      'the newest row of each merchant, by the merchants, whose table is copied',
      `select ${ALL_MERCHANTS} newest.id from merchant cross join lateral (
         select id from callback where callback.merchant_id = merchant.id order by created_at desc limit 1) as newest`,
      'a lateral query with a LIMIT depends on rows that are copied',
    ],
    [
      'the last attempt of each row of a page',
      `select ${ALL_MERCHANTS} last.status from (
         select merchant_id, id from callback order by created_at desc limit 20) as page left join lateral (
         select status from callback_attempt as attempt where attempt.merchant_id = page.merchant_id
         and attempt.callback_id = page.id order by number desc limit 1) as last on true`,
      'a lateral query with a LIMIT depends on rows that are copied',
    ],
    [
      'a query inside of a proof that looks at everybody’s rows',
      `with slice as materialized (select * from purchase where merchant_id = $1)
       select (select count(*) from purchase as equal where equal.reference = slice.reference) from slice`,
      'a read of purchase names no merchant, and does not say that it is of all',
    ],
    [
      'an UPDATE of all merchants',
      `update item set state = 'failed' where state = 'pending'`,
      'a write to item does not name its merchant',
    ],
    [
      'an INSERT without the merchant',
      'insert into item (id) values ($1)',
      'a write to item does not name its merchant',
    ],
    [
      'an INSERT of what was read of all merchants',
      `insert into trade_event (merchant_id, id) select merchant_id, id from item`,
      'a write reads rows of all merchants',
    ],
    [
      'a read of all merchants that does not say so',
      'select count(*) from trade where status = $1',
      'a read of trade names no merchant, and does not say that it is of all',
    ],
    [
      'a write beside a read of all merchants that says so',
      `with found as (select ${ALL_MERCHANTS} item_id from purchase where reference = $1)
       update item set state = 'failed' from found where item.merchant_id = $2 and item.id = found.item_id`,
      'a write reads rows of all merchants',
    ],
    ['an integer of unknown size', 'select $1::integer', 'write int4: elsewhere an integer has 64 bits'],
  ])('%s', (_what, text, fault) => {
    expect(unportable(text)).toContain(fault);
  });
});

describe('what one worker can run is let through', () => {
  test.each([
    ['a read that names its merchant', 'select * from item where merchant_id = $1 and id = any($2)'],
    [
      'tables that are joined by their merchants',
      `select 1 from item join purchase on purchase.merchant_id = item.merchant_id and purchase.item_id = item.id
       where item.merchant_id = $1`,
    ],
    [
      'a claim that names its merchant',
      `with chosen as materialized (select id from callback where merchant_id = $1 order by due_at limit 3), claimed as (
         select callback.merchant_id, callback.id from chosen join callback on callback.id = chosen.id
         where callback.merchant_id = $1 and (due_at <= $2) is true for no key update of callback skip locked)
       update callback set attempts = attempts + 1 from claimed
       where callback.merchant_id = $1 and callback.merchant_id = claimed.merchant_id and callback.id = claimed.id`,
    ],
    [
      'a query inside of another one that names the merchant through it',
      `select exists (select 1 from callback as later where later.merchant_id = callback.merchant_id) from callback
       where merchant_id = $1`,
    ],
    [
      'the newest row of each merchant, by a table that is spread',
      `select ${ALL_MERCHANTS} newest.id from account cross join lateral (
         select id from callback where callback.merchant_id = account.merchant_id order by created_at desc limit 1) as newest
       where account.name = 'available'`,
    ],
    ['a read that says that it is of all merchants', `select ${ALL_MERCHANTS} distinct merchant_id from approval`],
    ['rows by their whole keys', `update purchase set misses = 0 where (merchant_id, id) in (($1, $2), ($3, $4))`],
    [
      'an INSERT of the merchant that it names',
      `insert into callback (merchant_id, id, due_at) select $1::uuid, $2, disabled_at from merchant where id = $1`,
    ],
    ['tables that are not spread', `update merchant set disabled_at = now() where id = $1`],
  ])('%s', (_what, text) => {
    expect(unportable(text)).toEqual([]);
  });
});
