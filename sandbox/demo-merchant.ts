import { AuthVersion } from '../src/auth/auth-version.ts';
import { Authenticator } from '../src/auth/authenticate.ts';
import { saveCallbackUrl } from '../src/callbacks/endpoint.ts';
import { toMills } from '../src/core/money.ts';
import type { MerchantRow } from '../src/db/tables.ts';
import type { Deps } from '../src/deps.ts';
import { createKey, createMerchant, requireApiSecret, requireMerchant } from '../src/merchants/operations.ts';
import { moveFunding } from '../src/wallets/operations.ts';

const SETTING = 'sandbox.merchant_id';
const OPENING_BALANCE = toMills(1_000_000n);
/** 1.5 %, so that the fee is visible in quoted prices. */
const FEE_BPS = 150;

export interface DemoMerchant {
  readonly merchantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Whether the key was created by this start, and is printed once. */
  readonly isNewKey: boolean;
}

/**
 * The developer's merchant: verified, with $1,000 in its wallet and the demo shop as callback URL.
 * @param knownKey the key of an earlier start; kept while it is valid
 */
export async function ensureDemoMerchant(
  deps: Deps,
  callbackUrl: string,
  knownKey: string | undefined,
): Promise<DemoMerchant> {
  const merchantId = (await storedId(deps)) ?? (await openAccount(deps, callbackUrl));
  await fund(deps, merchantId);
  const merchant = await updateShopUrl(deps, merchantId, callbackUrl);
  const isKnown = knownKey !== undefined && (await isValidKey(deps, knownKey, merchantId));
  const apiKey = isKnown ? knownKey : (await createKey(deps, merchantId)).apiKey;
  return { merchantId, apiKey, apiSecret: requireApiSecret(deps, merchant), isNewKey: !isKnown };
}

/**
 * Updates the shop's URL, whose port may have changed. It is not tested, because it belongs to this process. A URL that the
 * developer has set is kept.
 */
async function updateShopUrl(deps: Deps, merchantId: string, shopUrl: string): Promise<MerchantRow> {
  const merchant = await requireMerchant(deps, merchantId);
  const { callback_url } = merchant;
  const isShops = callback_url === null || new URL(callback_url).pathname === new URL(shopUrl).pathname;
  return isShops && callback_url !== shopUrl ? saveCallbackUrl(deps, merchantId, shopUrl) : merchant;
}

async function storedId(deps: Deps): Promise<string | undefined> {
  const row = await deps.db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row ? String(row.value) : undefined;
}

/** Two nodes that start at once may both create a merchant; the setting decides which one is the demo merchant. */
async function openAccount(deps: Deps, callbackUrl: string): Promise<string> {
  const { merchant } = await createMerchant(deps, { name: 'Demo Shop', verified: true, feeBps: FEE_BPS, callbackUrl });
  await deps.db
    .insertInto('setting')
    .values({ name: SETTING, value: JSON.stringify(merchant.id) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await storedId(deps)) ?? merchant.id;
}

/** Called at every start but booked once, so that a start that died before is completed by the next one. */
async function fund(deps: Deps, merchantId: string): Promise<void> {
  await moveFunding(deps, {
    merchantId,
    direction: 'credit',
    amountMills: OPENING_BALANCE,
    actor: 'sandbox',
    reference: 'opening',
  });
}

async function isValidKey(deps: Deps, apiKey: string, merchantId: string): Promise<boolean> {
  const authenticator = new Authenticator(deps, new AuthVersion(deps.db));
  const caller = await authenticator.authenticate(apiKey, '127.0.0.1', 'CORE_ACCESS').catch(() => null);
  return caller?.merchantId === merchantId;
}
