-- Rules for every table: the application creates ids; unique keys start with the merchant where there is one;
-- amounts are thousandths of a dollar in *_mills columns; times come from the application's clock.

create table setting (
  name text primary key,
  value jsonb not null
);

create table merchant (
  id uuid primary key,
  name text not null,
  verified boolean not null default false,
  fee_bps integer not null default 0 check (fee_bps between 0 and 5000),
  -- The operator's limits for this merchant, route name → requests per window; other routes have the default limit.
  route_limits jsonb not null default '{}',
  callback_url text,
  api_secret_sealed text not null,
  disabled_at timestamptz,
  created_at timestamptz not null
);

create table api_key (
  id uuid primary key,
  merchant_id uuid not null references merchant (id),
  -- Unique over all merchants, because a request has only the key.
  hash bytea not null unique,
  last_four text not null,
  scopes text[] not null,
  allowed_ips text[] not null default '{}',
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index api_key_of_merchant on api_key (merchant_id);

create table trade (
  merchant_id uuid not null references merchant (id),
  id uuid not null,
  external_id text,
  type text not null check (type in ('withdraw', 'deposit')),
  source text not null check (source in ('self', 'client')),
  game text not null check (game in ('730', '252490')),
  trade_url text not null,
  steam_id text not null,
  status text not null check (status in
    ('initiated', 'pending', 'active', 'hold', 'completed', 'failed', 'canceled', 'declined', 'reverted')),
  error text,
  -- The number of the newest trade_event; every transition increments it under the row's lock.
  version integer not null default 0,
  active_at timestamptz,
  hold_end_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, external_id)
);
create index trade_by_id on trade (id);
-- Trades that wait for approval; few rows at any time.
create index trade_initiated on trade (created_at) where status = 'initiated';
create index trade_newest on trade (merchant_id, source, game, created_at desc, id desc);

create table item (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  position smallint not null,
  listing_id text not null,
  external_id text,
  supplier text not null,
  native_listing_id text not null,
  market_hash_name text not null,
  state text not null check (state in
    ('initiated', 'pending', 'active', 'hold', 'completed', 'failed', 'canceled', 'declined', 'reverted')),
  error text,
  reverted_by text check (reverted_by in ('supplier', 'user')),
  -- The price that the merchant pays, and the most that the supplier may charge.
  price_mills bigint not null check (price_mills > 0),
  ceiling_mills bigint not null check (ceiling_mills > 0),
  -- The merchant's fee at the time of the quote, which is binding.
  fee_bps integer not null,
  cost_mills bigint check (cost_mills >= 0),
  steam_offer_id text,
  asset_id text,
  hold_end_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, trade_id, listing_id),
  unique (merchant_id, trade_id, external_id),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id)
);

create table trade_event (
  merchant_id uuid not null,
  trade_id uuid not null,
  number integer not null,
  item_id uuid not null,
  event text not null,
  from_state text,
  to_state text not null,
  actor text not null,
  request_id text,
  cause jsonb not null default '{}',
  at timestamptz not null,
  primary key (merchant_id, trade_id, number),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id)
);
create index trade_event_of_item on trade_event (merchant_id, item_id, number);

create table purchase (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  item_id uuid not null,
  supplier text not null,
  reference text not null,
  state text not null check (state in ('recorded', 'asked', 'done', 'refused', 'unknown')),
  order_id text,
  reason text,
  -- Consecutive look-ups that did not find the reference.
  misses integer not null default 0,
  -- When to act next: buy (recorded), expire the lease of the call (asked), look up (unknown), poll (done). Null: never.
  due_at timestamptz,
  unknown_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, item_id) references item (merchant_id, id)
);
-- One live purchase per item: a second one is allowed only after the first one is known to have bought nothing.
create unique index purchase_one_live on purchase (merchant_id, item_id) where state <> 'refused';
create index purchase_of_item on purchase (merchant_id, item_id);
create index purchase_by_reference on purchase (reference);
create index purchase_due on purchase (supplier, due_at) where due_at is not null;
create index purchase_unknown on purchase (unknown_since) where unknown_since is not null;

create table cancellation (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  item_id uuid not null,
  supplier text not null,
  state text not null check (state in ('requested', 'unknown', 'accepted', 'refused', 'settled', 'lost')),
  actor text not null,
  request_id text,
  reason text,
  -- Incremented whenever the request is claimed for an attempt; the holder recognises its claim by it.
  asks integer not null default 0,
  -- The time of the next attempt: the end of the lease of a running call (requested), or the retry (unknown).
  due_at timestamptz,
  requested_at timestamptz not null,
  answered_at timestamptz,
  closed_at timestamptz,
  primary key (merchant_id, id),
  foreign key (merchant_id, item_id) references item (merchant_id, id)
);
-- One open request per item: this key merges any number of equal requests into one.
create unique index cancellation_one_open on cancellation (merchant_id, item_id)
  where state in ('requested', 'unknown', 'accepted');
create index cancellation_of_item on cancellation (merchant_id, item_id, requested_at);
create index cancellation_due on cancellation (due_at) where due_at is not null;

create table account (
  merchant_id uuid not null references merchant (id),
  name text not null,
  balance_mills bigint not null default 0,
  primary key (merchant_id, name),
  -- Only the funding account may be negative: it mirrors deposits.
  check (name = 'funding' or balance_mills >= 0)
);

create table transfer (
  merchant_id uuid not null,
  -- The unique key of a movement, for example refund:<item>, so that it is booked once.
  key text not null,
  kind text not null check (kind in ('credit', 'debit', 'reserve', 'release', 'capture', 'fee', 'refund', 'penalty')),
  from_account text not null,
  to_account text not null check (to_account <> from_account),
  amount_mills bigint not null check (amount_mills > 0),
  trade_id uuid,
  item_id uuid,
  actor text not null,
  at timestamptz not null,
  primary key (merchant_id, key),
  foreign key (merchant_id, from_account) references account (merchant_id, name),
  foreign key (merchant_id, to_account) references account (merchant_id, name)
);
create index transfer_of_item on transfer (merchant_id, item_id) where item_id is not null;

create table delivery (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  -- The trade's version that this callback reports; the callbacks of a trade are sent in this order.
  number integer not null,
  body text not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempts integer not null default 0,
  due_at timestamptz,
  created_at timestamptz not null,
  delivered_at timestamptz,
  primary key (merchant_id, id),
  unique (merchant_id, trade_id, number),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id)
);
create index delivery_due on delivery (due_at) where due_at is not null;
create index delivery_pending on delivery (merchant_id, trade_id, number) where state = 'pending';

create table delivery_attempt (
  merchant_id uuid not null,
  delivery_id uuid not null,
  number integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  primary key (merchant_id, delivery_id, number),
  foreign key (merchant_id, delivery_id) references delivery (merchant_id, id)
);
