-- The scheduled verification of the whole database: one row with the current run and the last result.
create table verification (
  name text primary key,
  -- The current run and the end of its lease; both are null while no run is active.
  run_id uuid,
  leased_until timestamptz,
  started_at timestamptz not null,
  -- The last completed run: its end, its duration and the broken rules, [{"rule", "row"}].
  ended_at timestamptz,
  duration_ms integer,
  broken jsonb not null default '[]',
  -- The end of the last run without broken rules.
  clean_at timestamptz
);
