import { LRUCache } from 'lru-cache';
import type { AuthVersion } from './auth-version.ts';

const CACHED_MAX = 20_000;
/** Separate from existing entries, so that invented keys cannot evict real ones. */
const ABSENT_MAX = 2000;

/** Caches data about callers until a key or merchant changes on any node. Absent entries are cached as well. */
export class AuthCache<V> {
  readonly #version: AuthVersion;
  readonly #values = new LRUCache<string, { value: V }>({ max: CACHED_MAX });
  readonly #absent = new LRUCache<string, true>({ max: ABSENT_MAX });
  #versionOfValues = '';

  constructor(version: AuthVersion) {
    this.#version = version;
  }

  async get(name: string, read: () => Promise<V | null>): Promise<V | null> {
    const version = await this.#version.current();
    if (version !== this.#versionOfValues) this.#clear();
    this.#versionOfValues = version;
    const known = this.#values.get(name);
    if (known) return known.value;
    if (this.#absent.has(name)) return null;
    const value = await read();
    // If another request has seen a newer version meanwhile, this value may be outdated and is not cached.
    if (version === this.#versionOfValues) this.#store(name, value);
    return value;
  }

  /** Whether the cache has a value. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  #store(name: string, value: V | null): void {
    if (value === null) this.#absent.set(name, true);
    else this.#values.set(name, { value });
  }

  #clear(): void {
    this.#values.clear();
    this.#absent.clear();
  }
}
