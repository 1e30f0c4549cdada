import { DAY_MS, MINUTE_MS, msBetween } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { countMiss, stopReading } from '../purchases/store.ts';
import type { FindAnswer, Supplier } from '../suppliers/supplier.ts';
import { recordNeverMade, recordNotBought } from './purchase-outcome.ts';

/** How many look-ups must miss, once misses count, before a purchase is taken as never made. */
const MISSES_MAX = 5;

/**
 * For how long an order is still read once it seems to be over. Steam's protection window is about a week. Afterwards a
 * supplier can still reverse a completed order, which moves money back, deliver an order that it had called failed, or
 * turn out to have made one that five look-ups missed; the last two alert an operator.
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
  const unknownSince = purchase.unknown_since ?? purchase.updated_at;
  const counts = msBetween(unknownSince, deps.clock.now()) >= Math.max(supplier.lookupDelayMs, MINUTE_MS);
  if (!counts) return;
  if (purchase.misses + 1 >= MISSES_MAX) return recordNeverMade(deps, purchase);
  return countMiss(deps, purchase);
}

/** Ends the reading of an order that has not changed for long enough, if its item has ended. */
export async function stopReadingWhenOver(deps: Deps, purchase: PurchaseRow): Promise<void> {
  if (msBetween(purchase.updated_at, deps.clock.now()) >= WATCH_MS) await stopReading(deps, purchase);
}
