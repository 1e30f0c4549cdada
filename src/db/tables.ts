import type { ColumnType, Generated, Insertable, Selectable } from 'kysely';
import type { Game } from '../core/games.ts';
import type { ItemState } from '../core/item-states.ts';
import type { Mills } from '../core/money.ts';
import type { Role } from '../core/roles.ts';
import type { ItemError, TradeError } from '../core/trade-errors.ts';

/** The row types of all tables of `migrations/`. `Json` columns are written as text and read as values. */
export interface Tables {
  setting: SettingTable;
  merchant: MerchantTable;
  api_key: ApiKeyTable;
  client_origin: ClientOriginTable;
  trade: TradeTable;
  item: ItemTable;
  trade_event: TradeEventTable;
  purchase: PurchaseTable;
  cancellation: CancellationTable;
  cancellation_joined: CancellationJoinedTable;
  account: AccountTable;
  transfer: TransferTable;
  callback: CallbackTable;
  callback_attempt: CallbackAttemptTable;
  approval: ApprovalTable;
  approval_attempt: ApprovalAttemptTable;
  quick_buy: QuickBuyTable;
  client_usage: ClientUsageTable;
  trade_url_check: TradeUrlCheckTable;
  verification: VerificationTable;
  reconciliation: ReconciliationTable;
  closed_order: ClosedOrderTable;
  supplier_connection: SupplierConnectionTable;
  buying_freeze: FreezeTable;
  supplier_account: SupplierAccountTable;
  supplier_health: SupplierHealthTable;
  supplier_policy: SupplierPolicyTable;
  supplier_access: SupplierAccessTable;
  supplier_limit: SupplierLimitTable;
  supplier_feed: SupplierFeedTable;
  supplier_feed_batch: SupplierFeedBatchTable;
  dual_control: DualControlTable;
  funding_request: FundingRequestTable;
  audit_entry: AuditEntryTable;
  audit_head: AuditHeadTable;
  retention_run: RetentionRunTable;
  retention_progress: RetentionProgressTable;
  archive_file: ArchiveFileTable;
  archived_trade: ArchivedTradeTable;
  carried_balance: CarriedBalanceTable;
  person: PersonTable;
  person_session: PersonSessionTable;
  person_link: PersonLinkTable;
  person_passkey: PersonPasskeyTable;
  person_challenge: PersonChallengeTable;
}

interface SettingTable {
  name: string;
  value: unknown;
}

interface MerchantTable {
  id: string;
  name: string;
  verified: boolean;
  fee_bps: number;
  route_limits: unknown;
  callback_url: string | null;
  api_secret_sealed: string | null;
  disabled_at: Date | null;
  created_at: Date;
  previous_secret_sealed: string | null;
  previous_secret_until: Date | null;
  callback_failing_since: Date | null;
  callback_disabled_at: Date | null;
  callback_disabled_reason: string | null;
  events_numbered: Generated<bigint>;
  strict_approval: Generated<boolean>;
  client_limits: Generated<unknown>;
  own_client_limits: Generated<unknown>;
  token_secret_sealed: Generated<string | null>;
  previous_token_secret_sealed: Generated<string | null>;
  previous_token_secret_until: Generated<Date | null>;
}

interface ApiKeyTable {
  id: string;
  merchant_id: string;
  hash: Buffer | Uint8Array;
  last_four: string;
  scopes: string[];
  allowed_ips: string[];
  created_at: Date;
  revoked_at: Date | null;
  expires_at: Generated<Date | null>;
  last_used_at: Generated<Date | null>;
}

interface ClientOriginTable {
  merchant_id: string;
  origin: string;
  created_at: Date;
}

interface TradeTable {
  merchant_id: string;
  id: string;
  external_id: string | null;
  type: 'withdraw' | 'deposit';
  source: 'self' | 'client';
  game: '730' | '252490';
  trade_url: string;
  steam_id: string;
  status: ItemState;
  error: TradeError | null;
  version: Generated<number>;
  active_at: Date | null;
  hold_end_at: Date | null;
  created_at: Date;
  updated_at: Date;
  client_id: Generated<string | null>;
  auto_cancel_at: Generated<Date | null>;
  is_quick: Generated<boolean>;
}

