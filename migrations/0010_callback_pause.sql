-- The pause before a callback's `due_at` after a failed attempt; null: no attempt has failed since it was created or replayed. A
-- due time further in the future was written before the clock was set back.
alter table delivery add column pause_ms integer;
