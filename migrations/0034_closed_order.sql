-- Orders at marketplaces that no purchase has, and that an operator has closed: the operator bears what the marketplace kept.
create table closed_order (
  supplier text not null,
  order_id text not null,
  reference text,
  cost_mills bigint not null check (cost_mills >= 0),
  -- How much of the cost had come back by then; null: the marketplace did not say.
  refund_mills bigint check (refund_mills >= 0),
  reason text not null,
  actor text not null,
  closed_at timestamptz not null,
  primary key (supplier, order_id)
);
