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

/** Days of retries and holds, thousands of sockets, random lives of items: one file takes as long as ten others. */
const slow = [
  'test/simulation/**/*.test.ts',
  'test/verify/**/*.test.ts',
  'test/db/entries.test.ts',
  'test/acceptance/{after-buying,auto-cancel,guards,held-up,kept-cancellations,unknown-outcomes}.test.ts',
  'test/acceptance/{callback-log,callback-retries,callback-switching,callbacks,odd-answers}.test.ts',
  'test/acceptance/{clock-set-back,silent-merchants,market-feeds,moving-prices,redis-away}.test.ts',
  'test/acceptance/{live-feed,live-feed-floods,money.property,reading,wallet-entries}.test.ts',
  'test/acceptance/{client-limits,every-error,freezes,quick-buy,quick-buy-moments,whole-trade-cancel}.test.ts',
  'test/acceptance/{client-references,ids,item-attributes}.test.ts',
  'test/acceptance/{client-tokens.security,keys.security,logs.security,strangers.security}.test.ts',
];

const all = 'test/**/*.test.ts';
/** They need no database: two seconds. */
const pure = ['test/{unit,docs,mutants,market}/**/*.test.ts'];

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
      { extends: true, test: { name: 'process', include: process } },
    ],
  },
});
