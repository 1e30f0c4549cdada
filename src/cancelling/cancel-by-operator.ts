import { hasCancel } from '../cancellations/policy.ts';
import { isTerminal } from '../core/item-states.ts';
import type { ItemRow, ItemWithListing, TradeRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import type { MoveDeps } from '../trades/move.ts';
import { hasListing, itemsOf, lockTrade } from '../trades/queries.ts';
import { recordRequest } from './trade-lock.ts';
import { withdrawItem } from './withdraw.ts';

type OperatorDeps = Pick<Deps, 'db' | 'config'> & MoveDeps;

/** What an operator wants cancelled, and why. */
export interface OperatorCancel {
  /** Internal ids; null: every item of the trade. */
  readonly itemIds: ReadonlySet<string> | null;
  readonly actor: string;
  readonly reason: string;
  /** Whether suppliers are asked about items that they may have sold, as when a merchant cancels them. */
  readonly asksSuppliers: boolean;
}

/**
 * What became of an item:
 * - `canceled`: no supplier was asked to sell it; its money is released;
 * - `requested`: a cancellation request is recorded, and workers ask the supplier;
 * - `requested before`: there is an open request already;
 * - `at supplier`: a supplier may have sold it, and the operator did not want it asked;
 * - `cannot be cancelled`: its marketplace has no cancel;
 * - `over`: it has ended, and stays as it is.
 */
export type OperatorOutcome =
  | 'canceled'
  | 'requested'
  | 'requested before'
  | 'at supplier'
  | 'cannot be cancelled'
  | 'over';

export interface CancelledByOperator {
  readonly item: ItemRow;
  readonly outcome: OperatorOutcome;
}

/** Cancels items of a trade for an operator. Each item is decided under the trade's lock. */
export async function cancelByOperator(
  deps: OperatorDeps,
  trade: TradeRow,
  wanted: OperatorCancel,
): Promise<CancelledByOperator[]> {
  const withdrawn = await withdrawUnsent(deps, trade, wanted);
  if (!wanted.asksSuppliers) return withdrawn;
  const all: CancelledByOperator[] = [];
  for (const one of withdrawn) {
    const { item } = one;
    const isAsked = one.outcome === 'at supplier' && hasListing(item);
    all.push(isAsked ? { item, outcome: await request(deps, trade, item, wanted) } : one);
  }
  return all;
}

async function withdrawUnsent(
  deps: OperatorDeps,
  { merchant_id, id }: TradeRow,
  { itemIds, actor, reason }: OperatorCancel,
): Promise<CancelledByOperator[]> {
  return inTransaction(deps, async (trx) => {
    let trade = await lockTrade(trx, merchant_id, id);
    const done: CancelledByOperator[] = [];
    for (const item of await itemsOf(trx, merchant_id, [id])) {
      if (itemIds && !itemIds.has(item.id)) continue;
      const next = await withdrawItem(deps, trx, trade, item, { actor, cause: { reason } });
      trade = next ?? trade;
      done.push({ item, outcome: next ? 'canceled' : isTerminal(item.state) ? 'over' : 'at supplier' });
    }
    return done;
  });
}

/** The request's lease ends now, so that the next round of a worker claims it and calls the supplier. */
async function request(
  deps: OperatorDeps,
  trade: TradeRow,
  { id: itemId, supplier }: ItemWithListing,
  { actor }: OperatorCancel,
): Promise<OperatorOutcome> {
  if (!hasCancel(trade.game)) return 'cannot be cancelled';
  const ids = { merchantId: trade.merchant_id, tradeId: trade.id, itemId, supplier };
  const now = deps.clock.now();
  const by = { trigger: 'operator', actor, requestId: null, askedAt: now } as const;
  const recorded = await recordRequest(deps, { ...ids, ...by, leasedUntil: now });
  switch (recorded.kind) {
    case 'withdrawn':
      return 'canceled';
    case 'held':
    case 'waiting':
      return 'requested';
    case 'joined':
    case 'changed':
      return 'requested before';
  }
}
