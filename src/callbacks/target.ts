import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { SigningSecrets } from './signature.ts';

/** What of a merchant's row decides where its callbacks go. */
export type Addressed = Pick<
  MerchantRow,
  'callback_url' | 'callback_disabled_at' | 'api_secret_sealed' | 'previous_secret_sealed' | 'previous_secret_until'
>;

/** Where a merchant's callbacks go, and how they are signed; or why they cannot. */
export type Target =
  | { readonly url: string; readonly secrets: SigningSecrets }
  | { readonly missing: 'no callback URL is set' | 'there is no API secret' | 'the callback URL is switched off' };

/** With whether this merchant's approvals are strict: `{"action":"approve"}` and nothing else. */
export async function targetOf(deps: Deps, merchantId: string): Promise<Target & { readonly isStrict: boolean }> {
  const merchant = await deps.db
    .selectFrom('merchant')
    .select(['callback_url', 'callback_disabled_at', 'api_secret_sealed'])
    .select(['previous_secret_sealed', 'previous_secret_until', 'strict_approval'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  return { ...targetFrom(deps, merchant), isStrict: merchant.strict_approval };
}

/** @throws Error when the secret was sealed with another key than this gateway's */
export function targetFrom(deps: Pick<Deps, 'secrets' | 'clock'>, merchant: Addressed): Target {
  if (merchant.callback_url === null) return { missing: 'no callback URL is set' };
  if (merchant.api_secret_sealed === null) return { missing: 'there is no API secret' };
  if (merchant.callback_disabled_at !== null) return { missing: 'the callback URL is switched off' };
  const current = deps.secrets.open(merchant.api_secret_sealed);
  return { url: merchant.callback_url, secrets: { current, previous: previousSecret(deps, merchant) } };
}

/** While a secret rotates, receivers may still know only the one before. */
function previousSecret(
  deps: Pick<Deps, 'secrets' | 'clock'>,
  { previous_secret_sealed, previous_secret_until }: Addressed,
): string | null {
  const isOver = previous_secret_until === null || previous_secret_until <= deps.clock.now();
  return previous_secret_sealed === null || isOver ? null : deps.secrets.open(previous_secret_sealed);
}
