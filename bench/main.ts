import { benchAutoCancel } from './auto-cancel.ts';
import { benchCallbacks } from './callbacks.ts';
import { Cleanup } from './cleanup.ts';
import { benchConsole } from './console.ts';
import { benchFeeds } from './feeds.ts';
import { benchFlood } from './flood.ts';
import { benchGrowth } from './growth.ts';
import { benchIdle } from './idle.ts';
import { benchMarket } from './market.ts';
import { type BenchOptions, readOptions, usage } from './options.ts';
import { barsOf, describe, save } from './report.ts';
import { runBench } from './run.ts';
import { benchVerify } from './verify.ts';

const cleanup = new Cleanup();
const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  }
});

process.exit(await main(process.argv.slice(2)));

/** @returns the exit code: 0 also when a bar is missed, unless it is to be enforced; machines are noisy */
async function main(args: readonly string[]): Promise<number> {
  if (args[0] === 'verify') return mainOther(benchVerify, args.slice(1));
  if (args[0] === 'auto-cancel') return mainOther(benchAutoCancel, args.slice(1));
  if (args[0] === 'callbacks') return mainOther(benchCallbacks, args.slice(1));
  if (args[0] === 'market') return mainOther(benchMarket, args.slice(1));
  if (args[0] === 'console') return mainOther(benchConsole, args.slice(1));
  if (args[0] === 'feeds') return mainOther(benchFeeds, args.slice(1));
  if (args[0] === 'growth') return mainOther(benchGrowth, args.slice(1));
  if (args[0] === 'idle') return mainOther(benchIdle, args.slice(1));
  if (args[0] === 'flood') return mainOther(benchFlood, args.slice(1));
  let options: BenchOptions;
  try {
    options = readOptions(args, process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return 2;
  }
  try {
    const results = await Promise.race([runBench(options, cleanup), interrupted]);
    const bars = barsOf(results);
    process.stdout.write(`${describe(results, bars)}\n\nsaved to ${save(results, bars)}\n`);
    if (results.failures.length > 0) return 1;
    return options.enforce && bars.some((bar) => !bar.passed) ? 1 : 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  } finally {
    // What may still be under way fails now, one way or another: its ground is taken away.
    process.on('uncaughtException', () => {});
    await cleanup.run();
  }
}

type Bench = (args: readonly string[], cleanup: Cleanup) => Promise<number>;

async function mainOther(bench: Bench, args: readonly string[]): Promise<number> {
  try {
    return await Promise.race([bench(args, cleanup), interrupted]);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    return 1;
  } finally {
    process.on('uncaughtException', () => {});
    await cleanup.run();
  }
}
