import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { BuyAnswer } from '../suppliers/supplier.ts';

/**
 * The circuit breaker of one supplier. While it is open, the supplier's listings are not offered. From `retryAt` on they are
 * offered as a trial: the next failure opens it again for twice as long, a purchase that works closes it.
 */
export interface Circuit {
  /** Failed purchases since the last one that worked. */
  readonly failures: number;
  readonly failedAt: Date | null;
  /** How often it was opened since a purchase worked. */
  readonly openings: number;
  /** null: it is closed. */
  readonly opening: Opening | null;
  /** What the last failure was, for operators. */
  readonly reason: string | null;
}

export interface Opening {
  readonly at: Date;
  readonly retryAt: Date;
}

export const CLOSED: Circuit = { failures: 0, failedAt: null, openings: 0, opening: null, reason: null };

/** The pauses before the trials: each is twice as long as the one before. */
const PAUSE_MIN_MS = 30 * SECOND_MS;
const PAUSE_MAX_MS = 10 * MINUTE_MS;
/** Where little is bought, failures that are further apart are not one outage. */
const FAILURES_APART_MAX_MS = 10 * MINUTE_MS;

/** What an answer to a purchase says of its marketplace. `fault`: no purchase works until the operator has acted. */
export type Sign = { readonly kind: 'worked' } | { readonly kind: 'failed' | 'fault'; readonly reason: string };

/** The marketplace is at fault, not the listing and not the recipient. */
const errorsOfMarketplace: ReadonlySet<ItemError> = new Set(['MARKET_UNAVAILABLE', 'PURCHASE_FAILED']);

/**
 * @returns null if the answer says nothing: adapters refuse a malformed trade URL without a call, a call that the account's
 * budget held back was not sent, and a reference that is known may be refused before anything else is looked at
 */
export function signOf(answer: BuyAnswer): Sign | null {
  if (answer.outcome === 'bought') return { kind: 'worked' };
  if (answer.outcome === 'unknown' && answer.isHeld) return null;
  const reason = answer.outcome === 'refused' ? `refused: ${answer.reason}` : `no clear answer: ${answer.cause}`;
  if (answer.fault) return { kind: 'fault', reason: `${answer.fault}; ${reason}` };
  if (answer.outcome === 'unknown') return answer.isReferenceKnown ? null : { kind: 'failed', reason };
  if (answer.reason === 'TRADE_URL_INVALID') return null;
  return errorsOfMarketplace.has(answer.reason) ? { kind: 'failed', reason } : { kind: 'worked' };
}

export interface PurchaseTimes {
  /** When the purchase was sent. */
  readonly askedAt: Date;
  readonly now: Date;
}

/** @param failuresMax how many failures in a row open a closed circuit */
export function afterPurchase(circuit: Circuit, sign: Sign, times: PurchaseTimes, failuresMax: number): Circuit {
  if (sign.kind === 'worked') return CLOSED;
  const failed = { ...circuit, failures: circuit.failures + 1, failedAt: times.now, reason: sign.reason };
  if (circuit.opening) return isTrial(circuit.opening, times) ? opened(failed, times.now) : circuit;
  const failures = isRecent(circuit, times.now) ? failed.failures : 1;
  const counted = { ...failed, failures };
  return sign.kind === 'fault' || failures >= failuresMax ? opened(counted, times.now) : counted;
}

/** A purchase that was sent before the trial began says what is known already. */
function isTrial({ retryAt }: Opening, { askedAt }: PurchaseTimes): boolean {
  return askedAt >= retryAt;
}

function isRecent({ failedAt }: Circuit, now: Date): boolean {
  return failedAt !== null && msBetween(failedAt, now) <= FAILURES_APART_MAX_MS;
}

function opened(circuit: Circuit, now: Date): Circuit {
  const openings = circuit.openings + 1;
  return { ...circuit, openings, opening: { at: now, retryAt: later(now, pauseMs(openings)) } };
}

function pauseMs(openings: number): number {
  const doublings = Math.min(openings - 1, 10);
  return Math.min(PAUSE_MIN_MS * 2 ** doublings, PAUSE_MAX_MS);
}

export type CircuitState = 'closed' | 'open' | 'trial';

export function circuitState({ opening }: Pick<Circuit, 'opening'>, now: Date): CircuitState {
  if (!opening) return 'closed';
  const leftMs = msBetween(now, opening.retryAt);
  // More is left only after a clock was set back.
  return leftMs > 0 && leftMs <= PAUSE_MAX_MS ? 'open' : 'trial';
}
