-- The feed of an account, which one node reads for all. Nothing is written here while the database belongs to one node.
create table supplier_feed (
  supplier text primary key,
  -- The node that reads; until `leased_until` no other does. Null: the first that claims it then.
  holder text,
  leased_until timestamptz not null,
  -- When the newest feed that could be read was requested.
  read_at timestamptz,
  -- Whether the newest request could not be read.
  is_failing boolean not null default false,
  cursor text,
  -- Of the listings. Null: nothing was read yet.
  version bigint,
  -- The version of the newest batch that has all listings.
  whole_version bigint,
  -- How many listings that batch has, and how much was changed since.
  whole_size integer not null default 0,
  changed integer not null default 0,
  check ((version is null) = (whole_version is null)),
  check ((version is null) = (read_at is null))
);

-- What was read: all listings of a version, or what changed since the version before. Large batches have several parts, and
-- count when all of them are written.
create table supplier_feed_batch (
  supplier text not null references supplier_feed (supplier) on delete cascade,
  version bigint not null,
  is_whole boolean not null,
  part integer not null check (part >= 1),
  parts integer not null,
  -- The version that a change changes; null: a whole.
  follows bigint,
  -- Of one attempt to write the batch: parts of two never become one.
  attempt uuid not null,
  is_published boolean not null,
  -- Compressed JSON.
  body bytea not null,
  primary key (supplier, version, is_whole, part),
  check (is_whole = (follows is null))
);
