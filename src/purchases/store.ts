import { sql, type Updateable } from 'kysely';
import { openStates } from '../core/cancellation-states.ts';
import { earlier, HOUR_MS, later, SECOND_MS } from '../core/clock.ts';
import { newId, referenceOf } from '../core/ids.ts';
import { allItemStates, isTerminal } from '../core/item-states.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { Db } from '../db/connect.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { ItemRow, ItemWithListing, PurchaseRow, Tables } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isPurchaseStopped } from '../freezes/freezes.ts';
import type { Supplier } from '../suppliers/supplier.ts';
import { buyTimeoutMs } from '../suppliers/timing.ts';
import { nextAttemptAt } from '../work/backoff.ts';
import { byMerchant, claimDue, type DueTable, expireLeases } from '../work/claim.ts';
import { leaseEnd } from '../work/lease.ts';
import type { Choice } from './choice.ts';

/** What names a purchase, and the rows that its outcome changes. None of it ever changes. */
export type PurchaseRef = Pick<PurchaseRow, 'merchant_id' | 'id' | 'trade_id' | 'item_id'>;

/** A purchase at its latest call. What is known of an earlier call proves nothing about a later one. */
export type PurchaseAttempt = PurchaseRef & Pick<PurchaseRow, 'calls'>;

/** Claims of due rows are not counted, since an order may be read by two nodes without harm. Claims of a call are. */
const purchasesDue: DueTable = { table: 'purchase', key: 'id', dueAt: 'due_at', attempts: null };

/** A recorded purchase is made by its job, then by sweeps; for this long, no other sweep claims it. */
const UNSENT_LEASE_MS = 5 * SECOND_MS;
export const UNSENT_MAX = 50;
/** When a new order, or one without a clear answer, is first read: most changes come early. */
const FIRST_READ_MS = 2 * SECOND_MS;
const READ_AGAIN_MS = 30 * SECOND_MS;
const inFlightStates = allItemStates.filter((state) => !isTerminal(state));
/** How often orders are read, those with and without a clear answer. */
export const READ_BACKOFF = { minMs: 2 * SECOND_MS, maxMs: HOUR_MS };

/**
 * Records the purchases that will buy these items, each with its reference, before any supplier hears of it.
 * @param choices listing id → why it was chosen; for listings that the buyer did not name. Why an account was chosen for a
 *   listing that the buyer did name is kept with the item
 */
export async function recordPurchases(
  deps: Pick<Deps, 'clock' | 'jobs'>,
  trx: Trx,
  items: readonly ItemWithListing[],
  choices: ReadonlyMap<string, Choice> = new Map(),
): Promise<void> {
  const at = deps.clock.now();
  const purchases = items.map((item) => {
    const id = newId(at);
    return {
      merchant_id: item.merchant_id,
      id,
      trade_id: item.trade_id,
      item_id: item.id,
      supplier: item.supplier,
      reference: referenceOf(id),
      state: 'recorded' as const,
      due_at: later(at, UNSENT_LEASE_MS),
      choice: choiceFor(item, choices),
      created_at: at,
      updated_at: at,
    };
  });
  await trx.insertInto('purchase').values(purchases).execute();
  const jobs = purchases.map(({ merchant_id, id }) => ({ merchantId: merchant_id, purchaseId: id }));
  await deps.jobs.enqueue(trx, 'make-purchase', jobs);
}

function choiceFor({ listing_id, choice }: ItemWithListing, choices: ReadonlyMap<string, Choice>): string | null {
  const why = choices.get(listing_id) ?? choice;
  return why ? JSON.stringify(why) : null;
}

/** The suppliers that refused purchases of a trade for a reason of their own. */
export async function refusingSuppliers(
  trx: Trx,
  items: readonly Pick<ItemRow, 'merchant_id' | 'id'>[],
): Promise<ReadonlySet<string>> {
  const [first] = items;
  if (!first) return new Set();
  const rows = await trx
    .selectFrom('purchase')
    .select('supplier')
    .distinct()
    .where('merchant_id', '=', first.merchant_id)
    .where(
      'item_id',
      'in',
      items.map(({ id }) => id),
    )
    .where('state', '=', 'refused')
    .where('reason', '=', 'MARKET_UNAVAILABLE')
    .execute();
  return new Set(rows.map(({ supplier }) => supplier));
}

