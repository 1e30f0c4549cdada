import { type RawBuilder, sql } from 'kysely';
import { CS2 } from '../core/games.ts';
import { isUuid, newId } from '../core/ids.ts';
import { allItemStates, isTerminal } from '../core/item-states.ts';
import { ofAllMerchants, onOneServer } from '../db/portable.ts';
import type { CancellationState } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { leaseEnd } from '../work/lease.ts';
import type { CancelGroups } from './groups.ts';
import { ageLimits, type Candidate, type ItemFacts, isSent, type Owner, type TradeFacts } from './policy.ts';
import { answersEarlier, type IncomingRequest } from './queries.ts';
import type { Requester } from './store.ts';

/** A cancel that is wanted of an item that a path names. */
export interface WantedCancel extends Owner, Requester, IncomingRequest {
  readonly trigger: 'request' | 'timer';
  readonly requestId: string | null;
  readonly now: Date;
}

export interface ItemRefs {
  readonly tradeRef: string;
  readonly itemRef: string;
}

type NullableItem = { [K in Exclude<keyof ItemFacts, 'id'>]: ItemFacts[K] };

interface Row extends NullableItem, Omit<TradeFacts, 'id'> {
  /** Of the request, from 1. */
  readonly number: bigint;
  readonly trade_id: string;
  /** null: the trade has no such item, and the item's other columns are null as well. */
  readonly item_id: string | null;
  readonly purchase_id: string | null;
  readonly order_id: string | null;
  readonly ordered_at: Date | null;
  readonly open_id: string | null;
  readonly open_state: CancellationState;
  readonly recorded_id: string | null;
}

const openItemStates = allItemStates.filter((state) => !isTerminal(state));
const unsentItemStates = openItemStates.filter((state) => !isSent({ state }));

/**
 * Finds the item that a path names, and in the same statement records the request to cancel it when every rule of the
 * policy is met and its order is known. The usual cancel then needs one round trip before the supplier is called, and no
 * other request can come in between. Where no request was recorded, the policy says why.
 *
 * An item's own id wins over an externalId, and a trade's own id as well. Of trades with one externalId it is the caller's
 * own; a client finds no others by their names, and a merchant those of its clients, the oldest first. Another merchant's
 * trade is looked for only when this one has none.
 *
 * Requests that wait at the same time share one statement (`work/grouped.ts`).
 */
export async function findAndRecord(
  deps: Pick<Deps, 'db'> & { readonly cancelGroups: Pick<CancelGroups, 'find'> },
  wanted: WantedCancel,
  refs: ItemRefs,
): Promise<Candidate> {
  const lowered = refs.tradeRef.toLowerCase();
  const tradeId = isUuid(lowered) ? lowered : null;
  const found = await deps.cancelGroups.find.call({ wanted, ...refs, tradeId });
  return found ?? findForeign(deps, tradeId);
}

/** A cancel that is wanted, and what its path names. */
export interface WantedItem extends ItemRefs {
  readonly wanted: WantedCancel;
  /** The path's trade, if it can be a trade's own id. */
  readonly tradeId: string | null;
}

/**
 * The statement of `findAndRecord`, for several requests.
 * @param merchantId the merchant of all of them, on a distributed engine, where a statement names it; null: of any
 * @returns what was found for each; null: the merchant has no such trade
 */
export async function findAndRecordAll(
  deps: Pick<Deps, 'db' | 'clock' | 'config' | 'suppliers'>,
  all: readonly WantedItem[],
  merchantId: string | null,
): Promise<(Candidate | null)[]> {
  const now = deps.clock.now();
  const leasedUntil = leaseEnd(now, deps.config.supplierTimeoutMs);
  const merchant = merchantId === null ? sql`given.merchant_id` : sql`${merchantId}::uuid`;
  const { rows } = await sql<Row>`
    with candidate as materialized (
      select ${merchantId === null ? onOneServer : sql``} given.number, given.cancellation_id, given.actor, given.request_id, found.*
      from ${asGiven(all, now)} cross join lateral (${candidateOf(deps, merchant, now)}) as found
    ), recorded as (
      insert into cancellation
        (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, attempts, due_at, requested_at)
      select merchant_id, cancellation_id, trade_id, item_id, supplier, 'requested', actor, request_id, 1,
        ${leasedUntil}::timestamptz, ${now}::timestamptz
      from candidate where is_cancellable
      on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
      returning merchant_id, id
    )
    select candidate.*, recorded.id as recorded_id from candidate left join recorded
      on recorded.merchant_id = candidate.merchant_id and recorded.id = candidate.cancellation_id`.execute(deps.db);
  const found = new Map(rows.map((row) => [Number(row.number), row]));
  return all.map((_, place) => {
    const row = found.get(place + 1);
    return row ? toCandidate(row, leasedUntil) : null;
  });
}

/** In SQL: the requests, numbered from 1. */
function asGiven(all: readonly WantedItem[], now: Date): RawBuilder<unknown> {
  const texts = (of: (each: WantedItem) => string | null) => sql`${all.map(of)}::text[]`;
  const ids = (of: (each: WantedItem) => string | null) => sql`${all.map(of)}::uuid[]`;
  return sql`unnest(
      ${ids(({ wanted }) => wanted.merchantId)}, ${texts(({ tradeRef }) => tradeRef)}, ${ids(({ tradeId }) => tradeId)},
      ${texts(({ itemRef }) => itemRef)}, ${texts(({ wanted }) => wanted.source)},
      ${texts(({ wanted }) => wanted.steamId)}, ${texts(({ wanted }) => wanted.trigger)},
      ${texts(({ wanted }) => wanted.actor)}, ${texts(({ wanted }) => wanted.requestId)},
      ${texts(({ wanted }) => wanted.askedAt.toISOString())}, ${ids(() => newId(now))}
    ) with ordinality as given (merchant_id, trade_ref, trade_id, item_ref, source, steam_id, trigger, actor, request_id,
      asked_at, cancellation_id, number)`;
}

