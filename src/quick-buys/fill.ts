import { sql } from 'kysely';
import { readDeniedAccounts } from '../auth/account-access.ts';
import { itemsToCancel } from '../cancellations/queries.ts';
import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import { attributesToKeep } from '../core/item-attributes.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { ItemRow, QuickBuyRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { type Freezes, isStopped, readFreezes } from '../freezes/freezes.ts';
import type { Offer } from '../market/market.ts';
import { ceilingFor } from '../market/pricing.ts';
import { recordPurchases, refusingSuppliers } from '../purchases/store.ts';
import { moveItems } from '../trades/move.ts';
import { hasListing, itemsOf, lockTrade } from '../trades/queries.ts';
import { runEach } from '../work/round.ts';
import { type Candidates, candidatesFor, choiceOf } from './candidates.ts';
import { claimQuickBuys } from './claim.ts';

/** How long units wait for a market about which this gateway knows nothing. */
const UNKNOWN_MARKET_WAIT_MS = 10 * MINUTE_MS;
/** How soon units that wait for a frozen supplier are tried again. */
const RETRY_FROZEN_MS = 5 * SECOND_MS;

/**
 * Fills the quick buys that are due, one after the other: each is a transaction, and requests need connections too.
 * @returns how many were claimed; a full batch means that there may be more
 */
export async function fillDueQuickBuys(deps: Deps): Promise<number> {
  return runEach(deps, await claimQuickBuys(deps), {
    run: (quickBuy) => fillQuickBuy(deps, quickBuy),
    failure: 'a quick buy could not be filled; it is tried again when its lease ends',
    ids: ({ trade_id: tradeId }) => ({ tradeId }),
    atOnce: 1,
  });
}

/**
 * Gives each unit without a listing the cheapest listing that is left, with the purchase that will buy it. Units for
 * which there is none fail, and the money reserved for them is released. This is one transaction, and uses what this
 * node knows of the market: it makes no request to a supplier.
 */
async function fillQuickBuy(deps: Deps, claimed: QuickBuyRow): Promise<void> {
  const denied = await readDeniedAccounts(deps.db, claimed.merchant_id);
  const market = deps.market.without(denied);
  const isKnown = market.isKnown(claimed.game);
  const mayWait = msBetween(claimed.created_at, deps.clock.now()) < UNKNOWN_MARKET_WAIT_MS;
  // A node that has just started knows no market yet, however long ago the quick buy was recorded.
  if (!isKnown && (mayWait || market.isLoading(claimed.game))) return;
  await inTransaction(deps, async (trx) => {
    const locked = await lockTrade(trx, claimed.merchant_id, claimed.trade_id);
    const freezes = await readFreezes(trx, claimed.merchant_id);
    // It was frozen after it was claimed: it is due again when its lease ends.
    if (isStopped(freezes)) return;
    const quickBuy = await endSearch(trx, claimed);
    const items = await itemsOf(trx, locked.merchant_id, [locked.id]);
    const open = items.filter((item) => item.state === 'pending' && !hasListing(item));
    const cancelledIds = await itemsToCancel(trx, locked.merchant_id, open);
    // A cancellation request that found its unit between two listings had nothing to cancel: it ends here.
    const cancelled = open.filter((unit) => cancelledIds.has(unit.id));
    const trade = await failUnits(deps, trx, locked, cancelled, 'LISTING_UNAVAILABLE');
    const units = open.filter((unit) => !cancelledIds.has(unit.id));
    await fillUnits(deps, trx, { trade, quickBuy, items, units, freezes, denied, isKnown });
  });
}

interface LockedQuickBuy {
  readonly trade: TradeRow;
  readonly quickBuy: QuickBuyRow;
  /** All items of the trade. */
  readonly items: readonly ItemRow[];
  /** Those that need a listing. */
  readonly units: readonly ItemRow[];
  readonly freezes: Freezes;
  /** Accounts that the merchant may not use. */
  readonly denied: readonly string[];
  readonly isKnown: boolean;
}

