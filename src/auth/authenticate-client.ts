import type { CryptoKey } from 'jose';
import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { limitsInForce } from '../clients/limits.ts';
import { timesOfSigning } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import type { MerchantRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { deniedAccounts } from './account-access.ts';
import { AuthCache } from './auth-cache.ts';
import type { AuthVersion } from './auth-version.ts';
import type { Caller } from './authenticate.ts';
import { claimedMerchant, tokenKey, verifyClientToken } from './client-token.ts';
import { ISSUED_MAX, IssuedNames } from './issued-names.ts';
import { tokenSecretOf } from './token-secret.ts';

/** The data of a merchant that each call of its clients needs. */
interface KnownMerchant {
  readonly terms: Pick<
    Caller,
    'merchantId' | 'verified' | 'feeBps' | 'deniedAccounts' | 'routeLimits' | 'clientRequests'
  >;
  readonly disabled: boolean;
  /** The web origins that may read answers to its clients. */
  readonly origins: readonly string[];
  /** null: the merchant has no secret. */
  readonly key: CryptoKey | null;
  /** Keys of replaced secrets, each valid until its time. */
  readonly previous: readonly { readonly key: CryptoKey; readonly until: Date }[];
}

type ClientDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

const ORIGINS_OF_MAX = 20_000;

/** Checks client tokens. Merchants and their secrets are cached until a merchant or key changes on any node. */
export class ClientAuthenticator {
  readonly #deps: ClientDeps;
  readonly #known: AuthCache<KnownMerchant>;
  readonly #version: AuthVersion;
  /** Ids of all merchants. */
  readonly issued: IssuedNames;
  /** The origins of merchants whose clients have called, as last read. */
  readonly #origins = new LRUCache<string, readonly string[]>({ max: ORIGINS_OF_MAX });

  constructor(deps: ClientDeps, version: AuthVersion) {
    this.#deps = deps;
    this.#known = new AuthCache(version);
    this.#version = version;
    this.issued = new IssuedNames(version, () => readMerchantIds(deps.db));
  }

  /**
   * @param authorization the header: `Bearer <token>`, or the token alone
   * @param mayWait true for a caller with too many failures: a database check may then be delayed
   * @throws MISSING_BEARER, INVALID_TOKEN, ACCOUNT_DISABLED
   */
  async authenticate(authorization: string | undefined, mayWait = false): Promise<Caller> {
    const token = tokenOf(authorization);
    const merchantId = claimedMerchant(token);
    if (merchantId === null) throw errors.of('INVALID_TOKEN');
    const found =
      (await this.#find(token, merchantId)) ?? (await this.#findWithCurrentVersion(token, merchantId, mayWait));
    if (!found) throw errors.of('INVALID_TOKEN');
    const { merchant, client } = found;
    // Reported only to callers with a valid token.
    if (merchant.disabled) throw errors.of('ACCOUNT_DISABLED');
    return { ...merchant.terms, actor: `client:${client.steamId}`, client };
  }

  /** Whether the cache has the merchant; a new merchant may be missing. */
  isKnown(merchantId: string): boolean {
    return this.#known.has(merchantId) || this.issued.has(merchantId);
  }

  /** The merchant id that a token claims, unverified; empty when it claims none. */
  nameOf(authorization: string | undefined): string {
    return claimedMerchant(readToken(authorization) ?? '') ?? '';
  }

  /**
   * The origins of the merchant that the token claims, unverified. They decide which page may read the answer, including an
   * error answer.
   */
  originsOf(authorization: string | undefined): readonly string[] {
    return this.#origins.get(this.nameOf(authorization)) ?? [];
  }

  async #find(token: string, merchantId: string) {
    const merchant = await this.#known.get(merchantId, () => readMerchant(this.#deps, merchantId));
    if (!merchant) return null;
    this.#origins.set(merchantId, merchant.origins);
    const now = this.#deps.clock.now();
    const keys = keysAt(merchant, now);
    for (const time of timesOfSigning(this.#deps.clock)) {
      const client = await verifyClientToken(token, merchantId, keys, time);
      if (client) return { merchant, client };
    }
    return null;
  }

  /** Checks again with the current version, because a new secret of another node may not be cached yet. */
  async #findWithCurrentVersion(token: string, merchantId: string, mayWait: boolean) {
    await (mayWait ? this.#version.checkThrottled() : this.#version.check());
    return this.#find(token, merchantId);
  }
}

/** @throws MISSING_BEARER when there is no token, or the header has another scheme */
function tokenOf(authorization: string | undefined): string {
  const token = readToken(authorization);
  if (token === null) throw errors.of('MISSING_BEARER');
  return token;
}

function readToken(authorization = ''): string | null {
  const scheme = /^bearer(?: +|$)/i.exec(authorization)?.[0];
  const token = authorization.slice(scheme?.length ?? 0);
  return !token || (scheme === undefined && token.includes(' ')) ? null : token;
}

/** The current key and, during a rotation, the previous keys. */
function keysAt({ key, previous }: KnownMerchant, now: Date): CryptoKey[] {
  const before = previous.filter(({ until }) => until > now).map((each) => each.key);
  return key === null ? before : [key, ...before];
}

async function readMerchantIds(db: ClientDeps['db']): Promise<string[]> {
  const merchants = db.selectFrom('merchant').select('id').orderBy('created_at', 'desc').limit(ISSUED_MAX);
  return (await merchants.execute()).map(({ id }) => id);
}

async function readMerchant({ db, secrets }: ClientDeps, merchantId: string): Promise<KnownMerchant | null> {
  const row = await db
    .selectFrom('merchant')
    .select(['id', 'verified', 'fee_bps', 'route_limits', 'disabled_at', 'client_limits', 'own_client_limits'])
    .select(['api_secret_sealed', 'previous_secret_sealed', 'previous_secret_until'])
    .select(['token_secret_sealed', 'previous_token_secret_sealed', 'previous_token_secret_until'])
    .select(deniedAccounts(sql.ref('merchant.id')).as('denied_accounts'))
    .where('id', '=', merchantId)
    .executeTakeFirst();
  if (!row) return null;
  const origins = await db.selectFrom('client_origin').select('origin').where('merchant_id', '=', row.id).execute();
  const limits = limitsInForce(row);
  const secret = tokenSecretOf({ secrets }, row);
  return {
    terms: {
      merchantId: row.id,
      verified: row.verified,
      feeBps: row.fee_bps,
      deniedAccounts: row.denied_accounts,
      // Only `setRouteLimit` writes this column, and checks names and numbers.
      routeLimits: row.route_limits as Record<string, number>,
      clientRequests: { each: limits.each.requestsPerMinute, all: limits.all.requestsPerMinute },
    },
    disabled: row.disabled_at !== null,
    origins: origins.map(({ origin }) => origin),
    key: secret === null ? null : await tokenKey(secret),
    previous: await previousKeys(secrets, row),
  };
}

type Rotating = Pick<
  MerchantRow,
  | 'id'
  | 'previous_secret_sealed'
  | 'previous_secret_until'
  | 'token_secret_sealed'
  | 'previous_token_secret_sealed'
  | 'previous_token_secret_until'
>;

/** The previous API secret counts only while the API secret signs tokens. */
async function previousKeys(secrets: Deps['secrets'], row: Rotating): Promise<KnownMerchant['previous']> {
  const merchantId = row.id;
  const { previous_secret_sealed: api, previous_secret_until: apiUntil } = row;
  const { previous_token_secret_sealed: token, previous_token_secret_until: tokenUntil } = row;
  const keys: KnownMerchant['previous'][number][] = [];
  if (api !== null && apiUntil !== null && row.token_secret_sealed === null) {
    keys.push({ key: await tokenKey(secrets.open(api, { merchantId, purpose: 'api-secret' })), until: apiUntil });
  }
  if (token !== null && tokenUntil !== null) {
    keys.push({ key: await tokenKey(secrets.open(token, { merchantId, purpose: 'token-secret' })), until: tokenUntil });
  }
  return keys;
}
