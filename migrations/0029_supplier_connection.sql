-- Which node holds the connection over which a marketplace pushes to an account. `run_id` names the holder of the lease.
create table supplier_connection (
  supplier text primary key,
  run_id uuid,
  leased_until timestamptz,
  started_at timestamptz not null,
  check ((run_id is null) = (leased_until is null))
);
-- A push can name an order by the marketplace's id. Only orders that are still read are looked for.
create index purchase_by_order on purchase (order_id) where order_id is not null and due_at is not null;
