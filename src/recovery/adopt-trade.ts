import { recordCreation } from '../buying/record-trade.ts';
import { countWithdrawal } from '../clients/usage.ts';
import { earlier } from '../core/clock.ts';
import { ApiError } from '../core/errors.ts';
import { CS2, type Game, RUST } from '../core/games.ts';
import { newId, purchaseIdOf } from '../core/ids.ts';
import { itemAttributes } from '../core/item-attributes.ts';
import { decimal, fromMerchantDollars, type Mills, sum } from '../core/money.ts';
import { OperatorError } from '../core/operator-error.ts';
import { steamIdOf } from '../core/steam.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { ItemRow, TradeRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { reserve } from '../ledger/movements.ts';
import { quote } from '../market/pricing.ts';
import { findMerchant } from '../merchants/queries.ts';
import { reopenOrder } from '../reconciliation/closed-orders.ts';
import { readPolicies } from '../supplier-accounts/policy.ts';
import type { HistoryOrder } from '../suppliers/history.ts';
import { archivedIds, isExternalIdArchived } from '../trades/archived.ts';
import { type MoveDeps, moveItems, type Origin } from '../trades/move.ts';
import { itemsOf } from '../trades/queries.ts';
import type { ItemWire, TradeWire } from '../trades/wire.ts';

/** A told item of a lost trade, and the order that bought it; null: it was not bought. */
export interface AdoptedItem {
  readonly item: ItemWire;
  readonly supplier: string;
  readonly nativeListingId: string;
  readonly order: HistoryOrder | null;
}

export interface OperatorsWord {
  readonly actor: string;
  readonly reason: string;
}

type AdoptDeps = Pick<Deps, 'db'> & MoveDeps;

/** What an item is recorded with. */
interface Terms {
  readonly priceMills: Mills;
  readonly toldMills: Mills;
  readonly markupBps: number;
}

/**
 * Records a trade again that the database has lost, as its merchant was told of it: with its ids, the money that it was told,
 * and a purchase for each order that bought an item. From then on the orders are read as those of any other trade, which
 * moves the items to where they are. An item without an order was not bought: it is cancelled, and its money released.
 *
 * All of it is one transaction. The merchant is told each step, as it is of any.
 * @throws OperatorError when the trade or one of its orders is known by now, and when the wallet does not cover it
 */
export async function adoptTrade(
  deps: AdoptDeps,
  told: TradeWire,
  adopted: readonly AdoptedItem[],
  word: OperatorsWord,
): Promise<TradeRow> {
  const merchant = await findMerchant(deps, told.merchantId);
  if (!merchant) throw new OperatorError(`there is no merchant ${told.merchantId}`);
  const policies = await readPolicies(deps);
  const terms = adopted.map((each) =>
    termsOf(each, merchant.fee_bps, policies(each.supplier, gameOf(told.game)).markupBps),
  );
  try {
    return await inTransaction(deps, async (trx) => {
      const trade = await insertTrade(trx, told);
      await insertItems(trx, trade, adopted, terms, merchant.fee_bps);
      const items = await itemsOf(trx, trade.merchant_id, [trade.id]);
      await recordStart(deps, trx, trade, items, word);
      await insertPurchases(deps, trx, items, adopted);
      return moveOn(deps, trx, trade, items, adopted, word);
    });
  } catch (error) {
    throw explained(error, sum(terms.map(({ priceMills }) => priceMills)));
  }
}

function explained(error: unknown, needed: Mills): unknown {
  if (!(error instanceof ApiError) || error.key !== 'MERCHANT_BALANCE_LOW') return error;
  return new OperatorError(
    `the merchant’s wallet does not cover the $${decimal(needed)} of this trade. A deposit may be lost as well: book it again ` +
      'with skinrail wallet credit and its reference, then adopt the trade',
  );
}

function gameOf(game: string): Game {
  if (game === CS2 || game === RUST) return game;
  throw new OperatorError(`game ${game} is not known here`);
}

/**
 * The merchant pays what it was told, or less where the order cost less. A price below the cost is refused: merchants have the
 * secret that signs, too. It can be right only where the buyer allowed a higher price than was told before the purchase.
 */
function termsOf({ item, order }: AdoptedItem, feeBps: number, markupBps: number): Terms {
  if (item.offer === undefined) throw new OperatorError(`item ${item.id} was told without a price`);
  const toldMills = fromMerchantDollars(item.offer.price, 'offer.price');
  if (order && toldMills < order.costMills) {
    throw new OperatorError(
      `item ${item.id} was told at $${decimal(toldMills)}, and its order ${order.orderId} cost more: $${decimal(order.costMills)}. Its buyer ` +
        'may have allowed that, or its merchant has written the callback. Settle it with the merchant: skinrail wallet debit, then recover close',
    );
  }
  const quoted = order ? quote(order.costMills, feeBps, markupBps) : toldMills;
  return { toldMills, priceMills: quoted < toldMills ? quoted : toldMills, markupBps };
}

