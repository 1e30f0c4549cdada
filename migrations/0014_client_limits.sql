-- Limits for a merchant's clients, as its operator and as it itself has set them: {"each": {…}, "all": {…}}, amounts in
-- thousandths of a dollar. The lower of the two counts.
alter table merchant
  add column client_limits jsonb not null default '{}',
  add column own_client_limits jsonb not null default '{}';

-- What clients have under way and have done today. One row for each client of a merchant, by its Steam account, and one
-- for all of them together, 'all'. Rows are locked in this order, before the wallet.
create table client_usage (
  merchant_id uuid not null references merchant (id),
  client text not null,
  -- The prices of its items in flight.
  in_flight_mills bigint not null default 0,
  -- The day (UTC) that the other columns count; an older one counts as nothing.
  day_start timestamptz not null,
  -- What the withdrawals of the day were reserved for, less what has come back of it.
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
