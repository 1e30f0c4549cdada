import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { SECOND_MS } from '../core/clock.ts';
import type { Signals } from '../core/signals.ts';
import type { Database } from '../db/connect.ts';

/**
 * `written`: something was written that may make rows due. `looked`: somebody asks a node for something, or is connected to
 * its live feed.
 */
export type News = 'written' | 'looked';

const CHANNEL = 'skinrail_news';
/** How often each is told to other processes: PostgreSQL commits one transaction with a notification at a time. */
const TELL_EVERY_MS: Readonly<Record<News, number>> = { written: 250, looked: 10 * SECOND_MS };
const kinds = Object.keys(TELL_EVERY_MS) as News[]; // the type of Object.keys is string[]

interface Telling {
  toldAt: number;
  soon: NodeJS.Timeout | undefined;
}

/**
 * Says what happens in this process and in the others on its database, so that a node can rest until then. Hints only:
 * whoever misses one looks by itself after a rest.
 */
export class NodeNews {
  /** Whether other processes can use the database: not an embedded one. */
  readonly isShared: boolean;
  /** Whether all is heard that others tell: not behind a transaction pooler. */
  readonly isComplete: boolean;
  readonly #database: Database;
  readonly #process = randomUUID();
  readonly #listeners: Record<News, (() => void)[]> = { written: [], looked: [] };
  readonly #telling: Record<News, Telling> = { written: newTelling(), looked: newTelling() };
  readonly #stopListening: () => Promise<void>;

  constructor(database: Database, signals: Signals) {
    this.#database = database;
    this.isShared = database.kind === 'postgres';
    this.isComplete = !this.isShared || database.subscribe !== null;
    const mayHaveMissed = () => {
      for (const kind of kinds) this.#say(kind);
    };
    const subscription = database.subscribe?.(CHANNEL, (payload) => this.#hear(payload), mayHaveMissed);
    this.#stopListening = async () => subscription?.close();
    database.writes.onWrite(() => this.#happened('written'));
    signals.on('looked', () => this.#happened('looked'));
  }

  /** @param listener called very often, so it should take no time */
  on(kind: News, listener: () => void): void {
    this.#listeners[kind].push(listener);
  }

  async close(): Promise<void> {
    for (const kind of kinds) {
      this.#listeners[kind].length = 0;
      clearTimeout(this.#telling[kind].soon);
    }
    await this.#stopListening();
  }

  #happened(kind: News): void {
    this.#say(kind);
    if (this.isShared) this.#tellSoon(kind);
  }

  #hear(payload: string): void {
    const [kind, process] = payload.split(' ');
    const known = kinds.find((each) => each === kind);
    if (known && process !== this.#process) this.#say(known);
  }

  #say(kind: News): void {
    for (const listener of this.#listeners[kind]) listener();
  }

  /** At once, and again after a pause if it happens again: the first statement of a transaction is not its commit. */
  #tellSoon(kind: News): void {
    const telling = this.#telling[kind];
    if (telling.soon !== undefined) return;
    const pauseMs = Math.max(0, telling.toldAt + TELL_EVERY_MS[kind] - performance.now());
    telling.soon = setTimeout(() => {
      telling.soon = undefined;
      telling.toldAt = performance.now();
      tell(this.#database, `${kind} ${this.#process}`).catch(() => {}); // the database is away: nobody hears anything
    }, pauseMs).unref();
  }
}

function newTelling(): Telling {
  return { toldAt: Number.NEGATIVE_INFINITY, soon: undefined };
}

/** Tells the gateways on a database, at the end of a command, that something may have been written. */
export async function tellGateways(database: Database): Promise<void> {
  if (database.kind === 'postgres') await tell(database, 'written');
}

async function tell({ db }: Database, payload: string): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${payload})`.execute(db);
}
