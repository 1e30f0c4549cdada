-- Made from migrations/ by `npm run db:dump`; compared in CI. Do not edit.

create table account (
  merchant_id uuid not null,
  name text not null,
  balance_mills bigint not null default 0,
  constraint account_pkey PRIMARY KEY (merchant_id, name),
  constraint account_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id),
  constraint account_check CHECK (((name = 'funding'::text) OR (balance_mills >= 0)))
);

create table api_key (
  id uuid not null,
  merchant_id uuid not null,
  hash bytea not null,
  last_four text not null,
  scopes text[] not null,
  allowed_ips text[] not null default '{}'::text[],
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  expires_at timestamp with time zone,
  last_used_at timestamp with time zone,
  constraint api_key_hash_key UNIQUE (hash),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id)
);
CREATE INDEX api_key_of_merchant ON public.api_key USING btree (merchant_id);

create table approval (
  merchant_id uuid not null,
  trade_id uuid not null,
  state text not null,
  attempts integer not null default 0,
  failures integer not null default 0,
  reason text,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  decided_at timestamp with time zone,
  constraint approval_pkey PRIMARY KEY (merchant_id, trade_id),
  constraint approval_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES trade(merchant_id, id),
  constraint approval_state_check CHECK ((state = ANY (ARRAY['asking'::text, 'approved'::text, 'rejected'::text, 'timed_out'::text, 'withdrawn'::text])))
);
CREATE INDEX approval_due ON public.approval USING btree (due_at) WHERE (due_at IS NOT NULL);

create table approval_attempt (
  merchant_id uuid not null,
  trade_id uuid not null,
  number integer not null,
  message_id uuid not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  constraint approval_attempt_pkey PRIMARY KEY (merchant_id, trade_id, number),
  constraint approval_attempt_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES approval(merchant_id, trade_id)
) partition by RANGE (trade_id);

create table archive_file (
  merchant_id uuid not null,
  id uuid not null,
  name text not null,
  sha256 text not null,
  bytes bigint not null,
  ended_before timestamp with time zone not null,
  trades integer not null,
  written_at timestamp with time zone not null,
  removed integer not null default 0,
  events_removed bigint not null default 0,
  constraint archive_file_pkey PRIMARY KEY (merchant_id, id),
  constraint archive_file_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id),
  constraint archive_file_check CHECK (((removed >= 0) AND (removed <= trades))),
  constraint archive_file_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

create table archived_trade (
  merchant_id uuid not null,
  id uuid not null,
  archive_id uuid not null,
  external_id text,
  owner text not null,
  constraint archived_trade_pkey PRIMARY KEY (merchant_id, id),
  constraint archived_trade_merchant_id_archive_id_fkey FOREIGN KEY (merchant_id, archive_id) REFERENCES archive_file(merchant_id, id)
);
CREATE UNIQUE INDEX archived_trade_external_id ON public.archived_trade USING btree (merchant_id, external_id, owner) WHERE (external_id IS NOT NULL);

create table audit_entry (
  number bigint not null,
  body text not null,
  digest text not null,
  command_id uuid not null,
  event text not null,
  actor text not null,
  at timestamp with time zone not null,
  constraint audit_entry_pkey PRIMARY KEY (number),
  constraint audit_entry_digest_check CHECK ((digest ~ '^[0-9a-f]{64}$'::text)),
  constraint audit_entry_event_check CHECK ((event = ANY (ARRAY['begun'::text, 'done'::text, 'failed'::text]))),
  constraint audit_entry_number_check CHECK ((number > 0))
);
CREATE INDEX audit_entry_begun ON public.audit_entry USING btree (number) WHERE (event = 'begun'::text);
CREATE INDEX audit_entry_of_actor ON public.audit_entry USING btree (actor, number) WHERE (event = 'begun'::text);
CREATE INDEX audit_entry_of_command ON public.audit_entry USING btree (command_id);

create table audit_head (
  id integer not null,
  number bigint not null,
  digest text not null,
  constraint audit_head_pkey PRIMARY KEY (id),
  constraint audit_head_id_check CHECK ((id = 1))
);

