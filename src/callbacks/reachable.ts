import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';

/**
 * A merchant that cannot be asked cannot buy (DESIGN 4.6): said before anything is recorded.
 * @throws MERCHANT_NO_CALLBACK_URL, MERCHANT_NO_API_SECRET, MERCHANT_CALLBACK_URL_DISABLED
 */
export async function requireReachable(deps: Deps, merchantId: string): Promise<void> {
  const merchant = await deps.db
    .selectFrom('merchant')
    .select(['callback_url', 'api_secret_sealed', 'callback_disabled_at', 'callback_disabled_reason'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  if (merchant.callback_url === null) throw errors.of('MERCHANT_NO_CALLBACK_URL');
  if (merchant.api_secret_sealed === null) throw errors.of('MERCHANT_NO_API_SECRET');
  if (merchant.callback_disabled_at !== null) {
    const { callback_disabled_at: at, callback_disabled_reason: reason } = merchant;
    throw errors.of('MERCHANT_CALLBACK_URL_DISABLED', { details: { disabledAt: at.toISOString(), reason } });
  }
}
