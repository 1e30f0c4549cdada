import { type ErrorContext, errors } from '../core/errors.ts';
import type { Freezes } from './freezes.ts';

/** A person lifts a freeze, so retrying more often is useless. */
const RETRY_AFTER_SECONDS = 60;
const REASON = 'buying_frozen';

/**
 * Refuses a buy of a merchant that is stopped.
 * @throws ACCOUNT_DISABLED for a merchant that is disabled or frozen; SERVICE_UNAVAILABLE while everything is frozen
 */
export function requireMerchantOpen(freezes: Freezes): void {
  if (freezes.isMerchantDisabled) throw errors.of('ACCOUNT_DISABLED');
  if (freezes.isMerchantFrozen) {
    throw errors.of('ACCOUNT_DISABLED', {
      message:
        'The operator has stopped buying for your account. Nothing was bought. Open trades continue and can be cancelled. Ask the operator.',
      details: { reason: REASON, scope: 'merchant' },
    });
  }
  if (freezes.isEverythingFrozen) throw frozen('The operator has stopped buying for now.', { scope: 'all' });
}

/**
 * Refuses a buy from a supplier that is frozen.
 * @param itemIds the listing ids that cannot be bought now, as the caller sent them
 * @throws SERVICE_UNAVAILABLE
 */
export function requireSupplierOpen(freezes: Freezes, supplier: string, itemIds: readonly string[] = []): void {
  if (!freezes.suppliers.has(supplier)) return;
  const details = itemIds.length === 0 ? {} : { items: itemIds.map((itemId) => ({ itemId })) };
  throw frozen('The operator has stopped buying from this marketplace for now.', { scope: 'supplier', ...details });
}

function frozen(text: string, details: NonNullable<ErrorContext['details']>) {
  return errors.of('SERVICE_UNAVAILABLE', {
    message: `${text} Nothing was bought. Open trades continue and can be cancelled.`,
    retryAfterSeconds: RETRY_AFTER_SECONDS,
    details: { reason: REASON, ...details },
  });
}
