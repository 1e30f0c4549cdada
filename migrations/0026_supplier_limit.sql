-- What may be spent with an account in 24 hours. What was spent is the sum of its items, so nothing is counted here.
create table supplier_limit (
  supplier text primary key,
  day_max_mills bigint not null check (day_max_mills > 0)
);
