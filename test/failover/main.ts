import { runProgram } from '../chaos/program.ts';
import { readOptions, usage } from './options.ts';
import { describe } from './report.ts';
import { runFailover } from './run.ts';

const programs = 'initdb, postgres, pg_rewind';
const failover = { name: 'failover', programs, usage, readOptions, run: runFailover, describe };

process.exit(await runProgram(failover, process.argv.slice(2)));
