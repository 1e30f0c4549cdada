/** The phases of an order, for every front; each has its own values on the wire. */
export const phases = [
  'waiting',
  'preparing',
  'offered',
  'accepted',
  'settled',
  'cancelled',
  'sellerFailed',
  'declined',
  'recalledBySeller',
  'reversedByUser',
  'unheardOf',
] as const;
export type Phase = (typeof phases)[number];

export interface Step {
  readonly afterMs: number;
  readonly phase: Phase;
}

/** The planned phases of an order, and the phases after an accepted cancellation or a forced delivery. */
export interface Script {
  /** Relative to the purchase. */
  readonly timeline: readonly Step[];
  /** Relative to the acceptance of a cancellation; the rest of the timeline is dropped then. */
  readonly afterCancel: readonly Step[];
  /** Relative to a forced delivery. */
  readonly afterDelivery: readonly Step[];
}

export interface OrderTimes {
  readonly createdAtMs: number;
  readonly cancelAcceptedAtMs: number | null;
  /** The time of a forced delivery. */
  readonly deliveredAtMs: number | null;
}

export interface OrderStatus {
  readonly phase: Phase;
  readonly sinceMs: number;
  /** null: no further change, unless the order is cancelled. */
  readonly nextChangeAtMs: number | null;
}

/**
 * The status of an order at a time. A pure function, so that it is the same after a moved clock, a restart or a late read, and
 * no timer must survive a crash.
 */
export function statusAt(script: Script, times: OrderTimes, nowMs: number): OrderStatus {
  let phase: Phase = 'waiting';
  let sinceMs = times.createdAtMs;
  for (const change of changesOf(script, times)) {
    if (change.atMs > nowMs) return { phase, sinceMs, nextChangeAtMs: change.atMs };
    phase = change.phase;
    sinceMs = change.atMs;
  }
  return { phase, sinceMs, nextChangeAtMs: null };
}

const accepting: ReadonlySet<Phase> = new Set(['accepted', 'settled']);

/** When the recipient accepted the offer, as far as it has happened; null: not yet. */
export function acceptedAt(script: Script, times: OrderTimes, nowMs: number): number | null {
  const past = changesOf(script, times).filter((change) => change.atMs <= nowMs && accepting.has(change.phase));
  // An item that is final was accepted before, where its game has a protection period.
  return (past.findLast(({ phase }) => phase === 'accepted') ?? past[0])?.atMs ?? null;
}

interface Change {
  readonly atMs: number;
  readonly phase: Phase;
}

function changesOf(script: Script, times: OrderTimes): readonly Change[] {
  const planned = from(times.createdAtMs, script.timeline);
  const cancelled = replaceAfter(planned, times.cancelAcceptedAtMs, script.afterCancel);
  return replaceAfter(cancelled, times.deliveredAtMs, script.afterDelivery);
}

/** Drops the changes that were planned after `atMs`, and adds `steps` instead. */
function replaceAfter(changes: readonly Change[], atMs: number | null, steps: readonly Step[]): readonly Change[] {
  if (atMs === null) return changes;
  return [...changes.filter((change) => change.atMs <= atMs), ...from(atMs, steps)];
}

function from(atMs: number, steps: readonly Step[]): Change[] {
  return steps.map((step) => ({ atMs: atMs + step.afterMs, phase: step.phase }));
}
