-- What the operator adds to the prices of an account, and which account comes first where prices are equal. The item keeps the
-- markup that its price was calculated with.
create table supplier_policy (
  supplier text not null,
  game text not null check (game in ('730', '252490')),
  markup_bps integer not null default 0 check (markup_bps between 0 and 10000),
  preference integer not null default 100 check (preference between 1 and 1000),
  primary key (supplier, game)
);
alter table item add column markup_bps integer not null default 0 check (markup_bps between 0 and 10000);
