import { createHash } from 'node:crypto';

/** Each named statement costs memory on every connection. */
const NAMES_MAX = 200;
/** Lists of different lengths create many texts of one query, so only texts that recur get a name. */
const SEEN_BEFORE_NAMED = 5;
const SEEN_MAX = 2000;
/** PostgreSQL truncates names after 63 characters. */
const HASH_LENGTH = 32;

/**
 * Names of statements that are prepared. A name is derived from the statement's text, so that the same name never refers to
 * different statements, even when nodes share connections behind a pooler.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  readonly #seen = new Map<string, number>();

  /** @returns the arguments for pg's `query`: with a name if the statement is prepared */
  queryOf(text: string, values: unknown): unknown[] {
    const name = Array.isArray(values) && values.length > 0 ? this.nameOf(text) : undefined;
    return name === undefined ? [text, values] : [{ name, text, values }];
  }

  /** @returns the statement's name; undefined: it is not prepared (yet) */
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
