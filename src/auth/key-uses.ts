import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { later, MINUTE_MS } from '../core/clock.ts';
import { isUnavailable } from '../db/failure.ts';
import type { Deps } from '../deps.ts';

/** The precision of the last use. A busy key causes one write in this time. */
const WRITTEN_EVERY_MS = MINUTE_MS;
/** Uses are collected for this time and written together. */
const COLLECTED_MS = 1000;
const KEYS_MAX = 20_000;

/** Records the last use of keys in the background, so that no request waits for it or fails because of it. */
export class KeyUses {
  readonly #deps: Pick<Deps, 'db' | 'clock' | 'log'>;
  /** Uses real time, because moving the sandbox clock does not change the number of requests. */
  readonly #noted = new LRUCache<string, true>({ max: KEYS_MAX, ttl: WRITTEN_EVERY_MS });
  readonly #unwritten = new Map<string, Date>();
  #timer: NodeJS.Timeout | null = null;

  constructor(deps: Pick<Deps, 'db' | 'clock' | 'log'>) {
    this.#deps = deps;
  }

  note(keyId: string): void {
    if (this.#noted.has(keyId)) return;
    this.#noted.set(keyId, true);
    this.#unwritten.set(keyId, this.#deps.clock.now());
    this.#timer ??= setTimeout(() => void this.flush(), COLLECTED_MS).unref();
  }

  /** Writes the collected uses. A failed write is logged, and the next use is recorded again. */
  async flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const uses = [...this.#unwritten].map(([id, at]) => ({ id, at, before: later(at, -WRITTEN_EVERY_MS) }));
    this.#unwritten.clear();
    if (uses.length === 0) return;
    try {
      await sql`
        update api_key set last_used_at = used.at
        from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb) as used (id uuid, at timestamptz, before timestamptz)
        where api_key.id = used.id and coalesce(api_key.last_used_at <= used.before, true)`.execute(this.#deps.db);
    } catch (error) {
      for (const { id } of uses) this.#noted.delete(id);
      // When the database is away, its connections log it, once for all.
      this.#deps.log[isUnavailable(error) ? 'debug' : 'warn'](
        { err: error },
        'failed to record the last use of API keys; their next use is recorded again',
      );
    }
  }
}