interface ItemTable {
  merchant_id: string;
  id: string;
  trade_id: string;
  position: number;
  listing_id: string | null;
  external_id: string | null;
  supplier: string | null;
  native_listing_id: string | null;
  market_hash_name: string | null;
  state: ItemState;
  error: ItemError | null;
  reverted_by: 'supplier' | 'user' | null;
  price_mills: Mills;
  ceiling_mills: Mills;
  fee_bps: number;
  markup_bps: Generated<number>;
  /** Why this account buys a listing that the buyer has named; null: its marketplace has no other. */
  choice: Generated<unknown>;
  cost_mills: Mills | null;
  steam_offer_id: string | null;
  asset_id: string | null;
  hold_end_at: Date | null;
  created_at: Date;
  updated_at: Date;
  auto_cancel_due_at: Generated<Date | null>;
  quoted_mills: Generated<Mills | null>;
  attributes: ColumnType<unknown, string | null | undefined, string | null>;
}

interface TradeEventTable {
  merchant_id: string;
  trade_id: string;
  number: number;
  item_id: string;
  event: string;
  from_state: ItemState | null;
  to_state: ItemState;
  actor: string;
  request_id: string | null;
  cause: unknown;
  at: Date;
}

export type PurchaseState = 'recorded' | 'asked' | 'done' | 'refused' | 'unknown';

interface PurchaseTable {
  merchant_id: string;
  id: string;
  trade_id: string;
  item_id: string;
  supplier: string;
  reference: string;
  state: PurchaseState;
  order_id: string | null;
  reason: string | null;
  misses: Generated<number>;
  due_at: Date | null;
  unknown_since: Date | null;
  /** null: no purchase was requested from the supplier. */
  asked_at: Generated<Date | null>;
  /** The latest time at which the supplier can have created the order. */
  ordered_at: Generated<Date | null>;
  /** Why it was bought with this account; null: there was nothing to choose. */
  choice: Generated<unknown>;
  created_at: Date;
  updated_at: Date;
  /** How often it was claimed to be sent, counting repeats that were skipped. */
  calls: Generated<number>;
  /** When the supplier first said that it has the reference, without showing an order. */
  known_at: Generated<Date | null>;
}

interface CancellationJoinedTable {
  merchant_id: string;
  cancellation_id: string;
  request_id: string;
}

export type CancellationState = 'requested' | 'unknown' | 'accepted' | 'refused' | 'settled' | 'lost';

interface CancellationTable {
  merchant_id: string;
  id: string;
  trade_id: string;
  item_id: string;
  supplier: string;
  state: CancellationState;
  actor: string;
  request_id: string | null;
  reason: string | null;
  attempts: Generated<number>;
  due_at: Date | null;
  requested_at: Date;
  answered_at: Date | null;
  closed_at: Date | null;
}

interface AccountTable {
  merchant_id: string;
  name: string;
  balance_mills: Mills;
}

export type TransferKind = 'credit' | 'debit' | 'reserve' | 'release' | 'capture' | 'fee' | 'refund' | 'penalty';

interface TransferTable {
  merchant_id: string;
  key: string;
  kind: TransferKind;
  from_account: string;
  to_account: string;
  amount_mills: Mills;
  trade_id: string | null;
  item_id: string | null;
  actor: string;
  at: Date;
}

interface CallbackTable {
  merchant_id: string;
  id: string;
  trade_id: string;
  number: number;
  /** null: it has passed its time and was removed. One that is pending has it. */
  body: string | null;
  state: 'pending' | 'delivered' | 'failed';
  attempts: Generated<number>;
  due_at: Date | null;
  created_at: Date;
  delivered_at: Date | null;
  attempts_before: Generated<number>;
  pause_ms: Generated<number | null>;
  position: bigint | null;
}

interface CallbackAttemptTable {
  merchant_id: string;
  callback_id: string;
  number: number;
  at: Date;
  duration_ms: number;
  status: number | null;
  failure: string | null;
  response: string | null;
}

interface ApprovalTable {
  merchant_id: string;
  trade_id: string;
  state: 'asking' | 'approved' | 'rejected' | 'timed_out' | 'withdrawn';
  attempts: Generated<number>;
  failures: Generated<number>;
  reason: string | null;
  due_at: Date | null;
  created_at: Date;
  decided_at: Date | null;
}

interface ApprovalAttemptTable {
  merchant_id: string;
  trade_id: string;
  number: number;
  message_id: string;
  at: Date;
  duration_ms: number;
  status: number | null;
  failure: string | null;
  response: string | null;
}

interface QuickBuyTable {
  merchant_id: string;
  trade_id: string;
  game: '730' | '252490';
  catalog_id: string | null;
  market_hash_name: string | null;
  delivery: 'standard' | 'instant' | null;
  phase: string | null;
  max_price_mills: Mills;
  tried: Generated<string[]>;
  due_at: Date | null;
  created_at: Date;
}

