import { ApiError, type ErrorKey, errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { limitedNetwork } from '../net/addresses.ts';
import { ClientAddresses } from '../net/client-address.ts';
import { FailureCounts } from '../net/failure-counts.ts';
import { Authenticator } from './authenticate.ts';
import { ClientAuthenticator } from './authenticate-client.ts';
import { ClientOrigins } from './client-origins.ts';
import { KeyUses } from './key-uses.ts';
import { AuthVersion } from './remembered.ts';

/** What one node knows callers by: the routes and the live feed share it, so a key that one has seen is known to both. */
export class Authentication {
  readonly version: AuthVersion;
  readonly keyUses: KeyUses;
  readonly keys: Authenticator;
  readonly clients: ClientAuthenticator;
  readonly origins: ClientOrigins;
  readonly addresses: ClientAddresses;
  readonly strangers: Strangers;

  constructor(deps: Pick<Deps, 'config' | 'db' | 'clock' | 'secrets' | 'log'>) {
    this.version = new AuthVersion(deps.db);
    this.keyUses = new KeyUses(deps);
    this.keys = new Authenticator(deps, this.version, this.keyUses);
    this.clients = new ClientAuthenticator(deps, this.version);
    this.origins = new ClientOrigins(deps.db, this.version);
    this.addresses = new ClientAddresses(deps.config.trustProxy);
    this.strangers = new Strangers(deps.config.invalidKeysPerMinute);
  }

  /** Whether a key was issued. Asks the database for all keys at once, and only after one has changed. */
  async isIssued(apiKey: string | undefined): Promise<boolean> {
    if (!apiKey) return false;
    if (!this.keys.isKnown(apiKey)) await this.keys.issued.refresh();
    return this.keys.isKnown(apiKey);
  }

  /** Whether the merchant exists that a token names, in the same way. */
  async isOfMerchant(authorization: string | undefined): Promise<boolean> {
    const merchantId = this.clients.nameOf(authorization);
    if (merchantId === '') return false;
    if (!this.clients.isKnown(merchantId)) await this.clients.issued.refresh();
    return this.clients.isKnown(merchantId);
  }

  /**
   * What a socket came with, as far as it is known without waiting: the key, or the merchant that the token names.
   * @returns null for everything else
   */
  knownNameOf({ apiKey, token }: { readonly apiKey: string; readonly token: string }): string | null {
    const merchantId = this.clients.nameOf(token);
    const isKnown = apiKey ? this.keys.isKnown(apiKey) : this.clients.isKnown(merchantId);
    if (isKnown) return apiKey ? this.keys.nameOf(apiKey) : merchantId;
    // For its next attempt: this one is judged by what was known before. A database that is away changes nothing.
    (apiKey ? this.keys : this.clients).issued.refresh().catch(() => {});
    return null;
  }
}

/** The answers to those who bring no key or token, or none that is good. */
const ANSWERS_TO_STRANGERS: readonly ErrorKey[] = [
  'MISSING_API_KEY',
  'INVALID_API_KEY',
  'API_KEY_REVOKED',
  'MISSING_BEARER',
  'INVALID_TOKEN',
];

/**
 * Limits requests without a valid key or token by address, before the database is asked about what they bring. Keys that
 * were issued, and tokens that name a merchant, are let through to be checked as usual: others at the same address cannot
 * lock them out.
 */
export class Strangers {
  readonly #refusals: FailureCounts;

  constructor(perMinute: number) {
    this.#refusals = new FailureCounts(perMinute);
  }

  /** Whether the address has used up what it may get wrong. */
  isLimited(address: string): boolean {
    return this.#refusals.waitSeconds(limitedNetwork(address)) > 0;
  }

  /**
   * Lets a caller be identified, and counts it when that fails.
   * @param isKnown whether the key was issued, or the token's merchant exists
   * @throws RATE_LIMITED for an unknown one from an address that is limited; what `identify` throws
   */
  async identify<T>(address: string, isKnown: () => Promise<boolean>, identify: () => Promise<T>): Promise<T> {
    const waitSeconds = this.#refusals.waitSeconds(limitedNetwork(address));
    if (waitSeconds > 0 && !(await isKnown())) throw errors.tooManyInvalid(waitSeconds);
    try {
      return await identify();
    } catch (error) {
      if (error instanceof ApiError && ANSWERS_TO_STRANGERS.includes(error.key))
        this.#refusals.add(limitedNetwork(address));
      throw error;
    }
  }
}
