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
  return { ...targetFrom(deps, merchantId, merchant), isStrict: merchant.strict_approval };
}

/** @throws Error when the secret was sealed with a key that this gateway does not have */
export function targetFrom(deps: Pick<Deps, 'secrets' | 'clock'>, merchantId: string, merchant: Addressed): Target {
  if (merchant.callback_url === null) return { missing: 'no callback URL is set' };
  const secrets = signingSecrets(deps, merchantId, merchant);
  if (secrets === null) return { missing: 'there is no API secret' };
  if (merchant.callback_disabled_at !== null) return { missing: 'the callback URL is switched off' };
  return { url: merchant.callback_url, secrets };
}

/**
 * What a merchant's callbacks are signed with now. While a secret rotates, receivers may still know only the one before.
 * @returns null when it has no API secret
 */
export function signingSecrets(
  { secrets, clock }: Pick<Deps, 'secrets' | 'clock'>,
  merchantId: string,
  merchant: Addressed,
): SigningSecrets | null {
  const { api_secret_sealed: current, previous_secret_sealed: previous, previous_secret_until: until } = merchant;
  if (current === null) return null;
  const open = (sealed: string) => secrets.open(sealed, { merchantId, purpose: 'api-secret' });
  const isOver = until === null || until <= clock.now();
  return { current: open(current), previous: previous === null || isOver ? null : open(previous) };
}
