import { sql } from 'kysely';
import { AVAILABLE, FUNDING, LOCKED, REVENUE } from '../ledger/book.ts';
import { literals, type Proof, rule } from './rule.ts';
import { transfers } from './walk.ts';

const isFunding = sql`kind in ('credit', 'debit')`;
const [available, locked, revenue, funding] = [AVAILABLE, LOCKED, REVENUE, FUNDING].map((name) => sql.lit(name));

/** The accounts of each kind of movement. */
const hasItsAccounts = sql`case kind
  when 'credit' then from_account = ${funding} and to_account = ${available}
  when 'debit' then from_account = ${available} and to_account = ${funding}
  when 'reserve' then from_account = ${available} and to_account = ${locked}
  when 'release' then from_account = ${locked} and to_account = ${available}
  when 'capture' then from_account = ${locked} and to_account = 'supplier:' || supplier
  when 'fee' then from_account = ${locked} and to_account = ${revenue}
  when 'penalty' then from_account = ${locked} and to_account = ${revenue}
  when 'refund' then to_account = ${available}
    and from_account in (${literals([LOCKED, REVENUE])}, 'supplier:' || supplier)
  end`;

/** A movement's unique key consists of its kind and its item, so it is booked once. */
const hasItsKey = sql`case when ${isFunding} then key like kind || ':_%'
  else key = kind || ':' || item_id
    or kind = 'release' and key = 'cheaper:' || item_id
    or kind = 'refund' and key = 'refund-fee:' || item_id end`;

/** Single transfers. */
export const transferProof: Proof = {
  walk: transfers,
  ids: ['merchant_id', 'key'],
  facts: (_now, merchant) => sql`
    select slice.merchant_id, slice.key, slice.kind, slice.trade_id, slice.item_id, slice.from_account,
      slice.to_account, slice.amount_mills, item.trade_id as trade_of_item, item.supplier, item.price_mills
    from slice left join lateral (
      select trade_id, supplier, price_mills from item
      where merchant_id = ${merchant} and id = slice.item_id offset 0
    ) as item on true`,
  rules: [
    rule(
      'transfer-has-its-item',
      'A transfer refers to an existing item of its trade; only funding has no item.',
      ['trade_id', 'item_id'],
      sql`case when ${isFunding} then item_id is not null else trade_of_item is distinct from trade_id
        or trade_id is null end`,
    ),
    rule(
      'transfer-goes-where-its-kind-does',
      'Each kind of transfer uses its own accounts, and a supplier is paid only for its own items.',
      ['kind', 'from_account', 'to_account'],
      sql`(${hasItsAccounts}) is not true`,
    ),
    rule(
      'transfer-key-says-what-it-is',
      'The unique key of a transfer consists of its kind and its item.',
      ['kind', 'item_id'],
      sql`(${hasItsKey}) is not true`,
    ),
    rule(
      'penalty-is-limited',
      'A penalty is at most 2 % of the item’s price, and at most $9.',
      ['item_id', 'amount_mills', 'price_mills'],
      sql`kind = 'penalty' and (amount_mills > 9000 or amount_mills * 50 > price_mills)`,
    ),
  ],
};
