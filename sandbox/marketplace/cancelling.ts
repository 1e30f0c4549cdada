import { MINUTE_MS } from '../../src/core/clock.ts';
import type { CancelScript } from './behaviour.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import type { Phase } from './timeline.ts';

/** The answer to a cancellation attempt. */
export type CancelReply =
  | 'accepted'
  | 'no order'
  | 'too early'
  | 'already sent'
  | 'already closed'
  | 'seller preparing'
  | 'unavailable'
  | 'html'
  | 'hang'
  | 'cut';

/** At every simulated marketplace, an order younger than this cannot be cancelled. */
const CANCEL_MIN_AGE_MS = 30 * MINUTE_MS;

const scripts: Readonly<Record<CancelScript, { readonly takesEffect: boolean; readonly reply: CancelReply }>> = {
  accepted: { takesEffect: true, reply: 'accepted' },
  refused: { takesEffect: false, reply: 'seller preparing' },
  'no effect, 503': { takesEffect: false, reply: 'unavailable' },
  'no effect, answer is HTML': { takesEffect: false, reply: 'html' },
  'takes effect, answer lost': { takesEffect: true, reply: 'hang' },
  'takes effect, connection cut': { takesEffect: true, reply: 'cut' },
  'takes effect, answered as closed': { takesEffect: true, reply: 'already closed' },
};

/** null: the item is still with the seller, so the behaviour's script decides. */
const tooLate: Readonly<Record<Phase, CancelReply | null>> = {
  waiting: null,
  preparing: null,
  unheardOf: null,
  offered: 'already sent',
  accepted: 'already sent',
  settled: 'already closed',
  cancelled: 'already closed',
  sellerFailed: 'already closed',
  declined: 'already closed',
  recalledBySeller: 'already closed',
  reversedByUser: 'already closed',
};

/** Accepts or refuses a cancellation. After an acceptance the order's timeline decides the end. */
export function cancel(marketplace: Marketplace, orderId: string): CancelReply {
  const order = marketplace.orders.byOrderId(orderId);
  if (order?.outcome !== 'made' || order.side !== 'cs2') return 'no order';
  const refusal = refusalOf(marketplace, order);
  if (refusal !== null) {
    marketplace.orders.countCancel(order, marketplace.nowMs);
    return refusal;
  }
  return followScript(marketplace, order);
}

/** An accepted cancellation is accepted again without a second effect. */
function refusalOf(marketplace: Marketplace, order: Order): CancelReply | null {
  const late = tooLate[marketplace.statusOf(order).phase];
  if (late !== null) return late;
  if (order.cancelAcceptedAtMs !== null) return 'accepted';
  return marketplace.nowMs - order.createdAtMs < CANCEL_MIN_AGE_MS ? 'too early' : null;
}

function followScript(marketplace: Marketplace, order: Order): CancelReply {
  const { cancel: attempts } = marketplace.listingOf(order).behaviour;
  const { takesEffect, reply } = scripts[attempts[order.cancelAttempts] ?? attempts.at(-1) ?? attempts[0]];
  marketplace.orders.recordCancel(order, takesEffect, marketplace.nowMs);
  marketplace.changed();
  return reply;
}
