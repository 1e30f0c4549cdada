-- Those who sign in: the operator's staff, and members of merchants.
create table person (
  id uuid primary key,
  -- null: staff.
  merchant_id uuid references merchant (id),
  -- In lower case.
  email text not null unique check (email = lower(email)),
  name text not null,
  role text not null,
  -- null: the person was invited, and has set none yet.
  password_hash text,
  -- The secret of time-based codes. It counts once a first code has confirmed it.
  totp_sealed text,
  totp_confirmed_at timestamptz,
  -- The last period of which a code was accepted: no code is accepted twice.
  totp_period bigint,
  -- Digests of the codes that replace a lost device, each for one sign-in.
  recovery_hashes text[] not null default '{}',
  -- Wrong passwords and codes since the last right one.
  failures integer not null default 0,
  locked_until timestamptz,
  disabled_at timestamptz,
  created_at timestamptz not null,
  check (case when merchant_id is null
    then role in ('owner', 'operations', 'finance', 'support', 'auditor')
    else role in ('admin', 'developer', 'viewer') end)
);
create index person_of_merchant on person (merchant_id, email);

create table person_session (
  id uuid primary key,
  person_id uuid not null references person (id),
  -- Of the cookie.
  hash bytea not null unique,
  address text not null,
  agent text not null,
  created_at timestamptz not null,
  seen_at timestamptz not null
);
create index person_session_of_person on person_session (person_id);

-- Links with which a person sets a password, or signs in to a sandbox. Each is used once.
create table person_link (
  id uuid primary key,
  person_id uuid not null references person (id),
  purpose text not null check (purpose in ('invitation', 'reset', 'sign-in')),
  hash bytea not null unique,
  made_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index person_link_of_person on person_link (person_id);

-- Searches of the operator API. A name is looked for in the index before the items that have it.
create index item_by_name on item (market_hash_name, trade_id) include (merchant_id)
  where market_hash_name is not null;
create index trade_by_steam_id on trade (steam_id, id);
