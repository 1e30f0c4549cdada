import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { readServer } from './mutants/server.ts';

/**
 * `npm run test:postgres [-- <options and files of vitest>]`: the tests that say something of a database, each on a new one of the
 * PostgreSQL of TEST_DATABASE_URL, or of the default server of this machine. `-- --left-out` runs those slow tests that it leaves
 * out, on the embedded database.
 */
const TIERS = ['quick', 'slow', 'process'].flatMap((name) => ['--project', name]);

/** What these files show is the same on any database: sockets, answers of marketplaces, stories in memory. */
const SLOW_ON_ANY_DATABASE = [
  'test/acceptance/live-feed.test.ts',
  'test/acceptance/live-feed-floods.test.ts',
  'test/acceptance/odd-answers.test.ts',
  'test/acceptance/strangers.security.test.ts',
  'test/simulation/simulation.test.ts',
  'test/suppliers/lis-skins-push.test.ts',
];
/** So are signals, packages and other languages; some start a database of their own. */
const SAME_ON_ANY_DATABASE = [
  ...SLOW_ON_ANY_DATABASE,
  'test/cli/{data-folder,input,launcher,loaded-modules,operator,package,recover,release,signals}.test.ts',
  'test/acceptance/{demo-shop,example,recipes,token-recipes,walkthroughs}.test.ts',
  'test/db/{connect,failover,power-cut}.test.ts',
].flatMap((files) => ['--exclude', files]);

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`test:postgres: ${error instanceof Error ? error.message : error}\n`);
  return 2;
});

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  if (given[0] === '--left-out') {
    const { TEST_DATABASE_URL: _, ...env } = process.env;
    return runVitest(['--project', 'slow', ...SLOW_ON_ANY_DATABASE, ...given.slice(1)], env);
  }
  const url = await readServer(process.env);
  if (url === null) {
    const usual = `postgres://${userInfo().username}@127.0.0.1:5432/postgres`;
    throw new Error(`no PostgreSQL answers at ${usual}; start one, or name another with TEST_DATABASE_URL`);
  }
  // Somebody who names tiers or files gets those.
  const chosen = given.length > 0 ? given : [...TIERS, ...SAME_ON_ANY_DATABASE];
  return runVitest(chosen, { ...process.env, TEST_DATABASE_URL: url });
}

async function runVitest(chosen: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const vitest = spawn('npx', ['--no-install', 'vitest', 'run', ...chosen], { env, stdio: 'inherit' });
  const [code] = await once(vitest, 'exit');
  return typeof code === 'number' ? code : 1;
}
