import { newId } from '../core/ids.ts';
import { type Mills, NOTHING } from '../core/money.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { AVAILABLE, book, FUNDING, LOCKED } from '../ledger/book.ts';

type WalletDeps = Pick<Deps, 'db' | 'clock'>;

export interface Balance {
  readonly available: Mills;
  /** Reserved for items in flight. */
  readonly locked: Mills;
}

/** Both balances, read in one statement so that they are consistent. */
export async function balanceOf(deps: WalletDeps, merchantId: string): Promise<Balance> {
  const rows = await deps.db
    .selectFrom('account')
    .select(['name', 'balance_mills'])
    .where('merchant_id', '=', merchantId)
    .where('name', 'in', [AVAILABLE, LOCKED])
    .execute();
  const byName = new Map(rows.map((row) => [row.name, row.balance_mills]));
  return { available: byName.get(AVAILABLE) ?? NOTHING, locked: byName.get(LOCKED) ?? NOTHING };
}

/** All accounts of a merchant's ledger, the operator's included, by name; for operators. */
export async function accountsOf(
  { db }: Pick<Deps, 'db'>,
  merchantId: string,
): Promise<{ readonly name: string; readonly balance: Mills }[]> {
  return db
    .selectFrom('account')
    .select(['name', 'balance_mills as balance'])
    .where('merchant_id', '=', merchantId)
    .orderBy('name')
    .execute();
}

export interface FundingMove {
  readonly merchantId: string;
  readonly direction: 'credit' | 'debit';
  readonly amountMills: Mills;
  readonly actor: string;
  /** Idempotency key: a reference is booked once; absent: always a new movement. */
  readonly reference?: string;
}

/**
 * Books an operator's credit or debit of a wallet.
 * @returns false when a movement with this reference was booked before
 * @throws MERCHANT_BALANCE_LOW when a debit exceeds the available balance
 */
export async function moveFunding(deps: WalletDeps, move: FundingMove): Promise<boolean> {
  const at = deps.clock.now();
  // Chosen outside the transaction, so that a retried transaction books it only once.
  const reference = move.reference ?? newId(at);
  return inTransaction(deps, (trx) => bookFunding(trx, { ...move, reference }, at));
}

/** The key of the movement that a reference stands for. */
export function fundingKey(direction: FundingMove['direction'], reference: string): string {
  return `${direction}:${reference}`;
}

/**
 * Books a credit or debit within the caller's transaction.
 * @returns false when its reference was booked before
 */
export async function bookFunding(
  trx: Trx,
  { merchantId, direction, amountMills, actor, reference }: FundingMove & { readonly reference: string },
  at: Date,
): Promise<boolean> {
  const isCredit = direction === 'credit';
  const booked = await book(trx, merchantId, [
    {
      merchant_id: merchantId,
      key: fundingKey(direction, reference),
      kind: direction,
      from_account: isCredit ? FUNDING : AVAILABLE,
      to_account: isCredit ? AVAILABLE : FUNDING,
      amount_mills: amountMills,
      actor,
      at,
    },
  ]);
  return booked.length > 0;
}
