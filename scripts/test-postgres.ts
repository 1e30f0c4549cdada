import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { readServer } from './mutants/server.ts';

/**
 * `npm run test:postgres [-- <options and files of vitest>]`: the tests that say something of a database, each on a new one of the
 * PostgreSQL of TEST_DATABASE_URL, or of the default server of this machine.
 */
const TIERS = ['quick', 'slow', 'process'].flatMap((name) => ['--project', name]);

/** What these files show is the same on any database: signals, packages, sockets, stories in memory, other languages. */
const SAME_ON_ANY_DATABASE = [
  'test/cli/{input,launcher,loaded-modules,package,release,signals}.test.ts',
  'test/acceptance/{demo-shop,example,recipes,token-recipes,walkthroughs}.test.ts',
  'test/acceptance/{live-feed,live-feed-floods,odd-answers,strangers.security}.test.ts',
  'test/simulation/**',
].flatMap((files) => ['--exclude', files]);

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`test:postgres: ${error instanceof Error ? error.message : error}\n`);
  return 2;
});

async function main(): Promise<number> {
  const url = await readServer(process.env);
  if (url === null) {
    const usual = `postgres://${userInfo().username}@127.0.0.1:5432/postgres`;
    throw new Error(`no PostgreSQL answers at ${usual}; start one, or name another with TEST_DATABASE_URL`);
  }
  const given = process.argv.slice(2);
  // Somebody who names tiers or files gets those.
  const chosen = given.length > 0 ? given : [...TIERS, ...SAME_ON_ANY_DATABASE];
  const env = { ...process.env, TEST_DATABASE_URL: url };
  const vitest = spawn('npx', ['--no-install', 'vitest', 'run', ...chosen], { env, stdio: 'inherit' });
  const [code] = await once(vitest, 'exit');
  return typeof code === 'number' ? code : 1;
}
