import type { BlockList } from 'node:net';
import { sql } from 'kysely';
import { errors } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { familyOf, listOf } from '../net/addresses.ts';
import { deniedAccounts } from './account-access.ts';
import { AuthCache } from './auth-cache.ts';
import type { AuthVersion } from './auth-version.ts';
import type { Client } from './client-token.ts';
import { ISSUED_MAX, IssuedNames } from './issued-names.ts';
import type { KeyUses } from './key-uses.ts';
import { hashApiKey, type Scope } from './keys.ts';

/** The authenticated caller: a merchant with an API key, or a client with a token. */
export interface Caller {
  readonly merchantId: string;
  /** As stored in events and requests: `merchant:<key id>` or `client:<SteamID64>`. */
  readonly actor: string;
  /** null: the merchant itself, which buys on its own account (`source: self`). */
  readonly client: Client | null;
  readonly verified: boolean;
  readonly feeBps: number;
  /** The accounts at marketplaces that the merchant may not use, in alphabetical order. */
  readonly deniedAccounts: readonly string[];
  /** Route name → maximum of requests per window, for limits that the operator has set for this merchant. */
  readonly routeLimits: Readonly<Record<string, number>>;
  /** For clients: the maximum of requests per minute for all routes, for this client and for all clients together. */
  readonly clientRequests?: { readonly each: number | null; readonly all: number | null };
}

interface KnownKey {
  readonly keyId: string;
  readonly caller: Caller;
  readonly scopes: readonly string[];
  readonly allowedIps: BlockList | null;
  readonly revoked: boolean;
  /** When the key expires; null: never. Checked with each call, because the cache is not invalidated by time. */
  readonly expiresAt: Date | null;
  readonly disabled: boolean;
}

/** Checks API keys. Each key is cached until a key or merchant changes on any node. */
export class Authenticator {
  readonly #deps: Pick<Deps, 'db' | 'clock'>;
  readonly #uses: KeyUses | null;
  readonly #known: AuthCache<KnownKey>;
  /** The hashes of all keys that are not revoked. */
  readonly issued: IssuedNames;

  /** @param uses records each successful use of a key */
  constructor(deps: Pick<Deps, 'db' | 'clock'>, version: AuthVersion, uses: KeyUses | null = null) {
    this.#deps = deps;
    this.#uses = uses;
    this.#known = new AuthCache(version);
    this.issued = new IssuedNames(version, () => readIssued(deps.db));
  }

  /**
   * Checks in this order: the key, its revocation and expiry, its address list, the merchant, the scope.
   * @param ip the caller's address in canonical form; any other text is on no allow list
   * @param onKnown called with the key's caller before any other check
   * @throws MISSING_API_KEY, INVALID_API_KEY, API_KEY_REVOKED, API_KEY_IP_DENIED, ACCOUNT_DISABLED, INSUFFICIENT_SCOPE
   */
  async authenticate(
    apiKey: string | undefined,
    ip: string,
    scope: Scope,
    onKnown: (caller: Caller) => void = () => {},
  ): Promise<Caller> {
    const { caller, scopes } = await this.identify(apiKey, ip, onKnown);
    if (!scopes.includes(scope)) throw errors.of('INSUFFICIENT_SCOPE');
    return caller;
  }

  /**
   * The same without a required scope; the caller checks the returned scopes.
   * @throws as `authenticate`, except INSUFFICIENT_SCOPE
   */
  async identify(
    apiKey: string | undefined,
    ip: string,
    onKnown: (caller: Caller) => void = () => {},
  ): Promise<Pick<KnownKey, 'caller' | 'scopes' | 'expiresAt'>> {
    if (!apiKey) throw errors.of('MISSING_API_KEY');
    const known = await this.#find(apiKey);
    if (!known) throw errors.of('INVALID_API_KEY');
    onKnown(known.caller);
    if (known.revoked) throw errors.of('API_KEY_REVOKED');
    const { expiresAt } = known;
    if (expiresAt && expiresAt <= this.#deps.clock.now()) throw expired(expiresAt);
    if (known.allowedIps && !known.allowedIps.check(ip, familyOf(ip))) throw errors.of('API_KEY_IP_DENIED');
    if (known.disabled) throw errors.of('ACCOUNT_DISABLED');
    this.#uses?.note(known.keyId);
    return known;
  }

  /** Whether the cache knows that the key was issued; a new key may be missing. */
  isKnown(apiKey: string): boolean {
    const name = this.nameOf(apiKey);
    return this.#known.has(name) || this.issued.has(name);
  }

  /** The name of a key in caches: its hash. */
  nameOf(apiKey: string): string {
    return hashApiKey(apiKey).toString('base64');
  }

  #find(apiKey: string): Promise<KnownKey | null> {
    const hash = hashApiKey(apiKey);
    return this.#known.get(hash.toString('base64'), () => readKey(this.#deps.db, hash));
  }
}

async function readIssued(db: Db): Promise<string[]> {
  const keys = db.selectFrom('api_key').select('hash').where('revoked_at', 'is', null);
  const rows = await keys.orderBy('created_at', 'desc').limit(ISSUED_MAX).execute();
  return rows.map(({ hash }) => Buffer.from(hash).toString('base64'));
}

/** The public API has no separate error for an expired key. */
function expired(at: Date) {
  return errors.of('API_KEY_REVOKED', {
    message: 'This API key has expired. Use another one, or ask the operator for it.',
    details: { expiredAt: at.toISOString() },
  });
}

async function readKey(db: Db, hash: Buffer): Promise<KnownKey | null> {
  const row = await db
    .selectFrom('api_key')
    .innerJoin('merchant', 'merchant.id', 'api_key.merchant_id')
    .select(['api_key.id as key_id', 'merchant_id', 'scopes', 'allowed_ips', 'revoked_at', 'expires_at'])
    .select(['verified', 'fee_bps', 'route_limits', 'disabled_at'])
    .select(deniedAccounts(sql.ref('merchant.id')).as('denied_accounts'))
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!row) return null;
  return {
    keyId: row.key_id,
    caller: {
      merchantId: row.merchant_id,
      actor: `merchant:${row.key_id}`,
      client: null,
      verified: row.verified,
      feeBps: row.fee_bps,
      deniedAccounts: row.denied_accounts,
      // Only `setRouteLimit` writes this column, and checks names and numbers.
      routeLimits: row.route_limits as Record<string, number>,
    },
    scopes: row.scopes,
    allowedIps: row.allowed_ips.length > 0 ? listOf(row.allowed_ips) : null,
    revoked: row.revoked_at !== null,
    expiresAt: row.expires_at,
    disabled: row.disabled_at !== null,
  };
}
