import { itemsToCancel } from '../cancellations/queries.ts';
import { withdrawItem } from '../cancelling/withdraw.ts';
import type { TradeError } from '../core/trade-errors.ts';
import type { ApprovalRow, ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { recordPurchases } from '../purchases/store.ts';
import { scheduleFill } from '../quick-buys/claim.ts';
import { type MoveDeps, moveItems } from '../trades/move.ts';
import { hasListing, itemsOf, lockTrade } from '../trades/queries.ts';

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
 * Records a decision and carries it out, in the caller's transaction. The items of an approved trade become `pending`,
 * and each gets the purchase that will buy it, with its reference, before any request to a supplier. The items of any
 * other trade fail, and their money is released. Items with a cancellation request are withdrawn instead, so that
 * nothing is bought that is to be cancelled. The first decision stays: a later one changes nothing.
 */
export async function decide(deps: MoveDeps, trx: Trx, ref: TradeRef, decision: Decision): Promise<void> {
  const locked = await lockTrade(trx, ref.merchantId, ref.tradeId);
  if (!(await close(deps, trx, ref, decision))) return;
  const trade = await withdrawRequested(deps, trx, locked);
  const waiting = await waitingItems(trx, trade);
  if (waiting.length === 0) return;
  if (decision.state === 'approved') {
    const moved = await moveItems(deps, trx, { trade, items: waiting, event: 'approve', origin: { actor: 'gateway' } });
    if (trade.is_quick) await scheduleFill(deps, trx, trade);
    else await recordPurchases(deps, trx, moved.items.filter(hasListing));
    return;
  }
  const origin = { actor: 'gateway', cause: { reason: decision.reason } };
  const facts = { tradeError: errorOf[decision.state] };
  await moveItems(deps, trx, { trade, items: waiting, event: 'reject', origin, facts });
}

async function waitingItems(trx: Trx, { merchant_id, id }: TradeRow): Promise<ItemRow[]> {
  return (await itemsOf(trx, merchant_id, [id])).filter((item) => item.state === 'initiated');
}

async function withdrawRequested(deps: MoveDeps, trx: Trx, locked: TradeRow): Promise<TradeRow> {
  let trade = locked;
  const waiting = await waitingItems(trx, trade);
  const requested = await itemsToCancel(trx, trade.merchant_id, waiting);
  for (const item of waiting.filter(({ id }) => requested.has(id))) {
    trade = (await withdrawItem(deps, trx, trade, item, { actor: 'gateway' })) ?? trade;
  }
  return trade;
}

/** @returns false when the trade was decided before */
async function close(deps: MoveDeps, trx: Trx, ref: TradeRef, decision: Decision): Promise<boolean> {
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
