// Whatever this process writes is for its own user: the database, keys, and what is in them.
process.umask(0o077);
// Arguments can hold the password of a database, and everybody on the machine sees them in the list of processes.
const command = process.argv[2] ?? '';
process.title = /^[a-z]+$/.test(command) ? `skinrail ${command}` : 'skinrail';

const { runCli } = await import('./cli/program.ts');
process.exitCode = await runCli(process.argv.slice(2));
