-- Web origins whose pages may read answers of a merchant's client routes.
create table client_origin (
  merchant_id uuid not null references merchant (id),
  origin text not null,
  created_at timestamptz not null,
  primary key (merchant_id, origin)
);
-- A preflight request does not identify the merchant; this index finds any merchant with the origin.
create index client_origin_any on client_origin (origin);
