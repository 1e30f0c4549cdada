import type { AuthVersion } from './auth-version.ts';

/** 50,000 hashes take about 10 MB. When there are more, only the newest are kept. */
export const ISSUED_MAX = 50_000;

/**
 * The names of all keys, or of all merchants. They are read together, at most once per change of a key or merchant, so
 * that invented keys cause no queries.
 */
export class IssuedNames {
  readonly #version: AuthVersion;
  readonly #read: () => Promise<readonly string[]>;
  #names: ReadonlySet<string> = new Set();
  #readAt: string | null = null;
  #reading: Promise<void> | null = null;

  constructor(version: AuthVersion, read: () => Promise<readonly string[]>) {
    this.#version = version;
    this.#read = read;
  }

  /** Whether the last read had the name. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Reads the names again if a key or merchant has changed. */
  async refresh(): Promise<void> {
    const version = await this.#version.current();
    if (version === this.#readAt) return;
    this.#reading ??= this.#readAll(version).finally(() => {
      this.#reading = null;
    });
    await this.#reading;
  }

  async #readAll(version: string): Promise<void> {
    this.#names = new Set(await this.#read());
    this.#readAt = version;
  }
}
