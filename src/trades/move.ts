import { sql } from 'kysely';
import { closeCancellations } from '../cancellations/store.ts';
import { followClientMoney } from '../clients/usage.ts';
import { after, type ItemEvent, type ItemState, tradeStatus } from '../core/item-states.ts';
import type { ItemError, TradeError } from '../core/trade-errors.ts';
import type { ItemRow, NewTransfer, TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { book } from '../ledger/book.ts';
import { movementsAt } from '../ledger/movements.ts';
import { enqueueCallbacks } from './enqueue-callbacks.ts';
import { type ItemWithCancellation, itemsOf } from './queries.ts';

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

/** One step of items of a trade. */
export interface Move {
  /** Locked by the caller's transaction. */
  readonly trade: TradeRow;
  /** Read under that lock; all of them are in one state. */
  readonly items: readonly ItemRow[];
  readonly event: ItemEvent;
  readonly origin: Origin;
  readonly facts?: MoveFacts | undefined;
}

/** A trade and its moved items, as they are now. */
export interface Moved {
  readonly trade: TradeRow;
  readonly items: ItemRow[];
}

/** Moves items of one trade; what `moveTrades` says holds here. */
export async function moveItems(deps: MoveDeps, trx: Trx, move: Move): Promise<Moved> {
  const [moved] = await moveTrades(deps, trx, [move]);
  if (!moved) throw new Error(`trade ${move.trade.id} was not moved`);
  return moved;
}

/**
 * The only function that writes the state of an item or a trade. In the caller's transaction it also closes the items'
 * cancellation requests if the step ends them, appends the events, enqueues the callbacks and moves the money. However many
 * trades move, it takes the same number of statements, and the wallet is locked by the last ones.
 *
 * @param moves of trades of one merchant, each trade once; several only of the merchant's own trades: the counters of two
 *   clients would be locked in the order of the moves
 * @returns the trades and the items as they are now, in the order of the moves
 * @throws Error if the table of states has no such step: callers check with `after` first
 */
export async function moveTrades(deps: MoveDeps, trx: Trx, moves: readonly Move[]): Promise<Moved[]> {
  const at = deps.clock.now();
  const merchantId = merchantOf(moves);
  const steps = moves.map((move) => stepOf(move, at));
  await writeStates(trx, merchantId, steps, at);
  const ended = steps.flatMap(({ items, to, facts }) =>
    items.map((item) => ({ itemId: item.id, state: to, onOurCancel: facts.onOurCancel === true })),
  );
  await closeCancellations(deps, trx, merchantId, ended);
  const told = await readTold(trx, merchantId, steps);
  await writeTrades(trx, merchantId, told, at);
  await appendEvents(trx, merchantId, steps);
  await enqueueCallbacks(deps, trx, merchantId, told);
  await moveMoney(trx, merchantId, steps, at);
  for (const { event, to, items } of steps) deps.metrics.itemEvents.inc({ event, to }, items.length);
  return told.map(({ trade, items, moved }) => ({ trade, items: items.filter((item) => moved.has(item.id)) }));
}

/** A move whose states are known. */
interface Step {
  readonly trade: TradeRow;
  readonly items: readonly ItemRow[];
  readonly event: ItemEvent | Notice;
  readonly origin: Origin;
  readonly from: ItemState;
  readonly to: ItemState;
  readonly facts: MoveFacts;
  readonly at: Date;
}

interface MoneyStep extends Step {
  readonly event: ItemEvent;
}

function stepOf({ facts = {}, ...move }: Move, at: Date): MoneyStep {
  const from = commonState(move.items);
  const to = after(from, move.event);
  if (to === null) throw new Error(`an item at ${from} cannot ${move.event}`);
  return { ...move, facts, from, to, at };
}

/** The merchant of all moves. */
function merchantOf(moves: readonly Move[]): string {
  const [first, ...others] = moves.map(({ trade }) => trade);
  if (!first) throw new Error('nothing is moved');
  const isAnyOther = others.some((trade) => trade.merchant_id !== first.merchant_id || trade.source === 'client');
  if (isAnyOther || (others.length > 0 && first.source === 'client')) {
    throw new Error('only trades of a merchant itself move together');
  }
  if (new Set(moves.map(({ trade }) => trade.id)).size < moves.length) throw new Error('a trade moves once at a time');
  return first.merchant_id;
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
  const step = { trade, items: [item], event, origin, from: item.state, to: item.state, facts: {}, at };
  const told = await readTold(trx, trade.merchant_id, [step]);
  await writeTrades(trx, trade.merchant_id, told, at);
  await appendEvents(trx, trade.merchant_id, [step]);
  await enqueueCallbacks(deps, trx, trade.merchant_id, told);
  const [next] = told;
  if (!next) throw new Error(`nothing was told of trade ${trade.id}`);
  return next.trade;
}

function commonState(items: readonly ItemRow[]): ItemState {
  const [first] = items;
  if (!first || items.some((item) => item.state !== first.state)) {
    throw new Error('items of one step must share one state');
  }
  return first.state;
}

/** Guarded by the state before: if the lock ever failed, the second writer would change nothing and be rolled back. */
async function writeStates(trx: Trx, merchantId: string, steps: readonly Step[], at: Date): Promise<void> {
  const rows = steps.flatMap((step) => step.items.map(({ id }) => ({ id, ...step, ...step.facts })));
  const texts = (of: (row: (typeof rows)[number]) => string | undefined) =>
    sql`${rows.map((row) => of(row) ?? null)}::text[]`;
  // The timer cancels no item that was sent or is over.
  const { numAffectedRows } = await sql`
    update item set state = step.to_state, updated_at = ${at}::timestamptz,
      error = coalesce(step.error, item.error), reverted_by = coalesce(step.reverted_by, item.reverted_by),
      steam_offer_id = coalesce(step.steam_offer_id, item.steam_offer_id),
      asset_id = coalesce(step.asset_id, item.asset_id),
      hold_end_at = coalesce(step.hold_end_at::timestamptz, item.hold_end_at),
      auto_cancel_due_at = case when step.to_state in ('initiated', 'pending') then item.auto_cancel_due_at end
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${texts(({ from }) => from)}, ${texts(({ to }) => to)},
      ${texts(({ error }) => error)}, ${texts(({ reverted_by: by }) => by)},
      ${texts(({ steam_offer_id: offer }) => offer)}, ${texts(({ asset_id: asset }) => asset)},
      ${texts(({ hold_end_at: end }) => end?.toISOString())}
    ) as step (id, from_state, to_state, error, reverted_by, steam_offer_id, asset_id, hold_end_at)
    where item.merchant_id = ${merchantId}::uuid and item.id = step.id and item.state = step.from_state`.execute(trx);
  if (Number(numAffectedRows) === rows.length) return;
  const of = steps.map(({ trade, from: state }) => `items of trade ${trade.id} left ${state}`);
  throw new Error(`${of.join(', or ')} meanwhile`);
}

/** A trade as a step leaves it, and all of its items. */
interface Told {
  readonly trade: TradeRow;
  readonly items: readonly ItemWithCancellation[];
  /** The ids of the items that the step is about. */
  readonly moved: ReadonlySet<string>;
}

async function readTold(trx: Trx, merchantId: string, steps: readonly Step[]): Promise<Told[]> {
  const ids = steps.map(({ trade }) => trade.id);
  const all = Map.groupBy(await itemsOf(trx, merchantId, ids), (item) => item.trade_id);
  return steps.map((step) => {
    const items = all.get(step.trade.id) ?? [];
    return { trade: tradeAfter(step, items), items, moved: new Set(step.items.map(({ id }) => id)) };
  });
}

function tradeAfter({ trade, items: moved, to, at, facts }: Step, items: readonly ItemRow[]): TradeRow {
  const status = tradeStatus(items.map((item) => item.state));
  return {
    ...trade,
    status,
    error: status === 'failed' ? (facts.tradeError ?? sharedError(items)) : null,
    version: trade.version + moved.length,
    active_at: to === 'active' ? (trade.active_at ?? at) : trade.active_at,
    hold_end_at: latest(trade.hold_end_at, facts.hold_end_at),
    updated_at: at,
  };
}

/** Guarded by the version before, for the same reason. */
async function writeTrades(trx: Trx, merchantId: string, told: readonly Told[], at: Date): Promise<void> {
  const texts = (of: (trade: TradeRow) => string | null | undefined) =>
    sql`${told.map(({ trade }) => of(trade) ?? null)}::text[]`;
  const { numAffectedRows } = await sql`
    update trade set status = step.status, error = step.error, version = step.version,
      active_at = step.active_at::timestamptz, hold_end_at = step.hold_end_at::timestamptz, updated_at = ${at}::timestamptz
    from unnest(${told.map(({ trade }) => trade.id)}::uuid[], ${texts(({ status }) => status)},
      ${texts(({ error }) => error)}, ${told.map(({ trade }) => trade.version)}::int4[],
      ${told.map(({ moved }) => moved.size)}::int4[], ${texts((trade) => trade.active_at?.toISOString())},
      ${texts((trade) => trade.hold_end_at?.toISOString())}
    ) as step (id, status, error, version, steps, active_at, hold_end_at)
    where trade.merchant_id = ${merchantId}::uuid and trade.id = step.id
      and trade.version = step.version - step.steps`.execute(trx);
  if (Number(numAffectedRows) === told.length) return;
  throw new Error(`trade ${told.map(({ trade }) => trade.id).join(', or ')} has moved meanwhile`);
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

async function appendEvents(trx: Trx, merchantId: string, steps: readonly Step[]): Promise<void> {
  const events = steps.flatMap(({ trade, items, event, from, to, origin, at }) =>
    items.map((item, index) => ({
      merchant_id: merchantId,
      trade_id: trade.id,
      number: trade.version + index + 1,
      item_id: item.id,
      event,
      from_state: from,
      to_state: to,
      actor: origin.actor,
      request_id: origin.requestId ?? null,
      cause: JSON.stringify(origin.cause ?? {}),
      at,
    })),
  );
  await trx.insertInto('trade_event').values(events).execute();
}

async function moveMoney(trx: Trx, merchantId: string, steps: readonly MoneyStep[], at: Date): Promise<void> {
  const transfers: NewTransfer[] = [];
  for (const { trade, items, event, origin } of steps) {
    const money = items.flatMap((item) => movementsAt(item, event, { actor: origin.actor, at }));
    const declines = event === 'decline' ? items.length : 0;
    await followClientMoney(trx, trade, { transfers: money, declines, at });
    transfers.push(...money);
  }
  await book(trx, merchantId, transfers);
}
