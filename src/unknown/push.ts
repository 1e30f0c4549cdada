import type { Clock } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import type { UnknownOutcome } from './queries.ts';

/**
 * Has an outcome asked about now instead of at its next time. It only makes the row due: a worker takes it up in the
 * usual way, so a push can cross anything that is under way, and any number of pushes ask no more than once at a time.
 * @returns false when its outcome is known by now, or a call is under way
 */
export async function pushUnknown(
  deps: { readonly db: Db; readonly clock: Clock },
  { kind, merchantId, id }: Pick<UnknownOutcome, 'kind' | 'merchantId' | 'id'>,
): Promise<boolean> {
  const pushed = await deps.db
    .updateTable(kind)
    .set({ due_at: deps.clock.now() })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', id)
    .where('state', '=', 'unknown')
    .returning('id')
    .executeTakeFirst();
  return pushed !== undefined;
}

/** How an outcome stands; what it became once it is known. */
export interface Standing {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly dueAt: Date | null;
}

/** By id. */
export async function standingsOf(db: Db, outcomes: readonly UnknownOutcome[]): Promise<Map<string, Standing>> {
  const of = (kind: UnknownOutcome['kind']) =>
    db
      .selectFrom(kind)
      .select(['id', 'state', 'reason', 'due_at as dueAt'])
      .where('merchant_id', 'in', [...new Set(outcomes.map((one) => one.merchantId))])
      .where(
        'id',
        'in',
        outcomes.map((one) => one.id),
      )
      .execute();
  if (outcomes.length === 0) return new Map();
  const rows = [...(await of('purchase')), ...(await of('cancellation'))];
  return new Map(rows.map((row) => [row.id, row]));
}
