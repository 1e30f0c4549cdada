-- The limits of a merchant's clients, set by the operator and by the merchant: {"each": {…}, "all": {…}}, amounts in
-- thousandths of a dollar. The lower one applies.
alter table merchant
  add column client_limits jsonb not null default '{}',
  add column own_client_limits jsonb not null default '{}';

-- The usage of clients: items in flight and today's withdrawals. One row per client of a merchant, by its Steam account, and
-- one for all of them together, 'all'. Rows are locked in this order, before the wallet.
create table client_usage (
  merchant_id uuid not null references merchant (id),
  client text not null,
  -- The prices of its items in flight.
  in_flight_mills bigint not null default 0,
  -- The day (UTC) of the other columns; values of an older day count as zero.
  day_start timestamptz not null,
  -- The reserved amounts of the day's withdrawals, minus refunds.
  spent_mills bigint not null default 0,
  withdrawals integer not null default 0,
  declines integer not null default 0,
  primary key (merchant_id, client)
);

insert into client_usage (merchant_id, client, in_flight_mills, day_start)
  select open.merchant_id, scope.client, sum(open.price_mills), 'epoch'
  from (
    select trade.merchant_id, trade.steam_id, item.price_mills
    from trade join item on item.merchant_id = trade.merchant_id and item.trade_id = trade.id
    where trade.source = 'client' and trade.status in ('initiated', 'pending', 'active', 'hold')
      and item.state in ('initiated', 'pending', 'active', 'hold')
  ) as open
  cross join lateral (values (open.steam_id), ('all')) as scope (client)
  group by open.merchant_id, scope.client;