create table buying_freeze (
  scope text not null,
  target text not null,
  reason text not null,
  actor text not null,
  since timestamp with time zone not null,
  constraint buying_freeze_pkey PRIMARY KEY (scope, target),
  constraint buying_freeze_check CHECK (((scope = 'all'::text) = (target = ''::text))),
  constraint buying_freeze_scope_check CHECK ((scope = ANY (ARRAY['all'::text, 'merchant'::text, 'supplier'::text])))
);

create table callback (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  number integer not null,
  body text,
  state text not null,
  attempts integer not null default 0,
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  delivered_at timestamp with time zone,
  attempts_before integer not null default 0,
  position bigint,
  pause_ms integer,
  constraint callback_merchant_id_trade_id_number_key UNIQUE (merchant_id, trade_id, number),
  constraint callback_pkey PRIMARY KEY (merchant_id, id),
  constraint callback_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES trade(merchant_id, id),
  constraint callback_body_check CHECK (((state <> 'pending'::text) OR (body IS NOT NULL))),
  constraint callback_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);
CREATE INDEX callback_due ON public.callback USING btree (merchant_id, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX callback_failed ON public.callback USING btree (merchant_id, created_at, id) WHERE (state = 'failed'::text);
CREATE INDEX callback_newest ON public.callback USING btree (merchant_id, created_at DESC);
CREATE INDEX callback_pending ON public.callback USING btree (merchant_id, trade_id, number) WHERE (state = 'pending'::text);
CREATE INDEX callback_unnumbered ON public.callback USING btree (merchant_id, created_at) WHERE ("position" IS NULL);
CREATE INDEX callback_waiting ON public.callback USING btree (merchant_id) WHERE ((state = 'pending'::text) AND (due_at IS NULL));
CREATE UNIQUE INDEX callback_position ON public.callback USING btree (merchant_id, "position") WHERE ("position" IS NOT NULL);

create table callback_attempt (
  merchant_id uuid not null,
  callback_id uuid not null,
  number integer not null,
  at timestamp with time zone not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  constraint callback_attempt_pkey PRIMARY KEY (merchant_id, callback_id, number),
  constraint callback_attempt_merchant_id_callback_id_fkey FOREIGN KEY (merchant_id, callback_id) REFERENCES callback(merchant_id, id)
) partition by RANGE (callback_id);

create table cancellation (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  item_id uuid not null,
  supplier text not null,
  state text not null,
  actor text not null,
  request_id text,
  reason text,
  attempts integer not null default 0,
  due_at timestamp with time zone,
  requested_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint cancellation_pkey PRIMARY KEY (merchant_id, id),
  constraint cancellation_merchant_id_item_id_fkey FOREIGN KEY (merchant_id, item_id) REFERENCES item(merchant_id, id),
  constraint cancellation_state_check CHECK ((state = ANY (ARRAY['requested'::text, 'unknown'::text, 'accepted'::text, 'refused'::text, 'settled'::text, 'lost'::text])))
);
CREATE INDEX cancellation_due ON public.cancellation USING btree (due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX cancellation_of_item ON public.cancellation USING btree (merchant_id, item_id, requested_at);
CREATE UNIQUE INDEX cancellation_one_open ON public.cancellation USING btree (merchant_id, item_id) WHERE (state = ANY (ARRAY['requested'::text, 'unknown'::text, 'accepted'::text]));

create table cancellation_joined (
  merchant_id uuid not null,
  cancellation_id uuid not null,
  request_id text not null,
  constraint cancellation_joined_pkey PRIMARY KEY (merchant_id, cancellation_id, request_id),
  constraint cancellation_joined_merchant_id_cancellation_id_fkey FOREIGN KEY (merchant_id, cancellation_id) REFERENCES cancellation(merchant_id, id)
);

create table carried_balance (
  merchant_id uuid not null,
  account text not null,
  balance_mills bigint not null,
  constraint carried_balance_pkey PRIMARY KEY (merchant_id, account),
  constraint carried_balance_merchant_id_account_fkey FOREIGN KEY (merchant_id, account) REFERENCES account(merchant_id, name)
);

create table client_origin (
  merchant_id uuid not null,
  origin text not null,
  created_at timestamp with time zone not null,
  constraint client_origin_pkey PRIMARY KEY (merchant_id, origin),
  constraint client_origin_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id)
);
CREATE INDEX client_origin_any ON public.client_origin USING btree (origin);

create table client_usage (
  merchant_id uuid not null,
  client text not null,
  in_flight_mills bigint not null default 0,
  day_start timestamp with time zone not null,
  spent_mills bigint not null default 0,
  withdrawals integer not null default 0,
  declines integer not null default 0,
  constraint client_usage_pkey PRIMARY KEY (merchant_id, client),
  constraint client_usage_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id)
);

