import { readOptions, usage } from './options.ts';
import { runProgram } from './program.ts';
import { describe } from './report.ts';
import { runChaos } from './run.ts';

const chaos = { name: 'chaos', programs: 'initdb, postgres', usage, readOptions, run: runChaos, describe };

process.exit(await runProgram(chaos, process.argv.slice(2)));
