-- How often the merchant was asked.
alter table approval rename column asks to attempts;
