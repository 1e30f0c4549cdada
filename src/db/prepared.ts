import { createHash } from 'node:crypto';

/** Each named statement costs memory on every connection. */
const NAMES_MAX = 200;
/** Lists of varying length make many texts of one query; only a text that keeps coming is worth a name. */
const SEEN_BEFORE_NAMED = 5;
const SEEN_MAX = 2000;
/** PostgreSQL cuts names off after 63 characters. */
const HASH_LENGTH = 32;

/**
 * Names for statements that are worth preparing. A name is made from the statement's text: should connections be shared
 * behind a pooler, one node's name can never stand for another's statement.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, number>();

  /** @returns the statement's name; undefined: it is not worth one, or not yet */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known || this.#names.size >= NAMES_MAX) return known;
    const times = (this.#seen.get(text) ?? 0) + 1;
    if (times < SEEN_BEFORE_NAMED) {
      if (this.#seen.size < SEEN_MAX) this.#seen.set(text, times);
      return undefined;
    }
    const name = statementName(text);
    this.#names.set(text, name);
    this.#seen.delete(text);
    return name;
  }
}

export function statementName(text: string): string {
  return `skinrail_${createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)}`;
}
