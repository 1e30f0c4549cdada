import type { Caller } from '../auth/authenticate.ts';
import { requireReachable } from '../callbacks/endpoint.ts';
import type { Game } from '../core/games.ts';
import { newId } from '../core/ids.ts';
import { attributesToKeep } from '../core/item-attributes.ts';
import type { Deps } from '../deps.ts';
import { readFreezes } from '../freezes/freezes.ts';
import { requireMerchantOpen } from '../freezes/require-open.ts';
import { type TradeWire, tradeToWire } from '../trades/wire.ts';
import { type QuotedItem, quoteItems, type WantedItem } from './quote-items.ts';
import { type ItemToRecord, recordOnce, recordTrade, requireUnused } from './record-trade.ts';

export interface NewTrade {
  readonly game: Game;
  readonly externalId: string | null;
  readonly tradeUrl: string;
  readonly items: readonly WantedItem[];
  /** In minutes; if it is undefined, the operator's setting applies. */
  readonly autoCancel?: number | undefined;
}

/**
 * Records a trade and reserves the most that its items may cost. Nothing is bought yet: the job that is enqueued with it
 * requests the merchant's approval first. If this throws, nothing is recorded.
 * @throws what `requireReachable`, `requireMerchantOpen` and `quoteItems` throw; EXTERNAL_ID_EXISTS; CLIENT_LIMIT_REACHED;
 *   MERCHANT_BALANCE_LOW
 */
export async function createTrade(deps: Deps, caller: Caller, wanted: NewTrade, requestId: string): Promise<TradeWire> {
  await requireUnused(deps, caller, wanted.externalId);
  await requireReachable(deps, caller.merchantId);
  const freezes = await readFreezes(deps.db, caller.merchantId);
  requireMerchantOpen(freezes);
  const quoted = await quoteItems(deps, caller, freezes, wanted.game, wanted.items);
  const toRecord = { ...wanted, id: newId(deps.clock.now()), isQuick: false, items: quoted.map(toItem) };
  const { trade, items } = await recordOnce(deps, caller.merchantId, toRecord.id, (trx) =>
    recordTrade(deps, trx, caller, toRecord, requestId),
  );
  return tradeToWire(trade, items);
}

function toItem({ wanted, supplier, listing, price, limit, ceiling, markupBps, choice }: QuotedItem): ItemToRecord {
  const found = {
    listing_id: wanted.listingId,
    supplier: supplier.id,
    native_listing_id: listing.nativeId,
    market_hash_name: listing.marketHashName,
    attributes: attributesToKeep(listing),
  };
  return { externalId: wanted.externalId, found, quoted: price, limit, ceiling, markupBps, choice };
}
