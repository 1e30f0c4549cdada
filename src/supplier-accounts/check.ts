import { newId, referenceOf } from '../core/ids.ts';
import { type Mills, NOTHING } from '../core/money.ts';
import type { BalanceAnswer, FindAnswer, Supplier, SupplierFault } from '../suppliers/supplier.ts';

/** What one reading call says of an account. */
export interface AccountCheck {
  /** null: the marketplace does not say, or did not answer clearly. */
  readonly balanceMills: Mills | null;
  /** null: not known. */
  readonly isKeyAccepted: boolean | null;
  /** Why purchases would be refused; null: no reason is known. */
  readonly fault: SupplierFault | null;
  /** What came instead of an answer. */
  readonly cause: string | null;
  readonly durationMs: number;
}

/** Makes one call that changes nothing: it reads the balance, or looks up a reference that no purchase has. */
export async function checkAccount(supplier: Supplier, now: Date): Promise<AccountCheck> {
  const startedAt = performance.now();
  const answer = await (supplier.balance ? supplier.balance() : supplier.find([referenceOf(newId(now))]));
  return { ...meaningOf(answer), durationMs: Math.round(performance.now() - startedAt) };
}

function meaningOf(answer: BalanceAnswer | FindAnswer): Omit<AccountCheck, 'durationMs'> {
  if (answer.outcome === 'unknown') {
    const fault = answer.fault ?? null;
    return { balanceMills: null, isKeyAccepted: ACCEPTED[fault ?? 'none'], fault, cause: answer.cause };
  }
  const balanceMills = 'availableMills' in answer ? answer.availableMills : null;
  const isEmpty = balanceMills !== null && balanceMills <= NOTHING;
  return { balanceMills, isKeyAccepted: true, fault: isEmpty ? 'balance' : null, cause: null };
}

/** What an answer that is not clear says of the key. */
const ACCEPTED = { none: null, balance: true, misconfigured: false } as const;
