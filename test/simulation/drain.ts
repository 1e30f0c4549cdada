import { switchOn } from '../../src/callbacks/endpoint.ts';
import { inTransaction } from '../../src/db/transaction.ts';
import { runJob, runSweep, type Sweep } from './actions.ts';
import type { SeenItem } from './model.ts';
import { seeDue, seeItems } from './seen.ts';
import type { Story } from './story.ts';
import { leftToOperators, missedUntilMs } from './unresolved.ts';

const ROUNDS_MAX = 400;
const STEPS_MAX = 4000;
const PATIENT_ROUNDS = 100;
const LATER_MS = 5 * 60_000;
/** A purchase that nothing proves is given up after most of a day. */
const MUCH_LATER_MS = 3_600_000;

/** Rounds of work under bad luck. In the actions before, most of what was begun is not even bought. */
const UNLUCKY_ROUNDS = 25;

/** Everything that is due is worked off as it comes due, and goes wrong as it may. */
export async function goOn(story: Story): Promise<void> {
  for (let round = 0; round < UNLUCKY_ROUNDS; round++) {
    await runToIdle(story);
    if (workOff(story)) continue;
    const nextMs = nextMoment(story);
    if (nextMs === null) return;
    await story.pass(Math.max(1, nextMs - story.clock.nowMs));
  }
}

/** No more bad luck: time passes from one due moment to the next, until everything that was begun has come to its end. */
export async function drain(story: Story): Promise<void> {
  story.faults.isOn = false;
  story.trace.line('no more bad luck');
  for (let round = 0; round < ROUNDS_MAX; round++) {
    await runToIdle(story);
    await switchOnIfOff(story);
    if (workOff(story)) continue;
    const nextMs = nextMoment(story);
    if (nextMs === null) return;
    // What is looked at every few seconds may wait for what is looked at every hour.
    const leastMs = round > 2 * PATIENT_ROUNDS ? MUCH_LATER_MS : LATER_MS;
    const atLeastMs = round > PATIENT_ROUNDS ? leastMs : 0;
    await story.pass(Math.max(atLeastMs, nextMs - story.clock.nowMs));
  }
  const untrue = untrueItems(story).map(({ id, state }) => `item ${id} is ${state}`);
  throw new Error(`no rest after ${ROUNDS_MAX} rounds; ${untrue.join('; ') || 'every item is where it must be'}`);
}

/** Merchants look after their URLs in the end. */
async function switchOnIfOff({ db, clock, caller }: Story): Promise<void> {
  const deps = { db, clock };
  await inTransaction(deps, (trx) => switchOn(deps, trx, caller.merchantId));
}

async function runToIdle(story: Story): Promise<void> {
  for (let step = 0; step < STEPS_MAX; step++) {
    if (await story.step()) continue;
    const { nextMs } = story.scheduler;
    if (nextMs === null) return requireAllEnded(story);
    await story.pass(Math.max(1, nextMs - story.clock.nowMs));
  }
  throw new Error(`something goes on for more than ${STEPS_MAX} steps`);
}

/** What was begun on a living process and stands at no gate waits for something that never comes. */
function requireAllEnded({ scheduler }: Story): void {
  const { unfinished } = scheduler;
  if (unfinished.length > 0) throw new Error(`never came back: ${unfinished.join('; ')}`);
}

/** Starts all that can be done now. False: there is nothing. */
function workOff(story: Story): boolean {
  const due = seeDue(story.embedded).filter(({ atMs }) => atMs <= story.clock.nowMs);
  const now = new Set<Sweep>(due.map(({ sweep }) => sweep));
  const hasJobs = story.queue.length > 0;
  while (story.queue.length > 0) runJob(story, 0, story.anyNode());
  for (const sweep of now) runSweep(story, sweep, story.anyNode());
  return hasJobs || now.size > 0;
}

/**
 * When there is something to do next; null: never again. Reads of items that stand where they must bring nothing,
 * until something changes at the marketplace.
 */
function nextMoment(story: Story): number | null {
  const untrue = new Set(untrueItems(story).map(({ id }) => id));
  const left = leftToOperators(story);
  const missed = missedUntilMs(story);
  const due = seeDue(story.embedded).filter(({ itemId, onlyReads }) => {
    return itemId === null || (onlyReads ? untrue.has(itemId) : !left.has(itemId));
  });
  const change = story.host.nextChangeMs;
  const dueMs = due.map(({ itemId, atMs }) => Math.max(atMs, missed.get(itemId ?? '') ?? 0));
  const times = [...dueMs, ...(change === null ? [] : [change])];
  return times.length === 0 ? null : Math.min(...times);
}

function untrueItems(story: Story): SeenItem[] {
  const left = leftToOperators(story);
  return seeItems(story.embedded).filter((item) => !left.has(item.id) && item.state !== story.model.truthOf(item));
}
