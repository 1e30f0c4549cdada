import type { Deps } from '../deps.ts';

/**
 * Works on all rows of a batch at once, and resolves when the last one has ended. One row's failure is logged and is its
 * own: it neither ends the round for the others, nor lets a next round begin beside them.
 * @returns how many rows there were
 */
export async function forEachDue<Row>(
  { log }: Pick<Deps, 'log'>,
  rows: readonly Row[],
  task: {
    readonly work: (row: Row) => Promise<unknown>;
    /** What is logged when a row fails, and when it is tried again. */
    readonly failure: string;
    readonly ids: (row: Row) => Readonly<Record<string, string>>;
  },
): Promise<number> {
  const results = await Promise.allSettled(rows.map(task.work));
  for (const [index, result] of results.entries()) {
    const row = rows[index];
    if (result.status === 'fulfilled' || row === undefined) continue;
    log.error({ err: result.reason, ...task.ids(row) }, task.failure);
  }
  return rows.length;
}
