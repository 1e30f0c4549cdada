import { sql } from 'kysely';
import { MovableClock } from '../src/core/clock.ts';
import type { Db } from '../src/db/connect.ts';

const SETTING = 'sandbox.clock_offset_ms';
/** Other nodes on the same database adopt a moved clock within this time. */
const FOLLOW_EVERY_MS = 200;

/** The sandbox's clock: real time plus an offset in the database, which survives restarts and is shared by all nodes. */
export class SandboxClock extends MovableClock {
  readonly #db: Db;
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;

  constructor(db: Db) {
    super();
    this.#db = db;
  }

  /** Adopts the stored offset now and regularly afterwards; `onMove` is called after every change. */
  async follow(onMove: () => void): Promise<void> {
    await this.adoptStored();
    this.#timer = setInterval(() => void this.#poll(onMove), FOLLOW_EVERY_MS).unref();
  }

  /** Polls one at a time, so that an unresponsive database does not use up its connections. */
  async #poll(onMove: () => void): Promise<void> {
    if (this.#isPolling) return;
    this.#isPolling = true;
    const before = this.offsetMs;
    await this.adoptStored().catch(() => {}); // The database is unavailable; the next poll retries.
    this.#isPolling = false;
    if (this.offsetMs !== before) onMove();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Moves time forward for every node. */
  async advance(ms: number): Promise<void> {
    await sql`
      insert into setting (name, value) values (${SETTING}, to_jsonb(${ms}::bigint))
      on conflict (name) do update set value = to_jsonb(setting.value::text::bigint + ${ms}::bigint)`.execute(this.#db);
    await this.adoptStored();
  }

  /** Adopts the stored offset once. */
  async adoptStored(): Promise<void> {
    const row = await this.#db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
    this.adoptOffset(Number(row?.value ?? 0));
  }
}
