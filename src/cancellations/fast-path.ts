import { sql } from 'kysely';
import { CS2 } from '../core/games.ts';
import { isUuid, newId } from '../core/ids.ts';
import { allItemStates, isTerminal } from '../core/item-states.ts';
import type { CancellationState } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { leaseEnd } from '../work/lease.ts';
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
 * A trade of this merchant wins over another merchant's with the same text, an item's own id over an externalId. Of
 * trades with one externalId it is the caller's own; a client finds no others by their names, and a merchant those of its
 * clients, the oldest first.
 */
export async function findAndRecord(
  deps: Pick<Deps, 'db' | 'config' | 'suppliers'>,
  wanted: WantedCancel,
  refs: ItemRefs,
): Promise<Candidate> {
  const { merchantId, source, steamId, actor, requestId, now, trigger } = wanted;
  const { tradeRef, itemRef } = refs;
  const tradeId = isUuid(tradeRef.toLowerCase()) ? tradeRef.toLowerCase() : null;
  const leasedUntil = leaseEnd(now, deps.config.supplierTimeoutMs);
  const result = await sql<Row>`
    with candidate as (
      select trade.id as trade_id, trade.merchant_id, trade.type, trade.source, trade.steam_id, trade.game,
        item.id as item_id, item.listing_id, item.external_id, item.state, item.supplier, item.reverted_by,
        item.created_at, purchase.id as purchase_id, purchase.order_id, purchase.ordered_at,
        open.id as open_id, open.state as open_state
      from trade
      left join item on item.merchant_id = trade.merchant_id and item.trade_id = trade.id
        and item.listing_id is not null and (item.listing_id = ${itemRef} or item.external_id = ${itemRef})
      left join purchase on purchase.merchant_id = item.merchant_id and purchase.item_id = item.id
        and purchase.state = 'done'
      left join cancellation as open on open.merchant_id = item.merchant_id and open.item_id = item.id
        and open.state in ('requested', 'unknown', 'accepted')
      where (trade.merchant_id = ${merchantId} and trade.external_id = ${tradeRef} ${andOwnedBy(steamId)})
        ${orById(tradeId)}
      order by trade.merchant_id = ${merchantId} desc, trade.id = ${tradeId}::uuid desc nulls last,
        trade.source = ${source} desc, trade.created_at, trade.id, item.listing_id = ${itemRef} desc nulls last
      limit 1
    ), recorded as (
      insert into cancellation
        (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, attempts, due_at, requested_at)
      select merchant_id, ${newId(now)}::uuid, trade_id, item_id, supplier, 'requested', ${actor}, ${requestId}, 1,
        ${leasedUntil}::timestamptz, ${now}::timestamptz
      from candidate
      where merchant_id = ${merchantId} and source = ${source} ${andOf(steamId)} and type = 'withdraw' and game = ${CS2}
        and state = any(${trigger === 'timer' ? unsentItemStates : openItemStates}) and order_id is not null
        and open_id is null and ${isOldEnough(deps, now)} and not ${hasEarlierRequest(deps, wanted)}
      on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
      returning id
    )
    select candidate.*, recorded.id as recorded_id from candidate left join recorded on true`.execute(deps.db);
  const row = result.rows[0];
  return row ? toCandidate(row, leasedUntil) : { kind: 'no_trade' };
}

function orById(tradeId: string | null) {
  return tradeId === null ? sql`` : sql`or trade.id = ${tradeId}`;
}

/** A client's externalIds are its own. */
function andOwnedBy(steamId: string | null) {
  return steamId === null ? sql`` : sql`and trade.source = 'client' and trade.steam_id = ${steamId}`;
}

/** Part of the condition of the insert: a caller that may not cancel here must leave nothing behind. */
function andOf(steamId: string | null) {
  return steamId === null ? sql`` : sql`and steam_id = ${steamId}`;
}

/** In SQL: the item's supplier can cancel, and would cancel the item and its order now. */
function isOldEnough(deps: Pick<Deps, 'suppliers'>, now: Date) {
  const limits = ageLimits(deps, now);
  const suppliers = limits.map(({ supplier }) => supplier);
  const createdBy = limits.map((limit) => limit.createdBy.toISOString());
  const orderedBy = limits.map((limit) => limit.orderedBy.toISOString());
  return sql`exists (
    select from unnest(${suppliers}::text[], ${createdBy}::text[], ${orderedBy}::text[])
      as age_limit (supplier, created_by, ordered_by)
    where age_limit.supplier = candidate.supplier and candidate.created_at <= created_by::timestamptz
      and candidate.ordered_at <= ordered_by::timestamptz)`;
}

/** In SQL: a closed request of the item answers this one. */
function hasEarlierRequest(deps: Pick<Deps, 'config'>, wanted: WantedCancel) {
  return sql`exists (
    select from cancellation where cancellation.merchant_id = candidate.merchant_id
      and cancellation.item_id = candidate.item_id and ${answersEarlier(deps, wanted.now, wanted)})`;
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
