import type { BlockList } from 'node:net';
import { errors } from '../core/errors.ts';
import type { Db } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { familyOf, listOf } from '../net/addresses.ts';
import type { Client } from './client-token.ts';
import { ISSUED_MAX, IssuedNames } from './issued-names.ts';
import type { KeyUses } from './key-uses.ts';
import { hashApiKey, type Scope } from './keys.ts';
import { type AuthVersion, Remembered } from './remembered.ts';

/** Who is calling: a merchant by one of its keys, or one of its clients by a token. */
export interface Caller {
  readonly merchantId: string;
  /** As events and requests keep it: `merchant:<key id>` or `client:<SteamID64>`. */
  readonly actor: string;
  /** null: the merchant itself, who buys on its own account (`source: self`). */
  readonly client: Client | null;
  readonly verified: boolean;
  readonly feeBps: number;
  /** Route name → requests in its window, where the operator set the merchant's own. */
  readonly routeLimits: Readonly<Record<string, number>>;
  /** Of a client: how many requests a minute it, and all clients together, may make over all routes. */
  readonly clientRequests?: { readonly each: number | null; readonly all: number | null };
}

interface KnownKey {
  readonly keyId: string;
  readonly caller: Caller;
  readonly scopes: readonly string[];
  readonly allowedIps: BlockList | null;
  readonly revoked: boolean;
  /** From then on it is refused; null: never. Looked at with each call, since no change announces it. */
  readonly expiresAt: Date | null;
  readonly disabled: boolean;
}

/** Checks API keys, remembering each until a key or a merchant changes anywhere. */
export class Authenticator {
  readonly #deps: Pick<Deps, 'db' | 'clock'>;
  readonly #uses: KeyUses | null;
  readonly #known: Remembered<KnownKey>;
  /** Hashes of all keys that are not revoked. */
  readonly issued: IssuedNames;

  /** @param uses is told of each key that opens something */
  constructor(deps: Pick<Deps, 'db' | 'clock'>, version: AuthVersion, uses: KeyUses | null = null) {
    this.#deps = deps;
    this.#uses = uses;
    this.#known = new Remembered(version);
    this.issued = new IssuedNames(version, () => readIssued(deps.db));
  }

  /**
   * Checks in this order: the key, its revocation and expiry, its address list, the merchant, the scope.
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
  ): Promise<Pick<KnownKey, 'caller' | 'scopes' | 'expiresAt'>> {
    if (!apiKey) throw errors.of('MISSING_API_KEY');
    const known = await this.#look(apiKey);
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

  /** Whether it is known without waiting that the key was issued; the newest may be missing. */
  isKnown(apiKey: string): boolean {
    const name = this.nameOf(apiKey);
    return this.#known.has(name) || this.issued.has(name);
  }

  /** What a key is called among those that were issued, which is not its text. */
  nameOf(apiKey: string): string {
    return hashApiKey(apiKey).toString('base64');
  }

  #look(apiKey: string): Promise<KnownKey | null> {
    const hash = hashApiKey(apiKey);
    return this.#known.get(hash.toString('base64'), () => readKey(this.#deps.db, hash));
  }
}

async function readIssued(db: Db): Promise<string[]> {
  const keys = db.selectFrom('api_key').select('hash').where('revoked_at', 'is', null);
  const rows = await keys.orderBy('created_at', 'desc').limit(ISSUED_MAX).execute();
  return rows.map(({ hash }) => Buffer.from(hash).toString('base64'));
}

/** The public API has no error of its own for a key that has ended by itself. */
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
      // Written by `setRouteLimit` only, which checks names and numbers.
      routeLimits: row.route_limits as Record<string, number>,
    },
    scopes: row.scopes,
    allowedIps: row.allowed_ips.length > 0 ? listOf(row.allowed_ips) : null,
    revoked: row.revoked_at !== null,
    expiresAt: row.expires_at,
    disabled: row.disabled_at !== null,
  };
}
