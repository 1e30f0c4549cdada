import { CANCEL_MIN_AGE_MS, hasCancel } from '../cancellations/policy.ts';
import { later } from '../core/clock.ts';
import { isTerminal } from '../core/item-states.ts';
import { decimal } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { ItemTimeline, Timeline } from '../trades/timeline.ts';

export interface CancelPreview {
  readonly itemId: string;
  readonly outcome: 'canceled' | 'requested' | 'requested before' | 'cannot be cancelled' | 'over';
  /** A sentence for people. */
  readonly effect: string;
}

const OPEN: ReadonlySet<string> = new Set(['requested', 'unknown', 'accepted']);

/** Whose rules a preview follows. */
export type PreviewFor = 'staff' | 'member';

type PreviewDeps = Pick<Deps, 'suppliers' | 'clock'>;

/**
 * What a cancel of each item would do now; a moment later it can be otherwise, so that the cancel decides again. Members have
 * the rules of the public API, and are not told where the operator buys.
 */
export function cancelPreview(deps: PreviewDeps, { trade, items }: Timeline, by: PreviewFor): CancelPreview[] {
  return items.map((each) => ({ itemId: each.item.id, ...previewOf(deps, trade, each, by) }));
}

function previewOf(
  { suppliers, clock }: PreviewDeps,
  trade: TradeRow,
  each: ItemTimeline,
  by: PreviewFor,
): Omit<CancelPreview, 'itemId'> {
  const { item } = each;
  if (isTerminal(item.state)) {
    return { outcome: 'over', effect: `The item has ended as ${item.state}. Nothing changes.` };
  }
  const canCancel = hasCancel(trade.game) && suppliers.find(item.supplier ?? '')?.cancel;
  const place = by === 'staff' ? (item.supplier ?? 'its marketplace') : 'its marketplace';
  if (by === 'member' && !canCancel)
    return { outcome: 'cannot be cancelled', effect: 'This item cannot be cancelled.' };
  const from = later(item.created_at, CANCEL_MIN_AGE_MS);
  if (by === 'member' && clock.now() < from) {
    return { outcome: 'cannot be cancelled', effect: `It can be cancelled from ${from.toISOString()} on.` };
  }
  if (isUnsent(each)) {
    const price = decimal(item.price_mills);
    return { outcome: 'canceled', effect: `No marketplace was asked to sell it. $${price} are released at once.` };
  }
  if (each.cancellations.some(({ state }) => OPEN.has(state))) {
    return { outcome: 'requested before', effect: 'Its cancellation was requested before. Nothing is sent twice.' };
  }
  if (!canCancel) return { outcome: 'cannot be cancelled', effect: `This item cannot be cancelled at ${place}.` };
  const effect = `A request to cancel goes to ${place}. The money comes back only when it confirms; delivery can still win.`;
  return { outcome: 'requested', effect };
}

/** No purchase of the item was sent, or only ones that were refused. */
function isUnsent({ item: { state, listing_id }, purchases }: ItemTimeline): boolean {
  if (state === 'initiated') return true;
  return state === 'pending' && (listing_id === null || purchases.at(-1)?.state === 'recorded');
}
