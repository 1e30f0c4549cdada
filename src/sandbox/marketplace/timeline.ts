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

/** What happens to an order by itself, and what happens instead once a cancel was accepted. */
export interface Script {
  /** Counted from the purchase. */
  readonly timeline: readonly Step[];
  /** Counted from the moment the cancel was accepted; the rest of the timeline is dropped then. */
  readonly afterCancel: readonly Step[];
}

export interface OrderTimes {
  readonly createdAtMs: number;
  readonly cancelAcceptedAtMs: number | null;
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

function changesOf(script: Script, times: OrderTimes): { atMs: number; phase: Phase }[] {
  const cancelledAtMs = times.cancelAcceptedAtMs;
  const changes = script.timeline.map((step) => ({ atMs: times.createdAtMs + step.afterMs, phase: step.phase }));
  if (cancelledAtMs === null) return changes;
  const before = changes.filter((change) => change.atMs <= cancelledAtMs);
  return [...before, ...script.afterCancel.map((step) => ({ atMs: cancelledAtMs + step.afterMs, phase: step.phase }))];
}
