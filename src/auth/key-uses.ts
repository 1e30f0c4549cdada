import { sql } from 'kysely';
import { LRUCache } from 'lru-cache';
import { later, MINUTE_MS } from '../core/clock.ts';
import type { Deps } from '../deps.ts';

/** How precisely it is known when a key was last used. A busy key costs one write in this time, whatever it does. */
const WRITTEN_EVERY_MS = MINUTE_MS;
/** So that many keys are written at once. */
const GATHERED_MS = 1000;
const KEYS_MAX = 20_000;

/** Records when keys were last used, apart from the requests: nobody waits for it, and none fails because of it. */
export class KeyUses {
  readonly #deps: Pick<Deps, 'db' | 'clock' | 'log'>;
  /** By real time: a sandbox whose clock is moved has no more requests than before. */
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
    this.#timer ??= setTimeout(() => void this.flush(), GATHERED_MS).unref();
  }

  /** Writes what was noted. What cannot be written is logged and noted again at the next use. */
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
      this.#deps.log.warn(
        { err: error },
        'could not record when API keys were last used; it is tried at their next use',
      );
    }
  }
}
