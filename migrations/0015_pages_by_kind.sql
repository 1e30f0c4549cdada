-- Pages of a merchant's wallet by kind: it may have few of a kind, or none of late, among millions of others.
create index transfer_of_kind on transfer (merchant_id, kind, at desc, key desc);

-- Pages of deposits. Nothing records any yet, so it is empty; without it a page of none reads all of a merchant's trades.
create index trade_deposits on trade (merchant_id, game, created_at desc, id desc) where type = 'deposit';
