-- Clients, auto-cancel, quick buys, trade URL checks, and indexes for pages of the ledger.

-- The merchant's own id of the client; null for the merchant's own buys.
alter table trade add column client_id text;
-- When unsent items are cancelled, as merchants see it; null: never.
alter table trade add column auto_cancel_at timestamptz;
-- Whether the trade is a quick buy of several units of one item; its items are shown after they are bought.
alter table trade add column is_quick boolean not null default false;
create index trade_of_client on trade (merchant_id, steam_id, game, created_at desc, id desc) where source = 'client';

-- When the timer cancels the item; null after it was sent, has ended, or the timer has handled it.
alter table item add column auto_cancel_due_at timestamptz;
create index item_auto_cancel_due on item (auto_cancel_due_at) where auto_cancel_due_at is not null;

-- The price at the time of the request, shown until the item is bought. Until then `price_mills` is the reserved amount: the
-- most that the merchant accepts.
alter table item add column quoted_mills bigint check (quoted_mills > 0 and quoted_mills <= price_mills or cost_mills is not null);

-- A unit of a quick buy is an item without a listing until one is found.
alter table item alter column listing_id drop not null;
alter table item alter column native_listing_id drop not null;
alter table item alter column supplier drop not null;
alter table item alter column market_hash_name drop not null;
alter table item add constraint item_found_check check (
  (listing_id is null) = (supplier is null) and (listing_id is null) = (native_listing_id is null)
    and (listing_id is null) = (market_hash_name is null)
);

-- The search of a quick buy, while units of it have no listing.
create table quick_buy (
  merchant_id uuid not null,
  trade_id uuid not null,
  game text not null,
  catalog_id text,
  market_hash_name text,
  delivery text check (delivery in ('standard', 'instant')),
  phase text,
  max_price_mills bigint not null check (max_price_mills > 0),
  -- Listings that were already sold or too expensive when they were requested.
  tried text[] not null default '{}',
  -- The time of the next search; null: every unit has a listing or has ended.
  due_at timestamptz,
  created_at timestamptz not null,
  primary key (merchant_id, trade_id),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id),
  check (catalog_id is not null or market_hash_name is not null)
);
create index quick_buy_due on quick_buy (due_at) where due_at is not null;

-- The cached result of a trade URL check, for an hour.
create table trade_url_check (
  trade_url text primary key,
  result jsonb not null,
  checked_at timestamptz not null
);

create index transfer_newest on transfer (merchant_id, at desc, key desc);

-- Messages between nodes that are too long for NOTIFY; the live feed's adapter writes and deletes them.
create table socket_io_attachments (
  id bigserial primary key,
  created_at timestamptz not null default now(),
  payload bytea
);
