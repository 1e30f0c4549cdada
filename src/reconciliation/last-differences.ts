import type { Deps } from '../deps.ts';
import { type DifferenceKind, differenceKinds, partsOfKey } from './policy.ts';
import { purchasesOf } from './queries.ts';
import type { LastResult } from './store.ts';

/** A difference as the last run has left it: without amounts, which are in the log of that run. */
export interface LastDifference {
  readonly kind: DifferenceKind;
  readonly orderId: string | null;
  readonly reference: string | null;
  /** null: no purchase has the reference. */
  readonly tradeId: string | null;
  readonly itemId: string | null;
  readonly meaning: string;
  readonly advice: string;
}

/** The differences that the last run of an account has found, at most 1000, with their trades. */
export async function lastDifferences(
  deps: Pick<Deps, 'db' | 'config'>,
  { supplier, keys }: Pick<LastResult, 'supplier' | 'keys'>,
): Promise<LastDifference[]> {
  const parts = [...keys].flatMap((key) => partsOfKey(key) ?? []);
  const references = [...new Set(parts.flatMap(({ reference }) => reference ?? []))];
  const purchases = new Map((await purchasesOf(deps, supplier, references)).map((each) => [each.reference, each]));
  return parts.map(({ kind, orderId, reference }) => {
    const purchase = reference === null ? undefined : purchases.get(reference);
    const { tradeId = null, itemId = null } = purchase ?? {};
    return { kind, orderId, reference, tradeId, itemId, ...differenceKinds[kind] };
  });
}
