import { later } from '../core/clock.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { bumpAuthVersion } from './auth-version.ts';
import { newApiSecret } from './keys.ts';

type TokenDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

/** The secret that signs a merchant's client tokens: the token secret if there is one, otherwise the API secret. */
export function tokenSecretOf(
  { secrets }: Pick<Deps, 'secrets'>,
  merchant: Pick<MerchantRow, 'id' | 'api_secret_sealed' | 'token_secret_sealed'>,
): string | null {
  const { id: merchantId, api_secret_sealed: api, token_secret_sealed: token } = merchant;
  if (token !== null) return secrets.open(token, { merchantId, purpose: 'token-secret' });
  return api === null ? null : secrets.open(api, { merchantId, purpose: 'api-secret' });
}

/**
 * Creates a separate secret for client tokens, so that a server that signs tokens cannot sign callbacks. During the grace
 * period tokens of the previous secret stay valid.
 * @returns the new secret and the updated merchant
 * @throws OperatorError when the merchant does not exist
 */
export async function setTokenSecret(
  deps: TokenDeps,
  merchantId: string,
  graceMs: number,
): Promise<{ merchant: MerchantRow; tokenSecret: string }> {
  const tokenSecret = newApiSecret();
  const sealed = deps.secrets.seal(tokenSecret, { merchantId, purpose: 'token-secret' });
  return { merchant: await change(deps, merchantId, graceMs, sealed), tokenSecret };
}

/** Makes the API secret sign tokens again, which is the default. @throws OperatorError when the merchant does not exist */
export async function clearTokenSecret(deps: TokenDeps, merchantId: string, graceMs: number): Promise<MerchantRow> {
  return change(deps, merchantId, graceMs, null);
}

async function change(
  deps: TokenDeps,
  merchantId: string,
  graceMs: number,
  sealed: string | null,
): Promise<MerchantRow> {
  return inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    const merchant = await trx
      .selectFrom('merchant')
      .selectAll()
      .where('id', '=', merchantId)
      .forUpdate()
      .executeTakeFirst();
    if (!merchant) throw new OperatorError(`there is no merchant ${merchantId}`);
    const before = tokenSecretOf(deps, merchant);
    const owner = { merchantId, purpose: 'token-secret' } as const;
    return trx
      .updateTable('merchant')
      .set({
        token_secret_sealed: sealed,
        previous_token_secret_sealed: before === null ? null : deps.secrets.seal(before, owner),
        previous_token_secret_until: before === null ? null : later(deps.clock.now(), graceMs),
      })
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}
