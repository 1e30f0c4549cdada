-- Whether only `{"action":"approve"}` lets this merchant's trades be bought; otherwise any 2xx does that does not say no.
alter table merchant add column strict_approval boolean not null default false;
