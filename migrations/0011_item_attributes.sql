-- The attributes of an item's listing at the time of the buy: picture, exterior, wear, stickers and so on, as merchants read
-- them. Text, because jsonb does not accept every text that a marketplace can send. Null: not known.
alter table item add column attributes json;
