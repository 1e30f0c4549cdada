import { sql } from 'kysely';
import { bumpAuthVersion } from '../auth/auth-version.ts';
import { newApiSecret } from '../auth/keys.ts';
import { later } from '../core/clock.ts';
import { NotFoundError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/**
 * Replaces a merchant's API secret. During the grace period callbacks are also signed with the old secret, as `s1`, and
 * client tokens of the old secret stay valid, so that the merchant can update its servers one by one.
 * @returns the new secret and the updated merchant
 * @throws OperatorError when the merchant does not exist
 */
export async function rotateSecret(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets'>,
  merchantId: string,
  graceMs: number,
): Promise<{ merchant: MerchantRow; apiSecret: string }> {
  const apiSecret = newApiSecret();
  const sealed = deps.secrets.seal(apiSecret, { merchantId, purpose: 'api-secret' });
  const until = later(deps.clock.now(), graceMs);
  const merchant = await inTransaction(deps, async (trx) => {
    // Nodes cache the secret for client tokens.
    await bumpAuthVersion(trx);
    return trx
      .updateTable('merchant')
      .set(({ ref }) => ({
        api_secret_sealed: sealed,
        previous_secret_sealed: ref('api_secret_sealed'),
        // The replaced secret may have signed tokens before; if it leaked, these tokens must not stay valid longer.
        previous_token_secret_until: sql<Date | null>`case when previous_token_secret_until is not null
          then least(previous_token_secret_until, ${until}::timestamptz) end`,
        // A first secret replaces none.
        previous_secret_until: sql<Date | null>`case when api_secret_sealed is not null then ${until}::timestamptz end`,
      }))
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirst();
  });
  if (!merchant) throw new NotFoundError(`there is no merchant ${merchantId}`);
  return { merchant, apiSecret };
}
