import { MINUTE_MS, SECOND_MS } from '../core/clock.ts';

/** What a call to a marketplace is for. */
export type CallKind = 'buy' | 'find' | 'cancel' | 'listing' | 'feed' | 'check' | 'history' | 'balance' | 'connect';

/**
 * What a purchase is that asks for its token: `new`, for the first time; `due`, after the wait that it was told; `single`,
 * without a place among those that wait.
 */
export type PurchaseTurn = 'new' | 'due' | 'single';

/** How many calls an account may make: after a pause `burst` at once, and on average `perSecond`. */
export interface CallRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** The share of the bucket that a kind of call leaves to the more urgent kinds. */
const KEPT: Readonly<Record<CallKind, number>> = {
  buy: 0,
  find: 1 / 8,
  cancel: 3 / 16,
  listing: 1 / 4,
  feed: 1 / 2,
  check: 1 / 2,
  history: 1 / 2,
  balance: 1 / 2,
  connect: 1 / 2,
};

/** After an answer that names no pause; twice as long after each that follows. */
const PAUSE_MIN_MS = SECOND_MS;
const PAUSE_MAX_MS = MINUTE_MS;

/** Where the tokens of an account are counted. */
export interface Tokens {
  /**
   * Takes one token, if there are at least `needed`, and calls of this kind are not paused.
   * @returns 0: it was taken. Else the milliseconds after which there can be one
   */
  take(call: CallKind, needed: number): Promise<number>;
  pause(call: CallKind, ms: number): Promise<void>;
}

/** The time of this process. It only counts, so that no change of the machine's clock gives or takes tokens. */
export interface Timer {
  nowMs(): number;
  /** Ends early when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

const processTimer: Timer = { nowMs: () => performance.now(), wait };

/** Counts for this node alone. */
export class LocalTokens implements Tokens {
  readonly #rate: CallRate;
  readonly #timer: Timer;
  readonly #pausedUntil = new Map<CallKind, number>();
  #left: number;
  #countedAt: number;

  constructor(rate: CallRate, timer: Timer = processTimer) {
    this.#rate = rate;
    this.#timer = timer;
    this.#left = rate.burst;
    this.#countedAt = timer.nowMs();
  }

  async take(call: CallKind, needed: number): Promise<number> {
    const now = this.#timer.nowMs();
    const pausedMs = (this.#pausedUntil.get(call) ?? now) - now;
    if (pausedMs > 0) return Math.ceil(pausedMs);
    const { perSecond, burst } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((now - this.#countedAt) * perSecond) / SECOND_MS);
    this.#countedAt = now;
    if (this.#left < needed) return Math.max(1, Math.ceil(((needed - this.#left) / perSecond) * SECOND_MS));
    this.#left--;
    return 0;
  }

  async pause(call: CallKind, ms: number): Promise<void> {
    const until = this.#timer.nowMs() + ms;
    this.#pausedUntil.set(call, Math.max(until, this.#pausedUntil.get(call) ?? until));
  }
}

/**
 * The calls that one account at a marketplace may make: a token bucket. Less urgent calls leave a part of it to the others,
 * so that reading what is on sale never holds up a purchase, a look-up or a cancel.
 */
export class CallBudget {
  readonly #tokens: Tokens;
  readonly #burst: number;
  /** The time in which one token comes back. */
  readonly #tokenMs: number;
  readonly #onHeld: (call: CallKind) => void;
  readonly #timer: Timer;
  /** The latest pause of each kind, until an answer ends the growth. */
  readonly #pauses = new Map<CallKind, { readonly ms: number; readonly until: number }>();
  /** The last times that new purchases, and those that were due, were told to come again. */
  readonly #lastTurns = { new: -Infinity, due: -Infinity };

  /** @param onHeld is told once of each call that could not be sent at once */
  constructor(
    tokens: Tokens,
    { perSecond, burst }: CallRate,
    onHeld: (call: CallKind) => void,
    timer: Timer = processTimer,
  ) {
    this.#tokens = tokens;
    this.#burst = burst;
    this.#tokenMs = SECOND_MS / perSecond;
    this.#onHeld = onHeld;
    this.#timer = timer;
  }

  /**
   * Takes the token of a purchase, without waiting, before the purchase is claimed: while its lease runs, it must not wait.
   * Purchases that must wait come again one after the other, in the order in which they asked, and new ones after them.
   * @returns 0: it may be sent. Else nothing may be sent, for so many milliseconds
   */
  async takeForPurchase(turn: PurchaseTurn = 'single'): Promise<number> {
    const isBehindOthers = turn === 'new' && this.#timer.nowMs() < this.#lastTurns.new;
    const waitMs = isBehindOthers ? this.#tokenMs : await this.#take('buy');
    if (waitMs === 0) return 0;
    this.#onHeld('buy');
    return turn === 'single' ? waitMs : this.#waitForTurn(turn, waitMs);
  }

  /**
   * Waits until a call may be sent. A purchase has its token already.
   * @returns false: it must not be sent, because it would wait for longer than the limit, or nobody needs it any more
   */
  async admit(call: CallKind, limitMs: number, signal?: AbortSignal): Promise<boolean> {
    if (call === 'buy') return true;
    const endsAt = this.#timer.nowMs() + limitMs;
    for (let isHeld = false; !signal?.aborted; isHeld = true) {
      const waitMs = await this.#take(call);
      if (waitMs === 0) return true;
      if (!isHeld) this.#onHeld(call);
      if (this.#timer.nowMs() + waitMs >= endsAt) return false;
      await this.#timer.wait(waitMs, signal);
    }
    return false;
  }

  /** The marketplace has answered that there were too many calls: calls of this kind are paused. */
  async pause(call: CallKind, retryAfterMs?: number): Promise<void> {
    const now = this.#timer.nowMs();
    const last = this.#pauses.get(call);
    // Calls that were under way when the pause began say nothing new.
    const grownMs = last === undefined ? PAUSE_MIN_MS : last.until > now ? last.ms : last.ms * 2;
    const ms = Math.min(retryAfterMs ?? grownMs, PAUSE_MAX_MS);
    this.#pauses.set(call, { ms: Math.max(ms, PAUSE_MIN_MS), until: now + ms });
    await this.#tokens.pause(call, ms);
  }

  /** The marketplace has answered a call of this kind: its next pause is short again. */
  endGrowth(call: CallKind): void {
    const last = this.#pauses.get(call);
    if (last && last.until <= this.#timer.nowMs()) this.#pauses.delete(call);
  }

  #waitForTurn(turn: 'new' | 'due', waitMs: number): number {
    const now = this.#timer.nowMs();
    const at = Math.max(now + waitMs, this.#lastTurns[turn] + this.#tokenMs);
    this.#lastTurns[turn] = at;
    // Who comes now is behind those that were due as well.
    this.#lastTurns.new = Math.max(this.#lastTurns.new, at);
    return Math.ceil(at - now);
  }

  #take(call: CallKind): Promise<number> {
    // A bucket of one or two tokens has no part that could be left to others.
    return this.#tokens.take(call, Math.min(this.#burst, 1 + KEPT[call] * this.#burst));
  }
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}
