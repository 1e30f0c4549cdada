import { type SelectQueryBuilder, sql } from 'kysely';
import { type Mills, sum } from '../core/money.ts';
import type { Db } from '../db/connect.ts';
import type { Tables, TransferKind, TransferRow } from '../db/tables.ts';
import type { Range } from '../http/instants.ts';
import { AVAILABLE } from '../ledger/book.ts';
import { priceHalves } from '../ledger/movements.ts';

export const transferKinds = [
  'credit',
  'debit',
  'reserve',
  'release',
  'capture',
  'fee',
  'refund',
  'penalty',
] as const satisfies readonly TransferKind[];

type Transfers = SelectQueryBuilder<Tables & { first: Tables['transfer'] }, 'first', unknown>;

export interface TransferFilter {
  readonly merchantId: string;
  readonly tradeId?: string | undefined;
  /** Absent: all. */
  readonly kinds?: readonly TransferKind[] | undefined;
  readonly made?: Range;
  readonly limit: number;
  /** The last transfer of the previous page. */
  readonly after?: { readonly at: Date; readonly key: string } | undefined;
}

/** Newest first. Transfers of the same time are ordered by key, so that the order is total. */
function newest(db: Db, filter: TransferFilter): Transfers {
  const [kind, ...others] = filter.kinds ?? [];
  if (kind === undefined) return matching(db, filter);
  const pages = others.map((other) => pageOfKind(db, filter, other));
  return firstOf(
    db,
    pages.reduce((all, page) => all.unionAll(page), pageOfKind(db, filter, kind)),
    filter.limit,
  );
}

/**
 * A page of one kind, read by its own index. A merchant may have few transfers of a kind among millions of others.
 * PostgreSQL plans for the average merchant and would read and sort all transfers if several kinds were in one query.
 */
function pageOfKind(db: Db, filter: TransferFilter, kind: TransferKind) {
  return db
    .selectFrom(matching(db, filter).where('first.kind', '=', kind).selectAll('first').as('page'))
    .selectAll('page');
}

function firstOf(db: Db, pages: ReturnType<typeof pageOfKind>, limit: number): Transfers {
  return db.selectFrom(pages.as('first')).orderBy('first.at', 'desc').orderBy('first.key', 'desc').limit(limit);
}

function matching(db: Db, { merchantId, tradeId, made, after, limit }: TransferFilter): Transfers {
  let found: Transfers = db
    .selectFrom('transfer as first')
    .where('first.merchant_id', '=', merchantId)
    .orderBy('first.at', 'desc')
    .orderBy('first.key', 'desc')
    .limit(limit);
  if (made?.from) found = found.where('first.at', '>=', made.from);
  if (made?.to) found = found.where('first.at', '<', made.to);
  if (after) {
    found = found.where(sql<boolean>`(first.at, first.key) < (${after.at}::timestamptz, ${after.key}::text)`);
  }
  // By the trade's items, because there is an index by item and every transfer of a trade belongs to an item.
  if (tradeId !== undefined) found = found.where('first.item_id', 'in', itemIds(db, merchantId, tradeId));
  return found;
}

function itemIds(db: Db, merchantId: string, tradeId: string) {
  return db.selectFrom('item').select('item.id').where('merchant_id', '=', merchantId).where('trade_id', '=', tradeId);
}

/** Transfers of a merchant between all accounts, including the operator's accounts; for operators. */
export async function findTransfers(db: Db, filter: TransferFilter): Promise<TransferRow[]> {
  return newest(db, filter).selectAll('first').execute();
}

export interface WholeTransferFilter extends Omit<TransferFilter, 'kinds'> {
  /** Absent: all. */
  readonly kind?: Exclude<TransferKind, 'fee'> | undefined;
}

function wholePage(db: Db, { kind, ...filter }: WholeTransferFilter): Transfers {
  if (kind === undefined) return matching(db, filter).where(isNoSecondHalf);
  const ofKind = matching(db, filter).where('first.kind', '=', kind).where(isNoSecondHalf);
  if (kind !== 'capture') return ofKind;
  const captures = pageOfKind(db, filter, 'capture');
  const fees = db.selectFrom(feesAlone(db, filter, captures).selectAll('first').as('page')).selectAll('page');
  return firstOf(db, captures.unionAll(fees), filter.limit);
}

/**
 * For an item without cost only the fee is captured. These fees are read only as far back as the page of captures, because
 * every other fee has its capture at the same time.
 */
function feesAlone(db: Db, filter: TransferFilter, captures: ReturnType<typeof pageOfKind>): Transfers {
  const end = db
    .selectFrom(captures.as('captured'))
    .select(({ fn }) => fn.min('captured.at').as('at'))
    .having(({ fn }) => fn.countAll(), '>=', filter.limit);
  return matching(db, filter)
    .where('first.kind', '=', 'fee')
    .where('first.at', '>=', sql<Date>`coalesce((${end}), '-infinity'::timestamptz)`)
    .where(isNoSecondHalf);
}

