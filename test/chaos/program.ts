import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cleanup } from '../../bench/cleanup.ts';
import { findPostgres } from './postgres-server.ts';

const WRONG = 1;
const USAGE = 2;
/** There is no PostgreSQL on this machine: nothing was shown, and nothing was refuted. */
const NOT_RUN = 3;

interface UsualOptions {
  readonly keep: boolean;
  readonly json: boolean;
}

interface UsualReport {
  readonly findings: readonly unknown[];
}

/** A run of real processes against servers of PostgreSQL's own programs. */
export interface Program<Options extends UsualOptions, Report extends UsualReport> {
  /** For the name of its folder, and what it says of itself. */
  readonly name: string;
  /** Of PostgreSQL, for people. */
  readonly programs: string;
  readonly usage: string;
  /** @throws Error for what was typed wrongly */
  readOptions(args: readonly string[]): Options;
  /** Gets whatever else the run needs. @returns what this machine still does not have, for people; null: nothing */
  missing?(options: Options): string | null;
  run(options: Options, programs: string, folder: string, cleanup: Cleanup): Promise<Report>;
  describe(report: Report): string;
}

/**
 * Runs it with what was typed, prints its report, and ends what it has started, also when it is interrupted.
 * @returns the exit code: 0 without findings, 1 with some, 2 for wrong options, 3 without the programs that it needs
 */
export async function runProgram<Options extends UsualOptions, Report extends UsualReport>(
  program: Program<Options, Report>,
  args: readonly string[],
): Promise<number> {
  let options: Options;
  try {
    options = program.readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${program.usage}`);
    return USAGE;
  }
  const programs = findPostgres();
  const missing = programs ? program.missing?.(options) : null;
  if (missing) {
    process.stderr.write(`!!! ${program.name} was NOT run: it needs ${missing} on this machine !!!\n`);
    return NOT_RUN;
  }
  if (programs) return runInFolder(program, options, programs);
  process.stderr.write(
    `${program.name} needs PostgreSQL’s own programs (${program.programs}) on this machine; none were found\n`,
  );
  return NOT_RUN;
}

async function runInFolder<Options extends UsualOptions, Report extends UsualReport>(
  program: Program<Options, Report>,
  options: Options,
  programs: string,
): Promise<number> {
  const cleanup = new Cleanup();
  const folder = mkdtempSync(join(tmpdir(), `skinrail-${program.name}-`));
  // PostgreSQL may run as a user of its own, which has to get through here.
  chmodSync(folder, 0o755);
  let isWrong = true;
  try {
    const report = await Promise.race([program.run(options, programs, folder, cleanup), interrupted()]);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : program.describe(report));
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

function interrupted(): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`stopped by ${signal}`)));
    }
  });
}