create table closed_order (
  supplier text not null,
  order_id text not null,
  reference text,
  cost_mills bigint not null,
  refund_mills bigint,
  reason text not null,
  actor text not null,
  closed_at timestamp with time zone not null,
  constraint closed_order_pkey PRIMARY KEY (supplier, order_id),
  constraint closed_order_cost_mills_check CHECK ((cost_mills >= 0)),
  constraint closed_order_refund_mills_check CHECK ((refund_mills >= 0))
);

create table dual_control (
  id integer not null,
  above_mills bigint,
  constraint dual_control_pkey PRIMARY KEY (id),
  constraint dual_control_above_mills_check CHECK ((above_mills > 0)),
  constraint dual_control_id_check CHECK ((id = 1))
);

create table funding_request (
  id uuid not null,
  kind text not null,
  merchant_id uuid,
  amount_mills bigint,
  replaces_mills bigint,
  reference text,
  reason text not null,
  requested_by text not null,
  requested_at timestamp with time zone not null,
  decision text,
  decided_by text,
  decided_at timestamp with time zone,
  constraint funding_request_pkey PRIMARY KEY (id),
  constraint funding_request_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id),
  constraint funding_request_amount_mills_check CHECK ((amount_mills > 0)),
  constraint funding_request_check CHECK (((kind = 'limit'::text) = (merchant_id IS NULL))),
  constraint funding_request_check1 CHECK (((kind = 'limit'::text) OR ((amount_mills IS NOT NULL) AND (reference IS NOT NULL)))),
  constraint funding_request_check2 CHECK (((kind = 'limit'::text) = (replaces_mills IS NOT NULL))),
  constraint funding_request_check3 CHECK ((((decision IS NULL) = (decided_by IS NULL)) AND ((decision IS NULL) = (decided_at IS NULL)))),
  constraint funding_request_check4 CHECK (((decision IS DISTINCT FROM 'approved'::text) OR (decided_by <> requested_by))),
  constraint funding_request_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'rejected'::text]))),
  constraint funding_request_kind_check CHECK ((kind = ANY (ARRAY['credit'::text, 'debit'::text, 'limit'::text])))
);
CREATE INDEX funding_request_newest ON public.funding_request USING btree (id DESC);
CREATE INDEX funding_request_waiting ON public.funding_request USING btree (id) WHERE (decision IS NULL);
CREATE UNIQUE INDEX funding_request_reference ON public.funding_request USING btree (merchant_id, kind, reference) WHERE (decision IS DISTINCT FROM 'rejected'::text);

