import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import { CS2, type Game } from '../core/games.ts';
import type { Deps } from '../deps.ts';

/** When items can be cancelled, and which ever can. */

const MIN_AGE_MS = 30 * MINUTE_MS;
/** How much younger than its item an order may be for a cancel to wait until the order is old enough as well. */
export const ORDER_WAIT_MAX_MS = 3 * SECOND_MS;

/** Whether there is a way to cancel such an item at all. */
export function canEver(deps: Deps, trade: { readonly game: Game }, item: { readonly supplier: string }): boolean {
  return trade.game === CS2 && deps.suppliers.get(item.supplier).cancel !== null;
}

/**
 * From when on a cancel of an item is worth sending: 30 minutes after it was created, and when its supplier cancels the
 * order free of charge, which it counts from its own order. A moment between the two is left out: a cancel that comes in
 * it waits. An item of exactly that age can be cancelled.
 * @param orderedAt the latest moment at which the supplier can have made the order; null: that is not known
 */
export function cancellableAt(
  deps: Deps,
  { supplier, created_at }: { readonly supplier: string; readonly created_at: Date },
  orderedAt: Date | null,
): Date {
  const byAge = later(created_at, Math.max(MIN_AGE_MS, minAgeMs(deps, supplier)));
  const byOrder = orderCancellableAt(deps, supplier, orderedAt);
  return msBetween(byAge, byOrder) <= ORDER_WAIT_MAX_MS ? byAge : byOrder;
}

/** From when on a supplier cancels an order free of charge. */
export function orderCancellableAt(deps: Deps, supplier: string, orderedAt: Date | null): Date {
  return orderedAt === null ? new Date(0) : later(orderedAt, minAgeMs(deps, supplier));
}

function minAgeMs({ suppliers }: Deps, supplier: string): number {
  return suppliers.get(supplier).cancel?.minAgeMs ?? 0;
}

/** Bounds for a statement that names no single supplier: what is older than both can be cancelled at any of them. */
export function oldEnoughEverywhere({ suppliers }: Deps, now: Date): { createdBy: Date; orderedBy: Date } {
  const maxMinAgeMs = Math.max(0, ...suppliers.all.map((supplier) => supplier.cancel?.minAgeMs ?? 0));
  return { createdBy: later(now, -Math.max(MIN_AGE_MS, maxMinAgeMs)), orderedBy: later(now, -maxMinAgeMs) };
}