async function insertTrade(trx: Trx, told: TradeWire): Promise<TradeRow> {
  const at = new Date(told.createdAt);
  const row = await trx
    .insertInto('trade')
    .values({
      merchant_id: told.merchantId,
      id: told.id,
      external_id: told.externalId ?? null,
      type: 'withdraw',
      source: told.source,
      client_id: told.externalClientUserId ?? null,
      game: gameOf(told.game),
      trade_url: told.clientTradeUrl,
      steam_id: steamIdOf(told.clientTradeUrl),
      status: 'initiated',
      is_quick: false,
      version: told.items.length,
      auto_cancel_at: told.autoCancelAt === undefined ? null : new Date(told.autoCancelAt),
      created_at: at,
      updated_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  const owner = {
    merchantId: told.merchantId,
    steamId: told.source === 'client' ? steamIdOf(told.clientTradeUrl) : null,
  };
  const isArchived =
    (await archivedIds(trx, told.merchantId, [told.id])).has(told.id) ||
    (told.externalId !== undefined && (await isExternalIdArchived(trx, owner, told.externalId)));
  if (isArchived) throw new OperatorError(`trade ${told.id}, or another one with its externalId, is archived`);
  if (row) return row;
  throw new OperatorError(`trade ${told.id}, or another one with its externalId, is here: see skinrail trade show`);
}

async function insertItems(
  trx: Trx,
  trade: TradeRow,
  adopted: readonly AdoptedItem[],
  terms: readonly Terms[],
  feeBps: number,
): Promise<void> {
  const rows = adopted.flatMap(({ item, supplier, nativeListingId, order }, position) => {
    const each = terms[position];
    if (each === undefined) return [];
    return {
      merchant_id: trade.merchant_id,
      id: newId(trade.created_at),
      trade_id: trade.id,
      position,
      external_id: item.externalId ?? null,
      listing_id: item.id,
      supplier,
      native_listing_id: nativeListingId,
      market_hash_name: item.marketHashName ?? item.name ?? item.id,
      attributes: attributesIn(item),
      state: 'initiated' as const,
      quoted_mills: order ? null : each.toldMills,
      price_mills: each.priceMills,
      cost_mills: order?.costMills ?? null,
      ceiling_mills: each.toldMills,
      fee_bps: feeBps,
      markup_bps: each.markupBps,
      auto_cancel_due_at: trade.auto_cancel_at,
      created_at: trade.created_at,
      updated_at: trade.created_at,
    };
  });
  await trx.insertInto('item').values(rows).execute();
}

function attributesIn(item: ItemWire): string {
  const told = Object.entries(item).filter(([name]) => Object.hasOwn(itemAttributes, name));
  return JSON.stringify(Object.fromEntries(told));
}

/** What every trade begins with. The merchant has approved this one: otherwise it was told of nothing, and nothing bought. */
async function recordStart(
  deps: AdoptDeps,
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemRow[],
  { actor }: OperatorsWord,
): Promise<void> {
  const ids = items.map(({ id }) => id);
  await recordCreation(trx, trade, ids, actor, null);
  const approval = { merchant_id: trade.merchant_id, trade_id: trade.id, state: 'approved' as const, due_at: null };
  await trx
    .insertInto('approval')
    .values({ ...approval, created_at: trade.created_at, decided_at: deps.clock.now() })
    .execute();
  const origin = { actor, at: deps.clock.now() };
  if (trade.source === 'client') {
    // Counted as of today: on the day of an old trade, what its client has done today would be forgotten.
    await countWithdrawal(trx, { ...trade, created_at: origin.at }, sum(items.map((item) => item.price_mills)));
  }
  await book(
    trx,
    trade.merchant_id,
    items.flatMap((item) => reserve(item, origin)),
  );
}

async function insertPurchases(
  { clock }: AdoptDeps,
  trx: Trx,
  items: readonly ItemRow[],
  adopted: readonly AdoptedItem[],
): Promise<void> {
  const now = clock.now();
  const rows = items.flatMap((item) => {
    const { order, supplier } = adopted[item.position] ?? {};
    if (!order || supplier === undefined) return [];
    const at = earlier(order.orderedAt ?? now, now);
    return {
      merchant_id: item.merchant_id,
      trade_id: item.trade_id,
      item_id: item.id,
      supplier,
      ...namesOf(order),
      state: 'done' as const,
      calls: 1,
      due_at: now,
      asked_at: at,
      ordered_at: at,
      created_at: at,
      updated_at: now,
    };
  });
  if (rows.length === 0) return;
  const references = rows.map(({ reference }) => reference);
  await requireNew(trx, references);
  for (const { supplier, order_id } of rows) await reopenOrder(trx, supplier, order_id);
  await trx.insertInto('purchase').values(rows).execute();
}

/** The purchase gets the id that its reference was made of. */
export function namesOf({ orderId, reference }: HistoryOrder): { id: string; reference: string; order_id: string } {
  const id = reference === null ? null : purchaseIdOf(reference);
  if (reference === null || id === null) throw new OperatorError(`order ${orderId} has no reference of this gateway`);
  return { id, reference, order_id: orderId };
}

async function requireNew(trx: Trx, references: readonly string[]): Promise<void> {
  const known = await trx
    .selectFrom('purchase')
    .modifyFront(ofAllMerchants)
    .select('reference')
    .where('reference', 'in', references)
    .execute();
  const [first] = known;
  if (first) throw new OperatorError(`the order with reference ${first.reference} is known by now`);
}

/** All items are approved; those that were not bought are cancelled at once. */
async function moveOn(
  deps: AdoptDeps,
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemRow[],
  adopted: readonly AdoptedItem[],
  { actor, reason }: OperatorsWord,
): Promise<TradeRow> {
  const origin: Origin = { actor, cause: { reason, adopted: true } };
  const approved = await moveItems(deps, trx, { trade, items, event: 'approve', origin });
  const unbought = approved.items.filter(({ position }) => !adopted[position]?.order);
  if (unbought.length === 0) return approved.trade;
  return (await moveItems(deps, trx, { trade: approved.trade, items: unbought, event: 'withdraw', origin })).trade;
}
