import { parseArgs } from 'node:util';
import { type FaultName, faultNames } from './faults.ts';
import { type SilentKind, silentKinds } from './silent-statements.ts';

export interface FailoverOptions {
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

const usual = { rounds: '20', rate: '50' };
const short = { rounds: '1', rate: '6' };

export const usage = `npm run test:failover -- [options]

  --short               each fault once, 6 buys and cancels a second: about nine minutes
  --rounds <n>          how often each fault strikes (20)
  --rate <n>            buys and cancels begun in a second (50)
  --faults <a,b>        of ${faultNames.join(', ')}; none: none of them
  --statements <a,b>    of ${silentKinds.join(', ')}; none: none of them
  --seed <n>            chooses what is bought (a new one each time)
  --keep                leave the folder with logs and data behind in any case
  --json                print the report as JSON

Starts a PostgreSQL with a synchronous standby, a marketplace and two gateways of its own, takes the primary away in each
of five ways, has connections go silent in the middle of statements, and checks what is left.
`;

/** @throws Error in words for whoever typed the options */
export function readOptions(args: readonly string[]): FailoverOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
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
  return {
    rounds: whole('rounds', values.rounds ?? base.rounds),
    rate: whole('rate', values.rate ?? base.rate),
    faults: someOf('faults', faultNames, values.faults),
    statements: someOf('statements', silentKinds, values.statements),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed),
    keep: values.keep,
    json: values.json,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
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
