import type { LogEvent } from 'kysely';

/** Statements that may change something, or end a transaction that has. Some reads begin with `with` too. */
const MAY_WRITE = /^\s*(?:insert|update|delete|with|commit)\b/i;

/**
 * Says when this process has written to the database, whatever wrote it, so that whoever waits for rows can look at once
 * instead of again and again. A hint only: what was written is in the database.
 */
export class Writes {
  readonly #listeners: (() => void)[] = [];

  /** What Kysely calls after each statement. */
  readonly log = ({ level, query }: LogEvent): void => {
    if (level !== 'query' || !MAY_WRITE.test(query.sql)) return;
    for (const listener of this.#listeners) listener();
  };

  /** Called after each statement that may have changed something, so it should take no time. */
  onWrite(listener: () => void): void {
    this.#listeners.push(listener);
  }
}
