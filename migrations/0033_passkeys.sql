-- With which people sign in instead of with a password and a code.
create table person_passkey (
  id uuid primary key,
  person_id uuid not null references person (id),
  -- As the authenticator names it, in base64url.
  credential_id text not null unique,
  -- In COSE form.
  public_key bytea not null,
  -- Of uses, as the authenticator counts them; 0 for those that do not count.
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index person_passkey_of_person on person_passkey (person_id);

-- Challenges that a passkey has answered, until they end: each counts once. An open challenge is not stored. It carries its
-- own end and a digest with the operator's key, so that strangers who ask for challenges write nothing.
create table person_challenge (
  hash bytea primary key,
  expires_at timestamptz not null
);
