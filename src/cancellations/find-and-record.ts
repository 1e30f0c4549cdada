import { sql } from 'kysely';
import type { Order } from '../cancelling/cancellation.ts';
import { CS2 } from '../core/games.ts';
import { isUuid, newId } from '../core/ids.ts';
import type { ItemState } from '../core/item-states.ts';
import type { CancellationState, FoundItemRow, TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { justLost } from './store.ts';

/** An item to cancel with all that the rules ask about. */
export interface Candidate {
  readonly trade: Pick<TradeRow, 'id' | 'merchant_id' | 'type' | 'source' | 'steam_id' | 'game'>;
  readonly item: Pick<
    FoundItemRow,
    'id' | 'listing_id' | 'external_id' | 'state' | 'supplier' | 'reverted_by' | 'created_at'
  > | null;
  /** The order at the supplier; null while the purchase is not known to be made. */
  readonly order: Order | null;
  /** The latest moment at which the supplier can have made it. */
  readonly orderedAt: Date | null;
  /** The item's open cancellation, if it has one. */
  readonly cancellation: { readonly id: string; readonly state: CancellationState } | null;
  /** A request that was recorded now, as `requested`: the caller holds it and must ask the supplier. */
  readonly recorded: string | null;
}

interface Row {
  trade_id: string;
  merchant_id: string;
  type: 'withdraw' | 'deposit';
  source: 'self' | 'client';
  steam_id: string;
  game: TradeRow['game'];
  item_id: string | null;
  listing_id: string;
  external_id: string | null;
  state: FoundItemRow['state'];
  supplier: string;
  reverted_by: FoundItemRow['reverted_by'];
  created_at: Date;
  purchase_id: string | null;
  order_id: string | null;
  ordered_at: Date | null;
  open_id: string | null;
  open_state: CancellationState;
  recorded_id: string | null;
}

/** Who asks, when, and what a request needs that is recorded at once. */
export interface Asking {
  readonly merchantId: string;
  readonly source: 'self' | 'client';
  /** null: whichever client's, or the merchant's own. */
  readonly steamId: string | null;
  readonly actor: string;
  /** null: nobody's request, as with the timer. */
  readonly requestId: string | null;
  /** When the request arrived. */
  readonly askedAt: Date;
  readonly now: Date;
  /** The newest moments at which an item may have been created, and ordered, that is old enough for every supplier. */
  readonly createdBy: Date;
  readonly orderedBy: Date;
  readonly leaseEnd: Date;
  /** Whether an item that was sent already is left alone, as the timer does. */
  readonly onlyUnsent?: true;
}

const UNSENT = ['pending'] satisfies ItemState[];
const AT_SUPPLIER = ['pending', 'active', 'hold'] satisfies ItemState[];

/**
 * Finds the item that a path names, and in the same statement records the request to cancel it when every rule is
 * plainly met: the usual case then costs one round trip before the supplier is asked, and no other request can come
 * in between. Where no request was recorded, the caller's rules say why; they alone decide refusals.
 *
 * A trade of this merchant wins over another merchant's with the same text, an item's own id over an externalId. Of
 * trades with one externalId it is the caller's own; a client finds no others by their names, and a merchant those of its
 * clients, the oldest first.
 * @returns null when there is no such trade; `item` is null when the trade has no such item
 */
export async function findAndRecord(
  deps: Deps,
  asking: Asking,
  { tradeRef, itemRef }: { tradeRef: string; itemRef: string },
): Promise<Candidate | null> {
  const { merchantId, source, steamId, actor, requestId, now, createdBy, orderedBy, leaseEnd, onlyUnsent } = asking;
  const tradeId = isUuid(tradeRef.toLowerCase()) ? tradeRef.toLowerCase() : null;
  const cancelling = deps.suppliers.all.filter((supplier) => supplier.cancel).map((supplier) => supplier.id);
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
        (merchant_id, id, trade_id, item_id, supplier, state, actor, request_id, asks, due_at, requested_at)
      select merchant_id, ${newId(now)}::uuid, trade_id, item_id, supplier, 'requested', ${actor}, ${requestId}, 1,
        ${leaseEnd}::timestamptz, ${now}::timestamptz
      from candidate
      where merchant_id = ${merchantId} and source = ${source} ${andOf(steamId)} and type = 'withdraw' and game = ${CS2}
        and supplier = any(${cancelling}) and state = any(${onlyUnsent ? UNSENT : AT_SUPPLIER}) and order_id is not null
        and created_at <= ${createdBy}::timestamptz and ordered_at <= ${orderedBy}::timestamptz and open_id is null
        and not ${justLost(deps, now, { merchantId: sql.ref('candidate.merchant_id'), itemId: sql.ref('candidate.item_id') })}
      on conflict (merchant_id, item_id) where state in ('requested', 'unknown', 'accepted') do nothing
      returning id
    )
    select candidate.*, recorded.id as recorded_id from candidate left join recorded on true`.execute(deps.db);
  const row = result.rows[0];
  return row ? toCandidate(row) : null;
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

function toCandidate(row: Row): Candidate {
  const { trade_id, merchant_id, type, source, steam_id, game } = row;
  return {
    trade: { id: trade_id, merchant_id, type, source, steam_id, game },
    item:
      row.item_id === null
        ? null
        : {
            id: row.item_id,
            listing_id: row.listing_id,
            external_id: row.external_id,
            state: row.state,
            supplier: row.supplier,
            reverted_by: row.reverted_by,
            created_at: row.created_at,
          },
    order:
      row.purchase_id === null || row.order_id === null ? null : { purchaseId: row.purchase_id, orderId: row.order_id },
    orderedAt: row.ordered_at,
    cancellation: row.open_id === null ? null : { id: row.open_id, state: row.open_state },
    recorded: row.recorded_id,
  };
}
