import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Real processes, servers and programs of other languages: they start slowly, and prove what no function can. */
const processes = [
  'test/cli/**/*.test.ts',
  'test/races/**/*.test.ts',
  'test/db/{connect,failover,outages,power-cut}.test.ts',
  'test/acceptance/{demo-shop,example,modes,recipes,token-recipes,walkthroughs}.test.ts',
];

/** They drive a browser, Debian's Chromium. Where there is none they are skipped, which is said aloud. */
const browser = ['test/browser/**/*.test.ts'];

/** One of these files takes as long as ten others. */
const slow = [
  // A marketplace that is killed or keeps silent, lists of megabytes, and random lives of items, stories and whole books.
  'test/suppliers/{large-list,lis-skins-push,marketplace}.test.ts',
  'test/simulation/**/*.test.ts',
  'test/verify/**/*.test.ts',
  'test/acceptance/money.property.test.ts',
  // Hundreds of trades, entries or sockets.
  'test/db/{embedded,entries,shared-feeds}.test.ts',
  'test/acceptance/{client-limits,live-feed,live-feed-floods,reading,strangers.security}.test.ts',
  // Each password that is set or checked costs a seventh of a second of a core, on purpose.
  'test/acceptance/{operator-trades,operator-unknown,passkeys.security,people.security}.test.ts',
  // Weeks of holds, days of retries, what an operator stops, and answers that never come: each waits for a time-out.
  'test/acceptance/{callback-log,callback-retries,callback-switching,callbacks,clock-set-back,freezes}.test.ts',
  'test/acceptance/{call-budgets,guards,held-up,odd-answers,repeated-purchases,settlement}.test.ts',
  'test/acceptance/{after-buying,auto-cancel,kept-cancellations,quick-buy-moments,silent-merchants,unanswered-approvals,unknown-outcomes}.test.ts',
  // Servers of their own beside the gateway, and gateways that log everything.
  'test/acceptance/{accounts,cs2dt-account,feed-stop,hint-connections,logs.security,market-feeds,moving-prices,one-market}.test.ts',
  'test/acceptance/{production-account,production-trade-urls,real-adapters,reconciliation,redis-away,secrets}.test.ts',
];

const isOnPostgres = Boolean(process.env['TEST_DATABASE_URL']);

/**
 * Half of their time slow tests wait for time-outs, so that two workers can share a core. With more of them PostgreSQL would
 * refuse connections: gateways of four workers and of the tests with processes need more than its usual hundred.
 */
const workersThatWait = availableParallelism() * (isOnPostgres ? 1 : 2);

/** With the usual 16, the tests of several gateways beside a second worker had 94 of a server's 100 connections. */
const poolOfGateways: Record<string, string> = isOnPostgres ? { DATABASE_POOL_MAX: '6' } : {};

/** They need a Citus cluster: `npm run test:citus`. */
const citus = ['test/citus/**/*.test.ts'];

/** What else that runs, beside quick acceptance tests: timers, the proof of the books, and races of nodes for one database. */
const onCitus = [
  'test/acceptance/{auto-cancel,unknown-outcomes}.test.ts',
  'test/verify/verify.test.ts',
  'test/races/{approvals-under-kills,client-limits,event-log,freeze,hint-connection-nodes}.test.ts',
  'test/races/{live-feed-nodes,one-market-nodes,retention-under-kills,shared-feeds,two-nodes}.test.ts',
];

const all = 'test/**/*.test.ts';
/** They need no gateway. */
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
    execArgv: ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64'],
    // For the many short processes that tests start: compiled once, each starts in half the time.
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'skinrail-tests-compiled'), ...poolOfGateways },
    // Only what hangs reaches these: how fast the machine is must decide no test.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 100_000, interval: 20 } },
    globalSetup: ['test/support/global-setup.ts'],
    ...(process.env['TEST_PORTABLE'] === 'on' ? { setupFiles: ['test/support/portable-setup.ts'] } : {}),
    projects: [
      { extends: true, test: { name: 'pure', include: pure } },
      {
        extends: true,
        test: { name: 'quick', include: [all], exclude: [...pure, ...processes, ...slow, ...browser, ...citus] },
      },
      {
        extends: true,
        // They begin when the others end.
        test: { name: 'slow', include: slow, maxWorkers: workersThatWait, sequence: { groupOrder: 1 } },
      },
      { extends: true, test: { name: 'browser', include: browser, maxWorkers: 1, sequence: { groupOrder: 2 } } },
      ...(process.env['TEST_CITUS'] === 'on'
        ? [
            {
              extends: true as const,
              test: { name: 'citus', include: [...citus, ...onCitus], isolate: true, sequence: { groupOrder: 3 } },
            },
          ]
        : []),
      // What these files start, and how, must be theirs alone.
      { extends: true, test: { name: 'process', include: processes, isolate: true } },
    ],
  },
});
