-- Which merchants may use which accounts. `merchant` is the id of one, or empty for all that have no row of their own. Without
-- any row everybody may.
create table supplier_access (
  supplier text not null,
  merchant text not null,
  is_allowed boolean not null,
  primary key (supplier, merchant)
);
