import { sql } from 'kysely';
import { AVAILABLE, FUNDING, LOCKED, REVENUE } from '../ledger/book.ts';
import { inFlight, literals, type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** Each account compared with all transfers of its merchant. */
export const accountProof: Proof = {
  walk: merchants,
  ids: ['merchant_id', 'account'],
  facts: () => sql`
    select slice.id as merchant_id, account.name as account, account.balance_mills,
      coalesce(account.moved_mills, 0)::bigint as transfers_mills
    from slice cross join lateral (
      select account.name, account.balance_mills, moved.mills as moved_mills
      from account left join (
        select side.name, sum(side.mills) as mills from transfer cross join lateral
          (values (transfer.to_account, transfer.amount_mills), (transfer.from_account, -transfer.amount_mills))
            as side (name, mills)
        where transfer.merchant_id = slice.id group by side.name
      ) as moved on moved.name = account.name
      where account.merchant_id = slice.id
    ) as account`,
  rules: [
    rule(
      'balance-is-its-transfers',
      'Every account’s balance is the sum of its transfers.',
      ['balance_mills', 'transfers_mills'],
      sql`balance_mills <> transfers_mills`,
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
  ],
};

/** All accounts of a merchant compared with its items in flight. */
export const walletProof: Proof = {
  walk: merchants,
  ids: ['merchant_id'],
  facts: () => sql`
    select slice.id as merchant_id, account.sum_mills, account.locked_mills, open.open_items_mills
    from slice
    cross join lateral (
      select coalesce(sum(balance_mills), 0)::bigint as sum_mills,
        coalesce(sum(balance_mills) filter (where name = ${sql.lit(LOCKED)}), 0)::bigint as locked_mills
      from account where merchant_id = slice.id
    ) as account
    cross join lateral (
      select coalesce(sum(price_mills), 0)::bigint as open_items_mills
      from item where merchant_id = slice.id and state in (${inFlight})
    ) as open`,
  rules: [
    rule(
      'balances-sum-to-zero',
      'The balances of a merchant’s accounts sum to zero.',
      ['sum_mills'],
      sql`sum_mills <> 0`,
    ),
    rule(
      'locked-is-open-items',
      'A merchant’s locked balance is the sum of the prices of its items in flight.',
      ['locked_mills', 'open_items_mills'],
      sql`locked_mills <> open_items_mills`,
    ),
  ],
};
