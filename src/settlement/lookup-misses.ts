import { DAY_MS, MINUTE_MS, msBetween } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { countMiss, stopReading } from '../purchases/store.ts';
import type { FindAnswer, Supplier } from '../suppliers/supplier.ts';
import { recordNeverMade, recordNotBought } from './purchase-outcome.ts';

/** How many look-ups must miss, once misses count, before a purchase is repeated or taken as never made. */
const MISSES_MAX = 5;
/**
 * After the first call and after each repeat, misses count after a pause, which starts with the delay that the supplier
 * says and is four times as long each time. With a minute, purchases are repeated after 1, 5, 21 and 85 minutes and 6
 * hours, and given up after 23 hours.
 */
const REPEATS_MAX = 5;
const PAUSE_GROWTH = 4;

/**
 * For how long an order is still read once it seems to be over. Steam's protection window is about a week. Afterwards a
 * supplier can still reverse a completed order, which moves money back, deliver an order that it had called failed, or
 * turn out to have made one that every look-up missed; the last two alert an operator. A purchase whose reference the
 * supplier knows is not given up before, either.
 */
const WATCH_MS = 14 * DAY_MS;

/** A look-up did not find the reference. Soon after a lost answer that proves nothing, since look-ups lag. */
export async function onLookupMiss(
  deps: Deps,
  supplier: Supplier,
  purchase: PurchaseRow,
  { neverMade }: Extract<FindAnswer, { outcome: 'read' }>,
): Promise<void> {
  switch (purchase.state) {
    case 'done':
      deps.log.warn(
        { supplier: supplier.id, reference: purchase.reference },
        'The supplier does not find its own order. It is looked up again.',
      );
      return stopReadingWhenOver(deps, purchase);
    case 'refused':
      return stopReadingWhenOver(deps, purchase);
    default:
      if (neverMade.includes(purchase.reference)) return recordNotBought(deps, purchase, 'MARKET_UNAVAILABLE');
      return onUnprovenMiss(deps, supplier, purchase);
  }
}

async function onUnprovenMiss(deps: Deps, supplier: Supplier, purchase: PurchaseRow): Promise<void> {
  if (!isCountedOut(deps, supplier, purchase)) return countMissInTime(deps, supplier, purchase);
  if (mayBeRepeated(supplier, purchase)) return requestRepeat(deps, purchase);
  const isKept = purchase.known_at !== null && msBetween(purchase.known_at, deps.clock.now()) < WATCH_MS;
  if (!isKept) await recordNeverMade(deps, purchase);
}

/** A look-up was answered without an order, but it was no miss. A repeat tells more; without one, nothing is decided. */
export async function onAnswerWithoutOrder(deps: Deps, supplier: Supplier, purchase: PurchaseRow): Promise<void> {
  if (purchase.state !== 'unknown' || !mayBeRepeated(supplier, purchase)) return;
  if (!isCountedOut(deps, supplier, purchase)) return countMissInTime(deps, supplier, purchase);
  return requestRepeat(deps, purchase);
}

/** Whether this miss is the one that decides. */
function isCountedOut(deps: Deps, supplier: Supplier, purchase: PurchaseRow): boolean {
  return doesCount(deps, supplier, purchase) && purchase.misses + 1 >= MISSES_MAX;
}

async function countMissInTime(deps: Deps, supplier: Supplier, purchase: PurchaseRow): Promise<void> {
  if (doesCount(deps, supplier, purchase)) await countMiss(deps, purchase);
}

/** The latest call became unknown when the purchase was last updated. */
function doesCount({ clock }: Deps, supplier: Supplier, { updated_at: since, calls }: PurchaseRow): boolean {
  const pauseMs = Math.max(supplier.lookupDelayMs, MINUTE_MS);
  return msBetween(since, clock.now()) >= pauseMs * PAUSE_GROWTH ** Math.max(0, calls - 1);
}

/** Of a reference that the supplier knows, a repeat tells nothing more. */
function mayBeRepeated({ repeats }: Supplier, { calls, known_at: knownAt }: PurchaseRow): boolean {
  return repeats !== 'unsafe' && knownAt === null && calls <= REPEATS_MAX;
}

/** The job is a wake-up: if it is lost, or buying is frozen, the next look-up that misses requests the repeat again. */
async function requestRepeat(deps: Deps, { merchant_id, id, calls }: PurchaseRow): Promise<void> {
  await inTransaction(deps, (trx) =>
    deps.jobs.enqueue(trx, 'repeat-purchase', [{ merchantId: merchant_id, purchaseId: id, calls }]),
  );
}

/** Ends the reading of an order that has not changed for long enough, if its item has ended. */
export async function stopReadingWhenOver(deps: Deps, purchase: PurchaseRow): Promise<void> {
  if (msBetween(purchase.updated_at, deps.clock.now()) >= WATCH_MS) await stopReading(deps, purchase);
}
