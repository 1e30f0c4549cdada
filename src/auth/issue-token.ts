import { errors } from '../core/errors.ts';
import { steamIdOf } from '../core/steam.ts';
import type { Deps } from '../deps.ts';
import { type Client, type ClientData, signClientToken } from './client-token.ts';
import { tokenSecretOf } from './token-secret.ts';

/**
 * Signs a token for a merchant's user. The merchant can sign the same token itself. Nothing is stored, and each token is
 * valid for its day.
 * @throws VALIDATION_FAILED when the trade URL belongs to another account; NO_API_SECRET_CONFIGURED
 */
export async function issueToken(
  deps: Pick<Deps, 'db' | 'clock' | 'secrets'>,
  merchantId: string,
  client: Client,
  clientData: ClientData | null,
): Promise<string> {
  if (steamIdOf(client.tradeUrl) !== client.steamId) {
    throw errors.validationFailed({ clientTradeUrl: 'belongs to another account than clientSteamId' });
  }
  const merchant = await deps.db
    .selectFrom('merchant')
    .select(['id', 'api_secret_sealed', 'token_secret_sealed'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  const secret = tokenSecretOf(deps, merchant);
  if (secret === null) throw errors.of('NO_API_SECRET_CONFIGURED');
  const wanted = { merchantId, client, clientData };
  return signClientToken(secret, wanted, deps.clock.now());
}
