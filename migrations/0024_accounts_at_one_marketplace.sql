-- Several accounts at one marketplace. They see the same listings, whose public ids name the marketplace; an item keeps the
-- account with which it is bought.
alter table supplier_account drop constraint supplier_account_kind_key;
-- Why this account and no other at the marketplace buys an item whose listing the buyer has named. Null: there was one account.
alter table item add column choice jsonb;
