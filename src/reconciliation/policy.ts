import { type ItemState, isTerminal } from '../core/item-states.ts';
import { type Mills, NOTHING, subtract } from '../core/money.ts';
import type { PurchaseState } from '../db/tables.ts';
import type { HistoryOrder, TimeRange, UnreadableOrder } from '../suppliers/history.ts';

/** Every kind of difference: what it means, and what an operator does about it. */
export const differenceKinds = {
  unknown_order: {
    meaning: 'the marketplace has an order that no purchase here has',
    advice: 'ask who bought with this account outside the gateway; if nobody did, change the key',
  },
  second_order: {
    meaning: 'the marketplace has another order under the reference of a purchase',
    advice: 'ask the marketplace to refund the order that is not the one in skinrail trade show',
  },
  missing_order: {
    meaning: 'a purchase was made here, and the marketplace does not have its order',
    advice: 'ask the marketplace about the order and the reference; the merchant has paid, or will',
  },
  outcome_open: {
    meaning: 'the marketplace has an order whose purchase has no outcome here',
    advice: 'run skinrail unknown push; if it stays unknown, ask the marketplace about the reference',
  },
  refused_here: {
    meaning: 'the marketplace keeps the money of an order whose purchase was refused here',
    advice: 'ask the marketplace to refund the order; the merchant has its money back',
  },
  price: {
    meaning: 'the order has another price at the marketplace',
    advice: 'ask the marketplace which price it charged; the merchant pays what is recorded here',
  },
  refund_missing: {
    meaning: 'the merchant has its money back, and the marketplace has not paid back all of it',
    advice: 'ask the marketplace for the refund of the order',
  },
  refund_not_recorded: {
    meaning: 'the marketplace has paid back an order that is not refunded here',
    advice: 'see skinrail trade show; if the item stays as it is, settle it as a contradiction of the marketplace',
  },
  refund_unclear: {
    meaning: 'the merchant has its money back, and the marketplace does not say what it paid back',
    advice: 'look up in the account at the marketplace what came back',
  },
  fee: {
    meaning: 'the marketplace has kept or charged a fee',
    advice: 'nothing is wrong here: the fee is yours. Record it, and ask the marketplace if it should not be',
  },
  unreadable: {
    meaning: 'the marketplace has an order that cannot be read or understood',
    advice: 'look the order up at the marketplace, and report it to whoever maintains the adapter',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly advice: string }>;

export type DifferenceKind = keyof typeof differenceKinds;

export const allDifferenceKinds = Object.keys(differenceKinds) as DifferenceKind[]; // Object.keys forgets the literal type

export interface Difference {
  readonly kind: DifferenceKind;
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly tradeId: string | null;
  readonly itemId: string | null;
  /** The money that the difference is about; null: not known. */
  readonly amountMills: Mills | null;
  /** The price, refund or fee as we have it, and as the marketplace has it; null: there is none, or it is not known. */
  readonly oursMills: Mills | null;
  readonly theirsMills: Mills | null;
  /** The item may only be late: it follows its order when that is read. */
  readonly mayBeLate: boolean;
}

/** A purchase that was sent to the marketplace, with its item. */
export interface OwnPurchase {
  readonly tradeId: string;
  readonly itemId: string;
  readonly reference: string;
  readonly state: PurchaseState;
  readonly orderId: string | null;
  readonly itemState: ItemState;
  readonly costMills: Mills | null;
  /** When it was last sent or, if that is known, the latest time at which the order can have been made. */
  readonly at: Date;
  /** The same as `at`, unless it was sent more than once: then a time from before the first call. Any of them may have bought. */
  readonly since: Date;
}

/** What was read of the marketplace's list of orders. */
export interface History {
  readonly orders: readonly HistoryOrder[];
  readonly unreadable: readonly UnreadableOrder[];
  /** False: a part could not be read, and what is not here may be there. */
  readonly isWhole: boolean;
}

/**
 * Compares the orders of a time. Both sides must reach a margin beyond it, because an order that is made seconds before
 * midnight can have the next day's date on the other side.
 */
export function compare(range: TimeRange, purchases: readonly OwnPurchase[], history: History): Difference[] {
  const books = new Books(purchases);
  const judged = history.orders.filter((order) => isJudged(range, order.orderedAt, books.of(order)));
  const byPurchase = Map.groupBy(judged, (order) => books.of(order));
  const unreadable = history.unreadable.filter((each) => isJudged(range, each.orderedAt, books.of(each)));
  const seen = new Set([...history.orders, ...history.unreadable].map((each) => books.of(each)));
  const missing = history.isWhole
    ? purchases.filter((each) => each.state === 'done' && isIn(range, each.at) && !seen.has(each))
    : [];
  return [
    ...[...byPurchase].flatMap(([purchase, orders]) =>
      purchase ? ofPurchase(purchase, orders) : orders.map(ofNobody),
    ),
    ...missing.map(ofMissing),
    ...unreadable.map((each) => ofUnreadable(each, books.of(each))),
  ];
}

/** Finds the purchase of an order: by our reference or, if the marketplace has none, by its own id. */
class Books {
  readonly #byReference: ReadonlyMap<string, OwnPurchase>;
  readonly #byOrderId: ReadonlyMap<string | null, OwnPurchase>;

  constructor(purchases: readonly OwnPurchase[]) {
    this.#byReference = new Map(purchases.map((purchase) => [purchase.reference, purchase]));
    this.#byOrderId = new Map(purchases.map((purchase) => [purchase.orderId, purchase]));
  }

  of({ reference, orderId }: Pick<UnreadableOrder, 'reference' | 'orderId'>): OwnPurchase | undefined {
    if (reference !== null) return this.#byReference.get(reference);
    return orderId === null ? undefined : this.#byOrderId.get(orderId);
  }
}

/** An order without a time was asked for by time, so that it belongs to it. */
function isJudged(range: TimeRange, orderedAt: Date | null, purchase: OwnPurchase | undefined): boolean {
  return [orderedAt ?? purchase?.at ?? range.from, purchase?.at].some((at) => at !== undefined && isIn(range, at));
}

function isIn({ from, to }: TimeRange, at: Date): boolean {
  return at >= from && at < to;
}

/** The orders under one reference. The one that the purchase has recorded is its own; the others are too many. */
function ofPurchase(purchase: OwnPurchase, orders: readonly HistoryOrder[]): Difference[] {
  const own =
    orders.find(({ orderId }) => orderId === purchase.orderId) ??
    orders.find((order) => keptOf(order) !== NOTHING) ??
    orders[0];
  return orders.flatMap((order) => {
    if (order === own) return ofOwnOrder(purchase, order);
    const kept = keptOf(order);
    return kept === NOTHING
      ? []
      : [difference('second_order', { order, purchase, amount: kept, theirs: order.costMills })];
  });
}

function ofOwnOrder(purchase: OwnPurchase, order: HistoryOrder): Difference[] {
  const about = { order, purchase };
  const fee = order.feeMills ?? NOTHING;
  const fees = fee > NOTHING ? [difference('fee', { ...about, amount: fee, ours: NOTHING, theirs: fee })] : [];
  if (order.status.kind === 'unrecognised') return [difference('unreadable', about), ...fees];
  if (purchase.state === 'done') return [...ofPrice(purchase, order), ...ofRefund(purchase, order), ...fees];
  const kept = keptOf(order);
  if (kept === NOTHING) return fees;
  const kind = purchase.state === 'refused' ? 'refused_here' : 'outcome_open';
  return [difference(kind, { ...about, amount: kept, theirs: order.costMills }), ...fees];
}

function ofPrice(purchase: OwnPurchase, order: HistoryOrder): Difference[] {
  const { costMills: ours } = purchase;
  const theirs = order.costMills;
  if (ours === theirs) return [];
  const amount = ours === null ? theirs : subtract(theirs, ours);
  return [difference('price', { order, purchase, amount, ours, theirs })];
}

/** Items that ended without the goods are refunded to the merchant, whatever the marketplace has done. */
function ofRefund(purchase: OwnPurchase, order: HistoryOrder): Difference[] {
  const about = { order, purchase };
  const { refundMills: theirs } = order;
  const isRefunded = isTerminal(purchase.itemState) && purchase.itemState !== 'completed';
  const ours = isRefunded ? order.costMills : NOTHING;
  if (theirs === null) return [difference(isRefunded ? 'refund_unclear' : 'refund_not_recorded', { ...about, ours })];
  if (theirs > ours) {
    return [difference('refund_not_recorded', { ...about, amount: subtract(theirs, ours), ours, theirs })];
  }
  // What was kept as a fee is a difference of its own.
  const missing = subtract(subtract(ours, theirs), isRefunded ? (order.feeMills ?? NOTHING) : NOTHING);
  return missing > NOTHING ? [difference('refund_missing', { ...about, amount: missing, ours, theirs })] : [];
}

function ofNobody(order: HistoryOrder): Difference {
  const { costMills: theirs, refundMills } = order;
  return difference('unknown_order', {
    order,
    amount: refundMills === null ? null : subtract(theirs, refundMills),
    theirs,
  });
}

function ofMissing(purchase: OwnPurchase): Difference {
  return difference('missing_order', { purchase, amount: purchase.costMills, ours: purchase.costMills });
}

function ofUnreadable(order: UnreadableOrder, purchase: OwnPurchase | undefined): Difference {
  return difference('unreadable', { order, ...(purchase ? { purchase } : {}) });
}

/** How much of its cost the marketplace has, but for what it kept of a refund as a fee; null: it does not say. */
function keptOf({ costMills, refundMills, feeMills }: HistoryOrder): Mills | null {
  if (refundMills === null || refundMills === NOTHING) return refundMills === null ? null : costMills;
  const kept = subtract(subtract(costMills, refundMills), feeMills ?? NOTHING);
  return kept > NOTHING ? kept : NOTHING;
}

interface About {
  readonly order?: Pick<HistoryOrder, 'orderId' | 'reference'> | UnreadableOrder;
  readonly purchase?: OwnPurchase;
  readonly amount?: Mills | null;
  readonly ours?: Mills | null;
  readonly theirs?: Mills | null;
}

function difference(kind: DifferenceKind, { order, purchase, amount, ours, theirs }: About): Difference {
  return {
    kind,
    orderId: order?.orderId ?? purchase?.orderId ?? null,
    reference: order?.reference ?? purchase?.reference ?? null,
    tradeId: purchase?.tradeId ?? null,
    itemId: purchase?.itemId ?? null,
    amountMills: amount ?? null,
    oursMills: ours ?? null,
    theirsMills: theirs ?? null,
    mayBeLate: lateKinds.has(kind) && purchase !== undefined && isFollowed(purchase),
  };
}

/** Differences that disappear by themselves when an order is read that is still followed. */
const lateKinds: ReadonlySet<DifferenceKind> = new Set(['outcome_open', 'refund_not_recorded']);

function isFollowed({ state, itemState }: OwnPurchase): boolean {
  return state !== 'done' || !isTerminal(itemState);
}

/** What a key says. `keyOf` writes it. */
export interface KeyParts {
  readonly kind: DifferenceKind;
  readonly orderId: string | null;
  readonly reference: string | null;
}

/** @returns null for a kind that only another version knows */
export function partsOfKey(key: string): KeyParts | null {
  // Kinds and references have no blanks; the id is the marketplace's own text.
  const [, name, orderId, reference] = /^(\S+) (.*) (\S+)$/s.exec(key) ?? [];
  const kind = allDifferenceKinds.find((each) => each === name);
  if (kind === undefined) return null;
  const read = (text: string | undefined) => (text === undefined || text === 'null' ? null : text);
  return { kind, orderId: read(orderId), reference: read(reference) };
}

/** What makes two differences the same one, however much it is about. */
export function keyOf({ kind, orderId, reference }: Pick<Difference, 'kind' | 'orderId' | 'reference'>): string {
  return `${kind} ${orderId} ${reference}`;
}