/** In SQL: the trade and item of one of the requests, its order, its open request, and whether it may be cancelled now. */
function candidateOf(
  deps: Pick<Deps, 'config' | 'suppliers'>,
  merchant: RawBuilder<unknown>,
  now: Date,
): RawBuilder<unknown> {
  const request = { merchantId: merchant, requestId: sql`given.request_id`, askedAt: sql`given.asked_at::timestamptz` };
  return sql`
    select trade.id as trade_id, trade.merchant_id, trade.type, trade.source, trade.steam_id, trade.game,
      item.id as item_id, item.listing_id, item.external_id, item.state, item.supplier, item.reverted_by,
      item.created_at, purchase.id as purchase_id, purchase.order_id, purchase.ordered_at,
      open.id as open_id, open.state as open_state,
      trade.source = given.source and (given.steam_id is null or trade.steam_id = given.steam_id)
        and trade.type = 'withdraw' and trade.game = ${CS2} and item.state = any(${openItemStates})
        and (given.trigger <> 'timer' or item.state = any(${unsentItemStates}))
        and purchase.order_id is not null and open.id is null
        and ${isOldEnough(deps, now)} and not exists (
          select 1 from cancellation where cancellation.merchant_id = ${merchant}
            and cancellation.item_id = item.id and ${answersEarlier(deps, now, request)}) as is_cancellable
    from trade
    left join item on item.merchant_id = ${merchant} and item.trade_id = trade.id
      and item.listing_id is not null and (item.listing_id = given.item_ref or item.external_id = given.item_ref)
    left join purchase on purchase.merchant_id = ${merchant} and purchase.item_id = item.id and purchase.state = 'done'
    left join cancellation as open on open.merchant_id = ${merchant} and open.item_id = item.id
      and open.state in ('requested', 'unknown', 'accepted')
    where trade.merchant_id = ${merchant} and (trade.external_id = given.trade_ref or trade.id = given.trade_id)
      and ${isTheirs}
    order by trade.id = given.trade_id desc nulls last, trade.source = given.source desc, trade.created_at, trade.id,
      item.listing_id = given.item_ref desc nulls last
    limit 1`;
}

/** In SQL: a client's externalIds are its own. */
const isTheirs = sql`(trade.id = given.trade_id or given.steam_id is null
  or (trade.source = 'client' and trade.steam_id = given.steam_id))`;

/** Another merchant's trade, so that its id is answered as forbidden. */
async function findForeign({ db }: Pick<Deps, 'db'>, tradeId: string | null): Promise<Candidate> {
  if (tradeId === null) return { kind: 'no_trade' };
  const trade = await db
    .selectFrom('trade')
    .modifyFront(ofAllMerchants)
    .select(['id', 'merchant_id', 'type', 'source', 'steam_id', 'game'])
    .where('id', '=', tradeId)
    .executeTakeFirst();
  return trade ? { kind: 'no_item', trade } : { kind: 'no_trade' };
}

/** In SQL: the item's supplier can cancel, and would cancel the item and its order now. */
function isOldEnough(deps: Pick<Deps, 'suppliers'>, now: Date) {
  const limits = ageLimits(deps, now);
  const suppliers = limits.map(({ supplier }) => supplier);
  const createdBy = limits.map((limit) => limit.createdBy.toISOString());
  const orderedBy = limits.map((limit) => limit.orderedBy.toISOString());
  return sql`exists (
    select 1 from unnest(${suppliers}::text[], ${createdBy}::text[], ${orderedBy}::text[])
      as age_limit (supplier, created_by, ordered_by)
    where age_limit.supplier = item.supplier and item.created_at <= created_by::timestamptz
      and purchase.ordered_at <= ordered_by::timestamptz)`;
}

function toCandidate(row: Row, leasedUntil: Date): Candidate {
  const { trade_id, merchant_id, type, source, steam_id, game, item_id, supplier } = row;
  const trade = { id: trade_id, merchant_id, type, source, steam_id, game };
  if (item_id === null) return { kind: 'no_item', trade };
  const { listing_id, external_id, state, reverted_by, created_at, purchase_id, order_id, ordered_at } = row;
  const item = { id: item_id, listing_id, external_id, state, supplier, reverted_by, created_at };
  if (row.open_id !== null) {
    return { kind: 'open', trade, item, request: { id: row.open_id, state: row.open_state } };
  }
  if (purchase_id === null || order_id === null || ordered_at === null) return { kind: 'not_bought', trade, item };
  if (row.recorded_id === null) return { kind: 'bought', trade, item, orderedAt: ordered_at };
  const order = { purchaseId: purchase_id, orderId: order_id };
  const { recorded_id: id } = row;
  const request = { merchantId: merchant_id, id, itemId: item_id, supplier, order, attempt: 1, leasedUntil };
  return { kind: 'held', trade, item, request };
}
