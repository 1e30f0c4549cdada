-- Web pages that may read the answers of a merchant's client routes, by their origin.
create table client_origin (
  merchant_id uuid not null references merchant (id),
  origin text not null,
  created_at timestamptz not null,
  primary key (merchant_id, origin)
);
-- A browser's preflight names no merchant: this says whether any has listed the origin.
create index client_origin_any on client_origin (origin);
