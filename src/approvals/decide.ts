import { closeOpenCancellation } from '../cancellations/close.ts';
import type { ApprovalRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { recordPurchases } from '../purchases/record-purchases.ts';
import { startFilling } from '../quick-buys/claim.ts';
import type { TradeError } from '../trades/errors.ts';
import { moveItems } from '../trades/move.ts';
import { isFound, itemsOf, lockTrade } from '../trades/queries.ts';

interface TradeRef {
  readonly merchantId: string;
  readonly tradeId: string;
}

export type Decision =
  | { readonly state: 'approved' }
  | { readonly state: 'rejected' | 'timed_out'; readonly reason: string };

const errorOf = { rejected: 'MERCHANT_REJECTED', timed_out: 'APPROVAL_TIMEOUT' } as const satisfies Record<
  Exclude<Decision['state'], 'approved'>,
  TradeError
>;

/**
 * Writes down what was decided, and does it, in the caller's transaction: an approved trade's items become `pending`
 * and each gets the purchase that will buy it, with its reference, before any supplier hears of it (DESIGN 4.3); those
 * of any other fail, and their money is released. The first decision stays: a later one changes nothing.
 */
export async function decide(deps: Deps, trx: Trx, ref: TradeRef, decision: Decision): Promise<void> {
  const trade = await lockTrade(trx, ref.merchantId, ref.tradeId);
  if (!(await close(deps, trx, ref, decision))) return;
  const waiting = (await itemsOf(trx, trade.merchant_id, [trade.id])).filter((item) => item.state === 'initiated');
  if (waiting.length === 0) return;
  if (decision.state === 'approved') {
    const moved = await moveItems(deps, trx, trade, waiting, 'approve', { actor: 'gateway' });
    if (trade.is_quick) await startFilling(deps, trx, trade);
    else await recordPurchases(deps, trx, moved.items.filter(isFound));
    return;
  }
  const origin = { actor: 'gateway', cause: { reason: decision.reason } };
  const moved = await moveItems(deps, trx, trade, waiting, 'reject', origin, { tradeError: errorOf[decision.state] });
  for (const failed of moved.items) await closeOpenCancellation(deps, trx, failed, false);
}

/** @returns false when it was decided before */
async function close(deps: Deps, trx: Trx, ref: TradeRef, decision: Decision): Promise<boolean> {
  const { state } = decision;
  const reason: ApprovalRow['reason'] = decision.state === 'approved' ? null : decision.reason;
  const row = await trx
    .updateTable('approval')
    .set({ state, reason, due_at: null, decided_at: deps.clock.now() })
    .where('merchant_id', '=', ref.merchantId)
    .where('trade_id', '=', ref.tradeId)
    .where('state', '=', 'asking')
    .returning('trade_id')
    .executeTakeFirst();
  deps.metrics.approvals.inc({ state }, row ? 1 : 0);
  return row !== undefined;
}
