import { sql } from 'kysely';
import { errors } from '../core/errors.ts';
import { add, type Mills, NOTHING, subtract } from '../core/money.ts';
import type { NewTransfer } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * The ledger. Each merchant has a closed set of accounts. Every movement is one transfer between two of them, so their sum is
 * always zero. The operator's accounts are kept per merchant, so no row is shared by all merchants.
 */
export const AVAILABLE = 'available';
export const LOCKED = 'locked';
/** The source and destination of deposits and payouts; the only account that may be negative. */
export const FUNDING = 'funding';
/** Fees and penalties. */
export const REVENUE = 'revenue';

export function supplierAccount(supplierId: string): string {
  return `supplier:${supplierId}`;
}

/**
 * Books transfers, each at most once: a transfer whose key exists changes nothing. Account rows are locked last, in the order
 * of their names.
 * @returns the keys of the transfers that were booked by this call
 * @throws MERCHANT_BALANCE_LOW when the available balance would fall below zero; nothing is booked then
 */
export async function book(trx: Trx, merchantId: string, transfers: readonly NewTransfer[]): Promise<string[]> {
  if (transfers.length === 0) return [];
  const balances = await lockAccounts(trx, merchantId, transfers);
  const fresh = await insertOnce(trx, transfers);
  const changes = new Map<string, Mills>();
  for (const { from_account, to_account, amount_mills } of fresh) {
    changes.set(from_account, subtract(changes.get(from_account) ?? NOTHING, amount_mills));
    changes.set(to_account, add(changes.get(to_account) ?? NOTHING, amount_mills));
  }
  requireCover(balances, changes);
  await applyChanges(trx, merchantId, changes);
  return fresh.map((transfer) => transfer.key);
}

async function lockAccounts(trx: Trx, merchantId: string, transfers: readonly NewTransfer[]) {
  const names = [...new Set(transfers.flatMap((each) => [each.from_account, each.to_account]))].sort();
  const locked = await selectForUpdate(trx, merchantId, names);
  if (locked.size === names.length) return locked;
  await trx
    .insertInto('account')
    .values(names.map((name) => ({ merchant_id: merchantId, name, balance_mills: NOTHING })))
    .onConflict((conflict) => conflict.columns(['merchant_id', 'name']).doNothing())
    .execute();
  return selectForUpdate(trx, merchantId, names);
}

async function selectForUpdate(trx: Trx, merchantId: string, names: string[]): Promise<Map<string, Mills>> {
  const rows = await trx
    .selectFrom('account')
    .select(['name', 'balance_mills'])
    .where('merchant_id', '=', merchantId)
    .where('name', 'in', names)
    .orderBy('name')
    .forUpdate()
    .execute();
  return new Map(rows.map((row) => [row.name, row.balance_mills]));
}

async function insertOnce(trx: Trx, transfers: readonly NewTransfer[]) {
  return trx
    .insertInto('transfer')
    .values([...transfers])
    .onConflict((conflict) => conflict.columns(['merchant_id', 'key']).doNothing())
    .returning(['key', 'from_account', 'to_account', 'amount_mills'])
    .execute();
}

function requireCover(balances: Map<string, Mills>, changes: Map<string, Mills>): void {
  for (const [name, change] of changes) {
    if (name === FUNDING) continue;
    const after = add(balances.get(name) ?? NOTHING, change);
    if (after >= 0n) continue;
    if (name === AVAILABLE) throw errors.of('MERCHANT_BALANCE_LOW');
    throw new Error(`account ${name} would fall below zero`);
  }
}

/** One statement for all accounts. */
async function applyChanges(trx: Trx, merchantId: string, changes: Map<string, Mills>): Promise<void> {
  const moved = [...changes].filter(([, change]) => change !== 0n);
  if (moved.length === 0) return;
  const rows = sql.join(moved.map(([name, change]) => sql`(${name}::text, ${change}::bigint)`));
  await sql`
    update account set balance_mills = account.balance_mills + change.mills
    from (values ${rows}) as change (name, mills)
    where account.merchant_id = ${merchantId} and account.name = change.name`.execute(trx);
}