async function fillUnits(deps: Deps, trx: Trx, locked: LockedQuickBuy): Promise<void> {
  const { trade, quickBuy, items, units, freezes, denied, isKnown } = locked;
  const refusing = await refusingSuppliers(trx, items);
  const taken = new Set([...quickBuy.tried, ...items.map((item) => item.listing_id)]);
  const candidates = candidatesFor(deps, quickBuy, units, { freezes, taken, refusing, denied });
  const { offers, leftOut } = candidates;
  await assignOffers(deps, trx, trade, units.slice(0, offers.length), candidates);
  const left = units.slice(offers.length);
  const frozen = leftOut.filter(({ why }) => why === 'frozen').map(({ offer }) => offer);
  if (left.length > 0 && canWait(deps, quickBuy, freezes, frozen)) return retryLater(deps, trx, quickBuy);
  const isUnavailable = !isKnown || refusing.size > 0 || leftOut.some(({ why }) => why !== 'denied');
  await failUnits(deps, trx, trade, left, isUnavailable ? 'MARKET_UNAVAILABLE' : 'NO_LISTING_AT_PRICE');
}

/** Whether units wait for a frozen supplier that has a listing for them and has not been frozen for too long. */
function canWait(deps: Deps, quickBuy: QuickBuyRow, freezes: Freezes, frozen: readonly Offer[]): boolean {
  const longAgo = later(deps.clock.now(), -deps.config.freezeWaitMin * MINUTE_MS);
  if (quickBuy.created_at > longAgo) return frozen.length > 0;
  return frozen.some(({ supplier }) => (freezes.suppliers.get(supplier.id) ?? longAgo) > longAgo);
}

async function retryLater(deps: Deps, trx: Trx, { merchant_id, trade_id }: QuickBuyRow): Promise<void> {
  await trx
    .updateTable('quick_buy')
    .set({ due_at: later(deps.clock.now(), RETRY_FROZEN_MS) })
    .where('merchant_id', '=', merchant_id)
    .where('trade_id', '=', trade_id)
    .execute();
}

/** Ends the search until a unit loses its listing. Returns the row as it is now that the trade is locked. */
async function endSearch(trx: Trx, { merchant_id, trade_id }: QuickBuyRow): Promise<QuickBuyRow> {
  return trx
    .updateTable('quick_buy')
    .set({ due_at: null })
    .where('merchant_id', '=', merchant_id)
    .where('trade_id', '=', trade_id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Gives the nth unit the nth offer. */
async function assignOffers(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  units: readonly ItemRow[],
  candidates: Candidates,
): Promise<void> {
  const { offers } = candidates;
  const rows = units.flatMap((unit, index) => {
    const offer = offers[index];
    if (!offer) return [];
    const { nativeId, marketHashName } = offer.listing;
    const attributes = attributesToKeep(offer.listing);
    const { markupBps } = offer.policy;
    const ceiling = ceilingFor(unit.price_mills, unit.fee_bps, markupBps);
    return [
      sql`(${unit.id}::uuid, ${offer.id}, ${offer.supplier.id}, ${nativeId}, ${marketHashName}, ${attributes}::json,
        ${markupBps}::int4, ${ceiling}::bigint)`,
    ];
  });
  if (rows.length === 0) return;
  const { rows: found } = await sql`
    update item set listing_id = taken.listing_id, supplier = taken.supplier,
      native_listing_id = taken.native_listing_id, market_hash_name = taken.market_hash_name,
      attributes = taken.attributes, markup_bps = taken.markup_bps, ceiling_mills = taken.ceiling_mills, updated_at = ${deps.clock.now()}
    from (values ${sql.join(rows)}) as taken (id, listing_id, supplier, native_listing_id, market_hash_name, attributes,
      markup_bps, ceiling_mills)
    where item.merchant_id = ${trade.merchant_id} and item.id = taken.id
      and item.state = 'pending' and item.listing_id is null
    returning item.id`.execute(trx);
  if (found.length !== rows.length) throw new Error(`units of trade ${trade.id} have a listing already`);
  const ids = new Set(units.map((unit) => unit.id));
  const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const choices = new Map(offers.slice(0, units.length).map((offer) => [offer.id, choiceOf(offer, candidates)]));
  await recordPurchases(deps, trx, items.filter((item) => ids.has(item.id)).filter(hasListing), choices);
}

/** Fails units that get no listing, or that are to be cancelled. */
async function failUnits(
  deps: Deps,
  trx: Trx,
  trade: TradeRow,
  units: readonly ItemRow[],
  error: ItemError,
): Promise<TradeRow> {
  if (units.length === 0) return trade;
  const origin = { actor: 'gateway', cause: { reason: error } };
  const moved = await moveItems(deps, trx, { trade, items: units, event: 'fail', origin, facts: { error } });
  return moved.trade;
}
