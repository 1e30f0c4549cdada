-- Whether only `{"action":"approve"}` approves this merchant's trades; otherwise any 2xx that is not a rejection does.
alter table merchant add column strict_approval boolean not null default false;
