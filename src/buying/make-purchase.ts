import { sql } from 'kysely';
import type { Config } from '../config/config.ts';
import { openStates } from '../core/cancellation-states.ts';
import { later, SECOND_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';
import { isPurchaseStopped } from '../freezes/freezes.ts';
import { markUnknown, recordBought, recordNotBought } from '../settlement/purchase-outcome.ts';
import type { BuyAnswer } from '../suppliers/supplier.ts';

/** Beyond the supplier's time-out, a call still without a recorded answer belonged to a process that died. */
const LEASE_MARGIN_MS = 5 * SECOND_MS;

/**
 * Buys one item, once: only a purchase that was never asked for is asked for, and it is marked as asked before the
 * call. Whatever goes wrong after that mark is resolved by looking the reference up, never by asking again (DESIGN 4.3).
 */
export async function makePurchase(deps: Deps, job: { merchantId: string; purchaseId: string }): Promise<void> {
  const order = await readOrder(deps, job);
  if (!order) return;
  const leasedUntil = await markAsked(deps, job);
  // Who was held up does not call any more: once the lease is over, look-ups may prove that nothing was bought.
  if (leasedUntil === null || later(deps.clock.now(), deps.config.supplierTimeoutMs) > leasedUntil) return;
  const { merchantId, purchaseId } = job;
  const answer = await ask(deps, order);
  switch (answer.outcome) {
    case 'bought':
      return recordBought(deps, { merchantId, purchaseId }, answer);
    case 'refused':
      return recordNotBought(deps, { merchantId, purchaseId }, answer.reason);
    case 'unknown':
      return markUnknown(deps, { merchantId, purchaseId }, answer.cause);
  }
}

/** Read before the mark is made, so that between the mark and the call nothing is left to wait for. */
async function readOrder(deps: Deps, job: { merchantId: string; purchaseId: string }) {
  return deps.db
    .selectFrom('purchase')
    .innerJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'purchase.merchant_id').onRef('item.id', '=', 'purchase.item_id'),
    )
    .innerJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'item.merchant_id').onRef('trade.id', '=', 'item.trade_id'),
    )
    .select(['purchase.supplier', 'purchase.reference', 'ceiling_mills', 'trade_url'])
    .select((eb) => eb.ref('native_listing_id').$notNull().as('native_listing_id'))
    .where('purchase.merchant_id', '=', job.merchantId)
    .where('purchase.id', '=', job.purchaseId)
    .where('purchase.state', '=', 'recorded')
    .executeTakeFirst();
}

/** For how long the call that buys belongs to one caller. */
export function longestCallMs({ supplierTimeoutMs }: Pick<Config, 'supplierTimeoutMs'>): number {
  return supplierTimeoutMs + LEASE_MARGIN_MS;
}

/**
 * From here on only a look-up tells whether something was bought. Freezes are read by the statement that makes the
 * mark: no purchase is sent that is not marked, and none is marked after a freeze of it was committed.
 * @returns until when the call is this caller's to make; null: somebody else has asked, or buying is frozen
 */
async function markAsked(deps: Deps, job: { merchantId: string; purchaseId: string }): Promise<Date | null> {
  const now = deps.clock.now();
  const leasedUntil = later(now, longestCallMs(deps.config));
  const marked = await deps.db
    .updateTable('purchase')
    .set({
      state: 'asked',
      due_at: leasedUntil,
      asked_at: now,
      updated_at: now,
    })
    .where('merchant_id', '=', job.merchantId)
    .where('id', '=', job.purchaseId)
    .where('state', '=', 'recorded')
    .where(sql<boolean>`not ${isPurchaseStopped()}`)
    // Nothing is bought for an item that is to be cancelled: its request ends both.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('cancellation')
            .select('cancellation.id')
            .whereRef('cancellation.merchant_id', '=', 'purchase.merchant_id')
            .whereRef('cancellation.item_id', '=', 'purchase.item_id')
            .where('cancellation.state', 'in', [...openStates]),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return marked ? leasedUntil : null;
}

type Order = NonNullable<Awaited<ReturnType<typeof readOrder>>>;

async function ask(deps: Deps, order: Order): Promise<BuyAnswer> {
  const answer = await deps.suppliers.get(order.supplier).buy({
    reference: order.reference,
    nativeListingId: order.native_listing_id,
    tradeUrl: order.trade_url,
    ceilingMills: order.ceiling_mills,
  });
  deps.metrics.supplierCalls.inc({ supplier: order.supplier, call: 'buy', outcome: answer.outcome });
  return answer;
}