/** Claims purchases that were recorded and never sent, which a dead process or a lost job left behind. */
export async function claimUnsent(deps: Deps): Promise<readonly PurchaseRow[]> {
  const now = deps.clock.now();
  return claimDue<PurchaseRow>(deps, purchasesDue, {
    now,
    until: later(now, UNSENT_LEASE_MS),
    take: UNSENT_MAX,
    // Frozen purchases would fill the batch and hide the others.
    which: sql`purchase.supplier = any(${ownSuppliers(deps)}) and purchase.state = 'recorded' and not ${isPurchaseStopped()}`,
  });
}

/** Makes a purchase due that was not sent, because the account may make no call before then. */
export async function postponeUnsent(deps: Deps, { merchant_id, id }: PurchaseRef, waitMs: number): Promise<void> {
  await deps.db
    .updateTable('purchase')
    .set({ due_at: later(deps.clock.now(), waitMs) })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where(isUnsent)
    .execute();
}

/** What names a call that buys. */
export interface PurchaseCall {
  readonly merchantId: string;
  readonly purchaseId: string;
  /** Absent: the first call. A repeat: how many calls there were when it became due. */
  readonly calls?: number;
}

/** What the supplier must be told of a purchase; undefined: this call was claimed before, or the outcome is known. */
export async function readOrder({ db }: Deps, { merchantId, purchaseId, calls }: PurchaseCall) {
  const isCall = calls === undefined ? isUnsent : sql<boolean>`(${isUnknown} and purchase.calls = ${calls})`;
  return db
    .selectFrom('purchase')
    .innerJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
    )
    .innerJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'item.merchant_id').onRef('trade.id', '=', 'item.trade_id'),
    )
    .select(['purchase.merchant_id', 'purchase.id', 'purchase.trade_id', 'purchase.item_id'])
    .select(['purchase.supplier', 'purchase.reference', 'purchase.calls', 'ceiling_mills', 'trade_url'])
    .select((eb) => eb.ref('native_listing_id').$notNull().as('native_listing_id'))
    .where('purchase.merchant_id', '=', merchantId)
    .where('purchase.id', '=', purchaseId)
    .where(isCall)
    .executeTakeFirst();
}

/**
 * Claims a call that buys: the first one, or a repeat. From here on only a look-up or a repeat tells whether something was
 * bought. The same statement reads the freezes: no purchase is sent unclaimed, and none is claimed after a freeze of it was
 * committed.
 * @param callMs the time limit of the call
 * @param isRepeat whether it was sent before, and got no clear answer
 * @returns which call it is, and until when it belongs to this caller; null: another caller claimed it, the outcome is
 * known, buying is frozen, or the item is to be cancelled
 */
export async function claimCall(
  deps: Deps,
  { merchant_id, id, calls }: PurchaseAttempt,
  { callMs, isRepeat }: { readonly callMs: number; readonly isRepeat: boolean },
): Promise<{ readonly calls: number; readonly leasedUntil: Date } | null> {
  const now = deps.clock.now();
  const leasedUntil = leaseEnd(now, callMs);
  const claimed = await deps.db
    .updateTable('purchase')
    .set({ state: 'asked', due_at: leasedUntil, asked_at: now, updated_at: now, calls: calls + 1, misses: 0 })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where(isRepeat ? isUnknown : isUnsent)
    .where('calls', '=', calls)
    .where(sql<boolean>`not ${isPurchaseStopped()}`)
    // Nothing is bought for an item that is to be cancelled: its cancellation request ends both.
    .where(sql<boolean>`not ${isToBeCancelled}`)
    .returning('id')
    .executeTakeFirst();
  return claimed ? { calls: calls + 1, leasedUntil } : null;
}

/**
 * Counts a repeat as made that must not be made, because the item is to be cancelled. Without it the item and its
 * cancellation request would wait for each other for ever; with it, look-ups alone decide, after the same long time.
 */
export async function skipRepeat(deps: Deps, { merchant_id, id, calls }: PurchaseAttempt): Promise<void> {
  await deps.db
    .updateTable('purchase')
    .set({ calls: calls + 1, misses: 0, updated_at: deps.clock.now() })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where(isUnknown)
    .where('calls', '=', calls)
    .where(sql<boolean>`not ${isPurchaseStopped()}`)
    .where(isToBeCancelled)
    .execute();
}

const isUnsent = sql<boolean>`purchase.state = 'recorded'`;
const isUnknown = sql<boolean>`purchase.state = 'unknown'`;
const isToBeCancelled = sql<boolean>`exists (select 1 from cancellation
  where cancellation.merchant_id = purchase.merchant_id and cancellation.item_id = purchase.item_id
    and cancellation.state = any(${[...openStates]}))`;

