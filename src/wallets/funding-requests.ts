import { newId } from '../core/ids.ts';
import type { Mills } from '../core/money.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import type { FundingRequestRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { bookFunding, type FundingMove, fundingKey } from './operations.ts';

type FundingDeps = Pick<Deps, 'db' | 'clock'>;

/**
 * Dual control: the amount above which a credit or debit needs a second operator.
 * @returns null: one operator is enough for any
 */
export async function dualControlAbove(db: Deps['db'] | Trx): Promise<Mills | null> {
  return (await db.selectFrom('dual_control').select('above_mills').executeTakeFirstOrThrow()).above_mills;
}

/** The same, and nobody changes it before the transaction ends. */
async function lockedDualControl(trx: Trx): Promise<Mills | null> {
  const row = await trx.selectFrom('dual_control').select('above_mills').forUpdate().executeTakeFirstOrThrow();
  return row.above_mills;
}

/**
 * Books a credit or debit that one operator may make alone.
 * @returns `already_booked`: its reference was booked earlier; `needs_approval`: it exceeds the limit, and nothing was booked
 * @throws MERCHANT_BALANCE_LOW when a debit exceeds the available balance
 */
export async function fundAlone(
  deps: FundingDeps,
  move: FundingMove,
): Promise<'booked' | 'already_booked' | 'needs_approval'> {
  const at = deps.clock.now();
  const reference = move.reference ?? newId(at);
  return inTransaction(deps, async (trx) => {
    const above = await lockedDualControl(trx);
    if (await isBooked(trx, { ...move, reference })) return 'already_booked';
    if (above !== null && move.amountMills > above) return 'needs_approval';
    return (await bookFunding(trx, { ...move, reference }, at)) ? 'booked' : 'already_booked';
  });
}

export type ReferencedMove = FundingMove & { readonly reference: string };

async function isBooked(trx: Trx, { merchantId, direction, reference }: ReferencedMove): Promise<boolean> {
  const transfer = await trx
    .selectFrom('transfer')
    .select('key')
    .where('merchant_id', '=', merchantId)
    .where('key', '=', fundingKey(direction, reference))
    .executeTakeFirst();
  return transfer !== undefined;
}

export interface Requested {
  readonly request: FundingRequestRow;
  /** Whether this call has made it. */
  readonly isNew: boolean;
}

/**
 * Asks for a credit or debit that a second operator must approve. Nothing is booked.
 * @returns the request; one that was made before, if its reference is the same
 */
export async function requestFunding(deps: FundingDeps, move: ReferencedMove, reason: string): Promise<Requested> {
  const now = deps.clock.now();
  const { merchantId, direction: kind, amountMills, actor, reference } = move;
  const about = { kind, merchant_id: merchantId, amount_mills: amountMills, replaces_mills: null, reference };
  const row = { id: newId(now), ...about, reason, requested_by: actor, requested_at: now };
  return inTransaction(deps, async (trx) => {
    const added = await trx
      .insertInto('funding_request')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst();
    if (added) return { request: added, isNew: true };
    const known = await trx
      .selectFrom('funding_request')
      .selectAll()
      .where('merchant_id', '=', merchantId)
      .where('kind', '=', kind)
      .where('reference', '=', reference)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    return { request: known, isNew: false };
  });
}

/**
 * Changes the amount above which two are needed. A lower one counts at once. A higher one, or none, is a request: an operator
 * who could lift it alone would not need the second.
 * @param aboveMills null: one operator is enough for any
 * @returns the request; null: it has been changed
 */
export async function changeDualControl(
  deps: FundingDeps,
  aboveMills: Mills | null,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<FundingRequestRow | null> {
  const now = deps.clock.now();
  const about = {
    id: newId(now),
    kind: 'limit' as const,
    merchant_id: null,
    amount_mills: aboveMills,
    reference: null,
  };
  return inTransaction(deps, async (trx) => {
    const before = await lockedDualControl(trx);
    const isLooser = before !== null && (aboveMills === null || aboveMills > before);
    if (!isLooser) {
      await trx.updateTable('dual_control').set({ above_mills: aboveMills }).execute();
      return null;
    }
    return trx
      .insertInto('funding_request')
      .values({ ...about, replaces_mills: before, reason, requested_by: actor, requested_at: now })
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
 * Approves a request, and does what it asks for in the same transaction; or rejects it, which the operator who made it may
 * do as well.
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
    if (!request) throw new NotFoundError(`there is no request ${id}; skinrail wallet requests lists all`);
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
  if (decision === 'approved' && isSameName(actor, author)) {
    throw new OperatorError(`${author} has made request ${id}; another operator must approve it`);
  }
}

/** A name is often typed, and one in other letters is no other operator. */
function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The movement names both operators. */
async function carryOut(trx: Trx, request: FundingRequestRow, approver: string, at: Date): Promise<void> {
  const { id, kind, merchant_id: merchantId, amount_mills: amountMills, reference, requested_by: author } = request;
  if (kind === 'limit') return loosen(trx, request);
  if (merchantId === null || amountMills === null || reference === null) {
    throw new Error(`request ${id} names no merchant, amount or reference`);
  }
  const actor = `${author}, approved by ${approver}`;
  const isNow = await bookFunding(trx, { merchantId, direction: kind, amountMills, actor, reference }, at);
  if (!isNow) throw new OperatorError(`reference ${reference} was booked before; reject the request ${id}`);
}

/** An old request must not undo what was decided since. */
async function loosen(
  trx: Trx,
  { id, amount_mills: aboveMills, replaces_mills: replaces }: FundingRequestRow,
): Promise<void> {
  if ((await lockedDualControl(trx)) !== replaces) {
    throw new OperatorError(`the limit has been changed since request ${id} was made; reject it and ask again`);
  }
  await trx.updateTable('dual_control').set({ above_mills: aboveMills }).execute();
}

/** @returns undefined when there is no such request */
export function findRequest({ db }: Pick<Deps, 'db'>, id: string): Promise<FundingRequestRow | undefined> {
  return db.selectFrom('funding_request').selectAll().where('id', '=', id).executeTakeFirst();
}

export interface RequestFilter {
  /** False: also those that were decided. */
  readonly isWaiting: boolean;
  /** The id of the last request of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** The newest requests, or those that wait. */
export async function listRequests(
  { db }: Pick<Deps, 'db'>,
  { isWaiting, after, limit }: RequestFilter,
): Promise<FundingRequestRow[]> {
  return db
    .selectFrom('funding_request')
    .selectAll()
    .$if(isWaiting, (query) => query.where('decision', 'is', null))
    .$if(after !== undefined, (query) => query.where('id', '<', after ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
