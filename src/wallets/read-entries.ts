import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { type Cursor, encodeCursor } from '../http/paging.ts';
import { findTrade } from '../trades/queries.ts';
import { findWholeTransfers, keysAt } from './queries.ts';
import { type EntryKind, type EntryWire, entryId, entryToWire } from './wire.ts';

export interface EntryQuery {
  /** A trade's id or externalId. */
  readonly tradeRef?: string | undefined;
  readonly kind?: EntryKind | undefined;
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/**
 * A page of a merchant's wallet entries, newest first; `nextCursor` is null at the end. All entries together add up to both
 * balances.
 * @throws TRADE_NOT_FOUND for an unknown trade; VALIDATION_FAILED for a cursor of another list
 */
export async function listEntries(
  { db }: Pick<Deps, 'db'>,
  merchantId: string,
  { tradeRef, kind, limit, after: cursor }: EntryQuery,
): Promise<{ items: EntryWire[]; nextCursor: string | null }> {
  const trade = tradeRef === undefined ? undefined : await findTrade(db, merchantId, tradeRef);
  if (tradeRef !== undefined && !trade) throw errors.of('TRADE_NOT_FOUND');
  const after = cursor && (await positionOf(db, merchantId, cursor));
  const found = await findWholeTransfers(db, { merchantId, tradeId: trade?.id, kind, after, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const hasMore = found.length > limit;
  return {
    items: page.map(entryToWire),
    nextCursor: hasMore && last ? encodeCursor({ createdAt: last.at, id: entryId(last) }) : null,
  };
}

/**
 * Entries are ordered by key, but a cursor has only the entry's id, so the key is looked up.
 * @throws VALIDATION_FAILED for a cursor of another list
 */
export async function positionOf(db: Deps['db'], merchantId: string, { createdAt: at, id }: Cursor) {
  const keys = await keysAt(db, merchantId, at);
  const key = keys.find((each) => entryId({ merchant_id: merchantId, key: each }) === id);
  if (key === undefined) throw errors.validationFailed({ cursor: 'is not a cursor of this list' });
  return { at, key };
}
