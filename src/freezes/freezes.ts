import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { FreezeScope } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';

/**
 * The freezes in force. A freeze, or disabling a merchant, stops everything that was not sent to a supplier yet: new buys are
 * refused, no approvals are requested, quick buys find no listing, and no purchases are sent. Items that are already at a
 * supplier continue: they are read, cancelled, refunded and reported as usual.
 */
export interface Freezes {
  readonly isEverythingFrozen: boolean;
  readonly isMerchantFrozen: boolean;
  readonly isMerchantDisabled: boolean;
  /** Supplier id → start of its freeze. */
  readonly suppliers: ReadonlyMap<string, Date>;
}

/** Reads the freezes that affect a merchant from the database, without a cache. */
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
 * In SQL: whether the merchant cannot buy now, because it or everything is frozen or because it is disabled.
 * @param since only freezes that started at or before this time; null: any
 */
export function isMerchantStopped(merchantId: RawBuilder<unknown>, since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`(
    exists (select 1 from buying_freeze where (scope = 'all' or (scope = 'merchant' and target = (${merchantId})::text))
      ${startedBy(sql`buying_freeze.since`, since)})
    or exists (select 1 from merchant where merchant.id = ${merchantId} and merchant.disabled_at is not null
      ${startedBy(sql`merchant.disabled_at`, since)}))`;
}

/** The same for anybody, so that what waits for nothing is not looked for. */
export function isAnythingStopped(since: Date | null): RawBuilder<boolean> {
  return sql<boolean>`(exists (select 1 from buying_freeze where true ${startedBy(sql`buying_freeze.since`, since)})
    or exists (select 1 from merchant where disabled_at is not null ${startedBy(sql`disabled_at`, since)}))`;
}

/** The same for a supplier. */
export function isSupplierStopped(supplier: RawBuilder<unknown>, since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`exists (select 1 from buying_freeze where scope = 'supplier' and target = ${supplier}
    ${startedBy(sql`buying_freeze.since`, since)})`;
}

/** The same for a trade that waits for approval: the merchant is stopped, or one of its items is at a frozen supplier. */
export function isTradeStopped(
  merchantId: RawBuilder<unknown>,
  tradeId: RawBuilder<unknown>,
  since: Date | null = null,
): RawBuilder<boolean> {
  return sql<boolean>`(${isMerchantStopped(merchantId, since)} or exists (
    select 1 from item join buying_freeze on item.supplier = buying_freeze.target
    where buying_freeze.scope = 'supplier' and item.merchant_id = ${merchantId} and item.trade_id = ${tradeId}
      and item.state = 'initiated' ${startedBy(sql`buying_freeze.since`, since)}))`;
}

/** The same for a purchase. */
export function isPurchaseStopped(since: Date | null = null): RawBuilder<boolean> {
  return sql<boolean>`(${isMerchantStopped(sql.ref('purchase.merchant_id'), since)}
    or ${isSupplierStopped(sql.ref('purchase.supplier'), since)})`;
}

/** Whether an account is paused. Its freeze stays when the account is removed. */
export async function isSupplierPaused(db: Db | Trx, supplier: string): Promise<boolean> {
  const freeze = await db
    .selectFrom('buying_freeze')
    .select('since')
    .where('scope', '=', 'supplier')
    .where('target', '=', supplier)
    .executeTakeFirst();
  return freeze !== undefined;
}

function startedBy(column: RawBuilder<unknown>, since: Date | null): RawBuilder<unknown> {
  return since === null ? sql`` : sql`and ${column} <= ${since}::timestamptz`;
}
