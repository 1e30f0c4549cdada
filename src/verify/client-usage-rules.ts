import { sql } from 'kysely';
import { ALL_CLIENTS } from '../clients/usage.ts';
import { inFlight, type Proof, rule } from './rule.ts';
import { merchants } from './walk.ts';

/** The counters of clients' items in flight, which enforce client limits, compared with the items. */
export const clientUsageProof: Proof = {
  walk: merchants,
  ids: ['merchant_id', 'client'],
  facts: (_now, merchant) => sql`
    select slice.id as merchant_id, counted.client, counted.in_flight_mills, counted.open_items_mills
    from slice cross join lateral (
      select coalesce(usage.client, open.client) as client, coalesce(usage.in_flight_mills, 0) as in_flight_mills,
        coalesce(open.mills, 0)::bigint as open_items_mills
      from (select client, in_flight_mills from client_usage where merchant_id = ${merchant}) as usage
      full join (
        select scope.client, sum(item.price_mills) as mills
        from trade
        join item on item.merchant_id = ${merchant} and item.trade_id = trade.id and item.state in (${inFlight})
        cross join lateral (values (trade.steam_id), (${sql.lit(ALL_CLIENTS)})) as scope (client)
        where trade.merchant_id = ${merchant} and trade.source = 'client' and trade.status in (${inFlight})
        group by scope.client
      ) as open on open.client = usage.client
    ) as counted`,
  rules: [
    rule(
      'client-usage-is-open-items',
      'The counter of a client’s items in flight, and of all clients of a merchant, is the sum of the prices of their items in flight.',
      ['in_flight_mills', 'open_items_mills'],
      sql`in_flight_mills <> open_items_mills`,
    ),
  ],
};
