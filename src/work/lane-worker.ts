import type { Failures } from './failure-log.ts';
import { Lanes } from './lanes.ts';

/** What one message to a merchant came to. */
export interface Ended {
  /** False: the merchant's URL did not do its part, so it gets fewer lanes. */
  readonly isWell: boolean;
  /** Another message waited for this one, and is due now. */
  readonly hasNext: boolean;
}

export interface LaneWork<T> {
  /** Takes what is due and there are lanes for; it is this node's own until its lease ends. */
  readonly take: (lanes: Lanes) => Promise<readonly T[]>;
  /** Never throws: what could not be written down is done again when its lease ends. */
  readonly run: (taken: T) => Promise<Ended>;
  /** Told when the database could not be asked; what was due still is. */
  readonly failures: Failures;
}

/**
 * Sends messages to merchants, on one node: takes as many as there are lanes for, sends each on its own, and looks again
 * when a lane may have been missed or something waited for what has ended. All that it knows by heart is how many are
 * under way; what is to be sent, in which order and when, is in the rows.
 */
export class LaneWorker<T extends { readonly merchant_id: string }> {
  readonly #work: LaneWork<T>;
  readonly #lanes = new Lanes();
  readonly #whenIdle: (() => void)[] = [];
  #isWoken = false;
  #isLooking = false;
  #isStopping = false;

  constructor(work: LaneWork<T>) {
    this.#work = work;
  }

  /** Something may be due. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#isLooking) void this.#look();
  }

  get isWorking(): boolean {
    return this.#isLooking || this.#lanes.underWay > 0;
  }

  /** Takes no more, and resolves when all that is under way has ended. */
  stop(): Promise<void> {
    this.#isStopping = true;
    return this.idle();
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
      this.#tellIfIdle();
    });
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    while (this.#isWoken && !this.#isStopping) {
      this.#isWoken = false;
      for (const taken of await this.#take()) void this.#run(taken);
    }
    this.#isLooking = false;
    this.#tellIfIdle();
  }

  async #take(): Promise<readonly T[]> {
    if (this.#lanes.room <= 0) return [];
    try {
      const taken = await this.#work.take(this.#lanes);
      this.#work.failures.worked();
      return taken;
    } catch (error) {
      this.#work.failures.failed(error);
      return [];
    }
  }

  async #run(taken: T): Promise<void> {
    this.#lanes.enter(taken.merchant_id);
    const { isWell, hasNext } = await this.#work.run(taken);
    const hasLane = this.#lanes.leave(taken.merchant_id, isWell);
    if (hasNext || hasLane) this.wake();
    this.#tellIfIdle();
  }

  #tellIfIdle(): void {
    if (this.isWorking) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
