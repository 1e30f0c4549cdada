-- What the listing said of an item when it was bought: picture, exterior, wear, stickers and the like, as merchants read
-- it. Written and read as a whole, and unlike jsonb it takes every text that a marketplace can send. Null: not known.
alter table item add column attributes json;
