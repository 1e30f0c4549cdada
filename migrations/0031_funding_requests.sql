-- The most that one operator credits or debits alone; null: any amount. The row is locked by whoever changes it or books.
create table dual_control (
  id integer primary key check (id = 1),
  above_mills bigint check (above_mills > 0)
);
insert into dual_control (id, above_mills) values (1, null);

-- Credits and debits above it, and changes that loosen it, wait for a second operator.
create table funding_request (
  id uuid primary key,
  kind text not null check (kind in ('credit', 'debit', 'limit')),
  -- null: it is about the limit.
  merchant_id uuid references merchant (id),
  -- null: there is to be no limit.
  amount_mills bigint check (amount_mills > 0),
  -- Of a new limit, what it replaces.
  replaces_mills bigint,
  -- A credit or debit is booked under it once, by whichever command.
  reference text,
  reason text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  decision text check (decision in ('approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  check ((kind = 'limit') = (merchant_id is null)),
  check (kind = 'limit' or amount_mills is not null and reference is not null),
  check ((kind = 'limit') = (replaces_mills is not null)),
  check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
  check (decision is distinct from 'approved' or decided_by <> requested_by)
);
-- A reference is asked for once. One that was rejected can be asked for again.
create unique index funding_request_reference on funding_request (merchant_id, kind, reference)
  where decision is distinct from 'rejected';
create index funding_request_newest on funding_request (id desc);
create index funding_request_waiting on funding_request (id) where decision is null;
