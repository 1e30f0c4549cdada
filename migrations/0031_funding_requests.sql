-- Credits and debits above the operators' limit, and changes that loosen this limit, wait for a second operator.
create table funding_request (
  id uuid primary key,
  kind text not null check (kind in ('credit', 'debit', 'limit')),
  -- null: it is about the limit.
  merchant_id uuid references merchant (id),
  -- null: there is to be no limit.
  amount_mills bigint check (amount_mills >= 0),
  reference text,
  reason text not null,
  requested_by text not null,
  requested_at timestamptz not null,
  decision text check (decision in ('approved', 'rejected')),
  decided_by text,
  decided_at timestamptz,
  check ((kind = 'limit') = (merchant_id is null)),
  check (kind = 'limit' or amount_mills > 0),
  check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null)),
  check (decision is distinct from 'approved' or decided_by <> requested_by)
);
-- A reference is asked for once. One that was rejected can be asked for again.
create unique index funding_request_reference on funding_request (merchant_id, kind, reference)
  where reference is not null and decision is distinct from 'rejected';
create index funding_request_newest on funding_request (id desc);
create index funding_request_waiting on funding_request (id) where decision is null;
