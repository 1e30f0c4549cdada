-- Reliable callbacks, and approval requests before a purchase.

alter table merchant
  -- A merchant can exist without a secret, but it cannot buy then.
  alter column api_secret_sealed drop not null,
  -- The previous secret during a rotation; callbacks are also signed with it until then.
  add column previous_secret_sealed text,
  add column previous_secret_until timestamptz,
  -- The first failure since the last accepted callback; five days later the URL is switched off.
  add column callback_failing_since timestamptz,
  add column callback_disabled_at timestamptz,
  add column callback_disabled_reason text,
  -- The number of its callbacks that have a position in its log of events.
  add column events_numbered bigint not null default 0;

alter table delivery
  -- Attempts before the last replay, after which the pauses between attempts start again.
  add column attempts_before integer not null default 0,
  -- Its position in the merchant's log of events, assigned when the log is read, so after the commit.
  add column position bigint;
create unique index delivery_position on delivery (merchant_id, position) where position is not null;
create index delivery_unnumbered on delivery (merchant_id, created_at, id) where position is null;
create index delivery_newest on delivery (merchant_id, created_at desc, id desc);
-- Failed callbacks, which are few; they are listed and replayed.
create index delivery_failed on delivery (merchant_id, created_at, id) where state = 'failed';

-- Due callbacks of each merchant, and merchants with future callbacks.
drop index delivery_due;
create index delivery_due on delivery (merchant_id, due_at) where due_at is not null;
-- Callbacks that wait until the merchant's callbacks are switched on.
create index delivery_waiting on delivery (merchant_id) where state = 'pending' and due_at is null;

-- The approval request of a trade: sent until it is decided, and the decision is used once.
create table approval (
  merchant_id uuid not null,
  trade_id uuid not null,
  state text not null check (state in ('asking', 'approved', 'rejected', 'timed_out')),
  -- The number of attempts, and of attempts without a deciding answer.
  asks integer not null default 0,
  failures integer not null default 0,
  -- The merchant's reason, or what was received instead of an answer.
  reason text,
  due_at timestamptz,
  created_at timestamptz not null,
  decided_at timestamptz,
  primary key (merchant_id, trade_id),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id)
);
create index approval_due on approval (due_at) where due_at is not null;

-- The attempts of an approval request, each with its own id.
create table approval_attempt (
  merchant_id uuid not null,
  trade_id uuid not null,
  number integer not null,
  delivery_id uuid not null,
  at timestamptz not null,
  duration_ms integer not null,
  status integer,
  failure text,
  response text,
  primary key (merchant_id, trade_id, number),
  foreign key (merchant_id, trade_id) references approval (merchant_id, trade_id)
);

-- Trades from before approval requests existed: waiting trades get a request, the others count as approved.
insert into approval (merchant_id, trade_id, state, asks, due_at, created_at, decided_at)
  select merchant_id, id, case when status = 'initiated' then 'asking' else 'approved' end,
    case when status = 'initiated' then 0 else 1 end, case when status = 'initiated' then created_at end, created_at,
    case when status <> 'initiated' then created_at end
  from trade where type = 'withdraw';
