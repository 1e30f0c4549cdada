import type { Failures } from './failure-log.ts';
import { Lanes } from './lanes.ts';

/** What one message to a merchant came to. */
export interface Ended {
  /** False: the merchant's URL did not answer as it should, so the merchant gets fewer lanes. */
  readonly isWell: boolean;
  /** Another message waited for this one, and is due now. */
  readonly hasNext: boolean;
}

/** A merchant that may have due rows, and how many of them may be worked on now. */
export interface Turn {
  readonly merchantId: string;
  readonly room: number;
}

export interface LaneWork<T> {
  /** Finds the merchants that have due rows. */
  readonly find: () => Promise<readonly string[]>;
  /** Claims due rows of merchants, of each at most as many as there are lanes for. */
  readonly claim: (turns: readonly Turn[]) => Promise<readonly T[]>;
  /** A row that fails is due again when its lease ends. */
  readonly run: (claimed: T) => Promise<Ended>;
  /** Receives what the database could not do; what was due still is. */
  readonly failures: Failures;
}

/**
 * Works on messages to merchants, on one node: claims as many rows of each merchant as it has lanes, works on each on its
 * own, and claims again when a lane becomes free that a due row may have waited for, or when a row waited for the one that
 * has ended. In memory it keeps how many rows are in hand, and whose rows may be due; which rows are due, and in which order,
 * is in the database.
 *
 * When there is not room for all, each merchant gets an equal share of it, so that none waits behind another's thousands.
 */
export class LaneWorker<T extends { readonly merchant_id: string }> {
  readonly #work: LaneWork<T>;
  readonly #lanes = new Lanes();
  /** Merchants that may have due rows, in the order in which they have their turn. */
  readonly #waiting = new Set<string>();
  /** Merchants that may have due rows and have no lane. */
  readonly #full = new Set<string>();
  readonly #whenIdle: (() => void)[] = [];
  #mustFind = false;
  #isClaiming = false;
  #isStopping = false;

  constructor(work: LaneWork<T>) {
    this.#work = work;
  }

  /** Rows may be due, of this merchant; of anybody if it is not given. */
  wake(merchantId?: string): void {
    if (merchantId === undefined) this.#mustFind = true;
    else this.#waiting.add(merchantId);
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
    try {
      while (this.#hasMore()) await this.#claimRound();
      this.#work.failures.worked();
    } catch (error) {
      this.#work.failures.failed(error);
    }
    this.#isClaiming = false;
    this.#resolveIfIdle();
  }

  #hasMore(): boolean {
    return !this.#isStopping && (this.#mustFind || (this.#waiting.size > 0 && this.#lanes.room > 0));
  }

  async #claimRound(): Promise<void> {
    if (this.#mustFind) {
      this.#mustFind = false;
      for (const merchantId of await this.#work.find()) this.#waiting.add(merchantId);
    }
    const turns = this.#turns();
    if (turns.length === 0 || this.#isStopping) return;
    const claimed = await this.#work.claim(turns);
    for (const each of claimed) {
      this.#lanes.enter(each.merchant_id);
      void this.#run(each);
    }
    const counts = Map.groupBy(claimed, (each) => each.merchant_id);
    for (const { merchantId, room } of turns) {
      if ((counts.get(merchantId)?.length ?? 0) >= room) this.#waiting.add(merchantId);
    }
  }

  /** Takes merchants out of those that wait, in their order, as long as there is room. */
  #turns(): Turn[] {
    let left = this.#lanes.room;
    const share = Math.max(1, Math.floor(left / Math.max(1, this.#waiting.size)));
    const turns: Turn[] = [];
    for (const merchantId of [...this.#waiting]) {
      if (left <= 0) break;
      this.#waiting.delete(merchantId);
      const room = Math.min(share, this.#lanes.roomOf(merchantId), left);
      left -= room;
      if (room > 0) turns.push({ merchantId, room });
      else this.#full.add(merchantId);
    }
    return turns;
  }

  async #run(claimed: T): Promise<void> {
    const { isWell, hasNext } = await this.#attempt(claimed);
    const { merchant_id: merchantId } = claimed;
    this.#lanes.leave(merchantId, isWell);
    const hasLane = this.#full.has(merchantId) && this.#lanes.roomOf(merchantId) > 0;
    if (hasLane) this.#full.delete(merchantId);
    if (hasNext || hasLane) this.#waiting.add(merchantId);
    if (this.#hasMore() && !this.#isClaiming) void this.#claimAll();
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