/** A call whose lease is over may have bought: from now on its reference is looked up. */
export async function expireCalls(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const at = sql`${now}::timestamptz`;
  await expireLeases(deps.db, purchasesDue, {
    now,
    which: sql`supplier = any(${ownSuppliers(deps)}) and state = 'asked'`,
    set: sql`state = 'unknown', unknown_since = coalesce(unknown_since, ${at}), updated_at = ${at}, due_at = ${at}`,
  });
}

/** The call got no clear answer. The reference is kept and looked up, first after seconds. */
export async function markUnknown(
  deps: Deps,
  { merchant_id, id, calls }: PurchaseAttempt,
  { cause, isReferenceKnown = false }: { readonly cause: string; readonly isReferenceKnown?: boolean },
): Promise<void> {
  const at = deps.clock.now();
  const since = sql<Date>`coalesce(unknown_since, ${at}::timestamptz)`;
  const known = isReferenceKnown ? { known_at: sql<Date>`coalesce(known_at, ${at}::timestamptz)` } : {};
  await deps.db
    .updateTable('purchase')
    .set({ state: 'unknown', reason: cause, unknown_since: since, ...known })
    .set({ due_at: later(at, FIRST_READ_MS), updated_at: at })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .where('calls', '=', calls)
    .execute();
}

/** Locks purchases of one merchant, in the order of their ids; their trades and items must be locked before. */
export async function lockPurchases(trx: Trx, merchantId: string, ids: readonly string[]): Promise<PurchaseRow[]> {
  return trx
    .selectFrom('purchase')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
}

/** Whether a locked purchase may still turn out to be made or not. */
export function isOutcomeOpen({ state }: PurchaseRow): boolean {
  return state === 'asked' || state === 'unknown';
}

/** Writes that a locked purchase was made. */
export async function markMade(deps: Deps, trx: Trx, purchase: PurchaseRow, orderId: string): Promise<PurchaseRow> {
  const at = deps.clock.now();
  const made = {
    state: 'done',
    order_id: orderId,
    ordered_at: earlier(at, later(purchase.asked_at ?? at, buyTimeoutMs(deps, purchase.supplier))),
    reason: null,
    due_at: later(at, FIRST_READ_MS),
    unknown_since: null,
    misses: 0,
    updated_at: at,
  } as const;
  await update(trx, purchase, made);
  return { ...purchase, ...made };
}

/**
 * Writes that a locked purchase was not made.
 * @param isWatched whether it is read all the same, in case the order turns up
 */
export async function markRefused(
  { clock }: Pick<Deps, 'clock'>,
  trx: Trx,
  purchase: PurchaseRow,
  { reason, isWatched }: { readonly reason: ItemError; readonly isWatched: boolean },
): Promise<void> {
  const at = clock.now();
  const due_at = isWatched ? later(at, FIRST_READ_MS) : null;
  await update(trx, purchase, { state: 'refused', reason, due_at, unknown_since: null, updated_at: at });
}

/** Orders that changed are read often again: the pauses grow with the time since the last change. */
export async function resetReadBackoff(
  deps: Deps,
  trx: Trx,
  merchantId: string,
  purchaseIds: readonly string[],
): Promise<void> {
  await sql`
    update purchase set updated_at = ${deps.clock.now()}::timestamptz
    where merchant_id = ${merchantId}::uuid and id = any(${purchaseIds}::uuid[])`.execute(trx);
}

/** Claims a supplier's orders that are due to be read, until they are due again. */
export async function claimDueOrders(deps: Deps, supplier: Supplier): Promise<readonly PurchaseRow[]> {
  const now = deps.clock.now();
  return claimDue<PurchaseRow>(deps, purchasesDue, {
    now,
    until: nextAttemptAt(now, { since: sql.ref('purchase.updated_at'), id: sql.ref('purchase.id') }, READ_BACKOFF),
    take: supplier.findMax,
    which: sql`purchase.supplier = ${supplier.id} and purchase.state in ('unknown', 'done', 'refused')`,
  });
}

/**
 * Makes orders that could not be read due again soon. Their claim counted on this read: the next time of an old order
 * may be an hour away, and its supplier back in a moment.
 */
export async function readAgainSoon(deps: Deps, purchases: readonly PurchaseRow[]): Promise<void> {
  const soon = later(deps.clock.now(), READ_AGAIN_MS);
  for (const [merchantId, ids] of byMerchant(purchases)) {
    await ofMerchant(deps.db, merchantId, ids).set({ due_at: soon }).where('due_at', '>', soon).execute();
  }
}

