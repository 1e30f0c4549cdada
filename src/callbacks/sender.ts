import type { Deps } from '../deps.ts';
import { attemptDelivery } from './attempt.ts';
import { type ClaimedDelivery, claimDue } from './claim.ts';
import { Lanes } from './lanes.ts';
import { recordOutcomes } from './record.ts';
import { Recorder } from './recorder.ts';

/**
 * Sends callbacks that are due, on one node: takes as many as there are lanes for, sends each on its own, records them
 * in batches, and looks again when a lane may have been missed or a trade has its next one. All that it knows by heart
 * is how many are under way; what is to be sent, in which order and when, is in the rows.
 */
export class CallbackSender {
  readonly #deps: Deps;
  readonly #onFailure: (error: unknown) => void;
  readonly #recorder: Recorder;
  readonly #lanes = new Lanes();
  readonly #whenIdle: (() => void)[] = [];
  #isWoken = false;
  #isLooking = false;
  #isStopping = false;

  /** @param onFailure is told when the database could not be asked; what was due still is */
  constructor(deps: Deps, onFailure: (error: unknown) => void) {
    this.#deps = deps;
    this.#onFailure = onFailure;
    this.#recorder = new Recorder((outcomes) => recordOutcomes(deps, outcomes), onFailure);
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
      for (const delivery of await this.#take()) void this.#send(delivery);
    }
    this.#isLooking = false;
    this.#tellIfIdle();
  }

  async #take(): Promise<readonly ClaimedDelivery[]> {
    if (this.#lanes.room <= 0) return [];
    try {
      return await claimDue(this.#deps, this.#lanes);
    } catch (error) {
      this.#onFailure(error);
      return [];
    }
  }

  async #send(delivery: ClaimedDelivery): Promise<void> {
    this.#lanes.enter(delivery.merchant_id);
    const attempt = await attemptDelivery(this.#deps, delivery);
    const { hasNext } = await this.#recorder.add({ delivery, attempt });
    const hasLane = this.#lanes.leave(delivery.merchant_id, attempt.delivered);
    if (hasNext || hasLane) this.wake();
    this.#tellIfIdle();
  }

  #tellIfIdle(): void {
    if (this.isWorking) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }
}
