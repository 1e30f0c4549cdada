import { sql } from 'kysely';
import { MovableClock } from '../src/core/clock.ts';
import type { Db } from '../src/db/connect.ts';

const SETTING = 'sandbox.clock_offset_ms';
/** Other nodes on the same database follow a move within this time. */
const FOLLOW_EVERY_MS = 200;

/** The sandbox's clock: real time plus an offset that is kept in the database, so that it survives and is shared. */
export class SandboxClock extends MovableClock {
  readonly #db: Db;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(db: Db) {
    super();
    this.#db = db;
  }

  /** Takes over the stored offset, and goes on doing so; `onMove` is told of every change. */
  async follow(onMove: () => void): Promise<void> {
    await this.adoptStored();
    this.#timer = setInterval(() => void this.#look(onMove), FOLLOW_EVERY_MS).unref();
  }

  /** One look at a time: while the database gives no answer, others would only take its connections. */
  async #look(onMove: () => void): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const before = this.offsetMs;
    await this.adoptStored().catch(() => {}); // The database is away; the next look will tell.
    this.#isLooking = false;
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

  /** Takes over the stored offset, once. */
  async adoptStored(): Promise<void> {
    const row = await this.#db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
    this.adoptOffset(Number(row?.value ?? 0));
  }
}
