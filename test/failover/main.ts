import { runProgram } from '../chaos/program.ts';
import { type FailoverOptions, programsOf, readOptions, usage } from './options.ts';
import { install } from './programs.ts';
import { describe } from './report.ts';
import { runFailover } from './run.ts';

const programs = 'initdb, postgres, pg_rewind';
const missing = (options: FailoverOptions) => install(programsOf(options));
const failover = { name: 'failover', programs, usage, readOptions, missing, run: runFailover, describe };

process.exit(await runProgram(failover, process.argv.slice(2)));
