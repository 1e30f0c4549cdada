-- A database is a sandbox's or a production gateway's, and the other refuses it. One that was used before this was
-- written down is decided by what it holds: only a sandbox moves its clock or has a demo merchant. An empty one is
-- decided by its first start.
insert into setting (name, value)
select 'environment',
  case when exists (select 1 from setting where name in ('sandbox.merchant_id', 'sandbox.clock_offset_ms'))
    then '"sandbox"'::jsonb else '"production"'::jsonb end
where exists (select 1 from setting where name in ('sandbox.merchant_id', 'sandbox.clock_offset_ms'))
  or exists (select 1 from merchant)
on conflict (name) do nothing;
