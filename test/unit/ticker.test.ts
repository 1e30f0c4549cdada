import { pino } from 'pino';
import { expect, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/db/failure.ts';
import { Ticker } from '../../src/work/ticker.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly failures?: number;
}

/** Rounds that fail as they are told to, on a ticker that is woken for each. */
async function rounds(failures: readonly (Error | null)[]): Promise<Line[]> {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const left = [...failures];
  const ended = Promise.withResolvers<void>();
  const round = async () => {
    const failure = left.shift();
    if (left.length === 0) ended.resolve();
    ticker.wake();
    if (failure) throw failure;
  };
  const ticker: Ticker = new Ticker('orders', round, 60_000, log);
  ticker.start();
  await ended.promise;
  await ticker.stop();
  return lines;
}

test('due work that fails again and again is told when it begins to and when it works again, not each time', async () => {
  const broken = new Error('something is wrong');
  const lines = await rounds([...Array(50).fill(broken), null]);
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    [50, 'failed; it is repeated with growing pauses'],
    [30, 'works again'],
  ]);
  expect(lines[1]?.failures).toBe(50);
});

test('another failure than the one before is told as well', async () => {
  expect(await rounds([new Error('one'), new Error('two'), new Error('two')])).toHaveLength(2);
});

test('a database that is away is not told by due work: its connections say so once', async () => {
  const away = new DatabaseUnavailable('no connection', 'not_applied');
  expect(await rounds([away, away, away, null])).toEqual([]);
});

test('after failures the pauses grow, and a success ends that', async () => {
  const log = pino({ level: 'silent' });
  const begun: number[] = [];
  const enough = Promise.withResolvers<void>();
  const round = async () => {
    begun.push(performance.now());
    if (begun.length === 5) enough.resolve();
    throw new Error('away');
  };
  const ticker = new Ticker('orders', round, 10, log);
  ticker.start();
  await enough.promise;
  await ticker.stop();
  // 20, 40, 80 and 160 ms, and what a loaded machine adds.
  expect((begun[4] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(290);
});
