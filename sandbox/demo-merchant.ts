import { AuthVersion } from '../src/auth/auth-version.ts';
import { Authenticator } from '../src/auth/authenticate.ts';
import { saveCallbackUrl } from '../src/callbacks/set-url.ts';
import { toMills } from '../src/core/money.ts';
import type { MerchantRow } from '../src/db/tables.ts';
import type { Deps } from '../src/deps.ts';
import { createKey, createMerchant, requireApiSecret, requireMerchant } from '../src/merchants/operations.ts';
import { moveFunding } from '../src/wallets/operations.ts';

const SETTING = 'sandbox.merchant_id';
const OPENING_BALANCE = toMills(1_000_000n);
/** 1.5 %: enough to see that a quoted price holds a fee. */
const FEE_BPS = 150;

export interface DemoMerchant {
  readonly merchantId: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** A key that was made now, to be printed this once. */
  readonly isNewKey: boolean;
}

/**
 * The merchant that a developer plays: verified, with $1,000 in its wallet and the sandbox's receiver as callback URL.
 * @param knownKey the key that an earlier start wrote down; kept while it still works
 */
export async function ensureDemoMerchant(
  deps: Deps,
  callbackUrl: string,
  knownKey: string | undefined,
): Promise<DemoMerchant> {
  const merchantId = (await storedId(deps)) ?? (await openAccount(deps, callbackUrl));
  await fund(deps, merchantId);
  const merchant = await pointToShop(deps, merchantId, callbackUrl);
  const isKnown = knownKey !== undefined && (await opens(deps, knownKey, merchantId));
  const apiKey = isKnown ? knownKey : (await createKey(deps, merchantId)).apiKey;
  return { merchantId, apiKey, apiSecret: requireApiSecret(deps, merchant), isNewKey: !isKnown };
}

/**
 * The shop may listen on another port than last time. Its URL is not tested: it is this process's own. One that the
 * developer has set stays.
 */
async function pointToShop(deps: Deps, merchantId: string, shopUrl: string): Promise<MerchantRow> {
  const merchant = await requireMerchant(deps, merchantId);
  const { callback_url } = merchant;
  const isShops = callback_url === null || new URL(callback_url).pathname === new URL(shopUrl).pathname;
  return isShops && callback_url !== shopUrl ? saveCallbackUrl(deps, merchantId, shopUrl) : merchant;
}

async function storedId(deps: Deps): Promise<string | undefined> {
  const row = await deps.db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row ? String(row.value) : undefined;
}

/** Two nodes that start at once may both make one; the setting decides which of them is the demo merchant. */
async function openAccount(deps: Deps, callbackUrl: string): Promise<string> {
  const { merchant } = await createMerchant(deps, { name: 'Demo Shop', verified: true, feeBps: FEE_BPS, callbackUrl });
  await deps.db
    .insertInto('setting')
    .values({ name: SETTING, value: JSON.stringify(merchant.id) })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  return (await storedId(deps)) ?? merchant.id;
}

/** Asked for at every start, booked once: a process that died before it had paid is made good by the next. */
async function fund(deps: Deps, merchantId: string): Promise<void> {
  await moveFunding(deps, {
    merchantId,
    direction: 'credit',
    amountMills: OPENING_BALANCE,
    actor: 'sandbox',
    reference: 'opening',
  });
}

async function opens(deps: Deps, apiKey: string, merchantId: string): Promise<boolean> {
  const authenticator = new Authenticator(deps, new AuthVersion(deps.db));
  const caller = await authenticator.authenticate(apiKey, '127.0.0.1', 'CORE_ACCESS').catch(() => null);
  return caller?.merchantId === merchantId;
}
