import type { Db } from '../db/connect.ts';
import type { AuthVersion } from './auth-version.ts';
import { ISSUED_MAX, IssuedNames } from './issued-names.ts';

/** Longer than any origin: a host name has at most 253 characters. */
export const ORIGIN_LENGTH_MAX = 300;

/** The web origins that any merchant has listed. There are few, so all are cached. */
export class ClientOrigins {
  readonly #listed: IssuedNames;

  constructor(db: Db, version: AuthVersion) {
    this.#listed = new IssuedNames(version, () => readOrigins(db));
  }

  async isListed(origin: string): Promise<boolean> {
    await this.#listed.refresh();
    return this.#listed.has(origin);
  }
}

async function readOrigins(db: Db): Promise<string[]> {
  const rows = await db.selectFrom('client_origin').select('origin').distinct().limit(ISSUED_MAX).execute();
  return rows.map(({ origin }) => origin);
}
