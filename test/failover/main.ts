import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from '../../bench/cleanup.ts';
import { findPostgres } from '../chaos/postgres-server.ts';
import { type FailoverOptions, readOptions, usage } from './options.ts';
import { describe } from './report.ts';
import { runFailover } from './run.ts';

const WRONG = 1;
const USAGE = 2;
/** There is no PostgreSQL on this machine: nothing was shown, and nothing was refuted. */
const NOT_RUN = 3;

const cleanup = new Cleanup();
const interrupted = new Promise<never>((_resolve, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
  }
});

process.exit(await main(process.argv.slice(2)));

async function main(args: readonly string[]): Promise<number> {
  let options: FailoverOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    return USAGE;
  }
  const programs = findPostgres();
  if (programs) return run(options, programs);
  process.stderr.write(
    'the failover tests need PostgreSQL’s own programs (initdb, postgres, pg_rewind) on this machine; none were found\n',
  );
  return NOT_RUN;
}

async function run(options: FailoverOptions, programs: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'skinrail-failover-'));
  // PostgreSQL may run as a user of its own, which has to get through here.
  chmodSync(folder, 0o755);
  let isWrong = true;
  try {
    const report = await Promise.race([runFailover(options, programs, folder, cleanup), interrupted]);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
    isWrong = report.findings.length > 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  } finally {
    // What may still be under way fails now, one way or another: its ground is taken away.
    process.on('uncaughtException', () => {});
    await cleanup.run();
  }
  if (isWrong || options.keep) process.stderr.write(`logs and data: ${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
  return isWrong ? WRONG : 0;
}
