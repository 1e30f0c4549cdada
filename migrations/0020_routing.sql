-- What the last purchases say of a marketplace, and what is left to spend there. A supplier without a row is healthy.
-- `retry_at` is when its listings are offered again after they were withdrawn at `opened_at`.
create table supplier_health (
  supplier text primary key,
  failures integer not null default 0,
  failed_at timestamptz,
  openings integer not null default 0,
  opened_at timestamptz,
  retry_at timestamptz,
  reason text,
  balance_mills bigint,
  balance_at timestamptz,
  check ((opened_at is null) = (retry_at is null)),
  check ((balance_mills is null) = (balance_at is null))
);
-- Why a unit of a quick buy was bought here. Null: the buyer named the listing.
alter table purchase add column choice jsonb;
-- What the operator adds to the prices of an account, and which account comes first where prices are equal. The item keeps the
-- markup that its price was calculated with.
create table supplier_policy (
  supplier text not null,
  game text not null check (game in ('730', '252490')),
  markup_bps integer not null default 0 check (markup_bps between 0 and 10000),
  preference integer not null default 100 check (preference between 1 and 1000),
  primary key (supplier, game)
);
alter table item add column markup_bps integer not null default 0 check (markup_bps between 0 and 10000);
