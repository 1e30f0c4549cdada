import { readBacklog } from './books.ts';
import type { Crowd } from './run.ts';
import { isEndless } from './shopping.ts';
import type { TimeMachine } from './time.ts';
import { until } from './wait.ts';

const DRAIN_WITHIN_MS = 8 * 60_000;
const QUIET_WITHIN_MS = 20_000;
/** Past the protection window, past a reversal a day later, and once more for what was read just before. */
const LAST_JUMPS = ['8d', '2d', '2h'];

/**
 * Nothing breaks any more: moves time on until merchants have their answers, items are over and callbacks are through.
 * @returns false when that did not happen within eight minutes
 */
export async function drain(
  databaseUrl: string,
  time: TimeMachine,
  crowd: Crowd,
  say: (line: string) => void,
): Promise<boolean> {
  const deadline = performance.now() + DRAIN_WITHIN_MS;
  for (let jumps = 0; performance.now() < deadline; ) {
    if (!(await time.advance(crowd.busy > 0 ? '31m' : (LAST_JUMPS[jumps] ?? '1d')))) continue;
    await until(async () => (await readBacklog(databaseUrl, time.nowMs)).due === 0, QUIET_WITHIN_MS, 250);
    const { due, callbacks, openItems } = await readBacklog(databaseUrl, time.nowMs);
    say(`${crowd.busy} merchants busy, ${due} rows due, ${callbacks} callbacks to send, ${openItems} items open`);
    if (crowd.busy > 0) continue;
    jumps++;
    if (jumps >= LAST_JUMPS.length && due === 0 && callbacks === 0 && openItems <= endlessItems(crowd)) return true;
  }
  return false;
}

function endlessItems({ told }: Crowd): number {
  return told.flatMap(({ plan }) => plan.items).filter(({ card }) => isEndless(card.game, card.behaviour)).length;
}
