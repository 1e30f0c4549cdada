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

/** A unit of a quick buy was bought, so that its listing is known. */
export const FILL = 'fill';
/** A cancellation request without a clear answer was refused later. */
export const CANCEL_REFUSED = 'cancel_refused';

/** An event that the merchant is told of although it does not change the item's state. */
export type Notice = typeof FILL | typeof CANCEL_REFUSED;

/** Who or what caused a step; stored with the event. */
export interface Origin {
  /** `merchant:<key id>`, `supplier:<id>`, `operator` or `gateway`. */
  readonly actor: string;
  readonly requestId?: string | undefined;
  readonly cause?: Readonly<Record<string, unknown>>;
}

/** What a step needs besides its transaction. */
export type MoveDeps = Pick<Deps, 'clock' | 'jobs' | 'metrics'>;

/** What else a step changes. */
export interface MoveFacts {
  readonly error?: ItemError;
  /** Why the whole trade failed, if the reason is not its items'. */
  readonly tradeError?: TradeError;
  readonly reverted_by?: 'supplier' | 'user';
  readonly steam_offer_id?: string;
  readonly asset_id?: string;
  readonly hold_end_at?: Date;
  /** The supplier says that it cancelled because we asked it to. */
  readonly onOurCancel?: boolean;
}

/**
 * The only function that writes the state of an item or a trade. In the caller's transaction it also closes the items'
 * cancellation requests if the step ends them, appends the events, enqueues the callback and moves the money.
 *
 * The caller must have locked `trade`, and must have read `items` under that lock; all of them are in one state.
 * @returns the trade and the items as they are now
 * @throws Error if the table of states has no such step: callers check with `after` first
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
 * Appends an event that does not change the item's state, and enqueues its callback. The caller must have locked `trade`.
 * @returns the trade as it is now
 */
export async function tellItem(
  deps: MoveDeps,
  trx: Trx,
  trade: TradeRow,
  item: ItemRow,
  event: Notice,
  origin: Origin,
): Promise<TradeRow> {
  const at = deps.clock.now();
  const all = await itemsOf(trx, trade.merchant_id, [trade.id]);
  const next = await writeTrade(trx, trade, all, { to: item.state, at, facts: {}, steps: 1 });
  await appendEvents(trx, trade, [item], { event, from: item.state, to: item.state, at, origin });
  await enqueueCallback(deps, trx, next, all);
  return next;
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

/** Guarded by the state before: if the lock ever failed, the second writer would change nothing and be rolled back. */
async function writeStates(trx: Trx, trade: TradeRow, items: readonly ItemRow[], step: Step): Promise<Set<string>> {
  const ids = items.map((item) => item.id).sort();
  const { tradeError: _ofTheTrade, onOurCancel: _ofTheRequest, ...facts } = step.facts;
  // The timer cancels no item that was sent or is over.
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

/** A trade shows an error only if all its items failed for the same reason. */
function sharedError(items: readonly ItemRow[]): ItemError | null {
  const found = new Set(items.map((item) => item.error));
  const [only] = found;
  return found.size === 1 ? (only ?? null) : null;
}

function latest(known: Date | null, added: Date | undefined): Date | null {
  if (!added) return known;
  return known && known > added ? known : added;
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
