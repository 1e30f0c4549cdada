import { parseArgs } from 'node:util';
import { type FaultName, faultNames } from './cluster.ts';
import { type PoolMode, poolModes } from './pgbouncer.ts';
import type { ProgramName } from './programs.ts';
import { type SilentKind, silentKinds } from './silent-statements.ts';

export const clusterNames = ['patroni', 'plain'] as const;
export type ClusterName = (typeof clusterNames)[number];
const poolers = ['none', ...poolModes] as const;

export interface FailoverOptions {
  /** Who makes another server the primary: Patroni, or the run itself. */
  readonly cluster: ClusterName;
  /** What is between the gateways and the cluster: nothing, or PgBouncer in a mode. */
  readonly pooler: 'none' | PoolMode;
  /** How often each fault strikes. */
  readonly rounds: number;
  readonly faults: readonly FaultName[];
  /** The statements in which a connection goes silent. */
  readonly statements: readonly SilentKind[];
  /** Buys and cancels begun in a second. */
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
  /** Keep the folder with logs and data though nothing was wrong. */
  readonly keep: boolean;
  /** Says how far the run has come. */
  readonly say: (line: string) => void;
}

const usual = { cluster: 'patroni', rounds: '1', rate: '50' };
const short = { cluster: 'plain', rounds: '1', rate: '6' };

export const usage = `npm run test:failover -- [options]

  --short               without Patroni, 6 buys and cancels a second
  --cluster <kind>      ${clusterNames.join(' or ')} (patroni; with --short: plain)
  --pooler <mode>       PgBouncer between the gateways and the cluster: ${poolers.join(', ')} (none)
  --rounds <n>          how often each fault strikes (1)
  --rate <n>            buys and cancels begun in a second (50)
  --faults <a,b>        of ${faultNames.join(', ')}; none: none of them
  --statements <a,b>    of ${silentKinds.join(', ')}; none: none of them (patroni: none; plain: all)
  --seed <n>            chooses what is bought (a new one each time)
  --keep                leave the folder with logs and data behind in any case
  --json                print the report as JSON

Starts a cluster, a marketplace and two gateways of its own, takes the primary away in each of five ways, has connections go
silent in the middle of statements, and checks what is left. The cluster is three servers with Patroni, etcd and haproxy, whose
Debian packages are installed when they are missing and this is root, or (plain) a server and its standby, which the run itself
promotes.
`;

/** The programs that a run needs beside PostgreSQL's own. */
export function programsOf({ cluster, pooler }: FailoverOptions): ProgramName[] {
  const needed: ProgramName[] = cluster === 'patroni' ? ['etcd', 'patroni', 'patronictl', 'haproxy'] : [];
  return pooler === 'none' ? needed : [...needed, 'pgbouncer'];
}

/** @throws Error in words for whoever typed the options */
export function readOptions(args: readonly string[]): FailoverOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cluster: { type: 'string' },
      pooler: { type: 'string', default: 'none' },
      rounds: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string' },
      faults: { type: 'string' },
      statements: { type: 'string' },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const base = values.short ? short : usual;
  const cluster = oneOf('cluster', clusterNames, values.cluster ?? base.cluster);
  return {
    cluster,
    pooler: oneOf('pooler', poolers, values.pooler),
    rounds: whole('rounds', values.rounds ?? base.rounds),
    rate: whole('rate', values.rate ?? base.rate),
    faults: someOf('faults', faultNames, values.faults),
    statements: someOf('statements', silentKinds, values.statements ?? (cluster === 'plain' ? undefined : 'none')),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed),
    keep: values.keep,
    json: values.json,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

function oneOf<T extends string>(option: string, all: readonly T[], typed: string): T {
  const found = all.find((each) => each === typed);
  if (found === undefined) throw new Error(`--${option} takes ${all.join(' or ')}, not "${typed}"`);
  return found;
}

function someOf<T extends string>(option: string, all: readonly T[], typed: string | undefined): readonly T[] {
  if (typed === undefined) return all;
  if (typed === 'none') return [];
  return typed.split(',').map((name) => {
    const found = all.find((each) => each === name.trim());
    if (found === undefined) throw new Error(`--${option} takes ${all.join(', ')} or none, not "${name}"`);
    return found;
  });
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new Error(`--${name} takes a whole number from 1, not "${text}"`);
  }
  return number;
}
