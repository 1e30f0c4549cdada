-- How often a purchase was claimed to be sent, and when its supplier first said that it knows the reference.
alter table purchase add column calls integer not null default 0, add column known_at timestamptz;
-- For the comparison with a marketplace's list of orders: the few purchases that were sent more than once.
create index purchase_repeated on purchase (supplier, created_at) where calls > 1;
