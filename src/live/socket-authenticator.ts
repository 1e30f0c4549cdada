import type { ParsedUrlQuery } from 'node:querystring';
import type { AuthVersion } from '../auth/auth-version.ts';
import type { Authenticator, Caller } from '../auth/authenticate.ts';
import type { ClientAuthenticator } from '../auth/authenticate-client.ts';
import { ApiError } from '../core/errors.ts';

/** The credentials with which a socket was opened. */
export interface Credentials {
  readonly apiKey: string;
  readonly token: string;
  readonly address: string;
}

/** An authenticated socket: its caller and what it receives. */
export interface Listener {
  readonly caller: Caller;
  readonly followsMarket: boolean;
  /** When its key expires. null: never, or a token, which is checked again regularly. */
  readonly endsAt: Date | null;
}

export function credentialsOf(query: ParsedUrlQuery, address: string): Credentials {
  return { apiKey: only(query['apiKey']), token: only(query['token']), address };
}

/** A repeated parameter is ambiguous and is ignored. */
function only(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Authenticates sockets by the same rules as the HTTP routes. */
export class SocketAuthenticator {
  readonly #version: AuthVersion;
  readonly #keys: Authenticator;
  readonly #clients: ClientAuthenticator;

  constructor(version: AuthVersion, keys: Authenticator, clients: ClientAuthenticator) {
    this.#version = version;
    this.#keys = keys;
    this.#clients = clients;
  }

  /** Changes when a key or a merchant changes. */
  version(): Promise<string> {
    return this.#version.current();
  }

  /**
   * @returns null: the credentials are not valid
   * @throws Error when the credentials cannot be checked now, for example because the database is unavailable
   */
  async authenticate({ apiKey, token, address }: Credentials): Promise<Listener | null> {
    try {
      // A token is valid for every client route, and so for the market as well.
      if (!apiKey && token)
        return { caller: await this.#clients.authenticate(token), followsMarket: true, endsAt: null };
      const { caller, scopes, expiresAt } = await this.#keys.identify(apiKey, address);
      return { caller, followsMarket: scopes.includes('CORE_ACCESS'), endsAt: expiresAt };
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }
}
