import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { FreezeScope } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * Where buying is stopped. A freeze, and the disabling of a merchant, holds back what was not sent to a supplier yet:
 * new buys are refused, merchants are not asked, quick buys find no listing and purchases are not sent. What is at a
 * supplier already goes on: it is read, cancelled, refunded and told as ever.
 */
export interface Freezes {
  readonly isEverythingFrozen: boolean;
  readonly isMerchantFrozen: boolean;
  readonly isMerchantDisabled: boolean;
  /** Supplier → since when it is frozen. */
  readonly suppliers: ReadonlyMap<string, Date>;
}

/** The freezes that concern one merchant, read from the database: none is remembered. */
export async function readFreezes(db: Db | Trx, merchantId: string): Promise<Freezes> {
  const { rows } = await sql<{ scope: FreezeScope | 'disabled'; target: string; since: Date }>`
    select scope, target, since from buying_freeze
    where scope in ('all', 'supplier') or (scope = 'merchant' and target = ${merchantId}::text)
    union all
    select 'disabled', '', disabled_at from merchant where id = ${merchantId}::uuid and disabled_at is not null`.execute(
    db,
  );
  const has = (scope: string) => rows.some((row) => row.scope === scope);
  return {
    isEverythingFrozen: has('all'),
    isMerchantFrozen: has('merchant'),
    isMerchantDisabled: has('disabled'),
    suppliers: new Map(rows.filter((row) => row.scope === 'supplier').map(({ target, since }) => [target, since])),
  };
}

export function isStopped({ isEverythingFrozen, isMerchantFrozen, isMerchantDisabled }: Freezes): boolean {
  return isEverythingFrozen || isMerchantFrozen || isMerchantDisabled;
}

/**
 * In SQL: whether this merchant may buy nothing now, as it is frozen, or disabled, or everything is frozen.
 * @param since only what has been in force since then, or for longer; null: at all
 */
export function isMerchantStopped(merchantId: RawBuilder<unknown>, since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`(
    exists (select from buying_freeze where (scope = 'all' or (scope = 'merchant' and target = (${merchantId})::text))
      ${atLeastSince(sql`buying_freeze.since`, since)})
    or exists (select from merchant where merchant.id = ${merchantId} and merchant.disabled_at is not null
      ${atLeastSince(sql`merchant.disabled_at`, since)}))`;
}

/** The same for a supplier, from which nobody may buy now. */
export function isSupplierStopped(supplier: RawBuilder<unknown>, since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`exists (select from buying_freeze where scope = 'supplier' and target = ${supplier}
    ${atLeastSince(sql`buying_freeze.since`, since)})`;
}

/** The same for a trade that waits for its merchant's approval: one of its items is at a frozen supplier. */
export function isTradeStopped(
  merchantId: RawBuilder<unknown>,
  tradeId: RawBuilder<unknown>,
  since: Date | null = null,
): RawBuilder<boolean> {
  return sql<boolean>`(${isMerchantStopped(merchantId, since)} or exists (
    select from buying_freeze join item on item.supplier = buying_freeze.target
    where buying_freeze.scope = 'supplier' and item.merchant_id = ${merchantId} and item.trade_id = ${tradeId}
      and item.state = 'initiated' ${atLeastSince(sql`buying_freeze.since`, since)}))`;
}

/** The same for a purchase. */
export function isPurchaseStopped(since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`(${isMerchantStopped(sql.ref('purchase.merchant_id'), since)}
    or ${isSupplierStopped(sql.ref('purchase.supplier'), since)})`;
}

function atLeastSince(column: RawBuilder<unknown>, since: Date | null): RawBuilder<unknown> {
  return since === null ? sql`` : sql`and ${column} <= ${since}::timestamptz`;
}
