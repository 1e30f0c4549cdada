-- What operators did, and what it changed. Entries are only added. Each has a digest of the digest before it and of its own
-- text, so that an entry that was changed, removed or put in between is found. The other columns repeat what the text says.
create table audit_entry (
  number bigint primary key check (number > 0),
  body text not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  command_id uuid not null,
  event text not null check (event in ('begun', 'done', 'failed')),
  actor text not null,
  at timestamptz not null
);
create index audit_entry_of_command on audit_entry (command_id);
create index audit_entry_of_actor on audit_entry (actor, number) where event = 'begun';
create index audit_entry_begun on audit_entry (number) where event = 'begun';

-- The last entry. Its row is locked by whoever adds the next one.
create table audit_head (
  id integer primary key check (id = 1),
  number bigint not null,
  digest text not null
);
insert into audit_head (id, number, digest) values (1, 0, repeat('0', 64));

create function audit_entries_stay() returns trigger language plpgsql as $$
begin
  raise exception 'entries of the audit trail are never changed';
end $$;
create trigger audit_entry_stays before update or delete on audit_entry
  for each row execute function audit_entries_stay();
create trigger audit_entries_stay before truncate on audit_entry
  for each statement execute function audit_entries_stay();

-- The commands that were recorded so far. Their digests begin here: what was changed before is not found.
do $$
declare
  one record;
  n bigint := 0;
  before text := repeat('0', 64);
  entry text;
begin
  for one in
    select id, operator, command, 'begun' as event, started_at as at, null as outcome from operator_command
    union all
    select id, operator, command, case when outcome = 'done' then 'done' else 'failed' end, ended_at, outcome
      from operator_command where ended_at is not null
    order by at, id, event
  loop
    n := n + 1;
    entry := jsonb_strip_nulls(jsonb_build_object(
      'number', n, 'commandId', one.id, 'event', one.event, 'actor', one.operator,
      'at', to_char(one.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'command', case when one.event = 'begun' then one.command end,
      'error', case when one.event = 'failed' then regexp_replace(one.outcome, '^failed: ', '') end))::text;
    before := encode(sha256(convert_to(before || chr(10) || entry, 'UTF8')), 'hex');
    insert into audit_entry (number, body, digest, command_id, event, actor, at)
      values (n, entry, before, one.id, one.event, one.operator, date_trunc('milliseconds', one.at));
  end loop;
  update audit_head set number = n, digest = before;
end $$;
drop table operator_command;
