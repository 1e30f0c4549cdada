-- Items, trades and counters change in place while they are in flight. A page that has room takes the new version of a row
-- beside the old one, and no index is written (a HOT update). Only pages that are made from now on have that room.
alter table item set (fillfactor = 70);
alter table trade set (fillfactor = 70);
alter table account set (fillfactor = 50);
alter table client_usage set (fillfactor = 50);

-- Every step of a trade that changed its status had to write all of its indexes, because this one depends on the status. The
-- trades that wait for approval are those of the approvals that are due.
drop index trade_initiated;
