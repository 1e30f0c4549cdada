import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  readonly rounds: number;
  readonly nodes: number;
  readonly lanes: number;
  readonly batch: number;
  readonly seed: number;
  readonly databaseUrl: string;
}

export const USAGE = `npm run test:races -- [--rounds 300] [--nodes 2] [--lanes 24] [--batch 1000] [--seed N]

  --rounds   how many items are raced for, by ten requests each
  --nodes    gateway processes, at least two
  --lanes    rounds that run at the same time
  --batch    rounds that are bought, raced and judged together
  --seed     makes the same choices again; when they meet is the machine's own doing

PostgreSQL: the server of TEST_DATABASE_URL or DATABASE_URL, or the usual one on this machine. A database is made
there and dropped at the end.
`;

/** Bad input, in words for whoever typed it. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** @returns null when help was asked for @throws UsageError naming the first option that cannot be used */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options | null {
  const values = parsed(args);
  if (values['help']) return null;
  const local = `postgres://${userInfo().username}@127.0.0.1:5432/postgres`;
  return {
    rounds: whole(values, 'rounds', 300, 1),
    nodes: whole(values, 'nodes', 2, 2),
    lanes: whole(values, 'lanes', 24, 1),
    batch: whole(values, 'batch', 1000, 10),
    seed: whole(values, 'seed', Date.now() % 1_000_000, 0),
    databaseUrl: env['TEST_DATABASE_URL'] || env['DATABASE_URL'] || local,
  };
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parsed(args: readonly string[]): Values {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      options: { rounds: text, nodes: text, lanes: text, batch: text, seed: text, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function whole(values: Values, name: string, usual: number, min: number): number {
  const given = values[name];
  if (given === undefined) return usual;
  if (!/^\d{1,9}$/.test(String(given)) || Number(given) < min) {
    throw new UsageError(`--${name} is a whole number from ${min}`);
  }
  return Number(given);
}
