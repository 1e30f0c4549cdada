-- A database belongs to a sandbox or to a production gateway, and the other one refuses it. An older database is classified by
-- its content: only a sandbox moves its clock or has a demo merchant. An empty database is classified by its first
-- start.
insert into setting (name, value)
select 'environment',
  case when exists (select 1 from setting where name in ('sandbox.merchant_id', 'sandbox.clock_offset_ms'))
    then '"sandbox"'::jsonb else '"production"'::jsonb end
where exists (select 1 from setting where name in ('sandbox.merchant_id', 'sandbox.clock_offset_ms'))
  or exists (select 1 from merchant)
on conflict (name) do nothing;
