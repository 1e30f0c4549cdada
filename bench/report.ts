import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LatencyResult, Spread } from './latency.ts';
import type { MachineFacts } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './places.ts';
import type { LevelResult, TargetResult } from './throughput.ts';

const RATIO_MIN = 0.7;
const RATIO_IN_FLIGHT = 64;
const RESIDENT_MAX_MB = 300;

export interface Results {
  readonly startedAt: Date;
  readonly kind: Place['kind'];
  readonly options: BenchOptions;
  readonly machine: MachineFacts;
  readonly levels: readonly LevelResult[] | null;
  readonly latency: LatencyResult | null;
  /** Highest that was seen of the gateway. */
  readonly residentMb: number;
  /** What went wrong; a run with any is no measurement. */
  readonly failures: readonly string[];
}

export interface Bar {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly passed: boolean;
}

/** What was set out to be reached, as far as this run measured it. */
export function barsOf({ kind, levels, residentMb }: Results): Bar[] {
  const level = levels?.find((each) => each.inFlight === RATIO_IN_FLIGHT);
  return [
    ...(level
      ? [
          {
            what: `gateway over floor, ${RATIO_IN_FLIGHT} in flight`,
            wanted: `≥ ${RATIO_MIN}`,
            measured: level.ratio.toFixed(2),
            passed: level.ratio >= RATIO_MIN,
          },
        ]
      : []),
    ...(kind === 'postgres' && residentMb > 0
      ? [
          {
            what: 'memory of the gateway',
            wanted: `< ${RESIDENT_MAX_MB} MB`,
            measured: `${Math.round(residentMb)} MB`,
            passed: residentMb < RESIDENT_MAX_MB,
          },
        ]
      : []),
  ];
}

export function describe(results: Results, bars: readonly Bar[]): string {
  const { machine, levels, latency, failures } = results;
  const lines = [
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    `${machine.database.split(' on ')[0]}, synchronous_commit ${machine.synchronousCommit}, fsync ${machine.fsync}`,
  ];
  if (levels) lines.push('', ...table(levels.flatMap(rowsOf)));
  if (latency) lines.push('', ...latencyLines(latency));
  lines.push('', ...bars.map((bar) => `${bar.passed ? 'PASS' : 'MISS'}  ${bar.what}: ${bar.measured} (${bar.wanted})`));
  lines.push(
    failures.length === 0
      ? 'PASS  every answer was right, the database holds what was answered, and verify finds nothing broken'
      : `FAIL  ${failures.length} failures, the first of them:`,
    ...failures.slice(0, 10).map((failure) => `      ${failure}`),
  );
  return lines.join('\n');
}

const heading = [
  'target',
  'in flight',
  'requests',
  'failures',
  'req/s',
  'p50 ms',
  'p99 ms',
  'CPU ms',
  'RSS MB',
  'ratio',
];

function rowsOf(level: LevelResult): string[][] {
  return [
    rowOf('gateway', level.inFlight, level.gateway, level.ratio.toFixed(2)),
    rowOf('floor', level.inFlight, level.floor, ''),
  ];
}

function rowOf(name: string, inFlight: number, result: TargetResult, ratio: string): string[] {
  const { requests, failures, perSecond, p50Ms, p99Ms, processorMs, residentMb } = result;
  const counts = [inFlight, requests, failures, Math.round(perSecond)].map(String);
  const processor = processorMs === null ? '' : processorMs.toFixed(2);
  return [name, ...counts, p50Ms.toFixed(2), p99Ms.toFixed(2), processor, String(Math.round(residentMb)), ratio];
}

function table(rows: readonly string[][]): string[] {
  const all = [heading, ...rows];
  const widths = heading.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}

function latencyLines({ cancels, failures, toReverted, toCallback }: LatencyResult): string[] {
  const line = (what: string, { p50Ms, p99Ms, maxMs }: Spread) =>
    `  ${what.padEnd(28)} p50 ${p50Ms.toFixed(1)}  p99 ${p99Ms.toFixed(1)}  max ${maxMs.toFixed(1)} ms`;
  return [
    `accepted cancel, supplier done at once: ${cancels} cancels, ${failures} failures`,
    line('until reverted and refunded', toReverted),
    line('until the callback came', toCallback),
  ];
}

/** @returns the file's path, as seen from here */
export function save(results: Results, bars: readonly Bar[]): string {
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const time = results.startedAt.toISOString().slice(0, 19).replaceAll(':', '-');
  const file = join(folder, `${time}-${results.kind}.json`);
  // The URL may hold a password.
  const { databaseUrl: _, ...options } = results.options;
  writeFileSync(file, `${JSON.stringify({ ...results, options, bars }, null, 2)}\n`);
  return relative(process.cwd(), file);
}
