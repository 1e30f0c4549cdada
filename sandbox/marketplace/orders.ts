import type { DatabaseSync, SQLOutputValue, StatementSync } from 'node:sqlite';
import { add, type Mills, NOTHING, toMills } from '../../src/core/money.ts';
import type { Side } from './listing.ts';
import { ordinaryIds } from './stock/stock-item.ts';
import { integerOf, type SandboxStore, textOf } from './store.ts';
import type { OrderTimes } from './timeline.ts';

/** `not_made` is final: a late repeat with the same reference creates no order either. */
export type OrderOutcome = 'made' | 'not_made' | 'never_arrived';

/** Each front speaks as one real marketplace does. CS2DT's and LIS-SKINS' push the changes of their orders. */
export const fronts = ['cs2dt', 'lis-skins', 'waxpeer'] as const;
export type Front = (typeof fronts)[number];

/** The data of one reference of the gateway. The status of the order is not stored; it is calculated from the times. */
export interface Order extends OrderTimes {
  readonly number: number;
  readonly reference: string;
  readonly side: Side;
  readonly listingId: string;
  readonly outcome: OrderOutcome;
  readonly front: Front;
  readonly priceMills: Mills;
  readonly buyCalls: number;
  readonly cancelCalls: number;
  /** When a cancellation was first requested, whatever the answer. */
  readonly firstCancelAtMs: number | null;
  /** Cancellation attempts that were neither too early nor too late; the behaviour's script counts these. */
  readonly cancelAttempts: number;
  /** The phase of the last hint. */
  readonly hintPhase: string | null;
  /** Failed attempts to send the hint. */
  readonly hintTries: number;
}

export interface NewOrder {
  readonly reference: string;
  readonly side: Side;
  readonly listingId: string;
  readonly outcome: OrderOutcome;
  readonly priceMills: Mills;
  readonly createdAtMs: number;
  readonly buyCalls: number;
  readonly front: Front;
  readonly hintPhase: string | null;
  readonly hintDueAtMs: number | null;
}

export interface HintState {
  readonly phase: string;
  readonly tries: number;
  readonly dueAtMs: number | null;
}

// Order ids have 18 digits, more than a JSON number can hold exactly.
const ORDER_ID_BASE = 930_000_000_000_000_000n;

const TABLE = `
  create table if not exists marketplace_order (
    number integer primary key,
    reference text not null unique,
    side text not null,
    listing_id text not null,
    outcome text not null,
    price_mills integer not null,
    created_at_ms integer not null,
    buy_calls integer not null,
    cancel_calls integer not null default 0,
    cancel_asks integer not null default 0,
    cancel_accepted_at_ms integer,
    delivered_at_ms integer,
    hint_phase text,
    hint_tries integer not null default 0,
    hint_due_at_ms integer,
    front text,
    first_cancel_at_ms integer
  ) strict;
  create index if not exists marketplace_order_hint_due on marketplace_order (hint_due_at_ms)
    where hint_due_at_ms is not null;
  create index if not exists marketplace_order_listing on marketplace_order (listing_id) where outcome = 'made';
`;

/** An older sandbox had a front for each game, whose orders have none here. */
const ADOPT_ORDERS_OF_SIDES = `
  update marketplace_order set hint_due_at_ms = null, front = case side when 'rust' then 'waxpeer' else 'cs2dt' end
    where front is null
`;

export class Orders {
  readonly #insert: StatementSync;
  readonly #byReference: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #latestOf: StatementSync;
  readonly #ofOrdinary: StatementSync;
  readonly #ofFront: StatementSync;
  readonly #arrive: StatementSync;
  readonly #countBuy: StatementSync;
  readonly #countCancel: StatementSync;
  readonly #deliver: StatementSync;
  readonly #recordCancel: StatementSync;
  readonly #hintsDue: StatementSync;
  readonly #nextHint: StatementSync;
  readonly #saveHint: StatementSync;
  readonly #boughtMills = new Map<Front, Mills>();

