import { type SelectQueryBuilder, sql } from 'kysely';
import type { Db } from '../db/connect.ts';
import type { Tables, TransferKind, TransferRow } from '../db/tables.ts';
import type { Range } from '../http/instants.ts';
import { type Mills, sum } from '../money.ts';
import { AVAILABLE } from './ledger.ts';
import { priceHalves } from './movements.ts';

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

/**
 * What the keys of movements start with of which a merchant may have few among very many. So the primary key finds them;
 * looked for by time, the whole of a merchant's past might be read for one page. The ends are such that they hold in
 * whatever alphabet the database sorts by.
 */
const keysOfRare: Partial<Record<TransferKind, { readonly from: string; readonly below: string }>> = {
  credit: { from: 'cred', below: 'cree' },
  debit: { from: 'deb', below: 'dec' },
  refund: { from: 'ref', below: 'reg' },
  penalty: { from: 'penal', below: 'penam' },
};

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
  const { merchantId, tradeId, kinds, made, after } = filter;
  let found: Transfers = db
    .selectFrom('transfer as first')
    .where('first.merchant_id', '=', merchantId)
    .orderBy('first.at', 'desc')
    .orderBy('first.key', 'desc')
    .limit(filter.limit);
  if (kinds) found = ofKinds(found, kinds);
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

function ofKinds(transfers: Transfers, kinds: readonly TransferKind[]): Transfers {
  const found = transfers.where('first.kind', 'in', [...kinds]);
  const ranges = kinds.map((kind) => keysOfRare[kind]).filter((range) => range !== undefined);
  if (ranges.length < kinds.length) return found;
  return found.where((where) =>
    where.or(
      ranges.map(({ from, below }) => where.and([where('first.key', '>=', from), where('first.key', '<', below)])),
    ),
  );
}

/** Transfers of a merchant between all accounts, the house's included: for operators. */
export async function findTransfers(db: Db, filter: TransferFilter): Promise<TransferRow[]> {
  return newest(db, filter).selectAll('first').execute();
}

/** Transfers in which both halves of a price are one, with what names their items to the merchant. */
export async function findWholeTransfers(db: Db, filter: TransferFilter) {
  const page = newest(db, filter).where(isNoSecondHalf).selectAll('first').as('first');
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
  const all = newest(db, { merchantId, kinds: ['credit', 'debit'], limit }).$call((found) => {
    const late = from ? found.where('first.at', '>=', from) : found;
    return to ? late.where('first.at', '<=', to) : late;
  });
  const { total } = await all
    .clearOrderBy()
    .clearLimit()
    .select(sql<bigint>`count(*)`.as('total'))
    .executeTakeFirstOrThrow();
  return { rows: await all.offset(offset).selectAll('first').execute(), total: Number(total) };
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
