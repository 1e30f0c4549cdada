import type { Config } from '../config/config.ts';
import { SECOND_MS } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { NotFoundError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { readAllowList } from '../net/allow-list.ts';
import { refusalOfHost } from '../net/guard.ts';
import { failureOf, isSuccess, post, type SigningSecrets } from './post.ts';

/** A merchant's callback endpoint: reading, testing and setting its URL, switching it off and on. */

export const URL_LENGTH_MAX = 2048;

/**
 * Reads a callback URL and returns it as it is stored. Any port is allowed; the fragment is removed, as no server sees
 * it.
 * @throws VALIDATION_FAILED with the reason for `url`
 */
export function readCallbackUrl(text: string): string {
  if (!URL.canParse(text)) throw refused('must be an absolute URL');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('must be an https URL');
  // They would be shown to everyone who may read the merchant's settings and attempts.
  if (url.username !== '' || url.password !== '') throw refused('must have no user name or password');
  url.hash = '';
  if (url.href.length > URL_LENGTH_MAX) throw refused(`must have at most ${URL_LENGTH_MAX} characters`);
  return url.href;
}

/**
 * Reads a callback URL, and refuses at once what the guard would refuse whatever a name server says.
 * @throws VALIDATION_FAILED with the reason for `url`
 */
export function acceptCallbackUrl(config: Pick<Config, 'callbackAllow'>, text: string): string {
  const url = readCallbackUrl(text);
  const refusal = refusalOfHost(readAllowList(config.callbackAllow), new URL(url));
  if (refusal !== null) throw refused(refusal);
  return url;
}

function refused(reason: string) {
  return errors.validationFailed({ url: reason });
}

/** A URL has to accept its test message within this time. */
const TEST_MAX_MS = 8 * SECOND_MS;

type TestDeps = Pick<Deps, 'callbackDispatcher' | 'clock' | 'config'>;

/**
 * Sends a test message to a URL, saves the URL when the message was accepted, and switches the merchant's callbacks on.
 * @throws VALIDATION_FAILED, CALLBACK_URL_TEST_FAILED; nothing has changed then
 */
export async function setCallbackUrl(
  deps: TestDeps & Pick<Deps, 'db'>,
  merchantId: string,
  text: string,
  strictApproval?: boolean,
): Promise<MerchantRow> {
  const url = acceptCallbackUrl(deps.config, text);
  await testCallbackUrl(deps, url);
  return saveCallbackUrl(deps, merchantId, url, strictApproval);
}

/**
 * Sends the test message to a URL. It is not signed, because it states nothing that the receiver has to believe.
 * @throws CALLBACK_URL_TEST_FAILED with what happened, unless it is answered with 2xx
 */
export async function testCallbackUrl(deps: TestDeps, url: string): Promise<void> {
  const body = JSON.stringify({
    test: true,
    timestamp: deps.clock.now().toISOString(),
    message: 'A test of your callback URL. Answer with 2xx to have it saved.',
  });
  const reply = await post(deps, url, body, { timeoutMs: testLimitMs(deps.config) });
  if (isSuccess(reply)) return;
  const { status, failure } = reply;
  throw errors.of('CALLBACK_URL_TEST_FAILED', {
    message: `The URL was not saved, because it did not take the test message: ${failureOf(reply)}`,
    details: status === null ? { failure } : { status },
  });
}

/** A URL that answers more slowly than callbacks may take would never accept one. */
export function testLimitMs({ callbackTimeoutMs }: Pick<Config, 'callbackTimeoutMs'>): number {
  return Math.min(TEST_MAX_MS, callbackTimeoutMs);
}

/**
 * Saves a URL without a test, and switches the merchant's callbacks on: what waited is sent to the new URL, and the
 * failures of the old one no longer count.
 * @param strictApproval whether only an exact approval counts; absent: as before
 * @throws OperatorError when there is no such merchant
 */
export async function saveCallbackUrl(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  url: string,
  strictApproval?: boolean,
): Promise<MerchantRow> {
  const mode = strictApproval === undefined ? {} : { strict_approval: strictApproval };
  return inTransaction(deps, async (trx) => {
    await switchOn(deps, trx, merchantId);
    const saved = await trx
      .updateTable('merchant')
      .set({ callback_url: url, callback_failing_since: null, ...mode })
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirst();
    if (!saved) throw new NotFoundError(`there is no merchant ${merchantId}`);
    return saved;
  });
}

/** Why a merchant's callbacks were switched off, as the operator and the merchant read it. */
export type OffReason = 'it answered 410 Gone' | 'nothing was taken for five days' | 'by an operator';

/**
 * Switches a merchant's callbacks off: nothing is sent until they are switched on, and nothing is deleted.
 * @param url the URL that was found to be dead: nothing happens when the merchant has set another one since
 * @returns false when they were off already; the first reason stays
 */
export async function switchOff(
  { clock }: Pick<Deps, 'clock'>,
  trx: Trx,
  merchantId: string,
  reason: OffReason,
  url?: string,
): Promise<boolean> {
  const row = await trx
    .updateTable('merchant')
    .set({ callback_disabled_at: clock.now(), callback_disabled_reason: reason })
    .where('id', '=', merchantId)
    .where('callback_disabled_at', 'is', null)
    .$if(url !== undefined, (query) => query.where('callback_url', '=', url ?? ''))
    .returning('id')
    .executeTakeFirst();
  if (!row) return false;
  await setDueAt(trx, merchantId, null);
  return true;
}

/**
 * Switches them on: everything that waited is due now, in order per trade, and the five days after which failing
 * callbacks are switched off begin anew. Does nothing when they are on.
 */
export async function switchOn({ clock }: Pick<Deps, 'clock'>, trx: Trx, merchantId: string): Promise<void> {
  const row = await trx
    .updateTable('merchant')
    .set({ callback_failing_since: null, callback_disabled_at: null, callback_disabled_reason: null })
    .where('id', '=', merchantId)
    .where('callback_disabled_at', 'is not', null)
    .returning('id')
    .executeTakeFirst();
  if (row) await setDueAt(trx, merchantId, clock.now());
}

async function setDueAt(trx: Trx, merchantId: string, dueAt: Date | null): Promise<void> {
  await trx
    .updateTable('callback')
    .set({ due_at: dueAt })
    .where('merchant_id', '=', merchantId)
    .where('state', '=', 'pending')
    .execute();
}

/**
 * Locks a merchant, so that nobody else numbers its events or switches its callbacks off or on meanwhile. Rows that
 * refer to the merchant are not locked: its trades continue.
 * @returns undefined when there is no such merchant
 */
export function lockMerchant(
  trx: Trx,
  merchantId: string,
): Promise<Pick<MerchantRow, 'events_numbered' | 'callback_disabled_at'> | undefined> {
  return trx
    .selectFrom('merchant')
    .select(['events_numbered', 'callback_disabled_at'])
    .where('id', '=', merchantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** The columns of a merchant that decide where its callbacks go and how they are signed. */
export type EndpointRow = Pick<
  MerchantRow,
  'callback_url' | 'callback_disabled_at' | 'api_secret_sealed' | 'previous_secret_sealed' | 'previous_secret_until'
>;

/** Where a merchant's callbacks go and how they are signed, or why none can be sent. */
export type Target =
  | { readonly url: string; readonly secrets: SigningSecrets }
  | { readonly missing: 'no callback URL is set' | 'there is no API secret' | 'the callback URL is switched off' };

/** A merchant's target, and whether only `{"action":"approve"}` approves its purchases. */
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
export function targetFrom(deps: Pick<Deps, 'secrets' | 'clock'>, merchantId: string, merchant: EndpointRow): Target {
  if (merchant.callback_url === null) return { missing: 'no callback URL is set' };
  const secrets = signingSecrets(deps, merchantId, merchant);
  if (secrets === null) return { missing: 'there is no API secret' };
  if (merchant.callback_disabled_at !== null) return { missing: 'the callback URL is switched off' };
  return { url: merchant.callback_url, secrets };
}

/**
 * The secrets that sign a merchant's callbacks now. While a secret rotates, receivers may still have the previous one.
 * @returns null when it has no API secret
 */
export function signingSecrets(
  { secrets, clock }: Pick<Deps, 'secrets' | 'clock'>,
  merchantId: string,
  merchant: EndpointRow,
): SigningSecrets | null {
  const { api_secret_sealed: current, previous_secret_sealed: previous, previous_secret_until: until } = merchant;
  if (current === null) return null;
  const open = (sealed: string) => secrets.open(sealed, { merchantId, purpose: 'api-secret' });
  const isOver = until === null || until <= clock.now();
  return { current: open(current), previous: previous === null || isOver ? null : open(previous) };
}

/**
 * Refuses a purchase of a merchant that could not be asked to approve it, before anything is recorded.
 * @throws MERCHANT_NO_CALLBACK_URL, MERCHANT_NO_API_SECRET, MERCHANT_CALLBACK_URL_DISABLED
 */
export async function requireReachable({ db }: Pick<Deps, 'db'>, merchantId: string): Promise<void> {
  const merchant = await db
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