/** Makes the orders of these references due to be read now. */
export async function makeOrdersDue(
  deps: Pick<Deps, 'db' | 'clock'>,
  supplier: string,
  references: readonly string[],
): Promise<void> {
  if (references.length === 0) return;
  const found = await ofSupplier(deps.db, supplier)
    .where('reference', 'in', [...references])
    .execute();
  for (const [merchantId, ids] of byMerchant(found)) {
    await ofMerchant(deps.db, merchantId, ids)
      .set({ due_at: deps.clock.now() })
      // Refused purchases are read as well: if there is an order after all, an operator must know.
      .where('state', 'in', ['done', 'unknown', 'refused'])
      .execute();
  }
}

/** Makes the orders with these ids of the supplier due to be read now, if they are still read. */
export async function makeOrdersDueById(
  deps: Pick<Deps, 'db' | 'clock'>,
  supplier: string,
  orderIds: readonly string[],
): Promise<void> {
  if (orderIds.length === 0) return;
  const found = await ofSupplier(deps.db, supplier)
    .where('order_id', 'in', [...orderIds])
    .where('due_at', 'is not', null)
    .execute();
  for (const [merchantId, ids] of byMerchant(found)) {
    await ofMerchant(deps.db, merchantId, ids)
      .set({ due_at: deps.clock.now() })
      .where('due_at', 'is not', null)
      .where('state', '=', 'done')
      .execute();
  }
}

/**
 * Makes the orders of a supplier due to be read now that wait for their delivery, and the purchases of which nobody knows
 * whether they were made. Rows that another caller has locked are being worked on.
 */
export async function makeUndeliveredDue({ db, clock }: Pick<Deps, 'db' | 'clock'>, supplier: string): Promise<void> {
  const now = clock.now();
  const found = await ofSupplier(db, supplier)
    .innerJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
    )
    .where('purchase.due_at', '>', now)
    .where('purchase.state', 'in', ['done', 'unknown'])
    .where('item.state', 'in', ['pending', 'active'])
    .execute();
  for (const [merchantId, ids] of byMerchant(found)) {
    await sql`
      with unlocked as (
        select id from purchase where merchant_id = ${merchantId}::uuid and id = any(${ids}::uuid[])
        for no key update skip locked
      )
      update purchase set due_at = ${now} from unlocked
      where purchase.merchant_id = ${merchantId}::uuid and purchase.id = unlocked.id and purchase.due_at > ${now}`.execute(
      db,
    );
  }
}

/** Names purchases of a supplier, whoever they are of. */
function ofSupplier(db: Db, supplier: string) {
  return db
    .selectFrom('purchase')
    .modifyFront(ofAllMerchants)
    .select(['purchase.merchant_id', 'purchase.id'])
    .where('purchase.supplier', '=', supplier);
}

function ofMerchant(db: Db, merchantId: string, ids: readonly string[]) {
  return db.updateTable('purchase').where('merchant_id', '=', merchantId).where('id', 'in', ids);
}

/** Counts a look-up that did not find the order; the next one comes soon, however old the purchase is. */
export async function countMiss(deps: Deps, { merchant_id, id, misses, calls }: PurchaseRow): Promise<void> {
  await deps.db
    .updateTable('purchase')
    .set({ misses: misses + 1, due_at: later(deps.clock.now(), READ_BACKOFF.minMs) })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where('state', '=', 'unknown')
    .where('calls', '=', calls)
    .execute();
}

/**
 * Ends the reading of an order, unless it was bought and its item is in flight: while an item waits for its
 * marketplace, its order is read, however long the marketplace has not found it. Otherwise the item would wait for ever.
 */
export async function stopReading(deps: Deps, { merchant_id, id }: PurchaseRef): Promise<void> {
  await deps.db
    .updateTable('purchase')
    .set({ due_at: null })
    .where('merchant_id', '=', merchant_id)
    .where('id', '=', id)
    .where(({ eb, or, not, exists, selectFrom }) =>
      or([
        eb('state', '=', 'refused'),
        not(
          exists(
            selectFrom('item')
              .select('item.id')
              .whereRef('item.merchant_id', '=', 'purchase.merchant_id')
              .whereRef('item.id', '=', 'purchase.item_id')
              .where('item.state', 'in', inFlightStates),
          ),
        ),
      ]),
    )
    .execute();
}

function ownSuppliers({ suppliers }: Deps): string[] {
  return suppliers.all.map((supplier) => supplier.id);
}

async function update(
  db: Db | Trx,
  { merchant_id, id }: PurchaseRef,
  values: Updateable<Tables['purchase']>,
): Promise<void> {
  await db.updateTable('purchase').set(values).where('merchant_id', '=', merchant_id).where('id', '=', id).execute();
}
