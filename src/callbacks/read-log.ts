import { errors } from '../core/errors.ts';
import { isUuid } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import type { Range } from '../http/instants.ts';
import { type Cursor, encodeCursor } from '../http/paging.ts';
import { findTrade } from '../trades/queries.ts';
import { type CallbackFilter, findCallback, findCallbacks } from './log-queries.ts';
import { type CallbackDetailsWire, type CallbackWire, callbackDetailsToWire, callbackToWire } from './wire.ts';

export interface CallbackListQuery {
  /** A trade's id or externalId. */
  readonly tradeRef?: string | undefined;
  readonly state?: CallbackFilter['state'];
  readonly made: Range;
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/**
 * One page of a merchant's callbacks, newest first; `nextCursor` is null at the end.
 * @throws TRADE_NOT_FOUND for a reference to no trade of the merchant's
 */
export async function listCallbacks(
  { db }: Pick<Deps, 'db'>,
  merchantId: string,
  { tradeRef, limit, ...wanted }: CallbackListQuery,
): Promise<{ items: CallbackWire[]; nextCursor: string | null }> {
  const trade = tradeRef === undefined ? undefined : await findTrade(db, merchantId, tradeRef);
  if (tradeRef !== undefined && !trade) throw errors.of('TRADE_NOT_FOUND');
  const found = await findCallbacks(db, { ...wanted, merchantId, tradeId: trade?.id, limit: limit + 1 });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(callbackToWire), nextCursor: found.length > limit && last ? encodeCursor(last) : null };
}

/**
 * One callback with the body as it is sent, and each attempt.
 * @throws CALLBACK_NOT_FOUND when the merchant has no such callback
 */
export async function readCallback(
  { db }: Pick<Deps, 'db'>,
  merchantId: string,
  id: string,
): Promise<CallbackDetailsWire> {
  const found = isUuid(id) ? await findCallback(db, merchantId, id) : null;
  if (!found) throw errors.of('CALLBACK_NOT_FOUND');
  return callbackDetailsToWire(found);
}
