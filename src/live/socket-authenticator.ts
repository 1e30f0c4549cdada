import type { ParsedUrlQuery } from 'node:querystring';
import type { Authenticator, Caller } from '../auth/authenticate.ts';
import type { ClientAuthenticator } from '../auth/authenticate-client.ts';
import type { AuthVersion } from '../auth/remembered.ts';
import { ApiError } from '../core/errors.ts';

/** What a socket was opened with. */
export interface Credentials {
  readonly apiKey: string;
  readonly token: string;
  readonly address: string;
}

/** Who listens, and to what. */
export interface Listener {
  readonly caller: Caller;
  readonly hearsMarket: boolean;
  /** When its key ends; null: never, or a token, whose sockets are looked at now and then. */
  readonly endsAt: Date | null;
}

export function credentialsOf(query: ParsedUrlQuery, address: string): Credentials {
  return { apiKey: only(query['apiKey']), token: only(query['token']), address };
}

/** A parameter that is given twice says nothing for sure. */
function only(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** Says who may listen, by the rules of the routes. */
export class SocketAuthenticator {
  readonly #version: AuthVersion;
  readonly #keys: Authenticator;
  readonly #clients: ClientAuthenticator;

  constructor(version: AuthVersion, keys: Authenticator, clients: ClientAuthenticator) {
    this.#version = version;
    this.#keys = keys;
    this.#clients = clients;
  }

  /** Another than before: a key or a merchant has changed since. */
  version(): Promise<string> {
    return this.#version.current();
  }

  /**
   * @returns null: not welcome, which is all that the other side is told
   * @throws Error when nobody can say now, as the database is away: no word against the caller
   */
  async judge({ apiKey, token, address }: Credentials): Promise<Listener | null> {
    try {
      // A token is good for every client route, and so for the market of clients.
      if (!apiKey && token) return { caller: await this.#clients.authenticate(token), hearsMarket: true, endsAt: null };
      const { caller, scopes, expiresAt } = await this.#keys.identify(apiKey, address);
      return { caller, hearsMarket: scopes.includes('CORE_ACCESS'), endsAt: expiresAt };
    } catch (error) {
      if (error instanceof ApiError) return null;
      throw error;
    }
  }
}
