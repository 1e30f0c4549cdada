import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Open items that each target starts with. */
  readonly items: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Requests in flight. */
  readonly levels: readonly number[];
  readonly only: 'latency' | 'throughput' | null;
  /** Cancels of the second measurement. */
  readonly latencyItems: number;
  /** Whether the floor's statements are parsed and planned anew each time, or once a connection (PostgreSQL only). */
  readonly floor: 'plain' | 'prepared';
  /** A missed bar makes the run fail. */
  readonly enforce: boolean;
  /** Where CPU profiles of the gateway and the floor are written. */
  readonly cpuProf: string | null;
  /** PostgreSQL; empty: the embedded database. */
  readonly databaseUrl: string;
}

const usual = { items: '100000', seconds: '5', rounds: '3', latencyItems: 200 };
const short = { items: '4000', seconds: '1', rounds: '1', latencyItems: 40 };

export const usage = `npm run bench -- [options]

  --items <n>        open items of each target (100000)
  --seconds <n>      length of a round (5)
  --rounds <n>       rounds of each target and level (3)
  --levels <a,b,…>   requests in flight (1,16,64)
  --only <part>      throughput or latency
  --floor <form>     prepared or plain statements of the floor (prepared)
  --short            a small run that only shows that everything works
  --enforce          exit code 1 when a bar is missed
  --cpu-prof <dir>   write CPU profiles of gateway and floor

On PostgreSQL when DATABASE_URL is set, on the embedded database otherwise.
`;

/** @throws Error in words for whoever typed the options */
export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      levels: { type: 'string', default: '1,16,64' },
      only: { type: 'string' },
      floor: { type: 'string', default: 'prepared' },
      short: { type: 'boolean', default: false },
      enforce: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  const base = values.short ? short : usual;
  return {
    items: positive('items', values.items ?? base.items),
    seconds: positive('seconds', values.seconds ?? base.seconds),
    rounds: positive('rounds', values.rounds ?? base.rounds),
    levels: values.levels.split(',').map((level) => positive('levels', level)),
    only: values.only === undefined ? null : oneOf('only', values.only, ['latency', 'throughput'] as const),
    floor: oneOf('floor', values.floor, ['plain', 'prepared']),
    latencyItems: base.latencyItems,
    enforce: values.enforce,
    cpuProf: values['cpu-prof'] ?? null,
    databaseUrl: env['DATABASE_URL'] ?? '',
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} takes whole numbers from 1, not "${text}"`);
  return number;
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found === undefined) throw new Error(`--${name} takes ${known.join(' or ')}, not "${text}"`);
  return found;
}