/** The same transfers as `findTransfers`, with the ids of their trades and items. */
export async function findNamedTransfers(db: Db, filter: TransferFilter): Promise<NamedTransfer[]> {
  const page = newest(db, filter).selectAll('first').as('first');
  return db
    .selectFrom(page)
    .leftJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'first.merchant_id').onRef('trade.id', '=', 'first.trade_id'),
    )
    .leftJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'first.merchant_id').onRef('item.id', '=', 'first.item_id'),
    )
    .selectAll('first')
    .select(['trade.external_id as trade_external_id', 'item.listing_id', 'item.external_id as item_external_id'])
    .orderBy('first.at', 'desc')
    .orderBy('first.key', 'desc')
    .execute();
}

/** A transfer with the ids that a merchant knows its trade and item by. */
export interface NamedTransfer extends TransferRow {
  readonly trade_external_id: string | null;
  readonly listing_id: string | null;
  readonly item_external_id: string | null;
}

/** Transfers with both halves of a price combined, and with the ids of their items. */
export async function findWholeTransfers(db: Db, filter: WholeTransferFilter) {
  const page = wholePage(db, filter).selectAll('first').as('first');
  return db
    .selectFrom(page)
    .leftJoin('transfer as second', (join) =>
      join.onRef('second.merchant_id', '=', 'first.merchant_id').on('second.key', '=', keyOfSecondHalf),
    )
    .leftJoin('trade', (join) =>
      join.onRef('trade.merchant_id', '=', 'first.merchant_id').onRef('trade.id', '=', 'first.trade_id'),
    )
    .leftJoin('item', (join) =>
      join.onRef('item.merchant_id', '=', 'first.merchant_id').onRef('item.id', '=', 'first.item_id'),
    )
    .selectAll('first')
    .select(['second.amount_mills as second_mills', 'trade.external_id as trade_external_id'])
    .select(['item.listing_id', 'item.external_id as item_external_id'])
    .orderBy('first.at', 'desc')
    .orderBy('first.key', 'desc')
    .execute();
}

export type WholeTransfer = Awaited<ReturnType<typeof findWholeTransfers>>[number];

const keyAt = (name: string) => sql`${sql.lit(`${name}:`)} || first.item_id::text`;

/** True for a transfer that is not the second half of another one. Looked up by key, row by row. */
const isNoSecondHalf = sql<boolean>`${sql.join(
  Object.entries(priceHalves).map(
    ([one, other]) => sql`(first.key <> ${keyAt(other)} or first.item_id is null or (
      select half.key from transfer half where half.merchant_id = first.merchant_id and half.key = ${keyAt(one)}
    ) is null)`,
  ),
  sql` and `,
)}`;

const keyOfSecondHalf = sql<string>`case first.key ${sql.join(
  Object.entries(priceHalves).map(([one, other]) => sql`when ${keyAt(one)} then ${keyAt(other)}`),
  sql` `,
)} end`;

/** The keys of all transfers of one time; some dozens when many items were bought together. */
export async function keysAt(db: Db, merchantId: string, at: Date): Promise<string[]> {
  const select = db.selectFrom('transfer').select('key').where('merchant_id', '=', merchantId).where('at', '=', at);
  return (await select.execute()).map((row) => row.key);
}

export interface FundingFilter {
  /** Both limits are inclusive. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly limit: number;
  readonly offset: number;
}

/** The operator's credits and debits, newest first, and their total number without `limit` and `offset`. */
export async function findFunding(db: Db, merchantId: string, { from, to, limit, offset }: FundingFilter) {
  let all = db
    .selectFrom('transfer as first')
    .where('first.merchant_id', '=', merchantId)
    .where('first.kind', 'in', ['credit', 'debit']);
  if (from) all = all.where('first.at', '>=', from);
  if (to) all = all.where('first.at', '<=', to);
  const { total } = await all.select(sql<bigint>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await db
    // The `offset 0` makes PostgreSQL filter before it sorts; sorting by an index would read all other kinds as well.
    .selectFrom(all.selectAll('first').offset(0).as('funding'))
    .selectAll('funding')
    .orderBy('at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return { rows, total: Number(total) };
}

/** The money that was returned for an ended item, without the release of a lower purchase price. */
export async function returnedMills(db: Db, merchantId: string, itemId: string): Promise<Mills> {
  const rows = await db
    .selectFrom('transfer')
    .select('amount_mills')
    .where('merchant_id', '=', merchantId)
    .where('item_id', '=', itemId)
    .where('kind', 'in', ['release', 'refund'])
    .where('to_account', '=', AVAILABLE)
    .where('key', 'not like', 'cheaper:%')
    .execute();
  return sum(rows.map((row) => row.amount_mills));
}
