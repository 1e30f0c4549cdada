import { sql } from 'kysely';
import { AVAILABLE, FUNDING, LOCKED, REVENUE } from '../ledger/book.ts';
import { type Proof, rule, words } from './rule.ts';
import { transfers } from './walk.ts';

const isFunding = sql`kind in ('credit', 'debit')`;
const [available, locked, revenue, funding] = [AVAILABLE, LOCKED, REVENUE, FUNDING].map((name) => sql.lit(name));

/** From where to where each kind of movement goes. */
const goesRightly = sql`case kind
  when 'credit' then from_account = ${funding} and to_account = ${available}
  when 'debit' then from_account = ${available} and to_account = ${funding}
  when 'reserve' then from_account = ${available} and to_account = ${locked}
  when 'release' then from_account = ${locked} and to_account = ${available}
  when 'capture' then from_account = ${locked} and to_account = 'supplier:' || supplier
  when 'fee' then from_account = ${locked} and to_account = ${revenue}
  when 'penalty' then from_account = ${locked} and to_account = ${revenue}
  when 'refund' then to_account = ${available}
    and from_account in (${words([LOCKED, REVENUE])}, 'supplier:' || supplier)
  end`;

/** What makes a movement happen once: its key is made of what it is and of the item that it is for. */
const isKeyedRightly = sql`case when ${isFunding} then key like kind || ':_%'
  else key = kind || ':' || item_id
    or kind = 'release' and key = 'cheaper:' || item_id
    or kind = 'refund' and key = 'refund-fee:' || item_id end`;

/** Each transfer by itself. */
export const transferProof: Proof = {
  walk: transfers,
  ids: ['merchant_id', 'key'],
  facts: () => sql`
    select slice.merchant_id, slice.key, slice.kind, slice.trade_id, slice.item_id, slice.from_account,
      slice.to_account, slice.amount_mills, item.trade_id as trade_of_item, item.supplier, item.price_mills
    from slice left join lateral (
      select trade_id, supplier, price_mills from item
      where merchant_id = slice.merchant_id and id = slice.item_id offset 0
    ) as item on true`,
  rules: [
    rule(
      'transfer-has-its-item',
      'A transfer for an item names one that exists in that trade; only funding names none.',
      ['trade_id', 'item_id'],
      sql`case when ${isFunding} then item_id is not null else trade_of_item is distinct from trade_id
        or trade_id is null end`,
    ),
    rule(
      'transfer-goes-where-its-kind-does',
      'Each kind of transfer goes from and to its own accounts; a supplier is paid for its own items only.',
      ['kind', 'from_account', 'to_account'],
      sql`(${goesRightly}) is not true`,
    ),
    rule(
      'transfer-key-says-what-it-is',
      'The key that makes a transfer happen once is made of its kind and its item.',
      ['kind', 'item_id'],
      sql`(${isKeyedRightly}) is not true`,
    ),
    rule(
      'penalty-is-limited',
      'A penalty is at most 2 % of the item’s price, and at most $9.',
      ['item_id', 'amount_mills', 'price_mills'],
      sql`kind = 'penalty' and (amount_mills > 9000 or amount_mills * 50 > price_mills)`,
    ),
  ],
};
