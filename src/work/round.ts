import pLimit from 'p-limit';
import type { Deps } from '../deps.ts';
import { logFailure } from './failure-log.ts';

/** What is done with each row of a batch. */
export interface RowTask<Row> {
  readonly run: (row: Row) => Promise<unknown>;
  /** Logged when a row fails: what happened, and when the row is tried again. */
  readonly failure: string;
  /** Logged with the failure, so that the row can be found. */
  readonly ids: (row: Row) => Readonly<Record<string, string>>;
  /** How many rows are worked on at the same time; all of them if it is not given. */
  readonly atOnce?: number;
}

/**
 * Works on every row of a batch, and resolves when the last row has ended. A row that fails is logged and comes again
 * when its lease ends. It neither ends the round for the other rows, nor lets the next round start beside them; and
 * a stop, which waits for the round, waits for every row in hand.
 * @returns how many rows there were
 */
export async function runEach<Row>(
  { log }: Pick<Deps, 'log'>,
  rows: readonly Row[],
  { run, failure, ids, atOnce = rows.length }: RowTask<Row>,
): Promise<number> {
  const limit = pLimit(Math.max(1, atOnce));
  await limit.map(rows, async (row) => {
    try {
      await run(row);
    } catch (error) {
      logFailure(log, error, ids(row), failure);
    }
  });
  return rows.length;
}

/** Full batches in a row before a round ends, so that a long backlog of one kind of work does not hold up a stop. */
const BATCHES_MAX = 20;

/**
 * One round: batches until one is not full.
 * @param batch claims and runs one batch, and returns how many rows it had
 * @param full how many rows a full batch has
 * @param progressed called after each full batch
 */
export async function untilEmpty(batch: () => Promise<number>, full: number, progressed: () => void): Promise<void> {
  for (let count = 0; count < BATCHES_MAX; count++) {
    if ((await batch()) < full) return;
    progressed();
  }
}
