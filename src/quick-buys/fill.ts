import { sql } from 'kysely';
import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import { attributesToKeep } from '../core/item-attributes.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { ItemRow, QuickBuyRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { type Freezes, isStopped, readFreezes } from '../freezes/freezes.ts';
import type { Offer, OfferQuery } from '../market/market.ts';
import { recordPurchases } from '../purchases/record-purchases.ts';
import { moveItems } from '../trades/move.ts';
import { isFound, itemsOf, lockTrade } from '../trades/queries.ts';
import { logFailure } from '../work/failure-log.ts';
import { claimQuickBuys } from './claim.ts';
import { itemsToCancel } from './refill.ts';
import { offersWithin } from './search.ts';

/** How long units wait for a market of which this gateway knows nothing. */
const PATIENCE_MS = 10 * MINUTE_MS;
/** How soon units are looked at again that wait for a frozen supplier. */
const LOOK_AGAIN_MS = 5 * SECOND_MS;

/** @returns how many quick buys were taken up; a full batch means that there may be more */
export async function fillDueQuickBuys(deps: Deps): Promise<number> {
  const claimed = await claimQuickBuys(deps);
  for (const quickBuy of claimed) {
    try {
      await fillQuickBuy(deps, quickBuy);
    } catch (error) {
      // It comes again when its lease ends; the others that were claimed with it must not wait for it.
      const about = { tradeId: quickBuy.trade_id };
      logFailure(deps.log, error, about, 'a quick buy could not be filled; it is tried again');
    }
  }
  return claimed.length;
}

/**
 * Gives each unit that has no listing the cheapest that is left, with the purchase that will buy it; units for which
 * there is none fail, and what was reserved for them is released. One transaction, from what this node knows of the
 * market: no supplier is asked here.
 */
async function fillQuickBuy(deps: Deps, claimed: QuickBuyRow): Promise<void> {
  const isKnown = deps.market.isKnown(claimed.game);
  const isPatient = msBetween(claimed.created_at, deps.clock.now()) < PATIENCE_MS;
  // A node that has just started knows nothing yet, however long ago the units were bought.
  if (!isKnown && (isPatient || deps.market.isAwaited(claimed.game))) return;
  await inTransaction(deps, async (trx) => {
    const locked = await lockTrade(trx, claimed.merchant_id, claimed.trade_id);
    const freezes = await readFreezes(trx, claimed.merchant_id);
    // Frozen since it was claimed: it is due again when its lease ends.
    if (isStopped(freezes)) return;
    const quickBuy = await endSearch(trx, claimed);
    const items = await itemsOf(trx, locked.merchant_id, [locked.id]);
    const open = items.filter((item) => item.state === 'pending' && !isFound(item));
    const cancelledIds = await itemsToCancel(trx, locked.merchant_id, open);
    // A request that was recorded just as a unit gave up its listing found it without anything to cancel: it ends here.
    const cancelled = open.filter((unit) => cancelledIds.has(unit.id));
    const trade = await giveUp(deps, trx, locked, cancelled, 'LISTING_UNAVAILABLE');
    const units = open.filter((unit) => !cancelledIds.has(unit.id));
    const taken = new Set([...quickBuy.tried, ...items.map((item) => item.listing_id)]);
    const untaken = offersOf(deps, quickBuy, units).filter(({ id }) => !taken.has(id));
    const [offers, frozen] = split(untaken, ({ supplier }) => !freezes.suppliers.has(supplier.id));
    await take(deps, trx, trade, units.slice(0, offers.length), offers);
    const left = units.slice(offers.length);
    if (left.length > 0 && canWait(deps, quickBuy, freezes, frozen)) return lookLater(deps, trx, quickBuy);
    const isUnavailable = !isKnown || frozen.length > 0;
    await giveUp(deps, trx, trade, left, isUnavailable ? 'MARKET_UNAVAILABLE' : 'NO_LISTING_AT_PRICE');
  });
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))];
}

/** Whether units wait for a frozen supplier that has what they look for: it has not been frozen for too long. */
function canWait(deps: Deps, quickBuy: QuickBuyRow, freezes: Freezes, frozen: readonly Offer[]): boolean {
  const longAgo = later(deps.clock.now(), -deps.config.freezeWaitMin * MINUTE_MS);
  if (quickBuy.created_at > longAgo) return frozen.length > 0;
  return frozen.some(({ supplier }) => (freezes.suppliers.get(supplier.id) ?? longAgo) > longAgo);
}

async function lookLater(deps: Deps, trx: Trx, { merchant_id, trade_id }: QuickBuyRow): Promise<void> {
  await trx
    .updateTable('quick_buy')
    .set({ due_at: later(deps.clock.now(), LOOK_AGAIN_MS) })
    .where('merchant_id', '=', merchant_id)
    .where('trade_id', '=', trade_id)
    .execute();
}

/** Until a unit loses its listing again. Read anew: what was claimed is from before the trade was locked. */
async function endSearch(trx: Trx, { merchant_id, trade_id }: QuickBuyRow): Promise<QuickBuyRow> {
  return trx
    .updateTable('quick_buy')
    .set({ due_at: null })
    .where('merchant_id', '=', merchant_id)
    .where('trade_id', '=', trade_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function offersOf(deps: Deps, quickBuy: QuickBuyRow, [unit]: readonly ItemRow[]): readonly Offer[] {
  const { game, catalog_id, market_hash_name, delivery, phase, max_price_mills } = quickBuy;
  if (!unit) return [];
  const query: OfferQuery = {
    game,
    ...(catalog_id === null ? {} : { catalogId: catalog_id }),
    ...(market_hash_name === null ? {} : { marketHashName: market_hash_name }),
    ...(delivery === null ? {} : { delivery }),
    ...(phase === null ? {} : { phase }),
  };
  return offersWithin(deps, query, max_price_mills, unit.fee_bps);
}

/** The nth unit takes the nth offer. */
async function take(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  units: readonly ItemRow[],
  offers: readonly Offer[],
): Promise<void> {
  const rows = units.flatMap((unit, index) => {
    const offer = offers[index];
    if (!offer) return [];
    const { nativeId, marketHashName } = offer.listing;
    const attributes = attributesToKeep(offer.listing);
    return [
      sql`(${unit.id}::uuid, ${offer.id}, ${offer.supplier.id}, ${nativeId}, ${marketHashName}, ${attributes}::json)`,
    ];
  });
  if (rows.length === 0) return;
  const { rows: found } = await sql`
    update item set listing_id = taken.listing_id, supplier = taken.supplier,
      native_listing_id = taken.native_listing_id, market_hash_name = taken.market_hash_name,
      attributes = taken.attributes, updated_at = ${deps.clock.now()}
    from (values ${sql.join(rows)}) as taken (id, listing_id, supplier, native_listing_id, market_hash_name, attributes)
    where item.merchant_id = ${trade.merchant_id} and item.id = taken.id
      and item.state = 'pending' and item.listing_id is null
    returning item.id`.execute(trx);
  if (found.length !== rows.length) throw new Error(`units of trade ${trade.id} were found meanwhile`);
  const ids = new Set(units.map((unit) => unit.id));
  const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
  await recordPurchases(deps, trx, items.filter((item) => ids.has(item.id)).filter(isFound));
}

/** Units that get no listing, with what somebody cancelledIds of them meanwhile. */
async function giveUp(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  units: readonly ItemRow[],
  error: ItemError,
): Promise<TradeRow> {
  if (units.length === 0) return trade;
  const origin = { actor: 'gateway', cause: { reason: error } };
  const moved = await moveItems(deps, trx, trade, units, 'fail', origin, { error });
  return moved.trade;
}
