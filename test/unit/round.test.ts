import { pino } from 'pino';
import { expect, test } from 'vitest';
import { DatabaseUnavailable } from '../../src/db/failure.ts';
import { runEach, untilEmpty } from '../../src/work/round.ts';
import { Ticker } from '../../src/work/ticker.ts';

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly id?: string;
}

function logTo(lines: Line[]) {
  return { log: pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) }) };
}

const task = { failure: 'a row failed; it is tried again when its lease ends', ids: (id: string) => ({ id }) };

test('a row that fails is logged with its ids, and the other rows of the batch are worked on', async () => {
  const lines: Line[] = [];
  const ended: string[] = [];
  const run = async (id: string) => {
    if (id === 'b') throw new Error('broken');
    ended.push(id);
  };
  expect(await runEach(logTo(lines), ['a', 'b', 'c'], { ...task, run })).toBe(3);
  expect(ended).toEqual(['a', 'c']);
  expect(lines).toMatchObject([{ level: 50, msg: task.failure, id: 'b' }]);
});

test('a row that fails before it waits for anything is a failed row like any other', async () => {
  const ended: string[] = [];
  const run = (id: string) => {
    if (id === 'a') throw new Error('broken');
    return Promise.resolve(ended.push(id));
  };
  await runEach(logTo([]), ['a', 'b'], { ...task, run });
  expect(ended).toEqual(['b']);
});

test('rows that fail because the database is away are not logged one by one', async () => {
  const lines: Line[] = [];
  const run = () => Promise.reject(new DatabaseUnavailable('away', 'not_applied'));
  await runEach(logTo(lines), ['a', 'b'], { ...task, run });
  expect(lines).toEqual([]);
});

test('a batch ends when its slowest row has ended, also when another row fails first', async () => {
  const slow = Promise.withResolvers<void>();
  let hasEnded = false;
  const run = (id: string) => (id === 'slow' ? slow.promise : Promise.reject(new Error('broken')));
  const batch = runEach(logTo([]), ['slow', 'b'], { ...task, run }).then(() => {
    hasEnded = true;
  });
  await new Promise(setImmediate);
  expect(hasEnded).toBe(false);
  slow.resolve();
  await batch;
  expect(hasEnded).toBe(true);
});

test('no more rows than allowed are worked on at the same time', async () => {
  let [now, most] = [0, 0];
  const run = async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
  };
  await runEach(logTo([]), [...'abcdefgh'], { ...task, run, atOnce: 3 });
  expect(most).toBe(3);
});

test('a round goes on while batches are full, and rests after twenty of them', async () => {
  const sizes = [5, 5, 4, 5];
  let progress = 0;
  await untilEmpty(
    async () => sizes.shift() ?? 0,
    5,
    () => progress++,
  );
  expect([sizes, progress]).toEqual([[5], 2]);

  let batches = 0;
  await untilEmpty(
    async () => 5 * ++batches,
    5,
    () => {},
  );
  expect(batches).toBe(20);
});

test('a stop waits for the rows in hand, and no round starts beside them', async () => {
  const { log } = logTo([]);
  const row = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let [rounds, hasStopped] = [0, false];
  const ticker = new Ticker(
    'rows',
    async () => {
      rounds++;
      begun.resolve();
      await runEach({ log }, ['a', 'b'], {
        ...task,
        run: (id) => (id === 'a' ? row.promise : Promise.reject(new Error())),
      });
    },
    1,
    log,
  );
  ticker.start();
  await begun.promise;
  ticker.wake();
  const stopped = ticker.stop().then(() => {
    hasStopped = true;
  });
  await new Promise(setImmediate);
  expect([rounds, hasStopped, ticker.isWorking]).toEqual([1, false, true]);
  row.resolve();
  await stopped;
  expect([rounds, ticker.isWorking]).toEqual([1, false]);
});
