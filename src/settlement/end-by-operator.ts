import { HOUR_MS, msBetween } from '../core/clock.ts';
import type { PurchaseRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { isOutcomeOpen, markRefused, type PurchaseRef } from '../purchases/store.ts';
import { type MoveDeps, moveItems } from '../trades/move.ts';
import { settle } from './settle.ts';

/** A call that was lost on the way, or held up by a proxy, does not arrive as late as this. */
const LAST_CALL_MIN_AGE_MS = HOUR_MS;

/** Who says that a purchase was never made, and how that is known. */
export interface OperatorStatement {
  readonly actor: string;
  readonly reason: string;
}

/**
 * What became of the statement:
 * - `ended`: the item has failed, and its money is released;
 * - `known`: the outcome was known by then, and stays as it is;
 * - `calling`: a call is under way, which may be buying now;
 * - `too soon`: the last call was less than an hour ago, and may still arrive;
 * - `reference known`: the marketplace has said that it knows the reference, so there may be an order.
 */
export type StatementOutcome = 'ended' | 'known' | 'calling' | 'too soon' | 'reference known';

/**
 * Ends an unknown purchase of which an operator says, from the marketplace's own pages or people, that it was never made.
 * It is looked up all the same for a while: an order that turns up raises an alert, like that of a purchase that was given up.
 */
export async function endByOperator(
  deps: Pick<Deps, 'db'> & MoveDeps,
  ref: PurchaseRef,
  { actor, reason }: OperatorStatement,
): Promise<StatementOutcome> {
  return settle(deps, ref, async (trx, { trade, item, purchase }) => {
    const hindrance = hindranceOf(deps, purchase);
    if (hindrance) return hindrance;
    const error = 'PURCHASE_FAILED';
    await markRefused(deps, trx, purchase, { reason: error, isWatched: true });
    const cause = { reference: purchase.reference, reason };
    await moveItems(deps, trx, { trade, items: [item], event: 'fail', origin: { actor, cause }, facts: { error } });
    return 'ended';
  });
}

function hindranceOf({ clock }: MoveDeps, purchase: PurchaseRow): Exclude<StatementOutcome, 'ended'> | null {
  if (!isOutcomeOpen(purchase)) return 'known';
  if (purchase.state === 'asked') return 'calling';
  if (purchase.known_at !== null) return 'reference known';
  return msBetween(purchase.updated_at, clock.now()) < LAST_CALL_MIN_AGE_MS ? 'too soon' : null;
}
