-- The pause that a callback's `due_at` was set with after a failed attempt; null: none has failed since it was recorded or
-- replayed. A due time that is further away was written before the clock was set back.
alter table delivery add column pause_ms integer;
