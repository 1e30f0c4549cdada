import { sql } from 'kysely';
import { AVAILABLE, FUNDING, LOCKED, REVENUE } from '../ledger/book.ts';
import { inFlight, literals, type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** Each account compared with all transfers of its merchant, and with what is carried over of those that were removed. */
export const accountProof: Proof = {
  walk: merchants,
  ids: ['merchant_id', 'account'],
  facts: (_now, merchant) => sql`
    select slice.id as merchant_id, account.name as account, account.balance_mills,
      coalesce(account.moved_mills, 0)::bigint as transfers_mills, account.carried_mills
    from slice cross join lateral (
      select account.name, account.balance_mills, moved.mills as moved_mills,
        coalesce(carried.balance_mills, 0) as carried_mills
      from account left join carried_balance as carried
        on carried.merchant_id = ${merchant} and carried.account = account.name
      left join (
        select side.name, sum(side.mills) as mills from transfer cross join lateral
          (values (transfer.to_account, transfer.amount_mills), (transfer.from_account, -transfer.amount_mills))
            as side (name, mills)
        where transfer.merchant_id = ${merchant} group by side.name
      ) as moved on moved.name = account.name
      where account.merchant_id = ${merchant}
    ) as account`,
  rules: [
    rule(
      'balance-is-its-transfers',
      'Every account’s balance is the sum of its transfers and of what is carried over from archived ones.',
      ['balance_mills', 'transfers_mills', 'carried_mills'],
      sql`balance_mills <> transfers_mills + carried_mills`,
    ),
    rule(
      'no-negative-balance',
      'No account is below zero, except the funding account.',
      ['balance_mills'],
      sql`balance_mills < 0 and account <> ${sql.lit(FUNDING)}`,
    ),
    rule(
      'account-is-known',
      'A merchant has only accounts that the ledger defines.',
      ['balance_mills'],
      sql`account not in (${literals([AVAILABLE, LOCKED, REVENUE, FUNDING])}) and account not like 'supplier:_%'`,
    ),
    rule(
      'wallet-is-whole-cents',
      'A wallet holds whole cents.',
      ['balance_mills'],
      sql`account in (${literals([AVAILABLE, LOCKED])}) and balance_mills % 10 <> 0`,
    ),
    rule(
      'carried-over-is-of-ended-trades',
      'What is carried over locks nothing and funds nothing; suppliers and revenue were paid, and wallets have paid it.',
      ['carried_mills'],
      sql`case when account in (${literals([LOCKED, FUNDING])}) then carried_mills <> 0
        when account = ${sql.lit(AVAILABLE)} then carried_mills > 0 else carried_mills < 0 end`,
    ),
  ],
};

/** All accounts of a merchant compared with its items in flight. */
export const walletProof: Proof = {
  walk: merchants,
  ids: ['merchant_id'],
  facts: (_now, merchant) => sql`
    select slice.id as merchant_id, account.sum_mills, account.locked_mills, open.open_items_mills, carried.carried_mills
    from slice
    cross join lateral (
      select coalesce(sum(balance_mills), 0)::bigint as carried_mills from carried_balance where merchant_id = ${merchant}
    ) as carried
    cross join lateral (
      select coalesce(sum(balance_mills), 0)::bigint as sum_mills,
        coalesce(sum(balance_mills) filter (where name = ${sql.lit(LOCKED)}), 0)::bigint as locked_mills
      from account where merchant_id = ${merchant}
    ) as account
    cross join lateral (
      select coalesce(sum(price_mills), 0)::bigint as open_items_mills
      from item where merchant_id = ${merchant} and state in (${inFlight})
    ) as open`,
  rules: [
    rule(
      'balances-sum-to-zero',
      'The balances of a merchant’s accounts sum to zero.',
      ['sum_mills'],
      sql`sum_mills <> 0`,
    ),
    rule(
      'carried-over-sums-to-zero',
      'What is carried over of a merchant’s accounts sums to zero.',
      ['carried_mills'],
      sql`carried_mills <> 0`,
    ),
    rule(
      'locked-is-open-items',
      'A merchant’s locked balance is the sum of the prices of its items in flight.',
      ['locked_mills', 'open_items_mills'],
      sql`locked_mills <> open_items_mills`,
    ),
  ],
};
