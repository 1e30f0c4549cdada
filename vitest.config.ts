import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Real processes, servers and programs of other languages: they start slowly, and prove what no function can. */
const process = [
  'test/cli/**/*.test.ts',
  'test/races/**/*.test.ts',
  'test/db/{connect,failover,outages,power-cut}.test.ts',
  'test/acceptance/{demo-shop,example,modes,recipes,token-recipes,walkthroughs}.test.ts',
];

/** One of these files takes as long as ten others. */
const slow = [
  // Random lives of items, stories and whole books.
  'test/simulation/**/*.test.ts',
  'test/verify/**/*.test.ts',
  'test/acceptance/money.property.test.ts',
  // Hundreds of trades, entries or sockets.
  'test/db/entries.test.ts',
  'test/acceptance/{live-feed,live-feed-floods,reading,strangers.security}.test.ts',
  // Weeks of holds, days of retries, and answers that never come: each waits for a time-out.
  'test/acceptance/{callback-log,callback-retries,callbacks,clock-set-back,guards,odd-answers}.test.ts',
  'test/acceptance/{after-buying,auto-cancel,kept-cancellations,quick-buy-moments,repeated-purchases,silent-merchants,unknown-outcomes}.test.ts',
  // Servers of their own beside the gateway, and gateways that log everything.
  'test/acceptance/{cs2dt-account,logs.security,market-feeds,production-account,redis-away}.test.ts',
];

const all = 'test/**/*.test.ts';
/** They need no gateway: two seconds. */
const pure = ['test/{unit,mutants,market}/**/*.test.ts', 'test/docs/!(compatibility|openapi).test.ts'];

/** A tier is a project: `vitest run --project quick`. A new file is quick until it is listed as something else. */
export default defineConfig({
  test: {
    pool: 'forks',
    // No module keeps what another file must not see. The files of a worker share what they import, and the gateway of
    // `useWorld`: alone, each file would spend 6 s of a core before its first test.
    isolate: false,
    // A worker keeps a core busy: more of them only wait for one another.
    maxWorkers: availableParallelism(),
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // For the many short processes that tests start: compiled once, each starts in half the time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'skinrail-tests-compiled') },
    // Only what hangs reaches these: how fast the machine is must decide no test.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      { extends: true, test: { name: 'quick', include: [all], exclude: [...pure, ...process, ...slow] } },
      { extends: true, test: { name: 'slow', include: slow } },
      // What these files start, and how, must be theirs alone.
      { extends: true, test: { name: 'process', include: process, isolate: true } },
    ],
  },
});
