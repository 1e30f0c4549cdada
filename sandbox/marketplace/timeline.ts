/** Where an order stands, in words that both sides share; each side spells them in its own way on the wire. */
export type Phase =
  | 'waiting'
  | 'preparing'
  | 'offered'
  | 'accepted'
  | 'settled'
  | 'cancelled'
  | 'sellerFailed'
  | 'declined'
  | 'recalledBySeller'
  | 'reversedByUser'
  | 'unheardOf';

export interface Step {
  readonly afterMs: number;
  readonly phase: Phase;
}

/** What happens to an order by itself, and what happens instead once a cancel was accepted or it was delivered. */
export interface Script {
  /** Counted from the purchase. */
  readonly timeline: readonly Step[];
  /** Counted from the moment the cancel was accepted; the rest of the timeline is dropped then. */
  readonly afterCancel: readonly Step[];
  /** Counted from the moment in which somebody made the seller deliver. */
  readonly afterDelivery: readonly Step[];
}

export interface OrderTimes {
  readonly createdAtMs: number;
  readonly cancelAcceptedAtMs: number | null;
  /** When somebody made the seller deliver, whatever the script says. */
  readonly deliveredAtMs: number | null;
}

export interface Standing {
  readonly phase: Phase;
  readonly sinceMs: number;
  /** null: it stays like this for good, unless somebody cancels. */
  readonly nextChangeAtMs: number | null;
}

/**
 * Where an order stands at a moment. A pure function, so that a moved clock, a restart and a late read all agree,
 * and no timer has to survive a crash.
 */
export function standingAt(script: Script, times: OrderTimes, nowMs: number): Standing {
  let phase: Phase = 'waiting';
  let sinceMs = times.createdAtMs;
  for (const change of changesOf(script, times)) {
    if (change.atMs > nowMs) return { phase, sinceMs, nextChangeAtMs: change.atMs };
    phase = change.phase;
    sinceMs = change.atMs;
  }
  return { phase, sinceMs, nextChangeAtMs: null };
}

interface Change {
  readonly atMs: number;
  readonly phase: Phase;
}

function changesOf(script: Script, times: OrderTimes): readonly Change[] {
  const planned = from(times.createdAtMs, script.timeline);
  const cancelled = turn(planned, times.cancelAcceptedAtMs, script.afterCancel);
  return turn(cancelled, times.deliveredAtMs, script.afterDelivery);
}

/** What was planned for after `atMs` is dropped, and `steps` happen instead. */
function turn(changes: readonly Change[], atMs: number | null, steps: readonly Step[]): readonly Change[] {
  if (atMs === null) return changes;
  return [...changes.filter((change) => change.atMs <= atMs), ...from(atMs, steps)];
}

function from(atMs: number, steps: readonly Step[]): Change[] {
  return steps.map((step) => ({ atMs: atMs + step.afterMs, phase: step.phase }));
}
