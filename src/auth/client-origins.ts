import { LRUCache } from 'lru-cache';
import type { Db } from '../db/connect.ts';
import { type AuthVersion, Remembered } from './remembered.ts';

/** Longer than any origin: a host name has at most 253 characters. */
export const ORIGIN_LENGTH_MAX = 300;
const FAMILIAR_MAX = 10_000;

/** Which origins of web pages any merchant has listed, remembered until a merchant changes anywhere. */
export class ClientOrigins {
  readonly #db: Db;
  readonly #known: Remembered<true>;
  readonly #familiar = new LRUCache<string, true>({ max: FAMILIAR_MAX });

  constructor(db: Db, version: AuthVersion) {
    this.#db = db;
    this.#known = new Remembered(version);
  }

  /** Whether this node has found the origin before. */
  isFamiliar(origin: string): boolean {
    return this.#familiar.has(origin);
  }

  async isListed(origin: string): Promise<boolean> {
    const isListed = (await this.#known.get(origin, () => this.#look(origin))) ?? false;
    if (isListed) this.#familiar.set(origin, true);
    return isListed;
  }

  async #look(origin: string): Promise<true | null> {
    const row = this.#db.selectFrom('client_origin').select('merchant_id').where('origin', '=', origin).limit(1);
    return (await row.executeTakeFirst()) ? true : null;
  }
}