  constructor(store: SandboxStore) {
    const { database } = store;
    database.exec(TABLE);
    addColumn(database, 'delivered_at_ms', 'integer');
    addColumn(database, 'front', 'text');
    addColumn(database, 'first_cancel_at_ms', 'integer');
    database.exec(ADOPT_ORDERS_OF_SIDES);
    this.#insert = database.prepare(
      `insert into marketplace_order (reference, side, listing_id, outcome, price_mills, created_at_ms, buy_calls,
         front, hint_phase, hint_due_at_ms) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#arrive = database.prepare(
      `update marketplace_order set outcome = 'made', price_mills = ?, created_at_ms = ?, hint_due_at_ms = ?
         where number = ?`,
    );
    this.#byReference = database.prepare('select * from marketplace_order where reference = ?');
    this.#byNumber = database.prepare('select * from marketplace_order where number = ?');
    this.#latestOf = database.prepare(
      `select * from marketplace_order where outcome = 'made' and listing_id = ? and side = ?
         order by number desc limit 1`,
    );
    this.#ofOrdinary = database.prepare(
      `select * from marketplace_order where outcome = 'made' and listing_id >= ? and listing_id < ? and side = ?
         order by number`,
    );
    this.#ofFront = database.prepare(
      "select * from marketplace_order where outcome = 'made' and front = ? order by number",
    );
    this.#countBuy = database.prepare('update marketplace_order set buy_calls = buy_calls + 1 where number = ?');
    this.#countCancel = database.prepare(
      `update marketplace_order set cancel_calls = cancel_calls + 1,
         first_cancel_at_ms = coalesce(first_cancel_at_ms, ?) where number = ?`,
    );
    this.#recordCancel = database.prepare(
      `update marketplace_order set cancel_calls = cancel_calls + 1, cancel_asks = cancel_asks + 1,
         first_cancel_at_ms = coalesce(first_cancel_at_ms, ?), cancel_accepted_at_ms = ?, hint_due_at_ms = ?
         where number = ?`,
    );
    this.#deliver = database.prepare(
      'update marketplace_order set delivered_at_ms = ?, hint_due_at_ms = ? where number = ?',
    );
    this.#hintsDue = database.prepare(
      'select * from marketplace_order where hint_due_at_ms <= ? and front = ? order by hint_due_at_ms limit ?',
    );
    this.#nextHint = database.prepare(
      'select min(hint_due_at_ms) as at_ms from marketplace_order where hint_due_at_ms > ? and front = ?',
    );
    this.#saveHint = database.prepare(
      'update marketplace_order set hint_phase = ?, hint_tries = ?, hint_due_at_ms = ? where number = ?',
    );
    for (const front of fronts) for (const { priceMills } of this.ofFront(front)) this.#countBought(front, priceMills);
  }

  /** What all orders of a front have cost, those that were paid back included. */
  boughtMills(front: Front): Mills {
    return this.#boughtMills.get(front) ?? NOTHING;
  }

  #countBought(front: Front, priceMills: Mills): void {
    this.#boughtMills.set(front, add(this.boughtMills(front), priceMills));
  }

  /** @returns the number of the new order */
  insert(order: NewOrder): number {
    if (order.outcome === 'made') this.#countBought(order.front, order.priceMills);
    const { lastInsertRowid } = this.#insert.run(
      order.reference,
      order.side,
      order.listingId,
      order.outcome,
      order.priceMills,
      order.createdAtMs,
      order.buyCalls,
      order.front,
      order.hintPhase,
      order.hintDueAtMs,
    );
    return Number(lastInsertRowid);
  }

  /** A repeat of a call that never arrived has arrived: its order is made now. */
  arrive(lost: Order, priceMills: Mills, createdAtMs: number, hintDueAtMs: number | null): Order {
    this.#countBought(lost.front, priceMills);
    this.#arrive.run(priceMills, createdAtMs, hintDueAtMs, lost.number);
    const order = this.byNumber(lost.number);
    if (!order) throw new Error('a stored order could not be read back');
    return order;
  }

  byReference(reference: string): Order | undefined {
    const row = this.#byReference.get(reference);
    return row && orderOf(row);
  }

  byOrderId(orderId: string): Order | undefined {
    const row = /^\d{18}$/.test(orderId) ? this.#byNumber.get(BigInt(orderId) - ORDER_ID_BASE) : undefined;
    return row && orderOf(row);
  }

  byNumber(number: number): Order | undefined {
    const row = this.#byNumber.get(number);
    return row && orderOf(row);
  }

  /** The latest order of a listing. */
  latestOf(side: Side, listingId: string): Order | undefined {
    const row = this.#latestOf.get(listingId, side);
    return row && orderOf(row);
  }

  /** Orders of ordinary listings, oldest first. */
  ofOrdinary(side: Side): Order[] {
    const { from, below } = ordinaryIds[side];
    return this.#ofOrdinary.all(from, below, side).map(orderOf);
  }

  countBuy(order: Order): void {
    this.#countBuy.run(order.number);
  }

  countCancel(order: Order, atMs: number): void {
    this.#countCancel.run(atMs, order.number);
  }

  /** @param takesEffect false: the attempt changes nothing */
  recordCancel(order: Order, takesEffect: boolean, atMs: number): void {
    this.#recordCancel.run(atMs, takesEffect ? atMs : null, atMs, order.number);
  }

  deliver(order: Order, atMs: number): void {
    this.#deliver.run(atMs, atMs, order.number);
  }

  /** Oldest first. */
  ofFront(front: Front): Order[] {
    return this.#ofFront.all(front).map(orderOf);
  }

  hintsDue(nowMs: number, front: Front, limit: number): Order[] {
    return this.#hintsDue.all(nowMs, front, limit).map(orderOf);
  }

  /** When the next hint is due after a time; null: none is. */
  nextHintMs(afterMs: number, front: Front): number | null {
    const atMs = this.#nextHint.get(afterMs, front)?.['at_ms'] ?? null;
    return atMs === null ? null : Number(atMs);
  }

  saveHint(order: Order, hint: HintState): void {
    this.#saveHint.run(hint.phase, hint.tries, hint.dueAtMs, order.number);
  }
}

/** The file of an older sandbox does not have this column. */
function addColumn(
  database: DatabaseSync,
  name: 'delivered_at_ms' | 'first_cancel_at_ms' | 'front',
  type: 'integer' | 'text',
): void {
  const columns = database.prepare('pragma table_info(marketplace_order)').all();
  if (columns.some((column) => column['name'] === name)) return;
  database.exec(`alter table marketplace_order add column ${name} ${type}`);
}

/** The marketplace's id of an order, derived from its number. */
export function orderIdOf(order: { readonly number: number }): string {
  return String(ORDER_ID_BASE + BigInt(order.number));
}

function orderOf(row: Record<string, SQLOutputValue>): Order {
  return {
    number: integerOf(row.number),
    reference: textOf(row.reference),
    side: textOf(row.side) === 'rust' ? 'rust' : 'cs2',
    listingId: textOf(row.listing_id),
    outcome: outcomeOf(textOf(row.outcome)),
    front: frontOf(textOf(row.front)),
    priceMills: toMills(BigInt(integerOf(row.price_mills))),
    createdAtMs: integerOf(row.created_at_ms),
    buyCalls: integerOf(row.buy_calls),
    cancelCalls: integerOf(row.cancel_calls),
    firstCancelAtMs: row.first_cancel_at_ms === null ? null : integerOf(row.first_cancel_at_ms),
    cancelAttempts: integerOf(row.cancel_asks),
    cancelAcceptedAtMs: row.cancel_accepted_at_ms === null ? null : integerOf(row.cancel_accepted_at_ms),
    deliveredAtMs: row.delivered_at_ms === null ? null : integerOf(row.delivered_at_ms),
    hintPhase: row.hint_phase === null ? null : textOf(row.hint_phase),
    hintTries: integerOf(row.hint_tries),
  };
}

function frontOf(text: string): Front {
  const front = fronts.find((each) => each === text);
  if (front) return front;
  throw new Error(`the sandbox database has an order of ${text}, which this version does not know`);
}

function outcomeOf(text: string): OrderOutcome {
  return text === 'made' || text === 'not_made' ? text : 'never_arrived';
}
