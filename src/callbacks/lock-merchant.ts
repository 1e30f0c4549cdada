import type { MerchantRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * Locks a merchant, so that its log is numbered by one at a time, and callbacks are not switched on or off meanwhile.
 * Not against the rows that refer to it: its trades go on.
 * @returns undefined when there is no such merchant
 */
export function lockMerchant(
  trx: Trx,
  merchantId: string,
): Promise<Pick<MerchantRow, 'events_numbered' | 'callback_disabled_at'> | undefined> {
  return trx
    .selectFrom('merchant')
    .select(['events_numbered', 'callback_disabled_at'])
    .where('id', '=', merchantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}
