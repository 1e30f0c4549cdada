import type { Mutation } from './mutation.ts';

export const suiteNames = ['own', 'unit', 'simulation', 'races', 'two-nodes'] as const;
export type SuiteName = (typeof suiteNames)[number];

export interface SuiteOptions {
  readonly seeds: number;
  readonly rounds: number;
  /** PostgreSQL; null: what needs one is left out. */
  readonly serverUrl: string | null;
}

/** One command that passes on the program as it is, and fails on a mutation that it catches. */
export interface Suite {
  readonly name: string;
  readonly command: readonly string[];
  /** Given to the command; without it, tests run on the embedded database. */
  readonly databaseUrl?: string;
  /** Generous: it is there for suites that would never end. */
  readonly limitMs: number;
}

/** Patient: on a busy machine a test that is only late must not pass for a fault that was caught. */
const PATIENCE = ['--testTimeout=120000', '--hookTimeout=240000'];
const VITEST = ['npx', '--no-install', 'vitest', 'run', '--bail=1', '--reporter=dot', ...PATIENCE];
const MINUTE_MS = 60_000;

/** The suites for some test files, the cheapest first. */
export function suitesFor(
  wanted: readonly SuiteName[],
  tests: Mutation['tests'],
  { seeds, rounds, serverUrl }: SuiteOptions,
): Suite[] {
  const onServer = serverUrl === null ? null : { databaseUrl: serverUrl };
  const suites: Readonly<Record<SuiteName, Suite | null>> = {
    unit: { name: 'unit', command: [...VITEST, 'test/unit'], limitMs: 5 * MINUTE_MS },
    own: tests.length > 0 ? { name: namesOf(tests), command: [...VITEST, ...tests], limitMs: 10 * MINUTE_MS } : null,
    simulation: {
      name: `simulation, ${seeds} seeds`,
      command: ['npm', 'run', '--silent', 'test:simulation', '--', '--seeds', String(seeds)],
      limitMs: 10 * MINUTE_MS,
    },
    races: onServer && {
      name: `races, ${rounds} rounds`,
      command: ['npm', 'run', '--silent', 'test:races', '--', '--rounds', String(rounds)],
      limitMs: 10 * MINUTE_MS,
      ...onServer,
    },
    'two-nodes': onServer && {
      name: 'two nodes',
      command: [...VITEST, 'test/races/two-nodes.test.ts', 'test/races/freeze.test.ts'],
      limitMs: 10 * MINUTE_MS,
      ...onServer,
    },
  };
  return suiteNames.filter((name) => wanted.includes(name)).flatMap((name) => suites[name] ?? []);
}

function namesOf(tests: readonly string[]): string {
  return tests.map((file) => file.replace(/^test\//, '').replace(/\.test\.ts$/, '')).join(', ');
}
