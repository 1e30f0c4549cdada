-- The same owner of an externalId in a form that a distributed engine repeats as it was written: of `case source when …` it
-- makes another expression, which is not the index's.
drop index trade_external_id;
create unique index trade_external_id on trade
  (merchant_id, external_id, (case when source = 'client' then steam_id else '' end));
