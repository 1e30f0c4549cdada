import { type Backlog, readBacklog } from './books.ts';
import type { Operator } from './operator.ts';
import type { Crowd } from './run.ts';
import { isEndless } from './shopping.ts';
import type { TimeMachine } from './time.ts';
import { until } from './wait.ts';

const DRAIN_WITHIN_MS = 8 * 60_000;
const QUIET_WITHIN_MS = 20_000;
/** Until an item can be cancelled, and for what else takes minutes. */
const FIRST_JUMPS = ['31m', '31m', '31m', '31m'];
/** A purchase that never arrived is repeated, and given up after 23 hours. */
const LATER_JUMP = '6h';
/** Past the protection window, past a reversal a day later, and once more for what was read just before. */
const LAST_JUMPS = ['8d', '2d', '2h'];

/** Who takes part in the end. */
interface Draining {
  readonly time: TimeMachine;
  readonly crowd: Crowd;
  readonly operator: Operator;
  readonly say: (line: string) => void;
  /** Absent: eight minutes. */
  readonly withinMs?: number;
}

/**
 * Nothing breaks any more: moves time on until merchants have their answers, items are over and callbacks are through.
 * @returns false when that did not happen in time
 */
export async function drain(databaseUrl: string, draining: Draining): Promise<boolean> {
  const { time, crowd, operator, say, withinMs = DRAIN_WITHIN_MS } = draining;
  const deadline = performance.now() + withinMs;
  const endless = endlessListings(crowd);
  const backlog = () => readBacklog(databaseUrl, time.nowMs, endless);
  const first = [...FIRST_JUMPS];
  for (let jumps = 0, quiet = 0; performance.now() < deadline; ) {
    const isLast = crowd.busy === 0;
    const jump = isLast ? (LAST_JUMPS[jumps] ?? '1d') : (first.shift() ?? LATER_JUMP);
    if (!(await time.advance(jump))) continue;
    await until(async () => isQuiet(await backlog()), QUIET_WITHIN_MS, 250);
    await operator.settlesWhatIsLeft();
    const { due, questions, callbacks, openItems } = await backlog();
    say(
      `${crowd.busy} merchants busy, ${due} rows due, ${questions} questions, ${callbacks} callbacks to send, ${openItems} items open`,
    );
    if (!isLast) continue;
    jumps++;
    quiet = due + questions + callbacks + openItems === 0 ? quiet + 1 : 0;
    // Twice, since what a node has just taken up is no longer due, and not done yet.
    if (jumps >= LAST_JUMPS.length && quiet >= 2) return true;
  }
  return false;
}

function isQuiet({ due, questions }: Backlog): boolean {
  return due + questions === 0;
}

function endlessListings({ told }: Crowd): string[] {
  const listings = told.flatMap(({ plan }) => plan.items.map(({ testListing }) => testListing));
  return [...new Set(listings.filter((listing) => isEndless(listing)).map((listing) => listing.id))];
}
