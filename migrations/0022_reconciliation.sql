-- The comparison of a marketplace's own list of orders with our purchases: one row for each account, with the current run
-- and the last result.
create table reconciliation (
  supplier text primary key,
  -- The current run and the end of its lease; both are null while no run is active.
  run_id uuid,
  leased_until timestamptz,
  started_at timestamptz not null,
  -- The last run: its end, and why it could not compare everything; null: it could.
  ended_at timestamptz,
  cause text,
  -- The last run that compared everything: its end, and the time until which orders were compared.
  reconciled_at timestamptz,
  reconciled_to timestamptz,
  -- What was found: how many differences of each kind, and what names the first thousand of them, to know which are new.
  counts jsonb not null default '{}',
  differences jsonb not null default '[]'
);
