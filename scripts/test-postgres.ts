import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { readServer } from './mutants/server.ts';

/**
 * `npm run test:postgres [-- <options and files of vitest>]`: the tests that use a database, each on a new one of the
 * PostgreSQL of TEST_DATABASE_URL, or of the default server of this machine.
 */
const TIERS = ['quick', 'slow', 'process'].flatMap((name) => ['--project', name]);

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
  const tiers = given.some((option) => option.startsWith('--project')) ? [] : TIERS;
  const env = { ...process.env, TEST_DATABASE_URL: url };
  const vitest = spawn('npx', ['--no-install', 'vitest', 'run', ...tiers, ...given], { env, stdio: 'inherit' });
  const [code] = await once(vitest, 'exit');
  return typeof code === 'number' ? code : 1;
}
