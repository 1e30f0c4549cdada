-- When a key expires (null: never), and when it was last used, to the minute.
alter table api_key add column expires_at timestamptz;
alter table api_key add column last_used_at timestamptz;
