-- How often a purchase was claimed to be sent, and when its supplier first said that it knows the reference.
alter table purchase add column calls integer not null default 0, add column known_at timestamptz;
