-- Freezes of buying by the operator: everything, one merchant (`target` is its id) or one supplier. Nodes read them in the
-- statements that request approvals and send purchases, so a freeze is in force from its commit on.
create table buying_freeze (
  scope text not null check (scope in ('all', 'merchant', 'supplier')),
  target text not null,
  reason text not null,
  actor text not null,
  since timestamptz not null,
  primary key (scope, target),
  check ((scope = 'all') = (target = ''))
);

-- Disabled merchants, which sweeps exclude; there are few, so the index is small.
create index merchant_disabled on merchant (disabled_at) where disabled_at is not null;

-- The audit log: every operator command that may change data or shows a secret, with its operator and outcome. An `outcome` of
-- null means that the command is still running or that its process died.
create table operator_command (
  id uuid primary key,
  operator text not null,
  command text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text
);
create index operator_command_newest on operator_command (started_at desc, id desc);
