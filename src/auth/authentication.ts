import { ApiError, type ErrorKey, errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { limitedNetwork } from '../net/addresses.ts';
import { ClientAddresses } from '../net/client-address.ts';
import { FailureCounts } from '../net/failure-counts.ts';
import { AuthVersion } from './auth-version.ts';
import { Authenticator } from './authenticate.ts';
import { ClientAuthenticator } from './authenticate-client.ts';
import { ClientOrigins } from './client-origins.ts';
import { KeyUses } from './key-uses.ts';

/** The authentication of one node. Routes and the live feed share its caches. */
export class Authentication {
  readonly version: AuthVersion;
  readonly keyUses: KeyUses;
  readonly keys: Authenticator;
  readonly clients: ClientAuthenticator;
  readonly origins: ClientOrigins;
  readonly addresses: ClientAddresses;
  readonly failedAuth: FailedAuthLimiter;

  constructor(deps: Pick<Deps, 'config' | 'db' | 'clock' | 'secrets' | 'log'>) {
    this.version = new AuthVersion(deps.db);
    this.keyUses = new KeyUses(deps);
    this.keys = new Authenticator(deps, this.version, this.keyUses);
    this.clients = new ClientAuthenticator(deps, this.version);
    this.origins = new ClientOrigins(deps.db, this.version);
    this.addresses = new ClientAddresses(deps.config.trustProxy);
    this.failedAuth = new FailedAuthLimiter(deps.config.invalidKeysPerMinute);
  }

  /** Whether a key was issued. Reads all keys from the database at once, and only after a change. */
  async isIssued(apiKey: string | undefined): Promise<boolean> {
    if (!apiKey) return false;
    if (!this.keys.isKnown(apiKey)) await this.keys.issued.refresh();
    return this.keys.isKnown(apiKey);
  }

  /** Whether the merchant that a token claims exists, in the same way. */
  async isOfKnownMerchant(authorization: string | undefined): Promise<boolean> {
    const merchantId = this.clients.nameOf(authorization);
    if (merchantId === '') return false;
    if (!this.clients.isKnown(merchantId)) await this.clients.issued.refresh();
    return this.clients.isKnown(merchantId);
  }

  /**
   * The name of a socket's credentials, if the cache knows them: of the key, or of the merchant that the token claims.
   * @returns null for unknown credentials
   */
  knownNameOf({ apiKey, token }: { readonly apiKey: string; readonly token: string }): string | null {
    const merchantId = this.clients.nameOf(token);
    const isKnown = apiKey ? this.keys.isKnown(apiKey) : this.clients.isKnown(merchantId);
    if (isKnown) return apiKey ? this.keys.nameOf(apiKey) : merchantId;
    // Refreshed for the next attempt. This attempt uses the cached names, and an unavailable database changes nothing.
    (apiKey ? this.keys : this.clients).issued.refresh().catch(() => {});
    return null;
  }
}

/** Errors of missing or invalid credentials. */
const CREDENTIAL_ERRORS: readonly ErrorKey[] = [
  'MISSING_API_KEY',
  'INVALID_API_KEY',
  'API_KEY_REVOKED',
  'MISSING_BEARER',
  'INVALID_TOKEN',
];

/**
 * Limits failed authentications by network, before the database is queried. Issued keys, and tokens of existing merchants,
 * are always checked, so that other callers at the same address cannot lock them out.
 */
export class FailedAuthLimiter {
  readonly #failures: FailureCounts;

  constructor(perMinute: number) {
    this.#failures = new FailureCounts(perMinute);
  }

  /** Whether the network of this address has reached the limit. */
  isLimited(address: string): boolean {
    return this.#failures.waitSeconds(limitedNetwork(address)) > 0;
  }

  /**
   * Identifies a caller, and counts a failure.
   * @param isKnown whether the key was issued, or the token's merchant exists
   * @throws RATE_LIMITED for unknown credentials when the limit is reached; any error of `identify`
   */
  async identify<T>(address: string, isKnown: () => Promise<boolean>, identify: () => Promise<T>): Promise<T> {
    const waitSeconds = this.#failures.waitSeconds(limitedNetwork(address));
    if (waitSeconds > 0 && !(await isKnown())) throw errors.tooManyInvalid(waitSeconds);
    try {
      return await identify();
    } catch (error) {
      if (error instanceof ApiError && CREDENTIAL_ERRORS.includes(error.key))
        this.#failures.add(limitedNetwork(address));
      throw error;
    }
  }
}
