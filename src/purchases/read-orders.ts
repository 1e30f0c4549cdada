import { sql } from 'kysely';
import { openStates } from '../cancellations/states.ts';
import { DAY_MS, HOUR_MS, later, MINUTE_MS, msBetween, SECOND_MS } from '../clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { CS2, type FindAnswer, type FoundOrder, type Supplier } from '../suppliers/supplier.ts';
import { eventsToward, type ItemState, isTerminal } from '../trades/states.ts';
import { applyWord, isMoving } from './apply-word.ts';
import { recordNotBought } from './outcome.ts';

/** Reading rhythm: a tenth of the time since the last news, between these two, give or take a fifth. */
const READ_MIN_MS = 2 * SECOND_MS;
const READ_MAX_MS = HOUR_MS;
/** A completed item can still be reversed; it is read this long after it was completed. */
const REVERSAL_WATCH_MS = 14 * DAY_MS;
/** Look-ups that must miss, once misses count at all, before a purchase is taken as never made (DESIGN 4.3). */
const MISSES_ENOUGH = 5;

/**
 * Reads the orders of one supplier that are due, in bulk, and acts on what changed.
 * @returns how many were read; a full batch means that there may be more
 */
export async function readDueOrders(deps: Deps, supplier: Supplier): Promise<number> {
  const due = await claimDue(deps, supplier);
  if (due.length > 0) await readOrders(deps, supplier, due);
  return due.length;
}

/** Takes due rows for this node by moving their next time; rows that another node holds are skipped. */
async function claimDue(deps: Deps, supplier: Supplier): Promise<PurchaseRow[]> {
  const now = deps.clock.now();
  const sinceNews = sql`(${now}::timestamptz - updated_at)`;
  const pause = sql`least(greatest(${sinceNews} * 0.1, ${ms(READ_MIN_MS)}), ${ms(READ_MAX_MS)})`;
  return deps.db
    .updateTable('purchase')
    .set({ due_at: sql<Date>`${now}::timestamptz + ${pause} * (0.8 + random() * 0.4)` })
    .where(({ eb, refTuple, selectFrom }) =>
      eb(
        refTuple('merchant_id', 'id'),
        'in',
        selectFrom('purchase')
          .select(['merchant_id', 'id'])
          .where('supplier', '=', supplier.id)
          .where('due_at', '<=', now)
          .where('state', 'in', ['unknown', 'done'])
          .orderBy('due_at')
          .limit(supplier.findMax)
          .forUpdate()
          .skipLocked()
          .$asTuple('merchant_id', 'id'),
      ),
    )
    .returningAll()
    .execute();
}

function ms(duration: number) {
  return sql`${`${duration} milliseconds`}::interval`;
}

/** Reads these purchases' orders now. An unclear answer changes nothing: they are due again soon. */
export async function readOrders(deps: Deps, supplier: Supplier, purchases: readonly PurchaseRow[]): Promise<void> {
  const answer = await supplier.find(purchases.map((purchase) => purchase.reference));
  deps.metrics.supplierCalls.inc({ supplier: supplier.id, call: 'find', outcome: answer.outcome });
  if (answer.outcome === 'unknown') {
    deps.log.warn({ supplier: supplier.id, cause: answer.cause, orders: purchases.length }, 'orders cannot be read');
    return;
  }
  const found = new Map(answer.found.map((order) => [order.reference, order]));
  const stands = await standing(deps, purchases);
  for (const purchase of purchases) {
    const order = found.get(purchase.reference);
    if (!order) await missed(deps, supplier, purchase, answer);
    else if (isNews(purchase, order, stands.get(purchase.item_id))) await applyWord(deps, purchase, order);
    else await stopWhenOver(deps, purchase, stands.get(purchase.item_id));
  }
}

interface Standing {
  readonly state: ItemState;
  readonly hasHold: boolean;
  readonly hasOpenCancellation: boolean;
}

async function standing(deps: Deps, purchases: readonly PurchaseRow[]): Promise<Map<string, Standing>> {
  const rows = await deps.db
    .selectFrom('item')
    .innerJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'item.merchant_id').onRef('trade.id', '=', 'item.trade_id'),
    )
    .leftJoin('cancellation', (join) =>
      join
        .onRef('cancellation.merchant_id', '=', 'item.merchant_id')
        .onRef('cancellation.item_id', '=', 'item.id')
        .on('cancellation.state', 'in', [...openStates]),
    )
    .select(['item.id', 'item.state', 'trade.game', 'cancellation.id as open_id'])
    .where('item.merchant_id', 'in', [...new Set(purchases.map((purchase) => purchase.merchant_id))])
    .where(
      'item.id',
      'in',
      purchases.map((purchase) => purchase.item_id),
    )
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      { state: row.state, hasHold: row.game === CS2, hasOpenCancellation: row.open_id !== null },
    ]),
  );
}

/** Most reads bring nothing new; only those that might are worth a transaction. */
function isNews(purchase: PurchaseRow, order: FoundOrder, at: Standing | undefined): boolean {
  if (purchase.state !== 'done' || !at) return true;
  if (!isMoving(order.word)) return order.word.status === 'unrecognised';
  const events = eventsToward(at.state, order.word.status, at.hasHold);
  return (
    events === null || events.length > 0 || (at.hasOpenCancellation && (isTerminal(at.state) || at.state === 'hold'))
  );
}

async function stopWhenOver(deps: Deps, purchase: PurchaseRow, at: Standing | undefined): Promise<void> {
  if (!at || !isTerminal(at.state)) return;
  const age = msBetween(purchase.updated_at, deps.clock.now());
  if (at.state === 'completed' && age < REVERSAL_WATCH_MS) return;
  await deps.db
    .updateTable('purchase')
    .set({ due_at: null })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .execute();
}

/** A miss soon after a lost answer proves nothing: suppliers' look-ups lag (suppliers.md §3, row 2). */
async function missed(
  deps: Deps,
  supplier: Supplier,
  purchase: PurchaseRow,
  answer: Extract<FindAnswer, { outcome: 'read' }>,
): Promise<void> {
  const ref = { merchantId: purchase.merchant_id, purchaseId: purchase.id };
  if (purchase.state === 'done') {
    deps.log.warn({ supplier: supplier.id, reference: purchase.reference }, 'a supplier does not know its own order');
    return;
  }
  if (answer.neverMade.includes(purchase.reference)) return recordNotBought(deps, ref, 'MARKET_UNAVAILABLE');
  const since = purchase.unknown_since ?? purchase.updated_at;
  const counts = msBetween(since, deps.clock.now()) >= Math.max(supplier.lookupDelayMs, MINUTE_MS);
  if (!counts) return;
  if (purchase.misses + 1 >= MISSES_ENOUGH) return recordNotBought(deps, ref, 'PURCHASE_FAILED');
  await deps.db
    .updateTable('purchase')
    // A miss that counts is followed up soon, however old the purchase is.
    .set({ misses: purchase.misses + 1, due_at: later(deps.clock.now(), READ_MIN_MS) })
    .where('merchant_id', '=', purchase.merchant_id)
    .where('id', '=', purchase.id)
    .where('state', '=', 'unknown')
    .execute();
}
