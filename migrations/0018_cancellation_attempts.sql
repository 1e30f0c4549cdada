-- How often the supplier was called to cancel.
alter table cancellation rename column asks to attempts;
