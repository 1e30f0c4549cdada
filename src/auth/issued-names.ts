import type { AuthVersion } from './remembered.ts';

/** So many hashes of keys take about 10 MB. Of more, the newest are known here. */
export const ISSUED_MAX = 50_000;

/**
 * The names of all keys, or of all merchants, that there are: read as a whole, at most once for each change of a key or
 * a merchant, so that any number of made-up ones can be told from them without a question each.
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

  /** Whether it was there when the names were read last. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Reads the names when a key or a merchant has changed since. */
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
