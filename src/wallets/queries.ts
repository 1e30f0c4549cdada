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
  /** All, when absent. */
  readonly kinds?: readonly TransferKind[] | undefined;
  readonly made?: Range;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: { readonly at: Date; readonly key: string } | undefined;
}

/** Newest first; transfers of one instant by their keys, so that a page has one place to end. */
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
 * One page of one kind, by the index for it. A merchant may have few of a kind, or none of late, among millions of
 * others. PostgreSQL plans such a statement for the average merchant, and would read and sort all of several kinds.
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
  // By its items, for which there is an index; whatever moves for a trade moves for an item of it.
  if (tradeId !== undefined) found = found.where('first.item_id', 'in', itemIds(db, merchantId, tradeId));
  return found;
}

function itemIds(db: Db, merchantId: string, tradeId: string) {
  return db.selectFrom('item').select('item.id').where('merchant_id', '=', merchantId).where('trade_id', '=', tradeId);
}

/** Transfers of a merchant between all accounts, the house's included: for operators. */
export async function findTransfers(db: Db, filter: TransferFilter): Promise<TransferRow[]> {
  return newest(db, filter).selectAll('first').execute();
}

export interface WholeTransferFilter extends Omit<TransferFilter, 'kinds' | 'made'> {
  /** All, when absent. */
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
 * Of an item that cost nothing, only the fee was captured. Such fees are looked for no further back than the page of
 * captures reaches: each of the other fees has its capture at the same instant.
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

/** Transfers in which both halves of a price are one, with what names their items to the merchant. */
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

/** A half whose other half is nothing, since the item cost nothing, stands for itself. Looked up by key, row by row. */
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

/** Keys of the transfers of one instant; some dozens, when many items were bought together. */
export async function keysAt(db: Db, merchantId: string, at: Date): Promise<string[]> {
  const select = db.selectFrom('transfer').select('key').where('merchant_id', '=', merchantId).where('at', '=', at);
  return (await select.execute()).map((row) => row.key);
}

export interface FundingFilter {
  /** Both included. */
  readonly from: Date | null;
  readonly to: Date | null;
  readonly limit: number;
  readonly offset: number;
}

/** What an operator put in and took out, newest first, and how many of these there are without `limit` and `offset`. */
export async function findFunding(db: Db, merchantId: string, { from, to, limit, offset }: FundingFilter) {
  let all = db
    .selectFrom('transfer as first')
    .where('first.merchant_id', '=', merchantId)
    .where('first.kind', 'in', ['credit', 'debit']);
  if (from) all = all.where('first.at', '>=', from);
  if (to) all = all.where('first.at', '<=', to);
  const { total } = await all.select(sql<bigint>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const rows = await db
    // Read before they are sorted (that is what the offset does): sorted by an index, all other kinds would be read too.
    .selectFrom(all.selectAll('first').offset(0).as('funding'))
    .selectAll('funding')
    .orderBy('at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return { rows, total: Number(total) };
}

/** What a merchant got back for an item when it ended, without what was released earlier because it came cheaper. */
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
