import type { BlockList } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Db } from '../db/connect.ts';
import { errors } from '../errors.ts';
import { familyOf, listOf } from '../net/addresses.ts';
import type { Client } from './client-token.ts';
import { hashApiKey, type Scope } from './keys.ts';
import { type AuthVersion, Remembered } from './remembered.ts';

/** Who is calling: a merchant by one of its keys, or one of its clients by a token. */
export interface Caller {
  readonly merchantId: string;
  /** As events and wishes keep it: `merchant:<key id>` or `client:<SteamID64>`. */
  readonly actor: string;
  /** null: the merchant itself, who buys on its own account (`source: self`). */
  readonly client: Client | null;
  readonly verified: boolean;
  readonly feeBps: number;
  /** Route name → requests in its window, where the operator set the merchant's own. */
  readonly routeLimits: Readonly<Record<string, number>>;
}

interface KnownKey {
  readonly caller: Caller;
  readonly scopes: readonly string[];
  readonly allowedIps: BlockList | null;
  readonly revoked: boolean;
  readonly disabled: boolean;
}

const FAMILIAR_MAX = 20_000;

/** Checks API keys, remembering each until a key or a merchant changes anywhere. */
export class Authenticator {
  readonly #db: Db;
  readonly #known: Remembered<KnownKey>;
  /** Hashes of keys that were found at least once, whatever has become of them since. */
  readonly #familiar = new LRUCache<string, true>({ max: FAMILIAR_MAX });

  constructor(db: Db, version: AuthVersion) {
    this.#db = db;
    this.#known = new Remembered(version);
  }

  /**
   * Checks in this order: the key, its revocation, its address list, the merchant, the scope.
   * @param ip the caller's address in its usual spelling; what is no address is on no list
   * @param onKnown is told whose key it is, before anything else of it is checked
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
   * The same for who may come in with any key, and sees as much as its scopes allow.
   * @throws as `authenticate`, but for INSUFFICIENT_SCOPE
   */
  async identify(
    apiKey: string | undefined,
    ip: string,
    onKnown: (caller: Caller) => void = () => {},
  ): Promise<Pick<KnownKey, 'caller' | 'scopes'>> {
    if (!apiKey) throw errors.of('MISSING_API_KEY');
    const known = await this.#look(apiKey);
    if (!known) throw errors.of('INVALID_API_KEY');
    onKnown(known.caller);
    if (known.revoked) throw errors.of('API_KEY_REVOKED');
    if (known.allowedIps && !known.allowedIps.check(ip, familyOf(ip))) throw errors.of('API_KEY_IP_DENIED');
    if (known.disabled) throw errors.of('ACCOUNT_DISABLED');
    return known;
  }

  /**
   * Whether this node has found the key before, so that one more look costs the database little.
   * @returns a name of the key that is not its text; null for one that was never found
   */
  familiarName(apiKey: string | undefined): string | null {
    const name = apiKey === undefined ? '' : hashApiKey(apiKey).toString('base64');
    return this.#familiar.has(name) ? name : null;
  }

  async #look(apiKey: string): Promise<KnownKey | null> {
    const hash = hashApiKey(apiKey);
    const name = hash.toString('base64');
    const known = await this.#known.get(name, () => readKey(this.#db, hash));
    if (known) this.#familiar.set(name, true);
    return known;
  }
}

async function readKey(db: Db, hash: Buffer): Promise<KnownKey | null> {
  const row = await db
    .selectFrom('api_key')
    .innerJoin('merchant', 'merchant.id', 'api_key.merchant_id')
    .select(['api_key.id as key_id', 'merchant_id', 'scopes', 'allowed_ips', 'revoked_at'])
    .select(['verified', 'fee_bps', 'route_limits', 'disabled_at'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!row) return null;
  return {
    caller: {
      merchantId: row.merchant_id,
      actor: `merchant:${row.key_id}`,
      client: null,
      verified: row.verified,
      feeBps: row.fee_bps,
      // Written by `setRouteLimit` only, which checks names and numbers.
      routeLimits: row.route_limits as Record<string, number>,
    },
    scopes: row.scopes,
    allowedIps: row.allowed_ips.length > 0 ? listOf(row.allowed_ips) : null,
    revoked: row.revoked_at !== null,
    disabled: row.disabled_at !== null,
  };
}
