-- For pages of a merchant's wallet by kind: a merchant may have few movements of a kind among millions of others.
create index transfer_of_kind on transfer (merchant_id, kind, at desc, key desc);

-- For pages of deposits. None exist yet, so it is empty; without it an empty page would read all of a merchant's trades.
create index trade_deposits on trade (merchant_id, game, created_at desc, id desc) where type = 'deposit';
