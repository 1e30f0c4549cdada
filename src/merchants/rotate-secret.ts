import { sql } from 'kysely';
import { newApiSecret } from '../auth/keys.ts';
import { bumpAuthVersion } from '../auth/version.ts';
import { later } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/**
 * Gives a merchant a new API secret, from now on. For the time of the grace its callbacks are signed with the one just
 * replaced as well, as `s1`, and its clients' tokens may be, so that its servers can change over one by one.
 * @returns the new secret, and the merchant as it is now
 * @throws OperatorError when there is no such merchant
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
    // Clients' tokens are checked with it, too.
    await bumpAuthVersion(trx);
    return trx
      .updateTable('merchant')
      .set(({ ref }) => ({
        api_secret_sealed: sealed,
        previous_secret_sealed: ref('api_secret_sealed'),
        // The secret that is replaced may have signed tokens until lately; if it leaked, it must not go on to.
        previous_token_secret_until: sql<Date | null>`case when previous_token_secret_until is not null
          then least(previous_token_secret_until, ${until}::timestamptz) end`,
        // Its first secret replaces none.
        previous_secret_until: sql<Date | null>`case when api_secret_sealed is not null then ${until}::timestamptz end`,
      }))
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirst();
  });
  if (!merchant) throw new OperatorError(`there is no merchant ${merchantId}`);
  return { merchant, apiSecret };
}
