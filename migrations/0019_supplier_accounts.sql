-- The operator's accounts at marketplaces. `sealed_settings` holds the settings of the kind as encrypted JSON, with the keys.
-- One account a kind: public listing ids name the marketplace, not the account.
create table supplier_account (
  id text primary key check (id ~ '^[a-z][a-z0-9-]{0,31}$'),
  kind text not null unique,
  sealed_settings text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
