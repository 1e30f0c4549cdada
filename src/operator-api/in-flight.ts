import { type RawBuilder, sql } from 'kysely';
import { type Mills, toMills } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';

/** With its id, so that an item that is found twice counts once. */
const ofItem = sql`item.merchant_id, item.id, item.state, item.price_mills`;

/** Items that are not over, and what is reserved for them. */
export interface InFlight {
  readonly state: 'initiated' | 'pending' | 'active' | 'hold';
  readonly items: number;
  readonly priceMills: Mills;
}

/**
 * Money in flight by the state of its items, of one merchant or of all. Items have no index by state, which every step would
 * change; those in flight are found by what is still to be done for them: an approval, a unit to fill, an order to follow.
 */
export async function inFlight(db: Db, merchantId: string | undefined): Promise<InFlight[]> {
  const of = (column: RawBuilder<unknown>) => (merchantId ? sql`${column} = ${merchantId}` : sql`true`);
  const { rows } = await sql<{ state: InFlight['state']; items: number; price_mills: bigint }>`
    select ${ofAllMerchants} state, count(*)::int4 as items, sum(price_mills)::bigint as price_mills from (
      select ${ofItem} from purchase
      join item on item.merchant_id = purchase.merchant_id and item.id = purchase.item_id
      where purchase.due_at is not null and ${of(sql.ref('purchase.merchant_id'))}
      union
      select ${ofItem} from approval
      join item on item.merchant_id = approval.merchant_id and item.trade_id = approval.trade_id
      where approval.due_at is not null and ${of(sql.ref('approval.merchant_id'))}
      union
      select ${ofItem} from quick_buy
      join item on item.merchant_id = quick_buy.merchant_id and item.trade_id = quick_buy.trade_id
      where quick_buy.due_at is not null and ${of(sql.ref('quick_buy.merchant_id'))}
    ) as open
    where state in ('initiated', 'pending', 'active', 'hold')
    group by state`.execute(db);
  return rows.map(({ state, items, price_mills }) => ({ state, items, priceMills: toMills(BigInt(price_mills)) }));
}
