-- Bodies that have passed their time are removed; without its body a callback cannot be sent, so none that waits may lose it.
alter table callback alter column body drop not null;
alter table callback add constraint callback_body_check check (state <> 'pending' or body is not null);

-- How far the bodies of a merchant were removed: in the order of the ids, which is that of time.
create table retention_progress (
  merchant_id uuid primary key references merchant (id),
  callbacks_to uuid not null default '00000000-0000-0000-0000-000000000000',
  approvals_to uuid not null default '00000000-0000-0000-0000-000000000000'
);

-- A file with whole trades, written before any of them was removed.
create table archive_file (
  merchant_id uuid not null references merchant (id),
  id uuid not null,
  -- Below the folder of archives.
  name text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes bigint not null,
  -- All of its trades ended before.
  ended_before timestamptz not null,
  trades integer not null,
  written_at timestamptz not null,
  -- How many of its trades, and how many of their events that had a place in the merchant's log, are removed.
  removed integer not null default 0 check (removed between 0 and trades),
  events_removed bigint not null default 0,
  primary key (merchant_id, id)
);

-- What must be known of a trade that is gone: that its names are used, and where it is.
create table archived_trade (
  merchant_id uuid not null,
  id uuid not null,
  archive_id uuid not null,
  external_id text,
  -- The Steam account of a client, within which the external id is unique; empty for the merchant's own trades.
  owner text not null,
  primary key (merchant_id, id),
  foreign key (merchant_id, archive_id) references archive_file (merchant_id, id)
);
create unique index archived_trade_external_id on archived_trade (merchant_id, external_id, owner)
  where external_id is not null;

-- The sum of the transfers of an account that are gone.
create table carried_balance (
  merchant_id uuid not null,
  account text not null,
  balance_mills bigint not null,
  primary key (merchant_id, account),
  foreign key (merchant_id, account) references account (merchant_id, name)
);

-- The row of each kind of retention has its current run, and what the last one has removed.
create table retention_run (
  name text primary key check (name in ('bodies', 'trades')),
  run_id uuid,
  leased_until timestamptz,
  started_at timestamptz not null,
  ended_at timestamptz,
  removed bigint not null default 0,
  check ((run_id is null) = (leased_until is null))
);

-- Tables of millions of rows are vacuumed after a fiftieth of them has changed, and not after a fifth; the few rows that
-- change with each movement of money after a thousand changes.
alter table trade set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table item set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table purchase set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table cancellation set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table approval set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table callback set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
alter table account set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table client_usage set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Rows of the same time are few, and are put in order when they are read: without the rest of the order in them these
-- indexes need a third of the room.
drop index transfer_newest;
create index transfer_newest on transfer (merchant_id, at desc);
drop index transfer_of_kind;
create index transfer_of_kind on transfer (merchant_id, kind, at desc);
drop index callback_newest;
create index callback_newest on callback (merchant_id, created_at desc);
-- The events of an item are among those of its trade, which the primary key finds.
drop index trade_event_of_item;
drop index callback_unnumbered;
create index callback_unnumbered on callback (merchant_id, created_at) where position is null;

-- What only grows is kept in partitions, one for the trades, or the callbacks, that were made in a month (UTC). Their ids begin
-- with their time, and are in every unique key, which stays as strict as it was. A partition without rows is dropped, which
-- gives its room back to the disk. The default has what no month has, such as rows of months that had no partition in time.
alter table trade_event rename to trade_event_whole;
alter table trade_event_whole drop constraint trade_event_merchant_id_trade_id_fkey;
alter table trade_event_whole rename constraint trade_event_pkey to trade_event_whole_pkey;
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
) partition by range (trade_id);
create table trade_event_default partition of trade_event default;

alter table approval_attempt rename to approval_attempt_whole;
alter table approval_attempt_whole drop constraint approval_attempt_merchant_id_trade_id_fkey;
alter table approval_attempt_whole rename constraint approval_attempt_pkey to approval_attempt_whole_pkey;
create table approval_attempt (
  merchant_id uuid not null,
  trade_id uuid not null,
  number integer not null,
  message_id uuid not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  primary key (merchant_id, trade_id, number),
  foreign key (merchant_id, trade_id) references approval (merchant_id, trade_id)
) partition by range (trade_id);
create table approval_attempt_default partition of approval_attempt default;

alter table callback_attempt rename to callback_attempt_whole;
alter table callback_attempt_whole drop constraint callback_attempt_merchant_id_callback_id_fkey;
alter table callback_attempt_whole rename constraint callback_attempt_pkey to callback_attempt_whole_pkey;
create table callback_attempt (
  merchant_id uuid not null,
  callback_id uuid not null,
  number integer not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  primary key (merchant_id, callback_id, number),
  foreign key (merchant_id, callback_id) references callback (merchant_id, id)
) partition by range (callback_id);
create table callback_attempt_default partition of callback_attempt default;

-- The months of all rows that there are, and the next two. Every node makes more in time (`src/retention/partitions.ts`).
do $$
declare
  month timestamptz := date_trunc('month', least(now(), (select min(created_at) from trade)), 'UTC');
  months_end timestamptz := greatest(now(), (select max(created_at) from trade)) + interval '2 months';
  parent text;
begin
  while month <= months_end loop
    foreach parent in array array['trade_event', 'approval_attempt', 'callback_attempt'] loop
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        parent || to_char(month at time zone 'UTC', '_YYYY_MM'), parent,
        rpad(lpad(to_hex((extract(epoch from month) * 1000)::bigint), 12, '0'), 32, '0')::uuid,
        rpad(lpad(to_hex((extract(epoch from (month at time zone 'UTC' + interval '1 month') at time zone 'UTC')
          * 1000)::bigint), 12, '0'), 32, '0')::uuid);
    end loop;
    month := (month at time zone 'UTC' + interval '1 month') at time zone 'UTC';
  end loop;
end $$;

insert into trade_event select merchant_id, trade_id, number, item_id, event, from_state, to_state, actor, request_id, cause, at
  from trade_event_whole;
drop table trade_event_whole;
insert into approval_attempt
  select merchant_id, trade_id, number, message_id, at, duration_ms, status, failure, response from approval_attempt_whole;
drop table approval_attempt_whole;
insert into callback_attempt
  select merchant_id, callback_id, number, at, duration_ms, status, failure, response from callback_attempt_whole;
drop table callback_attempt_whole;
