-- Clients, auto-cancel, quick buys, checks of trade URLs, and reading the books by pages.

-- The merchant's own id of the client who withdraws; null on the merchant's own buys.
alter table trade add column client_id text;
-- As merchants see it: when items that are not sent yet are cancelled; null where that is off.
alter table trade add column auto_cancel_at timestamptz;
-- Bought as so many units of one item; its items are shown once they are bought.
alter table trade add column is_quick boolean not null default false;
create index trade_of_client on trade (merchant_id, steam_id, game, created_at desc, id desc) where source = 'client';

-- When the timer takes the item up; null once it was sent, is over, or the timer has had its say.
alter table item add column auto_cancel_due_at timestamptz;
create index item_auto_cancel_due on item (auto_cancel_due_at) where auto_cancel_due_at is not null;

-- What the item cost when it was asked for; shown until it is bought. `price_mills` is what is reserved: the most that
-- the merchant accepts, until the supplier has charged.
alter table item add column quoted_mills bigint check (quoted_mills > 0 and quoted_mills <= price_mills or cost_mills is not null);

-- A unit of a quick buy is an item that has no listing until one is found for it.
alter table item alter column listing_id drop not null;
alter table item alter column native_listing_id drop not null;
alter table item alter column supplier drop not null;
alter table item alter column market_hash_name drop not null;
alter table item add constraint item_found_check check (
  (listing_id is null) = (supplier is null) and (listing_id is null) = (native_listing_id is null)
    and (listing_id is null) = (market_hash_name is null)
);

-- What a quick buy looks for, for as long as units of it have no listing.
create table quick_buy (
  merchant_id uuid not null,
  trade_id uuid not null,
  game text not null,
  catalog_id text,
  market_hash_name text,
  delivery text check (delivery in ('standard', 'instant')),
  phase text,
  max_price_mills bigint not null check (max_price_mills > 0),
  -- Listings that were sold to others, or dearer, when they were asked for.
  tried text[] not null default '{}',
  -- When listings are looked for next; null: every unit has one, or is over.
  due_at timestamptz,
  created_at timestamptz not null,
  primary key (merchant_id, trade_id),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id),
  check (catalog_id is not null or market_hash_name is not null)
);
create index quick_buy_due on quick_buy (due_at) where due_at is not null;

-- What is known of the owner of a trade URL, for an hour.
create table trade_url_check (
  trade_url text primary key,
  result jsonb not null,
  checked_at timestamptz not null
);

create index transfer_newest on transfer (merchant_id, at desc, key desc);

-- Messages between nodes that are too long for NOTIFY; the live feed's adapter writes and empties it.
create table socket_io_attachments (
  id bigserial primary key,
  created_at timestamptz not null default now(),
  payload bytea
);
