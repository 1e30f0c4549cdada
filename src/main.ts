import { runCli } from './cli/program.ts';

// Whatever this process writes is for its own user: the database, keys, and what is in them.
process.umask(0o077);
process.exitCode = await runCli(process.argv.slice(2));
