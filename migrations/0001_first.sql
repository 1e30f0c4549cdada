-- Rules that hold for every table: ids come from us; unique keys start with the merchant where there is one;
-- amounts are thousandths of a dollar in *_mills columns; instants come from the application's clock.

create table setting (
  name text primary key,
  value jsonb not null
);

create table merchant (
  id uuid primary key,
  name text not null,
  verified boolean not null default false,
  fee_bps integer not null default 0 check (fee_bps between 0 and 5000),
  -- The operator's own limits, route name → requests per minute; a route that is not named has the usual one.
  route_limits jsonb not null default '{}',
  callback_url text,
  api_secret_sealed text not null,
  disabled_at timestamptz,
  created_at timestamptz not null
);

create table api_key (
  id uuid primary key,
  merchant_id uuid not null references merchant (id),
  -- Global by need: the hash is all that a request brings.
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
  -- Number of the newest trade_event; every transition adds to it under the row's lock.
  version integer not null default 0,
  active_at timestamptz,
  hold_end_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  unique (merchant_id, external_id)
);
create index trade_by_id on trade (id);
-- Trades that still wait for the gate; almost always empty.
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
  -- What the merchant pays, and the most that the supplier may charge for it.
  price_mills bigint not null check (price_mills > 0),
  ceiling_mills bigint not null check (ceiling_mills > 0),
  -- The merchant's fee when the item was quoted: a quote shown is a quote honoured.
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
  -- Look-ups in a row that did not find the reference.
  misses integer not null default 0,
  -- When to act next: buy (recorded), doubt the call (asked), look up (unknown), poll (done). Null: never again.
  due_at timestamptz,
  unknown_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, item_id) references item (merchant_id, id)
);
-- One live purchase an item: a second may only be made when the first is known to have bought nothing.
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
  -- Counts up whenever the wish is taken up to ask the supplier; a holder knows its own by it.
  asks integer not null default 0,
  -- When to ask again: the end of the lease of a call in flight (requested), or the next try (unknown).
  due_at timestamptz,
  requested_at timestamptz not null,
  answered_at timestamptz,
  closed_at timestamptz,
  primary key (merchant_id, id),
  foreign key (merchant_id, item_id) references item (merchant_id, id)
);
-- One open wish an item: this key is what makes any number of equal requests one.
create unique index cancellation_one_open on cancellation (merchant_id, item_id)
  where state in ('requested', 'unknown', 'accepted');
create index cancellation_of_item on cancellation (merchant_id, item_id, requested_at);
create index cancellation_due on cancellation (due_at) where due_at is not null;

create table account (
  merchant_id uuid not null references merchant (id),
  name text not null,
  balance_mills bigint not null default 0,
  primary key (merchant_id, name),
  -- Only money's source may be negative: it mirrors what came in.
  check (name = 'funding' or balance_mills >= 0)
);

create table transfer (
  merchant_id uuid not null,
  -- What makes a movement happen once, e.g. refund:<item>.
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
  -- The trade's version that this callback tells of; deliveries of a trade go out in this order.
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