interface ClientUsageTable {
  merchant_id: string;
  client: string;
  in_flight_mills: Mills;
  day_start: Date;
  spent_mills: Mills;
  withdrawals: number;
  declines: number;
}

interface TradeUrlCheckTable {
  trade_url: string;
  result: unknown;
  checked_at: Date;
}

interface VerificationTable {
  name: string;
  run_id: string | null;
  leased_until: Date | null;
  started_at: Date;
  ended_at: Date | null;
  duration_ms: number | null;
  broken: unknown;
  clean_at: Date | null;
}

interface ReconciliationTable {
  supplier: string;
  run_id: string | null;
  leased_until: Date | null;
  started_at: Date;
  ended_at: Date | null;
  cause: string | null;
  reconciled_at: Date | null;
  reconciled_to: Date | null;
  counts: unknown;
  differences: unknown;
}

interface ClosedOrderTable {
  supplier: string;
  order_id: string;
  reference: string | null;
  cost_mills: Mills;
  refund_mills: Mills | null;
  reason: string;
  actor: string;
  closed_at: Date;
}

interface SupplierConnectionTable {
  supplier: string;
  run_id: string | null;
  leased_until: Date | null;
  started_at: Date;
}

export type FreezeScope = 'all' | 'merchant' | 'supplier';

interface FreezeTable {
  scope: FreezeScope;
  /** The id of a merchant or supplier; empty for `all`. */
  target: string;
  reason: string;
  actor: string;
  since: Date;
}

interface SupplierAccountTable {
  id: string;
  kind: string;
  sealed_settings: string;
  created_at: Date;
  updated_at: Date;
}

interface SupplierHealthTable {
  supplier: string;
  failures: Generated<number>;
  failed_at: Generated<Date | null>;
  openings: Generated<number>;
  opened_at: Generated<Date | null>;
  retry_at: Generated<Date | null>;
  reason: Generated<string | null>;
  balance_mills: Generated<Mills | null>;
  balance_at: Generated<Date | null>;
}

interface SupplierPolicyTable {
  supplier: string;
  game: Game;
  markup_bps: number;
  preference: number;
}

interface SupplierAccessTable {
  supplier: string;
  /** Empty: all merchants without a row of their own. */
  merchant: string;
  is_allowed: boolean;
}

interface SupplierLimitTable {
  supplier: string;
  day_max_mills: Mills;
}

interface SupplierFeedTable {
  supplier: string;
  holder: string | null;
  leased_until: Date;
  read_at: Generated<Date | null>;
  is_failing: Generated<boolean>;
  cursor: Generated<string | null>;
  version: Generated<bigint | null>;
  whole_version: Generated<bigint | null>;
  whole_size: Generated<number>;
  changed: Generated<number>;
}

interface SupplierFeedBatchTable {
  supplier: string;
  version: bigint;
  is_whole: boolean;
  part: number;
  parts: number;
  follows: bigint | null;
  attempt: string;
  is_published: boolean;
  body: Buffer;
}

interface DualControlTable {
  id: Generated<1>;
  /** null: one operator is enough for any amount. */
  above_mills: Mills | null;
}

interface FundingRequestTable {
  id: string;
  kind: 'credit' | 'debit' | 'limit';
  /** null: it is about the limit. */
  merchant_id: string | null;
  /** null: there is to be no limit. */
  amount_mills: Mills | null;
  /** Of a new limit, what it replaces. */
  replaces_mills: Mills | null;
  reference: string | null;
  reason: string;
  requested_by: string;
  requested_at: Date;
  decision: Generated<'approved' | 'rejected' | null>;
  decided_by: Generated<string | null>;
  decided_at: Generated<Date | null>;
}

interface AuditEntryTable {
  number: bigint;
  /** JSON as it was written, which is what the digest is of. The other columns repeat it. */
  body: string;
  digest: string;
  command_id: string;
  event: 'begun' | 'done' | 'failed';
  actor: string;
  at: Date;
}

interface AuditHeadTable {
  id: Generated<1>;
  number: bigint;
  digest: string;
}

interface RetentionRunTable {
  name: 'bodies' | 'trades';
  run_id: string | null;
  leased_until: Date | null;
  started_at: Date;
  ended_at: Generated<Date | null>;
  /** By the last completed run: bodies, or trades. */
  removed: Generated<bigint>;
}

/** How far the bodies of a merchant were removed, in the order of the ids. */
interface RetentionProgressTable {
  merchant_id: string;
  callbacks_to: Generated<string>;
  approvals_to: Generated<string>;
}

