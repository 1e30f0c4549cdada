import { sql } from 'kysely';
import { newId } from '../core/ids.ts';
import { type Mills, toMills } from '../core/money.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { FundingRequestRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { bookFunding, type FundingMove } from './operations.ts';

type FundingDeps = Pick<Deps, 'db' | 'clock'>;

/** The most in thousandths of a dollar that one operator credits or debits alone; without the row, any amount. */
const SETTING = 'funding.dual_control_above_mills';

/**
 * Dual control: the amount above which a credit or debit needs a second operator.
 * @returns null: one operator is enough for any
 */
export async function dualControlAbove(db: Deps['db'] | Trx): Promise<Mills | null> {
  const row = await db.selectFrom('setting').select('value').where('name', '=', SETTING).executeTakeFirst();
  return row === undefined ? null : toMills(BigInt(String(row.value)));
}

async function setDualControl(trx: Trx, aboveMills: Mills | null): Promise<void> {
  if (aboveMills === null) {
    await trx.deleteFrom('setting').where('name', '=', SETTING).execute();
    return;
  }
  await sql`insert into setting (name, value) values (${SETTING}, to_jsonb(${String(aboveMills)}::text))
    on conflict (name) do update set value = excluded.value`.execute(trx);
}

/** Whether a credit or debit needs a second operator. */
export async function needsSecond({ db }: Pick<Deps, 'db'>, amountMills: Mills): Promise<boolean> {
  const above = await dualControlAbove(db);
  return above !== null && amountMills > above;
}

/**
 * Asks for a credit or debit that a second operator must approve. Nothing is booked.
 * @returns the request; one that was made before, if its reference is the same
 */
export async function requestFunding(
  deps: FundingDeps,
  { merchantId, direction, amountMills, actor, reference }: FundingMove,
  reason: string,
): Promise<FundingRequestRow> {
  const now = deps.clock.now();
  const row = {
    id: newId(now),
    kind: direction,
    merchant_id: merchantId,
    amount_mills: amountMills,
    reference: reference ?? null,
    reason,
    requested_by: actor,
    requested_at: now,
  };
  return inTransaction(deps, async (trx) => {
    const added = await trx
      .insertInto('funding_request')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (added) return added;
    return trx
      .selectFrom('funding_request')
      .selectAll()
      .where('merchant_id', '=', merchantId)
      .where('kind', '=', direction)
      .where('reference', '=', reference ?? null)
      .where(sql<boolean>`decision is distinct from 'rejected'`)
      .executeTakeFirstOrThrow();
  });
}

/**
 * Changes the amount above which two are needed. A lower one counts at once. A higher one, or none, is a request: an operator
 * who could lift it alone would not need the second.
 * @param aboveMills null: one operator is enough for any
 * @returns the request; null: the limit has been changed
 */
export async function changeDualControl(
  deps: FundingDeps,
  aboveMills: Mills | null,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<FundingRequestRow | null> {
  const now = deps.clock.now();
  const request = {
    id: newId(now),
    kind: 'limit' as const,
    merchant_id: null,
    amount_mills: aboveMills,
    reference: null,
  };
  return inTransaction(deps, async (trx) => {
    const before = await dualControlAbove(trx);
    const isLooser = before !== null && (aboveMills === null || aboveMills > before);
    if (!isLooser) {
      await setDualControl(trx, aboveMills);
      return null;
    }
    return trx
      .insertInto('funding_request')
      .values({ ...request, reason, requested_by: actor, requested_at: now })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

export interface Decision {
  readonly id: string;
  readonly decision: 'approved' | 'rejected';
  readonly actor: string;
}

/**
 * Approves a request, and does what it asks for in the same transaction; or rejects it, which whoever made it may do as well.
 * @throws OperatorError when there is no such request, when it was decided before, or when its own author approves it
 * @throws MERCHANT_BALANCE_LOW when a debit exceeds the available balance; the request goes on waiting
 */
export async function decide(deps: FundingDeps, { id, decision, actor }: Decision): Promise<FundingRequestRow> {
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    const request = await trx
      .selectFrom('funding_request')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!request) throw new OperatorError(`there is no request ${id}; skinrail wallet requests lists all`);
    requireOpen(request, decision, actor);
    if (decision === 'approved') await carryOut(trx, request, actor, now);
    return trx
      .updateTable('funding_request')
      .set({ decision, decided_by: actor, decided_at: now })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

function requireOpen(request: FundingRequestRow, decision: Decision['decision'], actor: string): void {
  const { id, decision: before, decided_by: decidedBy, decided_at: at, requested_by: author } = request;
  if (before !== null) throw new OperatorError(`request ${id} was ${before} by ${decidedBy} at ${at?.toISOString()}`);
  if (decision === 'approved' && actor === author) {
    throw new OperatorError(`${author} has made request ${id}; another operator must approve it`);
  }
}

/** The movement names both operators. */
async function carryOut(trx: Trx, request: FundingRequestRow, approver: string, at: Date): Promise<void> {
  const { id, kind, merchant_id: merchantId, amount_mills: amountMills, requested_by: author } = request;
  if (kind === 'limit') return setDualControl(trx, amountMills);
  if (merchantId === null || amountMills === null) throw new Error(`request ${id} names no merchant or amount`);
  const reference = request.reference ?? id;
  const actor = `${author}, approved by ${approver}`;
  const isBooked = await bookFunding(trx, { merchantId, direction: kind, amountMills, actor, reference }, at);
  if (!isBooked) throw new OperatorError(`reference ${reference} was booked before; reject the request ${id}`);
}

/** The newest requests, or those that wait. */
export async function listRequests(
  { db }: Pick<Deps, 'db'>,
  { isWaiting, limit }: { readonly isWaiting: boolean; readonly limit: number },
): Promise<FundingRequestRow[]> {
  return db
    .selectFrom('funding_request')
    .selectAll()
    .$if(isWaiting, (query) => query.where('decision', 'is', null))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
