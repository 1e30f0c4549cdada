import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { DatabaseUnavailable } from '../../src/db/failure.ts';
import { GROUP_MAX, GROUPS_AT_ONCE_MAX, Grouped } from '../../src/work/grouped.ts';
import { endFakeTimers } from '../support/fake-timers.ts';

interface Call {
  readonly id: number;
  readonly key: string;
  readonly lane?: string;
}

/** A database whose statements return when the test says so. */
class HeldStatements {
  readonly sent: (readonly Call[])[] = [];
  readonly #open: { readonly all: readonly Call[]; end(results: readonly string[]): void; fail(error: Error): void }[] =
    [];
  readonly grouped: Grouped<Call, string>;

  constructor(slowAfterMs?: number) {
    const work = {
      run: (all: readonly Call[]) => {
        this.sent.push(all);
        const { promise, resolve: end, reject: fail } = Promise.withResolvers<readonly string[]>();
        this.#open.push({ all, end, fail });
        return promise;
      },
      keyOf: ({ key }: Call) => key,
      laneOf: ({ lane = '' }: Call) => lane,
    };
    this.grouped = new Grouped(work, slowAfterMs);
  }

  get underWay(): number {
    return this.#open.length;
  }

  /** The statement that was sent first of those under way returns. */
  async returns(place = 0): Promise<void> {
    const [statement] = this.#open.splice(place, 1);
    statement?.end(statement.all.map(({ id }) => `result of ${id}`));
    await settled();
  }

  async fails(error: Error): Promise<void> {
    this.#open.shift()?.fail(error);
    await settled();
  }
}

async function settled(): Promise<void> {
  await new Promise(setImmediate);
}

const ids = (all: readonly Call[] | undefined) => all?.map(({ id }) => id);
const call = (id: number, key = String(id)) => ({ id, key });

test('a call that comes when nothing is under way goes at once, alone', () => {
  const database = new HeldStatements();
  void database.grouped.call(call(1));
  expect(database.sent).toEqual([[call(1)]]);
});

test('calls that wait go together when the statement returns, each with its own result', async () => {
  const database = new HeldStatements();
  const results = [1, 2, 3, 4].map((id) => database.grouped.call(call(id)));
  expect(database.sent).toHaveLength(1);
  await database.returns();
  expect(ids(database.sent[1])).toEqual([2, 3, 4]);
  await database.returns();
  expect(await Promise.all(results)).toEqual([1, 2, 3, 4].map((id) => `result of ${id}`));
  expect(database.sent).toHaveLength(2);
});

test('calls about one thing never go together, nor beside each other, and keep their order', async () => {
  const database = new HeldStatements();
  for (const each of [call(1, 'a'), call(2, 'a'), call(3, 'b'), call(4, 'a')]) void database.grouped.call(each);
  await database.returns();
  await database.returns();
  await database.returns();
  expect(database.sent.map(ids)).toEqual([[1], [2, 3], [4]]);
});

test('a group has no more than its most', async () => {
  const database = new HeldStatements();
  for (let id = 0; id <= GROUP_MAX + 1; id++) void database.grouped.call(call(id));
  await database.returns();
  expect(database.sent[1]).toHaveLength(GROUP_MAX);
  await database.returns();
  expect(ids(database.sent[2])).toEqual([GROUP_MAX + 1]);
});

test('lanes do not wait for each other', () => {
  const database = new HeldStatements();
  for (const [id, lane] of [
    [1, 'a'],
    [2, 'b'],
    [3, 'b'],
  ] as const)
    void database.grouped.call({ ...call(id), lane });
  expect(database.sent.map(ids)).toEqual([[1], [2]]);
});

test('when a statement of several is refused, each is done alone, and only the one at fault is told', async () => {
  const grouped = new Grouped<Call, string>({
    run: async (all) => {
      await settled();
      if (all.some(({ key }) => key === 'poisoned')) throw new Error('a value is out of range');
      return all.map(({ id }) => `result of ${id}`);
    },
    keyOf: ({ key }) => key,
  });
  const calls = [call(1), call(2), call(3, 'poisoned'), call(4)].map((each) => grouped.call(each));
  expect(await Promise.allSettled(calls)).toMatchObject([
    { value: 'result of 1' },
    { value: 'result of 2' },
    { reason: { message: 'a value is out of range' } },
    { value: 'result of 4' },
  ]);
});

test('when nobody knows what the database did, nothing is sent again, and each caller is told', async () => {
  const database = new HeldStatements();
  const calls = [1, 2, 3].map((id) => database.grouped.call(call(id)).catch((error: unknown) => error));
  await database.returns();
  const lost = new DatabaseUnavailable('the connection broke', 'unknown');
  await database.fails(lost);
  expect(database.sent).toHaveLength(2);
  expect((await Promise.all(calls)).slice(1)).toEqual([lost, lost]);
});

test('a statement that gives too few results fails the calls that got none', async () => {
  const grouped = new Grouped<Call, string>({ run: async () => [], keyOf: ({ key }) => key });
  await expect(grouped.call(call(1))).rejects.toThrow('a statement for 1 calls gave 0 results');
});

test('calls that wait behind a slow statement go beside it, in few statements', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const database = new HeldStatements(25);
    for (let id = 1; id <= 10; id++) {
      void database.grouped.call(call(id));
      vi.advanceTimersByTime(26);
    }
    expect(database.underWay).toBe(GROUPS_AT_ONCE_MAX);
    expect(database.sent.map(ids)).toEqual([[1], [2], [3], [4]]);
    // The second one returns, the first is still slow.
    await database.returns(1);
    expect(ids(database.sent.at(-1))).toEqual([5, 6, 7, 8, 9, 10]);
  } finally {
    endFakeTimers();
  }
});

test('whatever comes, fails and returns: each call is answered once, with its own result, in the order of its key', async () => {
  const step = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('call' as const), key: fc.constantFrom('a', 'b', 'c', 'd') }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('return' as const), place: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'refuse' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'lose' as const }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const database = new HeldStatements(Number.POSITIVE_INFINITY);
      const calls: Call[] = [];
      const answers = new Map<number, string[]>();
      const note = (id: number, answer: string) => answers.set(id, [...(answers.get(id) ?? []), answer]);
      for (const each of steps) {
        if (each.kind === 'call') {
          const made = call(calls.length, each.key);
          calls.push(made);
          database.grouped.call(made).then(
            (result) => note(made.id, result),
            (error: Error) => note(made.id, error.message),
          );
        } else if (each.kind === 'return') await database.returns(each.place);
        else if (each.kind === 'refuse') await database.fails(new Error('refused'));
        else await database.fails(new DatabaseUnavailable('lost', 'unknown'));
      }
      while (database.underWay > 0) await database.returns();
      for (const { id } of calls) {
        expect(answers.get(id)).toHaveLength(1);
        expect([`result of ${id}`, 'refused', 'lost']).toContain(answers.get(id)?.[0]);
      }
      for (const sent of database.sent) expect(new Set(sent.map(({ key }) => key)).size).toBe(sent.length);
      // A group that was refused is sent again one by one: what counts is where each call was sent first.
      const first = calls.map(({ id }) => database.sent.findIndex((sent) => sent.some((each) => each.id === id)));
      for (const [id, { key }] of calls.entries()) {
        const before = calls.slice(0, id).findLastIndex((each) => each.key === key);
        if (before >= 0) expect(first[before]).toBeLessThan(first[id] ?? -1);
      }
    }),
  );
});