interface ArchiveFileTable {
  merchant_id: string;
  id: string;
  name: string;
  sha256: string;
  bytes: bigint;
  ended_before: Date;
  trades: number;
  written_at: Date;
  removed: Generated<number>;
  /** Of the removed trades, those that had a place in the merchant's log. */
  events_removed: Generated<bigint>;
}

interface ArchivedTradeTable {
  merchant_id: string;
  id: string;
  archive_id: string;
  external_id: string | null;
  /** The Steam account of a client; empty for the merchant's own trades. */
  owner: string;
}

/** The sum of the transfers of an account that were removed. */
interface CarriedBalanceTable {
  merchant_id: string;
  account: string;
  balance_mills: Mills;
}

interface PersonTable {
  id: string;
  /** null: staff. */
  merchant_id: string | null;
  /** In lower case. */
  email: string;
  name: string;
  role: Role;
  /** null: the person has set none yet. */
  password_hash: Generated<string | null>;
  totp_sealed: Generated<string | null>;
  /** null: no code has confirmed the secret, so it does not count yet. */
  totp_confirmed_at: Generated<Date | null>;
  /** The last period of which a code was accepted. */
  totp_period: Generated<bigint | null>;
  recovery_hashes: Generated<string[]>;
  failures: Generated<number>;
  locked_until: Generated<Date | null>;
  disabled_at: Generated<Date | null>;
  created_at: Date;
}

interface PersonSessionTable {
  id: string;
  person_id: string;
  hash: Buffer;
  address: string;
  agent: string;
  created_at: Date;
  seen_at: Date;
}

export type LinkPurpose = 'invitation' | 'reset' | 'sign-in';

interface PersonLinkTable {
  id: string;
  person_id: string;
  purpose: LinkPurpose;
  hash: Buffer;
  made_by: string;
  created_at: Date;
  expires_at: Date;
  used_at: Generated<Date | null>;
}

interface PersonPasskeyTable {
  id: string;
  person_id: string;
  /** As the authenticator names it, in base64url. */
  credential_id: string;
  /** In COSE form. */
  public_key: Buffer;
  /** Of uses; 0 for authenticators that do not count them. */
  counter: bigint;
  transports: string[];
  name: string;
  created_at: Date;
  used_at: Generated<Date | null>;
}

/** Challenges that a passkey has answered, until they end. */
interface PersonChallengeTable {
  hash: Buffer;
  expires_at: Date;
}

export type MerchantRow = Selectable<MerchantTable>;
export type ApiKeyRow = Selectable<ApiKeyTable>;
export type TradeRow = Selectable<TradeTable>;
export type ItemRow = Selectable<ItemTable>;
/** An item with a listing. Only units of a quick buy can be without one. */
export type ItemWithListing = ItemRow & ChosenListing;
export interface ChosenListing {
  readonly listing_id: string;
  readonly supplier: string;
  readonly native_listing_id: string;
  readonly market_hash_name: string;
}
export type TradeEventRow = Selectable<TradeEventTable>;
export type PurchaseRow = Selectable<PurchaseTable>;
export type CancellationRow = Selectable<CancellationTable>;
export type TransferRow = Selectable<TransferTable>;
export type CallbackRow = Selectable<CallbackTable>;
export type CallbackAttemptRow = Selectable<CallbackAttemptTable>;
export type ApprovalRow = Selectable<ApprovalTable>;
export type ApprovalAttemptRow = Selectable<ApprovalAttemptTable>;
export type ClientUsageRow = Selectable<ClientUsageTable>;
export type QuickBuyRow = Selectable<QuickBuyTable>;
export type FreezeRow = Selectable<FreezeTable>;
export type SupplierAccountRow = Selectable<SupplierAccountTable>;
export type SupplierHealthRow = Selectable<SupplierHealthTable>;
export type SupplierPolicyRow = Selectable<SupplierPolicyTable>;
export type SupplierAccessRow = Selectable<SupplierAccessTable>;
export type SupplierFeedRow = Selectable<SupplierFeedTable>;
export type FundingRequestRow = Selectable<FundingRequestTable>;
export type AuditEntryRow = Selectable<AuditEntryTable>;
export type ClosedOrderRow = Selectable<ClosedOrderTable>;
export type PersonRow = Selectable<PersonTable>;
export type PersonSessionRow = Selectable<PersonSessionTable>;
export type PersonLinkRow = Selectable<PersonLinkTable>;
export type PersonPasskeyRow = Selectable<PersonPasskeyTable>;
export type NewTransfer = Insertable<TransferTable>;
export type NewItem = Insertable<ItemTable>;
export type NewPurchase = Insertable<PurchaseTable>;
export type ArchiveFileRow = Selectable<ArchiveFileTable>;
