-- Callbacks that merchants can rely on, and the question before anything is bought.

alter table merchant
  -- A merchant may be known before it has a secret; it cannot buy then.
  alter column api_secret_sealed drop not null,
  -- While the secret rotates: the one before, with which callbacks are signed as well until then.
  add column previous_secret_sealed text,
  add column previous_secret_until timestamptz,
  -- The first failure since anything was last taken; five days later the URL is switched off.
  add column callback_failing_since timestamptz,
  add column callback_disabled_at timestamptz,
  add column callback_disabled_reason text,
  -- How many of its callbacks have a place in its log of events.
  add column events_numbered bigint not null default 0;

alter table delivery
  -- Attempts made before it was last replayed: the pauses between attempts begin anew.
  add column attempts_before integer not null default 0,
  -- Its place in the merchant's log of events: given when the log is read, so after it was committed.
  add column position bigint;
create unique index delivery_position on delivery (merchant_id, position) where position is not null;
create index delivery_unnumbered on delivery (merchant_id, created_at, id) where position is null;
create index delivery_newest on delivery (merchant_id, created_at desc, id desc);
-- The few that were given up, among the many: they are listed and replayed.
create index delivery_failed on delivery (merchant_id, created_at, id) where state = 'failed';

-- What is due of each merchant, and who has anything that will be.
drop index delivery_due;
create index delivery_due on delivery (merchant_id, due_at) where due_at is not null;
-- What waits for its merchant's callbacks to be switched on.
create index delivery_waiting on delivery (merchant_id) where state = 'pending' and due_at is null;

-- The question whether a trade may be bought: asked until it is decided, and the decision is used once.
create table approval (
  merchant_id uuid not null,
  trade_id uuid not null,
  state text not null check (state in ('asking', 'approved', 'rejected', 'timed_out')),
  -- How often it was asked, and how many of these ended without an answer that decides.
  asks integer not null default 0,
  failures integer not null default 0,
  -- What the merchant gave as its reason, or what was seen instead of an answer.
  reason text,
  due_at timestamptz,
  created_at timestamptz not null,
  decided_at timestamptz,
  primary key (merchant_id, trade_id),
  foreign key (merchant_id, trade_id) references trade (merchant_id, id)
);
create index approval_due on approval (due_at) where due_at is not null;

-- Each time it was asked, under an id of its own.
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

-- Trades from before the question came: those that waited are asked about, the others had passed.
insert into approval (merchant_id, trade_id, state, asks, due_at, created_at, decided_at)
  select merchant_id, id, case when status = 'initiated' then 'asking' else 'approved' end,
    case when status = 'initiated' then 0 else 1 end, case when status = 'initiated' then created_at end, created_at,
    case when status <> 'initiated' then created_at end
  from trade where type = 'withdraw';
