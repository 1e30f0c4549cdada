import { retryNow } from '../cancellations/store.ts';
import type { Clock } from '../core/clock.ts';
import type { Db } from '../db/connect.ts';
import type { UnknownOutcome } from './queries.ts';

/**
 * Makes an unknown outcome due now. A worker then claims the row as for any retry, so a push is safe while a call is
 * running, and several pushes cause only one call at a time.
 * @returns false when the outcome is known by now, or a call is under way
 */
export async function pushUnknown(
  deps: { readonly db: Db; readonly clock: Clock },
  { kind, merchantId, id }: Pick<UnknownOutcome, 'kind' | 'merchantId' | 'id'>,
): Promise<boolean> {
  if (kind === 'cancellation') return retryNow(deps, { merchantId, id });
  const pushed = await deps.db
    .updateTable('purchase')
    .set({ due_at: deps.clock.now() })
    .where('merchant_id', '=', merchantId)
    .where('id', '=', id)
    .where('state', '=', 'unknown')
    .returning('id')
    .executeTakeFirst();
  return pushed !== undefined;
}

/** The current state of an outcome. */
export interface OutcomeNow {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
  readonly dueAt: Date | null;
}

/** The current states, by id. */
export async function outcomesNow(db: Db, outcomes: readonly UnknownOutcome[]): Promise<Map<string, OutcomeNow>> {
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
