-- A client's externalIds are its own: none takes one of its merchant's or of another client's. The expression is the
-- account that the name belongs to, empty for the merchant's own trades. Lookups by name use the first two columns.
alter table trade drop constraint trade_merchant_id_external_id_key;
create unique index trade_external_id on trade
  (merchant_id, external_id, (case source when 'client' then steam_id else '' end));
