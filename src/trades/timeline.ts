import { isUuid } from '../core/ids.ts';
import type { ItemState } from '../core/item-states.ts';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type {
  ApprovalAttemptRow,
  ApprovalRow,
  CallbackRow,
  CancellationRow,
  FreezeRow,
  ItemRow,
  PurchaseRow,
  TradeEventRow,
  TradeRow,
  TransferRow,
} from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { itemsOf } from './queries.ts';

/** The full history of a trade, for operators. */
export interface Timeline {
  readonly trade: TradeRow;
  readonly merchantName: string;
  /** The approval request; absent for trades that need no approval. */
  readonly approval: ApprovalRow | undefined;
  readonly approvalAttempts: readonly ApprovalAttemptRow[];
  readonly items: readonly ItemTimeline[];
  /** The freezes because of which items of the trade wait, oldest first. */
  readonly freezes: readonly FreezeRow[];
  readonly callbacks: readonly TimelineCallback[];
}

/** The history of an item; each list is ordered by time. */
export interface ItemTimeline {
  readonly item: ItemRow;
  readonly events: readonly TradeEventRow[];
  readonly purchases: readonly PurchaseRow[];
  readonly cancellations: readonly CancellationRow[];
  readonly transfers: readonly TransferRow[];
}

/** A callback without its body. */
type CallbackColumn = 'id' | 'number' | 'state' | 'attempts' | 'due_at' | 'created_at' | 'delivered_at';

export type TimelineCallback = Pick<CallbackRow, CallbackColumn> & {
  /** The error of the last attempt, if it failed. */
  readonly last_failure: string | null;
};

export interface TradeFilter {
  readonly merchantId?: string | undefined;
  readonly status?: ItemState | undefined;
  readonly limit: number;
}

/** Trades of one merchant or of all, newest first. Ids grow with time. */
export async function newestTrades(db: Db, filter: TradeFilter): Promise<TradeRow[]> {
  let select = db.selectFrom('trade').selectAll().orderBy('id', 'desc').limit(filter.limit);
  if (filter.merchantId) select = select.where('merchant_id', '=', filter.merchantId);
  if (filter.status) select = select.where('status', '=', filter.status);
  return select.execute();
}

/**
 * The trades for an operator's reference: the trade with this id, or all trades with this externalId, which several
 * merchants and clients may use. The join with merchants makes the index on (merchant, externalId) usable.
 */
export async function tradesByRef(db: Db, ref: string, merchantId: string | undefined): Promise<TradeRow[]> {
  const all = db
    .selectFrom('merchant')
    .innerJoin('trade', 'trade.merchant_id', 'merchant.id')
    .modifyFront(ofAllMerchants)
    .selectAll('trade')
    .$if(merchantId !== undefined, (query) => query.where('merchant.id', '=', merchantId ?? ''));
  const id = ref.toLowerCase();
  const byId = isUuid(id) ? await all.where('trade.id', '=', id).execute() : [];
  return byId.length > 0 ? byId : all.where('trade.external_id', '=', ref).orderBy('trade.id').execute();
}

/** The history of one trade, read in one snapshot. */
export async function timelineOf(db: Db, ref: Pick<TradeRow, 'merchant_id' | 'id'>): Promise<Timeline> {
  const moment = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return moment.execute(async (trx) => {
    const trade = await trx
      .selectFrom('trade')
      .selectAll()
      .where('merchant_id', '=', ref.merchant_id)
      .where('id', '=', ref.id)
      .executeTakeFirstOrThrow();
    const merchant = await trx
      .selectFrom('merchant')
      .select('name')
      .where('id', '=', ref.merchant_id)
      .executeTakeFirstOrThrow();
    return {
      trade,
      merchantName: merchant.name,
      ...(await approvalOf(trx, trade)),
      ...(await itemsAndFreezes(trx, trade)),
      callbacks: await timelineCallbacks(trx, trade),
    };
  });
}

