import { parseArgs } from 'node:util';
import { mutations } from './mutants/catalogue.ts';
import { copyProject, removeAll } from './mutants/copy.ts';
import type { Mutation } from './mutants/mutation.ts';
import { endAll, runSuite } from './mutants/run-suite.ts';
import { readServer } from './mutants/server.ts';
import { type SuiteName, type SuiteOptions, suiteNames, suitesFor } from './mutants/suites.ts';

/**
 * `npm run test:mutants`: puts one deliberate fault after the other into a copy of the program, and looks which suite
 * catches it. One that none catches is a hole in the suites, and an error.
 */
const USAGE = `npm run test:mutants -- [--only name,name] [--suite ${suiteNames.join(',')}] [--seeds 40] [--rounds 60] [--list] [--json] [--no-baseline]

  --only         these faults instead of all of them
  --suite        only these suites; usually all, the cheapest first, until one fails
  --seeds        stories that the simulation plays for each fault
  --rounds       rounds of races for each fault
  --list         the faults, with what they do
  --json         one JSON object instead of a table
  --no-baseline  does not first make sure that the suites pass on the program as it is
`;

const NAME_COLUMNS = 2 + Math.max(...mutations.map(({ name }) => name.length));

interface Caught {
  readonly name: string;
  readonly files: readonly string[];
  /** null: it survives. */
  readonly caughtBy: string | null;
  readonly seconds: number;
  readonly why: string;
}

interface Task {
  readonly chosen: readonly Mutation[];
  readonly suites: readonly SuiteName[];
  readonly options: SuiteOptions;
  readonly isJson: boolean;
  readonly hasBaseline: boolean;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll();
    removeAll();
    process.exit(1);
  });
}

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`mutants: ${error instanceof Error ? error.message : error}\n`);
  return 2;
});

async function main(): Promise<number> {
  const task = await readTask();
  if (!task) return 0;
  if (task.options.serverUrl === null) say('!!! NO POSTGRESQL: the races are not run, so some faults will survive !!!');
  if (task.hasBaseline) await requireBaseline(task);
  const results: Caught[] = [];
  for (const mutation of task.chosen) {
    const result = await hunt(mutation, task);
    results.push(result);
    if (!task.isJson) process.stdout.write(`${rowOf(result)}\n`);
  }
  const survivors = results.filter((result) => result.caughtBy === null);
  if (task.isJson)
    process.stdout.write(`${JSON.stringify({ mutants: results, survivors: survivors.length }, null, 2)}\n`);
  else process.stdout.write(`${results.length - survivors.length} of ${results.length} faults caught\n`);
  return survivors.length === 0 ? 0 : 1;
}

/** @returns null when nothing is to be hunted @throws Error naming what cannot be used */
async function readTask(): Promise<Task | null> {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: {
      only: text,
      suite: text,
      seeds: text,
      rounds: text,
      list: flag,
      json: flag,
      'no-baseline': flag,
      help: flag,
    },
  });
  if (values.help) process.stdout.write(USAGE);
  if (values.list)
    for (const { name, fault } of mutations) process.stdout.write(`${name.padEnd(NAME_COLUMNS)}${fault}\n`);
  if (values.help || values.list) return null;
  const names = values.only?.split(',') ?? mutations.map((mutation) => mutation.name);
  return {
    chosen: names.map(mutationOf),
    suites: values.suite?.split(',').map(suiteOf) ?? suiteNames,
    options: {
      seeds: whole('seeds', values.seeds ?? '40'),
      rounds: whole('rounds', values.rounds ?? '60'),
      serverUrl: await readServer(process.env),
    },
    isJson: values.json ?? false,
    hasBaseline: !values['no-baseline'],
  };
}

function mutationOf(name: string): Mutation {
  const found = mutations.find((mutation) => mutation.name === name);
  if (!found) throw new Error(`there is no fault ${name}; --list shows them`);
  return found;
}

function suiteOf(name: string): SuiteName {
  const found = suiteNames.find((known) => known === name);
  if (!found) throw new Error(`there is no suite ${name}; there are ${suiteNames.join(', ')}`);
  return found;
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`--${name} is a whole number from 1`);
  return Number(text);
}

/** A suite that fails on the program as it is would catch everything. @throws Error naming it */
async function requireBaseline({ chosen, suites, options }: Task): Promise<void> {
  const tests = [...new Set(chosen.flatMap((mutation) => mutation.tests))];
  const copy = copyProject(null);
  try {
    for (const suite of suitesFor(suites, tests, options)) {
      const { outcome, seconds, why } = await runSuite(suite, copy.folder);
      if (outcome !== 'passed') throw new Error(`${suite.name} ${outcome} on the program as it is: ${why}`);
      say(`${suite.name} passes on the program as it is, in ${seconds.toFixed(0)} s`);
    }
  } finally {
    copy.remove();
  }
}

/** Asks one suite after the other until one fails. */
async function hunt(mutation: Mutation, { suites, options }: Task): Promise<Caught> {
  const { name, edits, tests } = mutation;
  const files = [...new Set(edits.map((edit) => edit.file))];
  const copy = copyProject(mutation);
  const undecided: string[] = [];
  let seconds = 0;
  try {
    for (const suite of suitesFor(suites, tests, options)) {
      const verdict = await runSuite(suite, copy.folder);
      seconds += verdict.seconds;
      if (verdict.outcome === 'failed') return { name, files, caughtBy: suite.name, seconds, why: verdict.why };
      if (verdict.outcome === 'undecided') undecided.push(`${suite.name}: ${verdict.why}`);
    }
    return { name, files, caughtBy: null, seconds, why: undecided.join('; ') };
  } finally {
    copy.remove();
  }
}

function rowOf({ name, files, caughtBy, seconds, why }: Caught): string {
  const verdict = caughtBy === null ? 'SURVIVES' : `caught by ${caughtBy}`;
  return `${name.padEnd(NAME_COLUMNS)}${verdict}, after ${seconds.toFixed(0)} s\n    in ${files.join(', ')}\n    ${why}`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
