-- A separate secret for client tokens; without it the API secret signs them. Tokens of the previous secret stay valid until
-- then.
alter table merchant
  add column token_secret_sealed text,
  add column previous_token_secret_sealed text,
  add column previous_token_secret_until timestamptz;