async function itemTimelines(trx: Trx, trade: TradeRow): Promise<ItemTimeline[]> {
  const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const of = { merchant_id: trade.merchant_id, trade_id: trade.id };
  const itemIds = items.map((item) => item.id);
  const events = await trx
    .selectFrom('trade_event')
    .selectAll()
    .where((where) => where.and(of))
    .orderBy('number')
    .execute();
  // These three tables have indexes by item, not by trade.
  const purchases = await trx
    .selectFrom('purchase')
    .selectAll()
    .where('merchant_id', '=', trade.merchant_id)
    .where('item_id', 'in', itemIds)
    .orderBy('id')
    .execute();
  const cancellations = await trx
    .selectFrom('cancellation')
    .selectAll()
    .where('merchant_id', '=', trade.merchant_id)
    .where('item_id', 'in', itemIds)
    .orderBy('requested_at')
    .execute();
  const transfers = await trx
    .selectFrom('transfer')
    .selectAll()
    .where('merchant_id', '=', trade.merchant_id)
    .where('item_id', 'in', itemIds)
    .orderBy('at')
    .orderBy('key')
    .execute();
  return items.map((item) => {
    const mine = (row: { item_id: string | null }) => row.item_id === item.id;
    return {
      item,
      events: events.filter(mine),
      purchases: purchases.filter(mine),
      cancellations: cancellations.filter(mine),
      transfers: transfers.filter(mine),
    };
  });
}

async function itemsAndFreezes(trx: Trx, trade: TradeRow) {
  const items = await itemTimelines(trx, trade);
  const unsent = items.filter(({ item, purchases }) => isUnsent(item, purchases));
  const suppliers = unsent.map(({ item }) => item.supplier ?? '');
  const freezes = await trx
    .selectFrom('buying_freeze')
    .selectAll()
    .where((where) =>
      where.or([
        where('scope', '=', 'all'),
        where.and([where('scope', '=', 'merchant'), where('target', '=', trade.merchant_id)]),
        where.and([where('scope', '=', 'supplier'), where('target', 'in', ['', ...suppliers])]),
      ]),
    )
    .orderBy('since')
    .execute();
  return { items, freezes: unsent.length > 0 ? freezes : [] };
}

/** Items for which no purchase was requested from a supplier; only these can wait because of a freeze. */
function isUnsent({ state, listing_id }: ItemRow, purchases: readonly PurchaseRow[]): boolean {
  if (state === 'initiated') return true;
  return state === 'pending' && (listing_id === null || purchases.some((purchase) => purchase.state === 'recorded'));
}

async function approvalOf(trx: Trx, { merchant_id, id }: TradeRow) {
  const approval = trx.selectFrom('approval').selectAll().where('merchant_id', '=', merchant_id);
  const attempts = trx.selectFrom('approval_attempt').selectAll().where('merchant_id', '=', merchant_id);
  return {
    approval: await approval.where('trade_id', '=', id).executeTakeFirst(),
    approvalAttempts: await attempts.where('trade_id', '=', id).orderBy('number').execute(),
  };
}

async function timelineCallbacks(trx: Trx, trade: TradeRow): Promise<TimelineCallback[]> {
  return trx
    .selectFrom('callback')
    .leftJoin('callback_attempt', (join) =>
      join
        .onRef('callback_attempt.merchant_id', '=', 'callback.merchant_id')
        .onRef('callback_attempt.callback_id', '=', 'callback.id')
        .onRef('callback_attempt.number', '=', 'callback.attempts'),
    )
    .select(['callback.id', 'callback.number', 'callback.state', 'callback.attempts', 'callback.due_at'])
    .select(['callback.created_at', 'callback.delivered_at', 'callback_attempt.failure as last_failure'])
    .where('callback.merchant_id', '=', trade.merchant_id)
    .where('callback.trade_id', '=', trade.id)
    .orderBy('callback.number')
    .execute();
}
