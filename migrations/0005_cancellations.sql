-- When the purchase was requested from the supplier (null: never), and the latest time at which the supplier can have created
-- the order, from which its waiting time for cancellations counts.
alter table purchase add column asked_at timestamptz;
alter table purchase add column ordered_at timestamptz;
update purchase set asked_at = created_at where state <> 'recorded';
update purchase set ordered_at = created_at where state = 'done';

-- Requests to cancel that joined an open request. A repeat of such a request must get the same answer.
create table cancellation_joined (
  merchant_id uuid not null,
  cancellation_id uuid not null,
  request_id text not null,
  primary key (merchant_id, cancellation_id, request_id),
  foreign key (merchant_id, cancellation_id) references cancellation (merchant_id, id)
);

-- A trade whose items were all withdrawn before its merchant answered.
alter table approval drop constraint approval_state_check;
alter table approval add constraint approval_state_check
  check (state in ('asking', 'approved', 'rejected', 'timed_out', 'withdrawn'));
