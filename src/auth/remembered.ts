import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Db } from '../db/connect.ts';
import { readAuthVersion } from './version.ts';

/** A change is felt on every node within 5 s; this leaves room for slow queries. */
const VERSION_TRUSTED_MS = 2000;
const CHECKED_IN_TURN_EVERY_MS = 200;
const REMEMBERED_MAX = 20_000;
/** Apart from what is there: made-up keys must not push real ones out. */
const ABSENT_MAX = 2000;

/** The version that keys and merchants are at, asked for at most every two seconds, however many requests come. */
export class AuthVersion {
  readonly #db: Db;
  #version = '';
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | null = null;
  #inTurn: Promise<void> | null = null;

  constructor(db: Db) {
    this.#db = db;
  }

  async current(): Promise<string> {
    if (performance.now() - this.#checkedAt > VERSION_TRUSTED_MS) await this.check();
    return this.#version;
  }

  /** One question to the database for all requests that come meanwhile. */
  check(): Promise<void> {
    this.#checking ??= this.#read().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  /** The same, but a few times a second at most: for callers who may wait, however many they are. */
  checkInTurn(): Promise<void> {
    this.#inTurn ??= setTimeout(CHECKED_IN_TURN_EVERY_MS).then(() => {
      this.#inTurn = null;
      return this.check();
    });
    return this.#inTurn;
  }

  async #read(): Promise<void> {
    const askedAt = performance.now();
    this.#version = await readAuthVersion(this.#db);
    this.#checkedAt = askedAt;
  }
}

/** What was read about callers, kept until a key or a merchant changes anywhere; that there is none is kept as well. */
export class Remembered<V> {
  readonly #version: AuthVersion;
  readonly #values = new LRUCache<string, { value: V }>({ max: REMEMBERED_MAX });
  readonly #absent = new LRUCache<string, true>({ max: ABSENT_MAX });
  #versionOfValues = '';

  constructor(version: AuthVersion) {
    this.#version = version;
  }

  async get(name: string, read: () => Promise<V | null>): Promise<V | null> {
    const version = await this.#version.current();
    if (version !== this.#versionOfValues) this.#forget();
    this.#versionOfValues = version;
    const known = this.#values.get(name);
    if (known) return known.value;
    if (this.#absent.has(name)) return null;
    const value = await read();
    // What was read before a change that another request has noticed meanwhile may be of before it.
    if (version === this.#versionOfValues) this.#remember(name, value);
    return value;
  }

  /** Whether it was there when it was looked up last. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  #remember(name: string, value: V | null): void {
    if (value === null) this.#absent.set(name, true);
    else this.#values.set(name, { value });
  }

  #forget(): void {
    this.#values.clear();
    this.#absent.clear();
  }
}
