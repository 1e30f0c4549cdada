import { sql } from 'kysely';
import { AVAILABLE, FUNDING, LOCKED } from '../wallets/ledger.ts';
import { inFlight, type Rule, rule } from './rule.ts';

/** What the movements of an item add up to on one account: what came in less what went out. */
function net(account: string) {
  return sql`sum(case when to_account = ${sql.lit(account)} then amount_mills
    when from_account = ${sql.lit(account)} then -amount_mills else 0 end)::bigint`;
}

const supplierNet = sql`sum(case when to_account like 'supplier:%' then amount_mills
  when from_account like 'supplier:%' then -amount_mills else 0 end)::bigint`;

/** Every item with the sums of its movements; an item without any has zeros. */
const itemMoney = sql`
  select item.merchant_id, item.trade_id, item.id as item_id, item.state, item.price_mills, item.cost_mills,
    coalesce(locked_mills, 0) as locked_mills, coalesce(available_mills, 0) as available_mills,
    coalesce(supplier_mills, 0) as supplier_mills, coalesce(reserved_mills, 0) as reserved_mills,
    coalesce(returned_mills, 0) as returned_mills, coalesce(taken_mills, 0) as taken_mills
  from item left join (
    select merchant_id, item_id, ${net(LOCKED)} as locked_mills, ${net(AVAILABLE)} as available_mills,
      ${supplierNet} as supplier_mills,
      sum(case when kind = 'reserve' then amount_mills else 0 end)::bigint as reserved_mills,
      sum(case when to_account = ${sql.lit(AVAILABLE)} then amount_mills else 0 end)::bigint as returned_mills,
      sum(case when kind in ('capture', 'fee') then amount_mills else 0 end)::bigint as taken_mills
    from transfer where item_id is not null group by merchant_id, item_id
  ) as moved on moved.merchant_id = item.merchant_id and moved.item_id = item.id`;

/** 2 % of the price in whole cents, at most $9: what a declined offer costs. */
const penalty = sql`least(price_mills * 200 / 100000 * 10, 9000)`;

const charge = sql`case when state in (${inFlight}, 'completed') then -price_mills
  when state = 'declined' then -${penalty} else 0 end`;

const paidToSupplier = sql`case when state = 'completed' then least(cost_mills, price_mills) else 0 end`;

/** DESIGN 4.4, proven from the transfers up. */
export const moneyRules: readonly Rule[] = [
  rule(
    'balance-is-its-transfers',
    'Every account’s balance is the sum of its transfers.',
    () => sql`
      select account.merchant_id, account.name as account, balance_mills,
        coalesce(moved.mills, 0)::bigint as transfers_mills
      from account left join (
        select merchant_id, name, sum(mills) as mills from (
          select merchant_id, to_account as name, amount_mills as mills from transfer
          union all select merchant_id, from_account, -amount_mills from transfer
        ) as side group by merchant_id, name
      ) as moved on moved.merchant_id = account.merchant_id and moved.name = account.name
      where balance_mills <> coalesce(moved.mills, 0)`,
  ),
  rule(
    'balances-sum-to-zero',
    'The balances of a merchant’s accounts sum to zero.',
    () => sql`
      select merchant_id, sum(balance_mills)::bigint as sum_mills from account
      group by merchant_id having sum(balance_mills) <> 0`,
  ),
  rule(
    'no-negative-balance',
    'No account but the source of money is below zero.',
    () => sql`
      select merchant_id, name as account, balance_mills from account
      where balance_mills < 0 and name <> ${sql.lit(FUNDING)}`,
  ),
  rule(
    'locked-is-open-items',
    'A merchant’s locked balance is the sum of the prices of its items in flight.',
    () => sql`
      select merchant.id as merchant_id, coalesce(balance_mills, 0) as balance_mills,
        coalesce(open_mills, 0) as open_items_mills
      from merchant
      left join account on account.merchant_id = merchant.id and account.name = ${sql.lit(LOCKED)}
      left join (
        select merchant_id, sum(price_mills)::bigint as open_mills from item
        where state in (${inFlight}) group by merchant_id
      ) as open on open.merchant_id = merchant.id
      where coalesce(balance_mills, 0) <> coalesce(open_mills, 0)`,
  ),
  rule(
    'item-locks-its-price',
    'An item locks exactly its price while it is in flight, and nothing after.',
    () => sql`
      select merchant_id, trade_id, item_id, state, price_mills, locked_mills from (${itemMoney}) as money
      where locked_mills <> case when state in (${inFlight}) then price_mills else 0 end`,
  ),
  rule(
    'item-costs-what-it-should',
    'An item costs the wallet its price, nothing when it was not delivered, the penalty when it was declined.',
    () => sql`
      select merchant_id, trade_id, item_id, state, price_mills, available_mills from (${itemMoney}) as money
      where available_mills <> ${charge}`,
  ),
  rule(
    'one-refund',
    'No item gives back more than was reserved for it.',
    () => sql`
      select merchant_id, trade_id, item_id, state, reserved_mills, returned_mills from (${itemMoney}) as money
      where returned_mills > reserved_mills`,
  ),
  rule(
    'captured-whole',
    'What is captured for an item, cost and fee together, is its price.',
    () => sql`
      select merchant_id, trade_id, item_id, state, price_mills, taken_mills from (${itemMoney}) as money
      where (taken_mills <> 0 or state = 'completed') and taken_mills <> price_mills`,
  ),
  rule(
    'supplier-is-paid-for-completed',
    'A supplier’s account holds the cost of an item while it is completed, and nothing of any other.',
    () => sql`
      select merchant_id, trade_id, item_id, state, cost_mills, supplier_mills from (${itemMoney}) as money
      where supplier_mills is distinct from ${paidToSupplier}`,
  ),
  rule(
    'transfer-has-its-item',
    'A transfer for an item names one that exists in that trade; only funding names none.',
    () => sql`
      select transfer.merchant_id, transfer.trade_id, transfer.item_id, transfer.key from transfer
      left join item on item.merchant_id = transfer.merchant_id and item.id = transfer.item_id
        and item.trade_id = transfer.trade_id
      where (item.id is null) <> (transfer.kind in ('credit', 'debit'))`,
  ),
];
