import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LatencyResult, Spread } from './latency.ts';
import type { MachineFacts } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { Place } from './places.ts';
import { type LevelResult, ratioOver, type TargetResult } from './throughput.ts';

const RESIDENT_MAX_MB = 250;

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
  const bars: Bar[] = [];
  const alone = levels?.find(({ inFlight }) => inFlight === 1);
  const busy = levels?.find(({ inFlight }) => inFlight === 64);
  if (kind !== 'postgres')
    return busy ? [atLeast(1, 'gateway over floor, 64 in flight', ratioOver(busy, busy.floor))] : [];
  if (alone) bars.push(atLeast(0.85, 'gateway over floor, 1 in flight', ratioOver(alone, alone.floor)));
  if (busy) {
    bars.push(atLeast(1.1, 'gateway over floor, 64 in flight', ratioOver(busy, busy.floor)));
    if (busy.batched)
      bars.push(atLeast(0.85, 'gateway over batched floor, 64 in flight', ratioOver(busy, busy.batched)));
    bars.push(...costBars(busy));
  }
  if (residentMb > 0) {
    const measured = `${Math.round(residentMb)} MB`;
    const passed = residentMb < RESIDENT_MAX_MB;
    bars.push({ what: 'memory of the gateway', wanted: `< ${RESIDENT_MAX_MB} MB`, measured, passed });
  }
  return bars;
}

function costBars({ gateway, floor }: LevelResult): Bar[] {
  if (gateway.processorMs === null || floor.processorMs === null) return [];
  const own = atMost(1.2, 'processor time of the gateway over the floor’s', gateway.processorMs / floor.processorMs);
  if (gateway.databaseMs === null || floor.databaseMs === null) return [own];
  const ratio = (gateway.processorMs + gateway.databaseMs) / (floor.processorMs + floor.databaseMs);
  return [own, atMost(0.8, 'processor time of gateway and database over the floor’s', ratio)];
}

function atLeast(limit: number, what: string, ratio: number): Bar {
  return { what, wanted: `≥ ${limit}`, measured: ratio.toFixed(2), passed: ratio >= limit };
}

function atMost(limit: number, what: string, ratio: number): Bar {
  return { what, wanted: `≤ ${limit}`, measured: ratio.toFixed(2), passed: ratio <= limit };
}

export function describe(results: Results, bars: readonly Bar[]): string {
  const { machine, levels, latency, failures } = results;
  const spread = machine.workers > 0 ? `, spread over ${machine.workers} workers` : '';
  const lines = [
    '',
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, Node ${machine.node}, commit ${machine.commit}`,
    `${machine.database.split(' on ')[0]}${spread}, synchronous_commit ${machine.synchronousCommit}, fsync ${machine.fsync}`,
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
  'DB ms',
  'RSS MB',
  'ratio',
];

function rowsOf(level: LevelResult): string[][] {
  const { inFlight, gateway, floor, batched } = level;
  return [
    rowOf('gateway', inFlight, gateway, ''),
    rowOf('floor', inFlight, floor, ratioOver(level, floor).toFixed(2)),
    ...(batched ? [rowOf('batched floor', inFlight, batched, ratioOver(level, batched).toFixed(2))] : []),
  ];
}

/** @param ratio the gateway's cancels a second over these */
function rowOf(name: string, inFlight: number, result: TargetResult, ratio: string): string[] {
  const { requests, failures, perSecond, p50Ms, p99Ms, processorMs, databaseMs, residentMb } = result;
  const counts = [inFlight, requests, failures, Math.round(perSecond)].map(String);
  const spent = [processorMs, databaseMs].map((ms) => (ms === null ? '' : ms.toFixed(2)));
  return [name, ...counts, p50Ms.toFixed(2), p99Ms.toFixed(2), ...spent, String(Math.round(residentMb)), ratio];
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
