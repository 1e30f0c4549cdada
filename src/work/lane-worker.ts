import type { Failures } from './failure-log.ts';
import { Lanes } from './lanes.ts';

/** What one message to a merchant came to. */
export interface Ended {
  /** False: the merchant's URL did not answer as it should, so the merchant gets fewer lanes. */
  readonly isWell: boolean;
  /** Another message waited for this one, and is due now. */
  readonly hasNext: boolean;
}

export interface LaneWork<T> {
  /** Claims the due rows for which there are lanes. */
  readonly claim: (lanes: Lanes) => Promise<readonly T[]>;
  /** A row that fails is due again when its lease ends. */
  readonly run: (claimed: T) => Promise<Ended>;
  /** Receives what the database could not do; what was due still is. */
  readonly failures: Failures;
}

/**
 * Works on messages to merchants, on one node: claims as many rows as there are lanes for, works on each on its own, and
 * claims again when a lane becomes free that a due row may have waited for, or when a row waited for the one that has
 * ended. In memory it keeps only how many rows are in hand; which rows are due, and in which order, is in the database.
 */
export class LaneWorker<T extends { readonly merchant_id: string }> {
  readonly #work: LaneWork<T>;
  readonly #lanes = new Lanes();
  readonly #whenIdle: (() => void)[] = [];
  #isWoken = false;
  #isClaiming = false;
  #isStopping = false;

  constructor(work: LaneWork<T>) {
    this.#work = work;
  }

  /** Rows may be due. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isClaiming) void this.#claimAll();
  }

  get isWorking(): boolean {
    return this.#isClaiming || this.#lanes.inHand > 0;
  }

  /** Claims nothing more, and resolves when every row in hand has ended. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return this.idle();
  }

  /** Resolves when no row is in hand. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#resolveIfIdle();
    });
  }

  async #claimAll(): Promise<void> {
    this.#isClaiming = true;
    while (this.#isWoken && !this.#isStopping) {
      this.#isWoken = false;
      for (const claimed of await this.#claim()) void this.#run(claimed);
    }
    this.#isClaiming = false;
    this.#resolveIfIdle();
  }

  async #claim(): Promise<readonly T[]> {
    if (this.#lanes.room <= 0) return [];
    try {
      const claimed = await this.#lanes.fill(() => this.#work.claim(this.#lanes));
      this.#work.failures.worked();
      return claimed;
    } catch (error) {
      this.#work.failures.failed(error);
      return [];
    }
  }

  async #run(claimed: T): Promise<void> {
    const { isWell, hasNext } = await this.#attempt(claimed);
    const hasLane = this.#lanes.leave(claimed.merchant_id, isWell);
    if (hasNext || hasLane) this.wake();
    this.#resolveIfIdle();
  }

  async #attempt(claimed: T): Promise<Ended> {
    try {
      return await this.#work.run(claimed);
    } catch (error) {
      this.#work.failures.failed(error);
      return { isWell: false, hasNext: false };
    }
  }

  #resolveIfIdle(): void {
    if (this.isWorking) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
