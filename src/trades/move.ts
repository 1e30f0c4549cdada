import { closeCancellations } from '../cancellations/store.ts';
import { followClientMoney } from '../clients/usage.ts';
import { after, type ItemEvent, type ItemState, tradeStatus } from '../core/item-states.ts';
import type { ItemError, TradeError } from '../core/trade-errors.ts';
import type { ItemRow, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { movementsAt } from '../ledger/movements.ts';
import { enqueueCallback } from './enqueue-callback.ts';
import { itemsOf } from './queries.ts';

/** A unit of a quick buy was bought: it is known now which listing it is. */
export const FILL = 'fill';
/** A cancellation request that had been kept was refused in the end. */
export const CANCEL_REFUSED = 'cancel_refused';

/** What is told of an item although its state stays as it is. */
export type Notice = typeof FILL | typeof CANCEL_REFUSED;

/** Who or what made a step happen; kept with the event. */
export interface Origin {
  /** `merchant:<key id>`, `supplier:<id>`, `operator` or `gateway`. */
  readonly actor: string;
  readonly requestId?: string | undefined;
  readonly cause?: Readonly<Record<string, unknown>>;
}

/** What a step needs beside its transaction. */
export type MoveDeps = Pick<Deps, 'clock' | 'jobs' | 'metrics'>;

/** What else is learned at a step. */
export interface MoveFacts {
  readonly error?: ItemError;
  /** Why the whole trade failed, where that says nothing of its items. */
  readonly tradeError?: TradeError;
  readonly reverted_by?: 'supplier' | 'user';
  readonly steam_offer_id?: string;
  readonly asset_id?: string;
  readonly hold_end_at?: Date;
  /** The supplier says that it cancelled because we asked it to. */
  readonly onOurCancel?: boolean;
}

/**
 * The only function that writes an item's or a trade's state. In the caller's transaction it closes the items'
 * cancellation requests where that step ends them, appends the events, enqueues the callback and moves the money; all
 * of it happens or none.
 *
 * `trade` must be locked by the caller, and `items`, all in one state, read under that lock.
 * @returns the trade and the items as they are now
 * @throws Error when the table of states has no such step: callers ask `after` first
 */
export async function moveItems(
  deps: MoveDeps,
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemRow[],
  event: ItemEvent,
  origin: Origin,
  facts: MoveFacts = {},
): Promise<{ trade: TradeRow; items: ItemRow[] }> {
  const at = deps.clock.now();
  const from = commonState(items);
  const to = after(from, event);
  if (to === null) throw new Error(`an item at ${from} cannot ${event}`);

  const moved = await writeStates(trx, trade, items, { from, to, at, facts });
  const arrived = items.map((item) => ({ ...item, state: to }));
  await closeCancellations(deps, trx, arrived, facts.onOurCancel === true);
  const all = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const nextTrade = await writeTrade(trx, trade, all, { to, at, facts, steps: items.length });
  await appendEvents(trx, trade, items, { event, from, to, at, origin });
  await enqueueCallback(deps, trx, nextTrade, all);
  const money = items.flatMap((item) => movementsAt(item, event, { actor: origin.actor, at }));
  await followClientMoney(trx, trade, { transfers: money, declines: event === 'decline' ? items.length : 0, at });
  await book(trx, trade.merchant_id, money);

  deps.metrics.itemEvents.inc({ event, to }, items.length);
  return { trade: nextTrade, items: all.filter((item) => moved.has(item.id)) };
}

/**
 * Tells the merchant something about an item whose state stays as it is: it has its event and its callback all the same.
 * `trade` must be locked by the caller.
 */
export async function tellItem(
  deps: MoveDeps,
  trx: Trx,
  trade: TradeRow,
  item: ItemRow,
  event: Notice,
  origin: Origin,
): Promise<void> {
  const at = deps.clock.now();
  const all = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const next = await writeTrade(trx, trade, all, { to: item.state, at, facts: {}, steps: 1 });
  await appendEvents(trx, trade, [item], { event, from: item.state, to: item.state, at, origin });
  await enqueueCallback(deps, trx, next, all);
}

function commonState(items: readonly ItemRow[]): ItemState {
  const [first] = items;
  if (!first || items.some((item) => item.state !== first.state)) {
    throw new Error('items of one step must share one state');
  }
  return first.state;
}

interface Step {
  readonly from: ItemState;
  readonly to: ItemState;
  readonly at: Date;
  readonly facts: MoveFacts;
}

/** Guarded by the from-state: should the lock ever fail us, the second writer changes nothing and is rolled back. */
async function writeStates(trx: Trx, trade: TradeRow, items: readonly ItemRow[], step: Step): Promise<Set<string>> {
  const ids = items.map((item) => item.id).sort();
  const { tradeError: _ofTheTrade, onOurCancel: _ofTheRequest, ...facts } = step.facts;
  // The timer has no say over what was sent, or is over.
  const isUnsent = step.to === 'initiated' || step.to === 'pending';
  const rows = await trx
    .updateTable('item')
    .set({ state: step.to, updated_at: step.at, ...facts, ...(isUnsent ? {} : { auto_cancel_due_at: null }) })
    .where('merchant_id', '=', trade.merchant_id)
    .where('id', 'in', ids)
    .where('state', '=', step.from)
    .returning('id')
    .execute();
  if (rows.length !== ids.length) throw new Error(`items of trade ${trade.id} left ${step.from} meanwhile`);
  return new Set(ids);
}

async function writeTrade(
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemRow[],
  step: Omit<Step, 'from'> & { steps: number },
): Promise<TradeRow> {
  const status = tradeStatus(items.map((item) => item.state));
  return trx
    .updateTable('trade')
    .set({
      status,
      error: status === 'failed' ? (step.facts.tradeError ?? sharedError(items)) : null,
      version: trade.version + step.steps,
      active_at: step.to === 'active' ? (trade.active_at ?? step.at) : trade.active_at,
      hold_end_at: latest(trade.hold_end_at, step.facts.hold_end_at),
      updated_at: step.at,
    })
    .where('merchant_id', '=', trade.merchant_id)
    .where('id', '=', trade.id)
    .where('version', '=', trade.version)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** A trade names an error only when all of it failed for one cause (wire-api §2.2). */
function sharedError(items: readonly ItemRow[]): ItemError | null {
  const found = new Set(items.map((item) => item.error));
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

function latest(known: Date | null, news: Date | undefined): Date | null {
  if (!news) return known;
  return known && known > news ? known : news;
}

async function appendEvents(
  trx: Trx,
  trade: TradeRow,
  items: readonly ItemRow[],
  step: { event: ItemEvent | Notice; from: ItemState; to: ItemState; at: Date; origin: Origin },
): Promise<void> {
  await trx
    .insertInto('trade_event')
    .values(
      items.map((item, index) => ({
        merchant_id: trade.merchant_id,
        trade_id: trade.id,
        number: trade.version + index + 1,
        item_id: item.id,
        event: step.event,
        from_state: step.from,
        to_state: step.to,
        actor: step.origin.actor,
        request_id: step.origin.requestId ?? null,
        cause: JSON.stringify(step.origin.cause ?? {}),
        at: step.at,
      })),
    )
    .execute();
}
