import { Cleanup } from '../../bench/cleanup.ts';
import { Random } from '../simulation/random.ts';
import { readFacts } from './books.ts';
import { drain, passProtection } from './drain.ts';
import { inLanes } from './eventually.ts';
import { prepareItems } from './items.ts';
import { type Fault, faultsOf } from './judge.ts';
import { judgeLedger } from './ledger-at-end.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';
import { playRound, type Round } from './round.ts';
import { describeRound } from './story.ts';
import { Tally } from './tally.ts';
import { openWorld, type World } from './world.ts';

/** Rounds that went wrong are told in full up to here; more of the same would bury the first. */
const TOLD_MAX = 5;

process.exitCode = await main();

async function main(): Promise<number> {
  const cleanup = new Cleanup();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanup.run().then(() => process.exit(1)));
  }
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    if (options) return await race(options, cleanup);
    process.stdout.write(USAGE);
    return 0;
  } catch (error) {
    const isWords = error instanceof UsageError || Reflect.get(Object(error), 'code') === 'ECONNREFUSED';
    process.stderr.write(`races: ${error instanceof Error ? (isWords ? error.message : error.stack) : error}\n`);
    return isWords ? 2 : 1;
  } finally {
    await cleanup.run();
  }
}

async function race(options: Options, cleanup: Cleanup): Promise<number> {
  const started = performance.now();
  const world = await openWorld(options, cleanup);
  const random = new Random(options.seed);
  const tally = new Tally();
  while (tally.rounds < options.rounds && tally.faults === 0) {
    await raceBatch(world, random, options, tally);
    process.stderr.write(`${tally.rounds} rounds, ${tally.faults} faults, ${secondsSince(started)} s\n`);
  }
  const { nodes, lanes, seed } = options;
  print([
    `${tally.rounds} rounds of 10 (${tally.rounds * 10} requests) over ${nodes} gateway processes, ${lanes} rounds at a time, seed ${seed}`,
    ...tally.lines(),
  ]);
  const wrong = tally.faults === 0 ? await raceEnd(world) : ['rounds went wrong'];
  print([`took         ${secondsSince(started)} s`]);
  return wrong.length === 0 ? 0 : 1;
}

/** @returns what is wrong, in words */
async function raceEnd(world: World): Promise<readonly string[]> {
  await passProtection(world);
  const { reverted, refunds, completed, captures, wrong } = await judgeLedger(world);
  print([
    `after 8 days ${reverted} items reverted with ${refunds} refunds, ${completed} completed with ${captures} captures`,
    `callbacks    ${world.receiver.taken} taken`,
    `verify       ${wrong.length === 0 ? 'clean' : wrong.join('\n             ')}`,
  ]);
  return wrong;
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function raceBatch(world: World, random: Random, options: Options, tally: Tally): Promise<void> {
  const items = await prepareItems(world, random, Math.min(options.batch, options.rounds - tally.rounds));
  const rounds: Round[] = [];
  await inLanes(items, options.lanes, async (item) => void rounds.push(await playRound(world, random, item)));
  await drain(world, items, options.lanes);
  const facts = await readFacts(world, items, options.lanes);
  for (const round of rounds) {
    const known = facts.get(round.item.itemId);
    if (!known) throw new Error(`nothing is known of item ${round.item.itemId}`);
    const faults: Fault[] = faultsOf(round.answers, known);
    if (faults.length > 0 && tally.faults < TOLD_MAX) process.stderr.write(describeRound(round, known, faults));
    tally.take(round, known, faults);
  }
}

function secondsSince(started: number): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}
