-- A merchant's clients' tokens can be signed with a secret of their own; without it the API secret signs them, too. What
-- signed them before is taken as well until then.
alter table merchant
  add column token_secret_sealed text,
  add column previous_token_secret_sealed text,
  add column previous_token_secret_until timestamptz;