create table item (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  position smallint not null,
  listing_id text,
  external_id text,
  supplier text,
  native_listing_id text,
  market_hash_name text,
  state text not null,
  error text,
  reverted_by text,
  price_mills bigint not null,
  ceiling_mills bigint not null,
  fee_bps integer not null,
  cost_mills bigint,
  steam_offer_id text,
  asset_id text,
  hold_end_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  auto_cancel_due_at timestamp with time zone,
  quoted_mills bigint,
  attributes json,
  markup_bps integer not null default 0,
  choice jsonb,
  constraint item_merchant_id_trade_id_external_id_key UNIQUE (merchant_id, trade_id, external_id),
  constraint item_merchant_id_trade_id_listing_id_key UNIQUE (merchant_id, trade_id, listing_id),
  constraint item_pkey PRIMARY KEY (merchant_id, id),
  constraint item_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES trade(merchant_id, id),
  constraint item_ceiling_mills_check CHECK ((ceiling_mills > 0)),
  constraint item_check CHECK ((((quoted_mills > 0) AND (quoted_mills <= price_mills)) OR (cost_mills IS NOT NULL))),
  constraint item_cost_mills_check CHECK ((cost_mills >= 0)),
  constraint item_found_check CHECK ((((listing_id IS NULL) = (supplier IS NULL)) AND ((listing_id IS NULL) = (native_listing_id IS NULL)) AND ((listing_id IS NULL) = (market_hash_name IS NULL)))),
  constraint item_markup_bps_check CHECK (((markup_bps >= 0) AND (markup_bps <= 10000))),
  constraint item_price_mills_check CHECK ((price_mills > 0)),
  constraint item_reverted_by_check CHECK ((reverted_by = ANY (ARRAY['supplier'::text, 'user'::text]))),
  constraint item_state_check CHECK ((state = ANY (ARRAY['initiated'::text, 'pending'::text, 'active'::text, 'hold'::text, 'completed'::text, 'failed'::text, 'canceled'::text, 'declined'::text, 'reverted'::text])))
);
CREATE INDEX item_auto_cancel_due ON public.item USING btree (auto_cancel_due_at) WHERE (auto_cancel_due_at IS NOT NULL);
CREATE INDEX item_by_name ON public.item USING btree (market_hash_name, trade_id) INCLUDE (merchant_id) WHERE (market_hash_name IS NOT NULL);

create table merchant (
  id uuid not null,
  name text not null,
  verified boolean not null default false,
  fee_bps integer not null default 0,
  route_limits jsonb not null default '{}'::jsonb,
  callback_url text,
  api_secret_sealed text,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null,
  previous_secret_sealed text,
  previous_secret_until timestamp with time zone,
  callback_failing_since timestamp with time zone,
  callback_disabled_at timestamp with time zone,
  callback_disabled_reason text,
  events_numbered bigint not null default 0,
  strict_approval boolean not null default false,
  client_limits jsonb not null default '{}'::jsonb,
  own_client_limits jsonb not null default '{}'::jsonb,
  token_secret_sealed text,
  previous_token_secret_sealed text,
  previous_token_secret_until timestamp with time zone,
  constraint merchant_pkey PRIMARY KEY (id),
  constraint merchant_fee_bps_check CHECK (((fee_bps >= 0) AND (fee_bps <= 5000)))
);
CREATE INDEX merchant_disabled ON public.merchant USING btree (disabled_at) WHERE (disabled_at IS NOT NULL);

create table person (
  id uuid not null,
  merchant_id uuid,
  email text not null,
  name text not null,
  role text not null,
  password_hash text,
  totp_sealed text,
  totp_confirmed_at timestamp with time zone,
  totp_period bigint,
  recovery_hashes text[] not null default '{}'::text[],
  failures integer not null default 0,
  locked_until timestamp with time zone,
  disabled_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint person_email_key UNIQUE (email),
  constraint person_pkey PRIMARY KEY (id),
  constraint person_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id),
  constraint person_check CHECK (
CASE
    WHEN (merchant_id IS NULL) THEN (role = ANY (ARRAY['owner'::text, 'operations'::text, 'finance'::text, 'support'::text, 'auditor'::text]))
    ELSE (role = ANY (ARRAY['admin'::text, 'developer'::text, 'viewer'::text]))
END),
  constraint person_email_check CHECK ((email = lower(email)))
);
CREATE INDEX person_of_merchant ON public.person USING btree (merchant_id, email);

create table person_challenge (
  hash bytea not null,
  expires_at timestamp with time zone not null,
  constraint person_challenge_pkey PRIMARY KEY (hash)
);

create table person_link (
  id uuid not null,
  person_id uuid not null,
  purpose text not null,
  hash bytea not null,
  made_by text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint person_link_hash_key UNIQUE (hash),
  constraint person_link_pkey PRIMARY KEY (id),
  constraint person_link_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint person_link_purpose_check CHECK ((purpose = ANY (ARRAY['invitation'::text, 'reset'::text, 'sign-in'::text])))
);
CREATE INDEX person_link_of_person ON public.person_link USING btree (person_id);

