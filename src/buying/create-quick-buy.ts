import type { Caller } from '../auth/authenticate.ts';
import { requireReachable } from '../callbacks/endpoint.ts';
import { errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { type Mills, toMerchantDollars } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { type Freezes, readFreezes } from '../freezes/freezes.ts';
import { requireMerchantOpen, requireSupplierOpen } from '../freezes/require-open.ts';
import type { OfferQuery } from '../market/market.ts';
import { ceilingFor } from '../market/pricing.ts';
import { requireNoneWithheld } from '../market/require-offered.ts';
import { type QuickSearch, toOfferQuery, within } from '../quick-buys/search.ts';
import { type TradeWire, tradeToWire } from '../trades/wire.ts';
import { recordOnce, recordTrade, requireUnused } from './record-trade.ts';

export interface NewQuickBuy {
  readonly search: QuickSearch;
  /** What one unit may cost at most, the merchant's fee included; whole cents. */
  readonly maxPrice: Mills;
  readonly amount: number;
  readonly externalId: string | null;
  /** One a unit, in their order. */
  readonly externalIds: readonly string[] | null;
  readonly tradeUrl: string;
  /** Minutes, as the merchant gave them; without them the operator's setting counts. */
  readonly autoCancel?: number | undefined;
}

/**
 * Records a quick buy: as many units as are wanted, each an item without a listing, and reserves the worst case for all
 * of them. Listings are looked for once the merchant has approved (`fill.ts`).
 * @throws what `requireReachable`, `requireMerchantOpen` and `toOfferQuery` throw; LISTING_NOT_FOUND when nothing of the kind is on sale;
 *   INSUFFICIENT_STOCK when all of it costs more; SERVICE_UNAVAILABLE when all of it is at suppliers that are frozen, or
 *   whose purchases fail;
 *   EXTERNAL_ID_EXISTS; CLIENT_LIMIT_REACHED; MERCHANT_BALANCE_LOW. Nothing is recorded then.
 */
export async function createQuickBuy(
  deps: Deps,
  caller: Caller,
  wanted: NewQuickBuy,
  requestId: string,
): Promise<TradeWire> {
  await requireUnused(deps, caller, wanted.externalId);
  await requireReachable(deps, caller.merchantId);
  const freezes = await readFreezes(deps.db, caller.merchantId);
  requireMerchantOpen(freezes);
  const query = toOfferQuery(deps.market.without(caller.deniedAccounts), wanted.search);
  requireStock(deps, caller, freezes, query, wanted.maxPrice);
  const toRecord = { ...toTrade(caller, wanted), id: newId(deps.clock.now()) };
  const { trade, items } = await recordOnce(deps, caller.merchantId, toRecord.id, async (trx) => {
    const recorded = await recordTrade(deps, trx, caller, toRecord, requestId);
    await recordSearch(trx, recorded.trade, query, wanted.maxPrice);
    return recorded;
  });
  return tradeToWire(trade, items);
}

function requireStock(deps: Deps, caller: Caller, freezes: Freezes, query: OfferQuery, maxPrice: Mills): void {
  const { feeBps, deniedAccounts } = caller;
  const market = deps.market.without(deniedAccounts);
  const offers = within(market.copies(query), maxPrice, feeBps);
  if (offers.some(({ supplier }) => !freezes.suppliers.has(supplier.id))) return;
  for (const { supplier } of offers) requireSupplierOpen(freezes, supplier.id);
  requireNoneWithheld(deps, within(market.withheld(query), maxPrice, feeBps));
  if (market.offers(query).length === 0) throw errors.of('LISTING_NOT_FOUND');
  throw errors.of('INSUFFICIENT_STOCK', { details: { maxPrice: toMerchantDollars(maxPrice), available: 0 } });
}

function toTrade(caller: Caller, wanted: NewQuickBuy) {
  const { search, maxPrice, amount, externalId, externalIds, tradeUrl, autoCancel } = wanted;
  const ceiling = ceilingFor(maxPrice, caller.feeBps);
  const items = Array.from({ length: amount }, (_, index) => ({
    externalId: externalIds?.[index] ?? null,
    found: null,
    quoted: null,
    limit: maxPrice,
    // Both are set again for the listing that the unit gets.
    ceiling,
    markupBps: 0,
    choice: null,
  }));
  return { game: search.game, externalId, tradeUrl, isQuick: true, autoCancel, items };
}

/** Without a time: nothing is looked for before the merchant approves. */
async function recordSearch(trx: Trx, trade: TradeRow, query: OfferQuery, maxPrice: Mills): Promise<void> {
  await trx
    .insertInto('quick_buy')
    .values({
      merchant_id: trade.merchant_id,
      trade_id: trade.id,
      game: query.game,
      catalog_id: query.catalogId ?? null,
      market_hash_name: query.marketHashName ?? null,
      delivery: query.delivery ?? null,
      phase: query.phase ?? null,
      max_price_mills: maxPrice,
      due_at: null,
      created_at: trade.created_at,
    })
    .execute();
}
