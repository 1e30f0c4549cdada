-- Each client has its own externalIds, separate from those of its merchant and of other clients. The expression is the account
-- that owns the externalId, empty for the merchant's own trades. Look-ups use the first two columns.
alter table trade drop constraint trade_merchant_id_external_id_key;
create unique index trade_external_id on trade
  (merchant_id, external_id, (case source when 'client' then steam_id else '' end));
