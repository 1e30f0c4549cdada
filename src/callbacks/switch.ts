import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/** Why a merchant's URL was switched off, in words for the operator and the merchant. */
export type OffReason = 'it answered 410 Gone' | 'nothing was taken for five days' | 'by an operator';

/**
 * Switches a merchant's callbacks off: nothing is sent until they are switched on, and nothing is thrown away.
 * @param url what was found to be dead: nothing happens when the merchant has another by now
 * @returns false when they were off already; the first reason stays
 */
export async function switchOff(
  { clock }: Pick<Deps, 'clock'>,
  trx: Trx,
  merchantId: string,
  reason: OffReason,
  url?: string,
): Promise<boolean> {
  const row = await trx
    .updateTable('merchant')
    .set({ callback_disabled_at: clock.now(), callback_disabled_reason: reason })
    .where('id', '=', merchantId)
    .where('callback_disabled_at', 'is', null)
    .$if(url !== undefined, (query) => query.where('callback_url', '=', url ?? ''))
    .returning('id')
    .executeTakeFirst();
  if (!row) return false;
  await dueAt(trx, merchantId, null);
  return true;
}

/**
 * Switches them on again: what waited is sent now, each trade's in its order, and five days have to pass anew before
 * they are switched off for failing. Harmless when they are on.
 */
export async function switchOn({ clock }: Pick<Deps, 'clock'>, trx: Trx, merchantId: string): Promise<void> {
  const row = await trx
    .updateTable('merchant')
    .set({ callback_failing_since: null, callback_disabled_at: null, callback_disabled_reason: null })
    .where('id', '=', merchantId)
    .where('callback_disabled_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  if (row) await dueAt(trx, merchantId, clock.now());
}

async function dueAt(trx: Trx, merchantId: string, due: Date | null): Promise<void> {
  await trx
    .updateTable('callback')
    .set({ due_at: due })
    .where('merchant_id', '=', merchantId)
    .where('state', '=', 'pending')
    .execute();
}
