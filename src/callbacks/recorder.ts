import type { Outcome, Recorded } from './record.ts';

/** As many as come together anyway; more would make the first of them wait for a long statement. */
const BATCH_MAX = 128;

interface Waiting {
  readonly outcome: Outcome;
  readonly done: (recorded: Recorded) => void;
}

/**
 * Records what came of attempts, together with all that end while the last batch is being written: one statement and
 * one commit for many, and no wait for company.
 */
export class Recorder {
  readonly #record: (outcomes: readonly Outcome[]) => Promise<readonly Recorded[]>;
  readonly #onFailure: (error: unknown) => void;
  readonly #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(
    record: (outcomes: readonly Outcome[]) => Promise<readonly Recorded[]>,
    onFailure: (error: unknown) => void,
  ) {
    this.#record = record;
    this.#onFailure = onFailure;
  }

  /** Resolves when it is written; also when that failed: then its lease ends, and it is sent again. */
  add(outcome: Outcome): Promise<Recorded> {
    return new Promise((done) => {
      this.#waiting.push({ outcome, done });
      if (!this.#isWriting) void this.#write();
    });
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      const recorded = await this.#attempt(batch.map(({ outcome }) => outcome));
      batch.forEach(({ done }, index) => {
        done(recorded[index] ?? { hasNext: false });
      });
    }
    this.#isWriting = false;
  }

  async #attempt(outcomes: readonly Outcome[]): Promise<readonly Recorded[]> {
    try {
      return await this.#record(outcomes);
    } catch (error) {
      this.#onFailure(error);
      return [];
    }
  }
}
