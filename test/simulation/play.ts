import { actSomehow } from './actions.ts';
import { drain, goOn } from './drain.ts';
import { Embedded } from './embedded.ts';
import { requireGoodEnd } from './ending.ts';
import { SimMarketplace } from './marketplace.ts';
import { ownThisProcess, seedThisProcess } from './own-process.ts';
import { StillClock } from './still-clock.ts';
import { type Stage, Story } from './story.ts';
import { Trace } from './trace.ts';
import { leftToOperators } from './unresolved.ts';

const ACTIONS = 70;
const STEPS_BETWEEN_MAX = 9;

/** What a story met and survived, by name. */
export type Counts = Record<string, number>;

export interface Played {
  readonly hash: string;
  readonly counts: Counts;
}

/** A story that went wrong, in words that say how to see it again. */
export class StoryFailed extends Error {
  override name = 'StoryFailed';
}

export async function openStage(): Promise<Stage> {
  const clock = new StillClock();
  ownThisProcess(() => clock.nowMs);
  return { clock, embedded: await Embedded.open(), market: await SimMarketplace.open(clock) };
}

/**
 * Plays one seed from a clean stage: the same seed is the same story, whatever was played before it.
 * @throws StoryFailed with the seed, the step, the last lines of the trace and how to play it again
 */
export async function play(stage: Stage, seed: number, printTrace: boolean): Promise<Played> {
  seedThisProcess(seed);
  stage.clock.restart();
  stage.market.restart();
  stage.embedded.restart(seed);
  const trace = new Trace(printTrace);
  const story = new Story(stage, seed, trace);
  try {
    await tell(story);
  } catch (error) {
    throw new StoryFailed(
      `${trace.tail}\n\nseed ${seed} went wrong at step ${story.scheduler.steps}: ${
        error instanceof Error ? error.stack : JSON.stringify(error)
      }\nplay it again: npm run test:simulation -- --seed ${seed}   (--trace prints every line)`,
    );
  }
  return { hash: trace.hash, counts: countsOf(story) };
}

async function tell(story: Story): Promise<void> {
  await story.open();
  for (let action = 0; action < ACTIONS; action++) {
    await actSomehow(story);
    for (let step = story.random.below(STEPS_BETWEEN_MAX); step > 0; step--) await story.step();
  }
  await goOn(story);
  await drain(story);
  await requireGoodEnd(story);
}

function countsOf(story: Story): Counts {
  const { scheduler, books, tally, faults, receiver, host } = story;
  const { steps, overslept } = scheduler;
  const callbacks = receiver.taken.length;
  const own = {
    steps,
    checks: books.checks,
    'requests of the timer': books.timed,
    'purchases repeated': host.repeats,
    'bought by a repeat': host.repeatsThatBought,
    ...tally,
    ...host.madeByMarket,
    'left to operators': leftToOperators(story).size,
    callbacks,
    'woke up after a lease': overslept,
  };
  return { ...own, ...Object.fromEntries(faults.met) };
}
