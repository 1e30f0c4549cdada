import { sql } from 'kysely';
import { verify } from '../../src/verify/verify.ts';
import type { World } from './world.ts';

export interface AtEnd {
  readonly reverted: number;
  readonly completed: number;
  readonly refunds: number;
  readonly captures: number;
  /** In words; empty when all is well. */
  readonly wrong: readonly string[];
}

/** After the protection window: each item was paid for or paid back, in whole and once, and `verify` is clean. */
export async function judgeLedger({ db, clock }: World): Promise<AtEnd> {
  const { rows } = await sql<Omit<AtEnd, 'wrong'> & { others: number; uneven: number }>`
    with each_item as (
      select item.state, item.price_mills,
        count(*) filter (where kind = 'refund') as refunds,
        count(*) filter (where kind = 'capture') as captures,
        coalesce(sum(amount_mills) filter (where kind <> 'reserve'), 0) as moved
      from item left join transfer on transfer.merchant_id = item.merchant_id and transfer.item_id = item.id
      group by item.merchant_id, item.id, item.state, item.price_mills
    )
    select count(*) filter (where state = 'reverted')::int as reverted,
      count(*) filter (where state = 'completed')::int as completed,
      coalesce(sum(refunds), 0)::int as refunds, coalesce(sum(captures), 0)::int as captures,
      count(*) filter (where state not in ('reverted', 'completed'))::int as others,
      count(*) filter (where moved <> price_mills
        or (state = 'reverted') <> (refunds = 1) or (state = 'completed') <> (captures = 1))::int as uneven
    from each_item`.execute(db);
  const [found] = rows;
  if (!found) throw new Error('the database could not be read');
  const broken = (await verify(db, clock.now())).filter((rule) => rule.broken !== null);
  const wrong = [
    ...(found.others > 0 ? [`${found.others} items have no outcome`] : []),
    ...(found.uneven > 0 ? [`${found.uneven} items were not paid for or paid back in whole and once`] : []),
    ...broken.map(({ name, broken }) => `verify: ${name} is broken by ${JSON.stringify(broken, bigintText)}`),
  ];
  return { ...found, wrong };
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
