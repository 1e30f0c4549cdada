import type { Crowd } from '../chaos/run.ts';
import type { FailoverOptions } from './options.ts';
import type { Struck } from './strikes.ts';
import type { Timeline } from './timeline.ts';

const FINDINGS_SHOWN = 40;
const COLUMNS = [
  'fault',
  'times',
  'cluster',
  'buy',
  'health',
  'answered',
  '503',
  'no answer',
  'other 5xx',
  'failures from–to',
];

interface Facts {
  readonly options: FailoverOptions;
  readonly timeline: Timeline;
  readonly crowd: Crowd;
  readonly struck: readonly Struck[];
  readonly seconds: number;
}

export type Report = ReturnType<typeof reportOf>;

/** What merchants saw of each fault, and what was wrong. */
export function reportOf({ options, timeline, crowd, struck, seconds }: Facts) {
  return {
    cluster: options.cluster,
    pooler: options.pooler,
    seed: options.seed,
    rate: options.rate,
    seconds: Math.round(seconds),
    trades: crowd.told.length,
    cancels: timeline.cancels,
    cancelledItems: crowd.told.reduce((sum, told) => sum + told.accepted.size, 0),
    answers: Object.fromEntries([...timeline.answers].sort()),
    faults: [...Map.groupBy(struck, ({ name }) => name)].map(([name, all]) => summaryOf(name, all)),
    findings: timeline.findings,
  };
}

interface Summary {
  readonly name: string;
  readonly times: number;
  /** The shortest and the longest, in seconds since the fault. */
  readonly cluster: string;
  readonly buy: string;
  readonly health: string;
  readonly failing: string;
  readonly answered: number;
  readonly unavailable: number;
  readonly none: number;
  readonly errors: number;
}

function summaryOf(name: string, all: readonly Struck[]): Summary {
  const sum = (of: (struck: Struck) => number) => all.reduce((total, struck) => total + of(struck), 0);
  const firsts = all.flatMap(({ answers }) => answers.firstFailureMs ?? []);
  const lasts = all.flatMap(({ answers }) => answers.lastFailureMs ?? []);
  return {
    name,
    times: all.length,
    cluster: rangeOf(all.map(({ clusterMs }) => clusterMs)),
    buy: rangeOf(all.map(({ buyMs }) => buyMs)),
    health: rangeOf(all.map(({ healthMs }) => healthMs)),
    failing: firsts.length === 0 ? 'none' : `${secondsOf(Math.min(...firsts))}–${secondsOf(Math.max(...lasts))}`,
    answered: sum(({ answers }) => answers.good),
    unavailable: sum(({ answers }) => answers.unavailable),
    none: sum(({ answers }) => answers.none),
    errors: sum(({ answers }) => answers.errors),
  };
}

function rangeOf(all: readonly number[]): string {
  const [least, most] = [secondsOf(Math.min(...all)), secondsOf(Math.max(...all))];
  return least === most ? least : `${least}–${most}`;
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(1);
}

/** The report as text; all times are seconds since the fault. */
export function describe(report: Report): string {
  const rows = report.faults.map(({ name, times, cluster, buy, health, failing, ...counts }) => {
    const { answered, unavailable, none, errors } = counts;
    return [name, times, cluster, buy, health, answered, unavailable, none, errors, failing].map(String);
  });
  const lines = [
    `${report.cluster}, pooler: ${report.pooler}; seed ${report.seed}, ${report.seconds} s, ${report.rate} buys and cancels begun in a second`,
    `${report.trades} trades, ${report.cancels} cancel requests, ${report.cancelledItems} items accepted for cancelling`,
    ...Object.entries(report.answers).map(([answer, count]) => `  ${String(count).padStart(7)}  ${answer}`),
    'seconds since the fault until the cluster commits again (for a statement: until its connection was given up), a buy',
    'is answered, both nodes are healthy; what merchants were answered meanwhile',
    ...tableOf([COLUMNS, ...rows]),
    `${report.findings.length} findings`,
    ...report.findings.slice(0, FINDINGS_SHOWN).map(({ wrong, text }) => `  ${wrong}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}
