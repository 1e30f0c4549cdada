import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run test:coverage [-- <options and files of vitest>]`: how much of `src/` the tests run that share this process,
 * for the whole and for the folders that decide about money and cancellations. What only child processes run, such as
 * most of `cli/`, does not count.
 */
const root = fileURLToPath(new URL('../', import.meta.url));
const MONEY_AND_CANCELLATIONS = ['wallets', 'cancellations', 'cancelling', 'settlement', 'trades', 'purchases'];
const TIERS = ['pure', 'quick', 'slow'].flatMap((name) => ['--project', name]);
const METRICS = ['lines', 'statements', 'functions', 'branches'] as const;

type Metric = (typeof METRICS)[number];
type Counts = Record<Metric, { readonly total: number; readonly covered: number }>;

const COVERAGE = [
  '--coverage',
  '--coverage.include=src/**/*.ts',
  '--coverage.reporter=json-summary',
  '--coverage.reporter=html',
  `--coverage.reportsDirectory=${join(root, 'coverage')}`,
];

process.exitCode = await main();

async function main(): Promise<number> {
  const given = process.argv.slice(2);
  const tiers = given.some((option) => option.startsWith('--project')) ? [] : TIERS;
  const command = ['--no-install', 'vitest', 'run', ...tiers, ...COVERAGE, ...given];
  const [code] = await once(spawn('npx', command, { stdio: 'inherit', cwd: root }), 'exit');
  if (code !== 0) return typeof code === 'number' ? code : 1;
  process.stdout.write(`${tableOf(readFiles())}\nLine by line: coverage/index.html\n`);
  return 0;
}

/** The counts of each file, by its path below `src/`. */
function readFiles(): Map<string, Counts> {
  const text = readFileSync(join(root, 'coverage/coverage-summary.json'), 'utf8');
  const summary = JSON.parse(text) as Record<string, Counts>; // vitest's own report
  const source = join(root, 'src/');
  const own = Object.entries(summary).filter(([file]) => file.startsWith(source));
  return new Map(own.map(([file, counts]) => [file.slice(source.length), counts]));
}

function tableOf(files: ReadonlyMap<string, Counts>): string {
  const of = (folder: string) => [...files].filter(([file]) => file.startsWith(folder)).map(([, counts]) => counts);
  const important = MONEY_AND_CANCELLATIONS.map((folder) => [`src/${folder}`, of(`${folder}/`)] as const);
  const rows = [
    ['all of src', of('')] as const,
    ['money and cancellations', important.flatMap(([, counts]) => counts)] as const,
    ...important,
  ];
  const head = ['', ...METRICS];
  const body = rows.map(([name, counts]) => [name, ...METRICS.map((metric) => percentOf(counts, metric))]);
  return [head, ...body]
    .map((cells) => cells.map((cell, n) => (n === 0 ? cell.padEnd(24) : cell.padStart(11))).join(''))
    .join('\n');
}

function percentOf(files: readonly Counts[], metric: Metric): string {
  const sum = (count: 'total' | 'covered') => files.reduce((all, counts) => all + counts[metric][count], 0);
  return sum('total') === 0 ? '-' : `${((100 * sum('covered')) / sum('total')).toFixed(1)} %`;
}
