import { sql } from 'kysely';
import { MovableClock, SECOND_MS } from '../src/core/clock.ts';
import type { Db } from '../src/db/connect.ts';
import type { Deps } from '../src/deps.ts';
import type { NodeNews } from '../src/work/node-news.ts';
import { Watch } from '../src/work/watch.ts';

const SETTING = 'sandbox.clock_offset_ms';
/** Other nodes on the same database adopt a moved clock within half a second, and when they were not told, after a rest. */
const FOLLOW = { everyMs: 200, restMs: 5 * SECOND_MS };

/** The sandbox's clock: real time plus an offset in the database, which survives restarts and is shared by all nodes. */
export class SandboxClock extends MovableClock {
  readonly #db: Db;
  #watch: Watch | null = null;

  constructor(db: Db) {
    super();
    this.#db = db;
  }

  /** Adopts the stored offset now, and afterwards when another node has moved it: then `onMove` is called. */
  async follow({ news, log }: Pick<Deps, 'log'> & { readonly news: NodeNews }, onMove: () => void): Promise<void> {
    await this.adoptStored();
    const times = news.isComplete ? FOLLOW : { ...FOLLOW, restMs: FOLLOW.everyMs };
    const watch = new Watch('sandbox clock', () => this.#look(onMove), times, { clock: this, log });
    this.#watch = watch;
    news.on('written', () => watch.notice());
    watch.start();
  }

  async #look(onMove: () => void) {
    const before = this.offsetMs;
    await this.adoptStored();
    if (this.offsetMs !== before) onMove();
    return { isDue: false, nextAt: null };
  }

  async stop(): Promise<void> {
    await this.#watch?.stop();
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
