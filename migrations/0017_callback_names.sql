-- What is sent to a merchant's URL is a callback, and each request that carries it an attempt; "delivery" is an item's
-- arrival. Only names change. A program that knows the old names cannot work beside one that has made this change.
alter table delivery rename to callback;
alter table delivery_attempt rename to callback_attempt;
alter table callback_attempt rename column delivery_id to callback_id;
-- An approval request is a message of its own, and no callback.
alter table approval_attempt rename column delivery_id to message_id;

alter table callback rename constraint delivery_pkey to callback_pkey;
alter table callback rename constraint delivery_merchant_id_trade_id_number_key to callback_merchant_id_trade_id_number_key;
alter table callback rename constraint delivery_merchant_id_trade_id_fkey to callback_merchant_id_trade_id_fkey;
alter table callback rename constraint delivery_state_check to callback_state_check;
alter table callback_attempt rename constraint delivery_attempt_pkey to callback_attempt_pkey;
alter table callback_attempt
  rename constraint delivery_attempt_merchant_id_delivery_id_fkey to callback_attempt_merchant_id_callback_id_fkey;

alter index delivery_due rename to callback_due;
alter index delivery_failed rename to callback_failed;
alter index delivery_newest rename to callback_newest;
alter index delivery_pending rename to callback_pending;
alter index delivery_unnumbered rename to callback_unnumbered;
alter index delivery_waiting rename to callback_waiting;
alter index delivery_position rename to callback_position;
