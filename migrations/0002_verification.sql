-- The scheduled proof of the whole database: one row, which says who is at it and what the last one found.
create table verification (
  name text primary key,
  -- The run that holds it until its lease ends; both are null while nobody is at it.
  run_id uuid,
  leased_until timestamptz,
  started_at timestamptz not null,
  -- The last run that came to its end: when, after how long, and what it found, [{"rule", "row"}].
  ended_at timestamptz,
  duration_ms integer,
  broken jsonb not null default '[]',
  -- When a run last ended that found nothing broken.
  clean_at timestamptz
);
