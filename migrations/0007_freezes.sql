-- Where the operator has stopped buying: in everything, for one merchant (`target` is its id) or at one supplier. Nodes
-- read it in the statements that ask a merchant and that send a purchase, so a row is in force from its commit on.
create table buying_freeze (
  scope text not null check (scope in ('all', 'merchant', 'supplier')),
  target text not null,
  reason text not null,
  actor text not null,
  since timestamptz not null,
  primary key (scope, target),
  check ((scope = 'all') = (target = ''))
);

-- Merchants that are disabled, for the sweeps that leave them out: few, so the index is small.
create index merchant_disabled on merchant (disabled_at) where disabled_at is not null;

-- Every command of an operator that may change something or shows a secret: who ran it, and how it ended. An `outcome`
-- of null means that it has not ended, or that its process died.
create table operator_command (
  id uuid primary key,
  operator text not null,
  command text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text
);
create index operator_command_newest on operator_command (started_at desc, id desc);
