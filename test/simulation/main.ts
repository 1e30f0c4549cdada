import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { playInChildren } from './children.ts';
import { type Counts, openStage, play, StoryFailed } from './play.ts';

const USAGE = 'usage: npm run test:simulation -- [--seeds 500] [--from 1] [--jobs 2] | --seed 7 [--seed 8 …] [--trace]';
const realNow = performance.now.bind(performance);

interface Task {
  readonly seeds: readonly number[];
  readonly jobs: number;
  readonly trace: boolean;
  readonly isChild: boolean;
}

function readTask(): Task {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '500' },
      from: { type: 'string', default: '1' },
      jobs: { type: 'string', default: String(availableParallelism()) },
      seed: { type: 'string', multiple: true },
      trace: { type: 'boolean', default: false },
      /** Of a run in children: this one plays every n-th seed. */
      stride: { type: 'string' },
    },
  });
  const stride = wholeNumber('stride', values.stride ?? '1');
  const from = wholeNumber('from', values.from);
  const named = values.seed?.map((text) => wholeNumber('seed', text));
  const count = wholeNumber('seeds', values.seeds);
  return {
    seeds: named ?? Array.from({ length: count }, (_, index) => from + index * stride),
    jobs: named ? 1 : Math.min(wholeNumber('jobs', values.jobs), count),
    trace: values.trace,
    isChild: values.stride !== undefined,
  };
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new Error(`--${name} takes a whole number from 1`);
  return Number(text);
}

async function playHere({ seeds, trace, isChild }: Task): Promise<Counts> {
  const stage = await openStage();
  const total: Counts = {};
  for (const seed of seeds) {
    const { hash, counts } = await play(stage, seed, trace);
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
    if (!isChild) console.log(`seed ${seed}: ${counts['steps']} steps, trace ${hash}`);
  }
  return total;
}

function report(seeds: number, counts: Counts, startedMs: number): void {
  const seconds = (realNow() - startedMs) / 1000;
  console.log(`${seeds} stories without a fault in the gateway, ${seconds.toFixed(1)} s; met and survived:`);
  const width = Math.max(...Object.keys(counts).map((name) => name.length));
  for (const [name, count] of Object.entries(counts)) console.log(`  ${name.padEnd(width)}  ${count}`);
}

try {
  const startedMs = realNow();
  const task = readTask();
  const [from = 1] = task.seeds;
  if (task.isChild) console.log(JSON.stringify(await playHere(task)));
  else if (task.jobs === 1) report(task.seeds.length, await playHere(task), startedMs);
  else report(task.seeds.length, await playInChildren(from, task.seeds.length, task.jobs), startedMs);
  process.exit(0);
} catch (error) {
  const isKnown = error instanceof StoryFailed || !(error instanceof Error);
  console.error(isKnown ? String((error as Error).message ?? error) : `${(error as Error).message}\n${USAGE}`); // an Error by the line above
  process.exit(1);
}
