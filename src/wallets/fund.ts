import { ApiError } from '../core/errors.ts';
import { decimal, type Mills } from '../core/money.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { FundingRequestRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Decision, decide, fundAlone, requestFunding } from './funding-requests.ts';
import { balanceOf, type FundingMove, fundingKey } from './operations.ts';

type FundingDeps = Pick<Deps, 'db' | 'clock'>;

/** What became of a credit or debit. */
export type Funded =
  /** `already_booked`: its reference was booked earlier for the same amount, and nothing was changed. */
  | { readonly outcome: 'booked' | 'already_booked' }
  /** Nothing was booked: a second operator must approve the request. */
  | { readonly outcome: 'requested'; readonly request: FundingRequestRow; readonly isNew: boolean };

/**
 * Books an operator's credit or debit of a wallet, or asks a second operator when it is above the limit.
 * @param reason for the second operator; null: none was given, which is refused above the limit
 * @throws OperatorError when a debit exceeds the available balance, when the reference was used for another amount, and when
 * a second operator is needed and the reason or the reference is missing
 */
export async function fundOrRequest(deps: FundingDeps, move: FundingMove, reason: string | null): Promise<Funded> {
  const outcome = await fundCovered(deps, move);
  if (outcome === 'booked') return { outcome };
  if (outcome === 'already_booked') {
    requireSame(move, await bookedAmount(deps, move));
    return { outcome };
  }
  const { reference, amountMills } = move;
  if (reason === null || reference === undefined) {
    throw new OperatorError(
      `a second operator must approve $${decimal(amountMills)}; give --reason for them, and a --reference`,
    );
  }
  const requested = await requestFunding(deps, { ...move, reference }, reason);
  requireSame(move, requested.request.amount_mills);
  return { outcome: 'requested', ...requested };
}

async function fundCovered(deps: FundingDeps, move: FundingMove): ReturnType<typeof fundAlone> {
  try {
    return await fundAlone(deps, move);
  } catch (error) {
    if (!isNotCovered(error)) throw error;
    const { available } = await balanceOf(deps, move.merchantId);
    throw new OperatorError(`only $${decimal(available)} is available`);
  }
}

function isNotCovered(error: unknown): boolean {
  return error instanceof ApiError && error.key === 'MERCHANT_BALANCE_LOW';
}

/** What was booked under the reference of a movement; null: nothing. */
async function bookedAmount({ db }: FundingDeps, move: FundingMove): Promise<Mills | null> {
  if (move.reference === undefined) return null;
  const booked = await db
    .selectFrom('transfer')
    .select('amount_mills')
    .where('merchant_id', '=', move.merchantId)
    .where('key', '=', fundingKey(move.direction, move.reference))
    .executeTakeFirst();
  return booked?.amount_mills ?? null;
}

/** The same reference with a different amount is a mistake, not a repeat. */
function requireSame({ amountMills, reference }: FundingMove, used: Mills | null): void {
  if (used === null || used === amountMills) return;
  throw new OperatorError(`reference ${reference} was already used for $${decimal(used)}; use another reference`);
}

/**
 * Decides on a request, as `decide` does.
 * @throws OperatorError also when a debit exceeds the available balance; the request goes on waiting
 */
export async function decideCovered(deps: FundingDeps, decision: Decision): Promise<FundingRequestRow> {
  try {
    return await decide(deps, decision);
  } catch (error) {
    if (!isNotCovered(error)) throw error;
    throw new OperatorError(
      `the wallet’s available balance does not cover this debit; request ${decision.id} still waits: credit the wallet and approve again, or reject it`,
    );
  }
}
