import { bumpAuthVersion } from '../auth/auth-version.ts';
import { hashApiKey, newApiKey, newApiSecret, type Scope, scopes } from '../auth/keys.ts';
import { readCallbackUrl } from '../callbacks/endpoint.ts';
import { later } from '../core/clock.ts';
import { isUuid, newId } from '../core/ids.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import type { ApiKeyRow, MerchantRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { isIpRange } from '../net/addresses.ts';
import { changeSettings, requireFee } from './settings.ts';

/** Operations on merchants and their keys, for operators. */
type MerchantDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

export interface NewMerchant {
  readonly name: string;
  readonly verified?: boolean;
  /** In hundredths of a percent, added to supplier prices. */
  readonly feeBps?: number;
  /** Saved without a test; callers that get it from outside test it first (`callbacks/endpoint.ts`). */
  readonly callbackUrl?: string | null;
  /** Creates no API secret; `rotateSecret` creates the first one. */
  readonly withoutSecret?: boolean;
}

/** @returns the merchant and its API secret, which is stored encrypted and can be shown again by an operator */
export async function createMerchant(
  deps: MerchantDeps,
  wanted: NewMerchant & { readonly withoutSecret?: false },
): Promise<{ merchant: MerchantRow; apiSecret: string }>;
export async function createMerchant(
  deps: MerchantDeps,
  wanted: NewMerchant,
): Promise<{ merchant: MerchantRow; apiSecret: string | null }>;
export async function createMerchant(
  deps: MerchantDeps,
  wanted: NewMerchant,
): Promise<{ merchant: MerchantRow; apiSecret: string | null }> {
  const name = wanted.name.trim();
  if (!name || name.length > 128) throw new OperatorError('a merchant’s name must have 1 to 128 characters');
  const feeBps = wanted.feeBps ?? 0;
  requireFee(feeBps);
  const apiSecret = wanted.withoutSecret ? null : newApiSecret();
  const now = deps.clock.now();
  const merchantId = newId(now);
  const merchant = await deps.db
    .insertInto('merchant')
    .values({
      id: merchantId,
      name,
      verified: wanted.verified ?? false,
      fee_bps: feeBps,
      route_limits: '{}',
      callback_url: wanted.callbackUrl ? readCallbackUrl(wanted.callbackUrl) : null,
      api_secret_sealed:
        apiSecret === null ? null : deps.secrets.seal(apiSecret, { merchantId, purpose: 'api-secret' }),
      created_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { merchant, apiSecret };
}

/** All merchants, oldest first; `merchants/queries.ts` reads them in pages. */
export async function listMerchants(deps: MerchantDeps): Promise<MerchantRow[]> {
  return deps.db.selectFrom('merchant').selectAll().orderBy('created_at').execute();
}

/** @throws OperatorError when the merchant does not exist */
export async function requireMerchant(deps: MerchantDeps, merchantId: string): Promise<MerchantRow> {
  const merchant = deps.db.selectFrom('merchant').selectAll().where('id', '=', merchantId);
  return requireFound(await merchant.executeTakeFirst(), merchantId);
}

/**
 * Finds a merchant by id or name.
 * @throws OperatorError when there is none, or when several have the name
 */
export async function resolveMerchant({ db }: Pick<Deps, 'db'>, ref: string): Promise<string> {
  const merchants = db.selectFrom('merchant').select(['id', 'name', 'created_at']).orderBy('created_at').limit(10);
  const id = ref.toLowerCase();
  const byId = isUuid(id) ? await merchants.where('id', '=', id).executeTakeFirst() : undefined;
  if (byId) return byId.id;
  const [found, ...others] = await merchants.where('name', '=', ref.trim()).execute();
  if (!found) throw new NotFoundError(`there is no merchant with the id or name ${ref}; see skinrail merchant list`);
  if (others.length === 0) return found.id;
  const ids = [found, ...others].map((merchant) => merchant.id).join(', ');
  throw new OperatorError(`${others.length + 1} merchants have the name ${ref}; use the id of one of them: ${ids}`);
}

/** The secret that signs the merchant's callbacks. @throws OperatorError when it has none */
export function requireApiSecret(deps: Pick<Deps, 'secrets'>, merchant: MerchantRow): string {
  if (merchant.api_secret_sealed === null)
    throw new OperatorError(
      `merchant ${merchant.id} has no API secret; create one with skinrail merchant rotate-secret`,
    );
  return deps.secrets.open(merchant.api_secret_sealed, { merchantId: merchant.id, purpose: 'api-secret' });
}

export async function setVerified(deps: MerchantDeps, merchantId: string, verified: boolean): Promise<MerchantRow> {
  return changeSettings(deps, merchantId, { verified });
}

export async function setStrictApproval(deps: MerchantDeps, merchantId: string, strict: boolean): Promise<MerchantRow> {
  return changeSettings(deps, merchantId, { strictApproval: strict });
}

export async function setFee(deps: MerchantDeps, merchantId: string, feeBps: number): Promise<MerchantRow> {
  return changeSettings(deps, merchantId, { feeBps });
}

export async function setDisabled(deps: MerchantDeps, merchantId: string, disabled: boolean): Promise<MerchantRow> {
  return changeSettings(deps, merchantId, { disabled });
}

/** Sets a merchant's limit for a route, in the route's window; null restores the default. */
export async function setRouteLimit(
  deps: MerchantDeps,
  merchantId: string,
  route: string,
  max: number | null,
): Promise<MerchantRow> {
  return changeSettings(deps, merchantId, { routeLimits: { [route]: max } });
}

function requireFound(merchant: MerchantRow | undefined, merchantId: string): MerchantRow {
  if (!merchant) throw new NotFoundError(`there is no merchant ${merchantId}`);
  return merchant;
}

export interface NewKey {
  readonly scopes?: readonly string[];
  /** Addresses or CIDR ranges; empty: usable from anywhere. */
  readonly allowedIps?: readonly string[];
  /** When the key expires; null or absent: never. */
  readonly expiresAt?: Date | null;
}

/** @returns the key, which cannot be shown again, and its stored row */
export async function createKey(
  deps: MerchantDeps,
  merchantId: string,
  wanted: NewKey = {},
): Promise<{ apiKey: string; row: ApiKeyRow }> {
  await requireMerchant(deps, merchantId);
  const expiresAt = wanted.expiresAt ?? null;
  if (expiresAt && expiresAt <= deps.clock.now()) throw new OperatorError('a key cannot expire in the past');
  const keyScopes = [...(wanted.scopes ?? scopes)];
  const unknown = keyScopes.find((scope) => !isScope(scope));
  if (unknown) throw new OperatorError(`unknown scope ${unknown}; valid scopes are ${scopes.join(', ')}`);
  const allowedIps = readRanges(wanted.allowedIps ?? []);
  const key = { merchantId, scopes: keyScopes, allowedIps, expiresAt };
  return inTransaction(deps, (trx) => insertKey(deps, trx, key));
}

function readRanges(texts: readonly string[]): string[] {
  const wrong = texts.find((range) => !isIpRange(range));
  if (wrong !== undefined) throw new OperatorError(`${wrong} is not an address or CIDR range`);
  return [...texts];
}

async function insertKey(
  deps: MerchantDeps,
  trx: Trx,
  key: Required<NewKey> & { readonly merchantId: string },
): Promise<{ apiKey: string; row: ApiKeyRow }> {
  const apiKey = newApiKey();
  const now = deps.clock.now();
  await bumpAuthVersion(trx);
  const stored = trx.insertInto('api_key').values({
    id: newId(now),
    merchant_id: key.merchantId,
    hash: hashApiKey(apiKey),
    last_four: apiKey.slice(-4),
    scopes: [...key.scopes],
    allowed_ips: [...key.allowedIps],
    expires_at: key.expiresAt,
    created_at: now,
  });
  return { apiKey, row: await stored.returningAll().executeTakeFirstOrThrow() };
}

/**
 * Creates a key with the same permissions as another key. The old key expires after the overlap, or earlier if it would have
 * expired earlier. The new key does not inherit an expiry.
 * @throws OperatorError for a revoked or expired key, and for a new key that would expire before the old one
 */
export async function rollKey(
  deps: MerchantDeps,
  keyId: string,
  { overlapMs, expiresAt }: { readonly overlapMs: number; readonly expiresAt: Date | null },
): Promise<{ apiKey: string; row: ApiKeyRow; old: ApiKeyRow }> {
  return inTransaction(deps, async (trx) => {
    const now = deps.clock.now();
    const end = later(now, overlapMs);
    if (expiresAt && expiresAt <= end) {
      throw new OperatorError(
        'the new key would expire before the old one; give the new one a later expiry, or the old one a shorter overlap',
      );
    }
    const before = await lockUsableKey(trx, keyId, now);
    const { merchant_id: merchantId, scopes: keyScopes, allowed_ips: allowedIps } = before;
    const created = await insertKey(deps, trx, { merchantId, scopes: keyScopes, allowedIps, expiresAt });
    const expires_at = before.expires_at && before.expires_at < end ? before.expires_at : end;
    const old = trx.updateTable('api_key').set({ expires_at }).where('id', '=', keyId).returningAll();
    return { ...created, old: await old.executeTakeFirstOrThrow() };
  });
}

/** @throws OperatorError when there is none */
export async function requireKey({ db }: Pick<Deps, 'db'>, keyId: string): Promise<ApiKeyRow> {
  const row = await db.selectFrom('api_key').selectAll().where('id', '=', keyId).executeTakeFirst();
  if (!row) throw new NotFoundError(`there is no key ${keyId}`);
  return row;
}

/** @throws OperatorError for a key that is unknown, revoked or expired */
async function lockUsableKey(trx: Trx, keyId: string, now: Date): Promise<ApiKeyRow> {
  const row = await trx.selectFrom('api_key').selectAll().where('id', '=', keyId).forUpdate().executeTakeFirst();
  if (!row) throw new NotFoundError(`there is no key ${keyId}`);
  if (row.revoked_at) throw new OperatorError(`key ${keyId} is revoked; make a new one with skinrail key create`);
  if (row.expires_at && row.expires_at <= now) {
    throw new OperatorError(`key ${keyId} has expired; make a new one with skinrail key create`);
  }
  return row;
}

/**
 * Replaces the addresses from which a key may be used; effective on every node within 5 s.
 * @param ranges addresses or CIDR ranges; empty: usable from anywhere
 * @throws OperatorError for a key that is unknown, revoked or expired, and for a text that is no range
 */
export async function setAllowedIps(deps: MerchantDeps, keyId: string, ranges: readonly string[]): Promise<ApiKeyRow> {
  const allowed_ips = readRanges(ranges);
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    await lockUsableKey(trx, keyId, now);
    const row = trx.updateTable('api_key').set({ allowed_ips }).where('id', '=', keyId).returningAll();
    return row.executeTakeFirstOrThrow();
  });
}

function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text);
}

export async function listKeys(deps: MerchantDeps, merchantId: string): Promise<ApiKeyRow[]> {
  await requireMerchant(deps, merchantId);
  return deps.db
    .selectFrom('api_key')
    .selectAll()
    .where('merchant_id', '=', merchantId)
    .orderBy('created_at')
    .execute();
}

/** Revoking a key twice is not an error; the first time is kept. Every node refuses the key within 5 s. */
export async function revokeKey(deps: MerchantDeps, keyId: string): Promise<ApiKeyRow> {
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    const row = await trx
      .updateTable('api_key')
      .set(({ fn, val }) => ({ revoked_at: fn.coalesce('revoked_at', val(now)) }))
      .where('id', '=', keyId)
      .returningAll()
      .executeTakeFirst();
    if (!row) throw new NotFoundError(`there is no key ${keyId}`);
    return row;
  });
}
