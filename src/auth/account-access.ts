import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { SupplierAccessRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { bumpAuthVersion } from './auth-version.ts';

/** In the table: all merchants without a rule of their own. */
const EVERYBODY = '';

/** Which merchants may use an account. */
export interface AccountAccess {
  /** The rule for all merchants that are not named. */
  readonly isOpen: boolean;
  /** Merchant id → whether it may use the account. */
  readonly merchants: ReadonlyMap<string, boolean>;
}

/** In SQL: the accounts that a merchant may not use, in alphabetical order. */
export function deniedAccounts(merchantId: RawBuilder<unknown>): RawBuilder<string[]> {
  return sql<string[]>`array(
    select rule.supplier from supplier_access rule
    where not rule.is_allowed and (rule.merchant = (${merchantId})::text or (rule.merchant = ${EVERYBODY} and not exists (
      select 1 from supplier_access own where own.supplier = rule.supplier and own.merchant = (${merchantId})::text)))
    order by rule.supplier)`;
}

/** The accounts that a merchant may not use, from the database, without a cache. */
export async function readDeniedAccounts(db: Db | Trx, merchantId: string): Promise<readonly string[]> {
  const { rows } = await sql<{ denied: string[] }>`select ${deniedAccounts(sql`${merchantId}`)} as denied`.execute(db);
  return rows[0]?.denied ?? [];
}

export async function accessTo({ db }: Pick<Deps, 'db'>, supplier: string): Promise<AccountAccess> {
  const rows = await db
    .selectFrom('supplier_access')
    .selectAll()
    .where('supplier', '=', supplier)
    .orderBy('merchant')
    .execute();
  const isRule = ({ merchant }: SupplierAccessRow) => merchant === EVERYBODY;
  return {
    isOpen: rows.find(isRule)?.is_allowed ?? true,
    merchants: new Map(rows.filter((row) => !isRule(row)).map((row) => [row.merchant, row.is_allowed])),
  };
}

/**
 * Lets a merchant use an account, or not; effective on every node within 5 s. Items that are recorded are bought all the same.
 * @param merchantId null: all merchants without a rule of their own
 */
export async function setAccess(
  deps: Pick<Deps, 'db' | 'clock'>,
  supplier: string,
  merchantId: string | null,
  isAllowed: boolean,
): Promise<void> {
  const row = { supplier, merchant: merchantId ?? EVERYBODY, is_allowed: isAllowed };
  await inTransaction(deps, async (trx) => {
    // Merchants are cached with the accounts that they may not use.
    await bumpAuthVersion(trx);
    await trx
      .insertInto('supplier_access')
      .values(row)
      .onConflict((conflict) => conflict.columns(['supplier', 'merchant']).doUpdateSet({ is_allowed: isAllowed }))
      .execute();
  });
}

/** Forgets the rules of an account that is removed. */
export async function removeAccess(trx: Trx, supplier: string): Promise<void> {
  await bumpAuthVersion(trx);
  await trx.deleteFrom('supplier_access').where('supplier', '=', supplier).execute();
}