create table person_passkey (
  id uuid not null,
  person_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint person_passkey_credential_id_key UNIQUE (credential_id),
  constraint person_passkey_pkey PRIMARY KEY (id),
  constraint person_passkey_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX person_passkey_of_person ON public.person_passkey USING btree (person_id);

create table person_session (
  id uuid not null,
  person_id uuid not null,
  hash bytea not null,
  address text not null,
  agent text not null,
  created_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  constraint person_session_hash_key UNIQUE (hash),
  constraint person_session_pkey PRIMARY KEY (id),
  constraint person_session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX person_session_of_person ON public.person_session USING btree (person_id);

create table purchase (
  merchant_id uuid not null,
  id uuid not null,
  trade_id uuid not null,
  item_id uuid not null,
  supplier text not null,
  reference text not null,
  state text not null,
  order_id text,
  reason text,
  misses integer not null default 0,
  due_at timestamp with time zone,
  unknown_since timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  asked_at timestamp with time zone,
  ordered_at timestamp with time zone,
  choice jsonb,
  calls integer not null default 0,
  known_at timestamp with time zone,
  constraint purchase_pkey PRIMARY KEY (merchant_id, id),
  constraint purchase_merchant_id_item_id_fkey FOREIGN KEY (merchant_id, item_id) REFERENCES item(merchant_id, id),
  constraint purchase_state_check CHECK ((state = ANY (ARRAY['recorded'::text, 'asked'::text, 'done'::text, 'refused'::text, 'unknown'::text])))
);
CREATE INDEX purchase_by_order ON public.purchase USING btree (order_id) WHERE ((order_id IS NOT NULL) AND (due_at IS NOT NULL));
CREATE INDEX purchase_by_reference ON public.purchase USING btree (reference);
CREATE INDEX purchase_due ON public.purchase USING btree (supplier, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX purchase_of_item ON public.purchase USING btree (merchant_id, item_id);
CREATE INDEX purchase_repeated ON public.purchase USING btree (supplier, created_at) WHERE (calls > 1);
CREATE INDEX purchase_unknown ON public.purchase USING btree (unknown_since) WHERE (unknown_since IS NOT NULL);
CREATE UNIQUE INDEX purchase_one_live ON public.purchase USING btree (merchant_id, item_id) WHERE (state <> 'refused'::text);

create table quick_buy (
  merchant_id uuid not null,
  trade_id uuid not null,
  game text not null,
  catalog_id text,
  market_hash_name text,
  delivery text,
  phase text,
  max_price_mills bigint not null,
  tried text[] not null default '{}'::text[],
  due_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint quick_buy_pkey PRIMARY KEY (merchant_id, trade_id),
  constraint quick_buy_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES trade(merchant_id, id),
  constraint quick_buy_check CHECK (((catalog_id IS NOT NULL) OR (market_hash_name IS NOT NULL))),
  constraint quick_buy_delivery_check CHECK ((delivery = ANY (ARRAY['standard'::text, 'instant'::text]))),
  constraint quick_buy_max_price_mills_check CHECK ((max_price_mills > 0))
);
CREATE INDEX quick_buy_due ON public.quick_buy USING btree (due_at) WHERE (due_at IS NOT NULL);

create table reconciliation (
  supplier text not null,
  run_id uuid,
  leased_until timestamp with time zone,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  cause text,
  reconciled_at timestamp with time zone,
  reconciled_to timestamp with time zone,
  counts jsonb not null default '{}'::jsonb,
  differences jsonb not null default '[]'::jsonb,
  constraint reconciliation_pkey PRIMARY KEY (supplier)
);

create table retention_progress (
  merchant_id uuid not null,
  callbacks_to uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  approvals_to uuid not null default '00000000-0000-0000-0000-000000000000'::uuid,
  constraint retention_progress_pkey PRIMARY KEY (merchant_id),
  constraint retention_progress_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id)
);

create table retention_run (
  name text not null,
  run_id uuid,
  leased_until timestamp with time zone,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  removed bigint not null default 0,
  constraint retention_run_pkey PRIMARY KEY (name),
  constraint retention_run_check CHECK (((run_id IS NULL) = (leased_until IS NULL))),
  constraint retention_run_name_check CHECK ((name = ANY (ARRAY['bodies'::text, 'trades'::text])))
);

create table schema_migration (
  version integer not null,
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migration_pkey PRIMARY KEY (version)
);

create table setting (
  name text not null,
  value jsonb not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table socket_io_attachments (
  id bigint not null default nextval('socket_io_attachments_id_seq'::regclass),
  created_at timestamp with time zone not null default now(),
  payload bytea,
  constraint socket_io_attachments_pkey PRIMARY KEY (id)
);

create table supplier_access (
  supplier text not null,
  merchant text not null,
  is_allowed boolean not null,
  constraint supplier_access_pkey PRIMARY KEY (supplier, merchant)
);

create table supplier_account (
  id text not null,
  kind text not null,
  sealed_settings text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint supplier_account_pkey PRIMARY KEY (id),
  constraint supplier_account_id_check CHECK ((id ~ '^[a-z][a-z0-9-]{0,31}$'::text))
);

create table supplier_connection (
  supplier text not null,
  run_id uuid,
  leased_until timestamp with time zone,
  started_at timestamp with time zone not null,
  constraint supplier_connection_pkey PRIMARY KEY (supplier),
  constraint supplier_connection_check CHECK (((run_id IS NULL) = (leased_until IS NULL)))
);

create table supplier_feed (
  supplier text not null,
  holder text,
  leased_until timestamp with time zone not null,
  read_at timestamp with time zone,
  is_failing boolean not null default false,
  cursor text,
  version bigint,
  whole_version bigint,
  whole_size integer not null default 0,
  changed integer not null default 0,
  constraint supplier_feed_pkey PRIMARY KEY (supplier),
  constraint supplier_feed_check CHECK (((version IS NULL) = (whole_version IS NULL))),
  constraint supplier_feed_check1 CHECK (((version IS NULL) = (read_at IS NULL)))
);

create table supplier_feed_batch (
  supplier text not null,
  version bigint not null,
  is_whole boolean not null,
  part integer not null,
  parts integer not null,
  follows bigint,
  attempt uuid not null,
  is_published boolean not null,
  body bytea not null,
  constraint supplier_feed_batch_pkey PRIMARY KEY (supplier, version, is_whole, part),
  constraint supplier_feed_batch_supplier_fkey FOREIGN KEY (supplier) REFERENCES supplier_feed(supplier) ON DELETE CASCADE,
  constraint supplier_feed_batch_check CHECK ((is_whole = (follows IS NULL))),
  constraint supplier_feed_batch_part_check CHECK ((part >= 1))
);

create table supplier_health (
  supplier text not null,
  failures integer not null default 0,
  failed_at timestamp with time zone,
  openings integer not null default 0,
  opened_at timestamp with time zone,
  retry_at timestamp with time zone,
  reason text,
  balance_mills bigint,
  balance_at timestamp with time zone,
  constraint supplier_health_pkey PRIMARY KEY (supplier),
  constraint supplier_health_check CHECK (((opened_at IS NULL) = (retry_at IS NULL))),
  constraint supplier_health_check1 CHECK (((balance_mills IS NULL) = (balance_at IS NULL)))
);

create table supplier_limit (
  supplier text not null,
  day_max_mills bigint not null,
  constraint supplier_limit_pkey PRIMARY KEY (supplier),
  constraint supplier_limit_day_max_mills_check CHECK ((day_max_mills > 0))
);

create table supplier_policy (
  supplier text not null,
  game text not null,
  markup_bps integer not null default 0,
  preference integer not null default 100,
  constraint supplier_policy_pkey PRIMARY KEY (supplier, game),
  constraint supplier_policy_game_check CHECK ((game = ANY (ARRAY['730'::text, '252490'::text]))),
  constraint supplier_policy_markup_bps_check CHECK (((markup_bps >= 0) AND (markup_bps <= 10000))),
  constraint supplier_policy_preference_check CHECK (((preference >= 1) AND (preference <= 1000)))
);

create table trade (
  merchant_id uuid not null,
  id uuid not null,
  external_id text,
  type text not null,
  source text not null,
  game text not null,
  trade_url text not null,
  steam_id text not null,
  status text not null,
  error text,
  version integer not null default 0,
  active_at timestamp with time zone,
  hold_end_at timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  client_id text,
  auto_cancel_at timestamp with time zone,
  is_quick boolean not null default false,
  constraint trade_pkey PRIMARY KEY (merchant_id, id),
  constraint trade_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES merchant(id),
  constraint trade_game_check CHECK ((game = ANY (ARRAY['730'::text, '252490'::text]))),
  constraint trade_source_check CHECK ((source = ANY (ARRAY['self'::text, 'client'::text]))),
  constraint trade_status_check CHECK ((status = ANY (ARRAY['initiated'::text, 'pending'::text, 'active'::text, 'hold'::text, 'completed'::text, 'failed'::text, 'canceled'::text, 'declined'::text, 'reverted'::text]))),
  constraint trade_type_check CHECK ((type = ANY (ARRAY['withdraw'::text, 'deposit'::text])))
);
CREATE INDEX trade_by_id ON public.trade USING btree (id);
CREATE INDEX trade_by_steam_id ON public.trade USING btree (steam_id, id);
CREATE INDEX trade_deposits ON public.trade USING btree (merchant_id, game, created_at DESC, id DESC) WHERE (type = 'deposit'::text);
CREATE INDEX trade_newest ON public.trade USING btree (merchant_id, source, game, created_at DESC, id DESC);
CREATE INDEX trade_of_client ON public.trade USING btree (merchant_id, steam_id, game, created_at DESC, id DESC) WHERE (source = 'client'::text);
CREATE UNIQUE INDEX trade_external_id ON public.trade USING btree (merchant_id, external_id, (
CASE
    WHEN (source = 'client'::text) THEN steam_id
    ELSE ''::text
END));

create table trade_event (
  merchant_id uuid not null,
  trade_id uuid not null,
  number integer not null,
  item_id uuid not null,
  event text not null,
  from_state text,
  to_state text not null,
  actor text not null,
  request_id text,
  cause jsonb not null default '{}'::jsonb,
  at timestamp with time zone not null,
  constraint trade_event_pkey PRIMARY KEY (merchant_id, trade_id, number),
  constraint trade_event_merchant_id_trade_id_fkey FOREIGN KEY (merchant_id, trade_id) REFERENCES trade(merchant_id, id)
) partition by RANGE (trade_id);

create table trade_url_check (
  trade_url text not null,
  result jsonb not null,
  checked_at timestamp with time zone not null,
  constraint trade_url_check_pkey PRIMARY KEY (trade_url)
);

create table transfer (
  merchant_id uuid not null,
  key text not null,
  kind text not null,
  from_account text not null,
  to_account text not null,
  amount_mills bigint not null,
  trade_id uuid,
  item_id uuid,
  actor text not null,
  at timestamp with time zone not null,
  constraint transfer_pkey PRIMARY KEY (merchant_id, key),
  constraint transfer_merchant_id_from_account_fkey FOREIGN KEY (merchant_id, from_account) REFERENCES account(merchant_id, name),
  constraint transfer_merchant_id_to_account_fkey FOREIGN KEY (merchant_id, to_account) REFERENCES account(merchant_id, name),
  constraint transfer_amount_mills_check CHECK ((amount_mills > 0)),
  constraint transfer_check CHECK ((to_account <> from_account)),
  constraint transfer_kind_check CHECK ((kind = ANY (ARRAY['credit'::text, 'debit'::text, 'reserve'::text, 'release'::text, 'capture'::text, 'fee'::text, 'refund'::text, 'penalty'::text])))
);
CREATE INDEX transfer_newest ON public.transfer USING btree (merchant_id, at DESC);
CREATE INDEX transfer_of_item ON public.transfer USING btree (merchant_id, item_id) WHERE (item_id IS NOT NULL);
CREATE INDEX transfer_of_kind ON public.transfer USING btree (merchant_id, kind, at DESC);

create table verification (
  name text not null,
  run_id uuid,
  leased_until timestamp with time zone,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  duration_ms integer,
  broken jsonb not null default '[]'::jsonb,
  clean_at timestamp with time zone,
  constraint verification_pkey PRIMARY KEY (name)
);
