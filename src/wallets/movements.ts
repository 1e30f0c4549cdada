import { add, type Mills, NOTHING } from '../core/money.ts';
import type { TransferKind } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { Range } from '../http/instants.ts';
import { type Cursor, encodeCursor } from '../http/paging.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';
import { findNamedTransfers, findWholeTransfers, type NamedTransfer } from './queries.ts';
import { positionOf } from './read-entries.ts';
import { type EntryKind, entryId, gainOf } from './wire.ts';

/** A movement of a merchant's money, for people who are signed in. */
export interface Movement {
  readonly id: string;
  readonly at: Date;
  readonly kind: TransferKind;
  readonly amount: Mills;
  /** The change of the available balance. */
  readonly available: Mills;
  /** The change of what is reserved for items in flight. */
  readonly locked: Mills;
  readonly tradeId: string | null;
  readonly tradeExternalId: string | null;
  /** The item's listing id. */
  readonly itemId: string | null;
  readonly itemExternalId: string | null;
  /** How it was booked; null in the merchant's own view. */
  readonly booking: {
    readonly from: string;
    readonly to: string;
    /** What the movement is booked under, once: with the reference of a credit or debit. */
    readonly key: string;
    readonly actor: string;
  } | null;
}

/**
 * Whose view of the movements: the operator's has all accounts. The merchant's has those of the wallet, where a price is one
 * movement: what a marketplace got of it is not told.
 */
export type View =
  | { readonly of: 'operator'; readonly kind?: TransferKind | undefined }
  | { readonly of: 'merchant'; readonly kind?: EntryKind | undefined };

export interface MovementFilter {
  readonly merchantId: string;
  readonly view: View;
  readonly made: Range;
}

/**
 * A page of movements, newest first; `nextCursor` is null at the end.
 * @throws VALIDATION_FAILED for a cursor of another list
 */
export async function listMovements(
  { db }: Pick<Deps, 'db'>,
  filter: MovementFilter,
  { after: cursor, limit }: { readonly after?: Cursor | undefined; readonly limit: number },
): Promise<{ readonly items: Movement[]; readonly nextCursor: string | null }> {
  const after = cursor && (await positionOf(db, filter.merchantId, cursor));
  const found = await read(db, filter, { after, limit: limit + 1 });
  const items = found.slice(0, limit).map(({ movement }) => movement);
  const last = items.at(-1);
  const hasMore = found.length > limit;
  return { items, nextCursor: hasMore && last ? encodeCursor({ createdAt: last.at, id: last.id }) : null };
}

const PAGE = 500;

/** All movements, newest first, a page at a time: the next one is read when the one before was taken. */
export async function* eachPage({ db }: Pick<Deps, 'db'>, filter: MovementFilter): AsyncGenerator<Movement[], void> {
  let after: Position | undefined;
  for (;;) {
    const found = await read(db, filter, { after, limit: PAGE });
    yield found.map(({ movement }) => movement);
    const last = found.at(-1);
    if (found.length < PAGE || !last) return;
    after = last.position;
  }
}

interface Position {
  readonly at: Date;
  readonly key: string;
}

interface Found {
  readonly movement: Movement;
  readonly position: Position;
}

async function read(
  db: Deps['db'],
  { merchantId, view, made }: MovementFilter,
  page: { readonly after: Position | undefined; readonly limit: number },
): Promise<Found[]> {
  if (view.of === 'operator') {
    const kinds = view.kind && [view.kind];
    const found = await findNamedTransfers(db, { merchantId, kinds, made, ...page });
    return found.map((transfer) => {
      const { from_account: from, to_account: to, key, actor } = transfer;
      return foundOf(transfer, transfer.amount_mills, transfer.kind, { from, to, key, actor });
    });
  }
  const found = await findWholeTransfers(db, { merchantId, kind: view.kind, made, ...page });
  return found.map((transfer) => {
    const kind = transfer.kind === 'fee' ? 'capture' : transfer.kind;
    return foundOf(transfer, add(transfer.amount_mills, transfer.second_mills ?? NOTHING), kind, null);
  });
}

function foundOf(transfer: NamedTransfer, amount: Mills, kind: TransferKind, booking: Movement['booking']): Found {
  const movement = {
    id: entryId(transfer),
    at: transfer.at,
    kind,
    amount,
    available: gainOf(AVAILABLE, transfer, amount),
    locked: gainOf(LOCKED, transfer, amount),
    tradeId: transfer.trade_id,
    tradeExternalId: transfer.trade_external_id,
    itemId: transfer.listing_id,
    itemExternalId: transfer.item_external_id,
    booking,
  };
  return { movement, position: { at: transfer.at, key: transfer.key } };
}
