import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly trades: number;
  /** Trades begun in a second, as long as the nodes keep up. */
  readonly rate: number;
  readonly seed: number;
  readonly json: boolean;
  /** Keep the folder with logs and data though nothing was wrong. */
  readonly keep: boolean;
  /** Says how far the run has come. */
  readonly say: (line: string) => void;
}

const usual = { trades: '5000', rate: '10' };
const short = { trades: '150', rate: '5' };

export const usage = `npm run test:chaos -- [options]

  --trades <n>   trades to place (5000)
  --rate <n>     trades begun in a second (10)
  --seed <n>     chooses items, cancels and faults (a new one each time)
  --short        150 trades, about four minutes
  --keep         leave the folder with logs and data behind in any case
  --json         print the report as JSON

Starts a PostgreSQL, a marketplace and three gateways of its own, breaks them, and checks what is left.
`;

/** @throws Error in words for whoever typed the options */
export function readOptions(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      trades: { type: 'string' },
      rate: { type: 'string' },
      seed: { type: 'string' },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const base = values.short ? short : usual;
  return {
    trades: whole('trades', values.trades ?? base.trades),
    rate: whole('rate', values.rate ?? base.rate),
    seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('seed', values.seed),
    keep: values.keep,
    json: values.json,
    say: (line) => void process.stderr.write(`${line}\n`),
  };
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new Error(`--${name} takes a whole number from 1, not "${text}"`);
  }
  return number;
}
