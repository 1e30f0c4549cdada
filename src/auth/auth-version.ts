import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Trx } from '../db/transaction.ts';

/** A change must take effect on every node within 5 s; this leaves time for slow queries. */
const VERSION_CACHED_MS = 2000;
const THROTTLED_CHECK_EVERY_MS = 200;

/**
 * A number that increases in the same transaction as every change of a key or a merchant. Nodes cache keys until it changes,
 * so that most requests need no query, and a revocation takes effect within seconds.
 */
const SETTING = 'auth.version';

export async function bumpAuthVersion(trx: Trx): Promise<void> {
  await sql`
    insert into setting (name, value) values (${SETTING}, to_jsonb(1))
    on conflict (name) do update set value = to_jsonb(setting.value::text::bigint + 1)`.execute(trx);
}

export async function readAuthVersion(db: Db): Promise<string> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return String(row?.value ?? 0);
}

/** The version of keys and merchants, read from the database at most every two seconds. */
export class AuthVersion {
  readonly #db: Db;
  #version = '';
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | null = null;
  #throttled: Promise<void> | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  async current(): Promise<string> {
    if (performance.now() - this.#checkedAt > VERSION_CACHED_MS) await this.check();
    return this.#version;
  }

  /** Reads the version. Concurrent callers share one query. */
  check(): Promise<void> {
    this.#checking ??= this.#read().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** The same, at most five times a second, for callers that may wait. */
  checkThrottled(): Promise<void> {
    this.#throttled ??= setTimeout(THROTTLED_CHECK_EVERY_MS).then(() => {
      this.#throttled = null;
      return this.check();
    });
    return this.#throttled;
  }

  async #read(): Promise<void> {
    const requestedAt = performance.now();
    this.#version = await readAuthVersion(this.#db);
    this.#checkedAt = requestedAt;
  }
}
