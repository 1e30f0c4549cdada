import { isDeepStrictEqual } from 'node:util';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { isTerminal } from '../../src/core/item-states.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Bought, Callback, GatewayBooks, Question, Sold } from './books.ts';
import { type End, endOf, netOf } from './ends.ts';
import type { Told } from './merchant.ts';
import type { Taken } from './receiver.ts';
import { canCancel, isEndless, type PlannedItem } from './shopping.ts';
import type { Tally } from './tally.ts';

/** Everything that anybody knows at the end. */
export interface Evidence {
  readonly told: readonly Told[];
  /** Every externalId that was ever sent. */
  readonly begun: ReadonlySet<string>;
  readonly gateway: GatewayBooks;
  readonly marketplace: ReadonlyMap<string, Sold>;
  readonly taken: ReadonlyMap<string, Taken>;
  readonly approved: ReadonlySet<string>;
  readonly rejected: ReadonlySet<string>;
  /** Questions' ids → the status they were answered with. */
  readonly answers: ReadonlyMap<string, number>;
  /** Trades as `GET` shows them at the end. */
  readonly shown: ReadonlyMap<string, TradeWire>;
  readonly openingMills: bigint;
}

/** The first call of a purchase and five repeats. */
const CALLS_MAX = 6;

/** Compares what merchants were told, what the gateway holds and what the marketplace did. */
export function judge(evidence: Evidence, tally: Tally): void {
  const byTrade = Map.groupBy(evidence.gateway.items, (item) => item.tradeId);
  judgeOrders(evidence, tally);
  for (const item of evidence.gateway.items) judgeItem(item, evidence, tally);
  for (const told of evidence.told) judgeTold(told, byTrade.get(told.id) ?? [], evidence, tally);
  judgeTrades(evidence, byTrade, tally);
  judgeQuestions(evidence, byTrade, tally);
  judgeCallbacks(evidence, tally);
  judgeWallets(evidence, tally);
}

/** Every order at a marketplace belongs to one purchase there, and no purchase has two. */
function judgeOrders({ gateway, marketplace }: Evidence, tally: Tally): void {
  const known = new Map(gateway.items.flatMap((item) => item.references.map((reference) => [reference, item])));
  for (const sold of marketplace.values()) {
    const { market, reference, orderId } = sold;
    const item = known.get(reference);
    if (!item) {
      tally.found('other', `${market.id} was asked for ${reference}, of which the gateway has no purchase`);
      continue;
    }
    if (sold.isMade && item.purchaseState !== 'done') {
      const text = `${market.id} has order ${orderId}, but its purchase ${reference} is ${item.purchaseState}`;
      tally.found('lost refund', text);
    } else if (!isTheSame(sold, item)) {
      tally.found('other', `${market.id} has order ${orderId} under ${reference}, which is not what ${item.id} is`);
    }
    judgeCalls(sold, item, tally);
    judgeCancel(sold, item, tally);
  }
  judgeSharedOrders(gateway.items, tally);
}

function isTheSame(sold: Sold, { supplier, nativeListingId, orderId }: Bought): boolean {
  const isAsked = supplier === sold.market.id && nativeListingId === sold.nativeListingId;
  return isAsked && (!sold.isMade || orderId === sold.orderId);
}

/** A purchase without an answer is repeated under its reference, but only where the marketplace refuses a second one. */
function judgeCalls({ market, reference, buyCalls }: Sold, { purchaseCalls }: Bought, tally: Tally): void {
  const callsMax = market.refusesRepeats ? CALLS_MAX : 1;
  if (buyCalls <= purchaseCalls && purchaseCalls <= callsMax) return;
  tally.found(
    'other',
    `${reference} was sent ${buyCalls} times at ${market.id}; the gateway claimed ${purchaseCalls} calls`,
  );
}

/**
 * Nobody asks for what costs money: a cancel before the marketplace does it free of charge. Where time moved between an
 * order and its answer, the gateway cannot know how old the order is; in real time it does.
 */
function judgeCancel(sold: Sold, { orderedAt }: Bought, tally: Tally): void {
  const { market, reference, createdAtMs, firstCancelAtMs } = sold;
  if (firstCancelAtMs === null || firstCancelAtMs - createdAtMs >= market.freeCancelAgeMs) return;
  const isKnown = orderedAt !== null && createdAtMs - orderedAt.getTime() < MINUTE_MS;
  if (!isKnown) return;
  const ageS = Math.round((firstCancelAtMs - createdAtMs) / 1000);
  tally.found('other', `${market.id} was asked to cancel ${reference} at a charge, ${ageS} s after its order`);
}

/** No two items are one order. */
function judgeSharedOrders(items: readonly Bought[], tally: Tally): void {
  const bought = items.filter(({ orderId }) => orderId !== null);
  for (const [order, sharing] of Map.groupBy(bought, ({ supplier, orderId }) => `${supplier} ${orderId}`)) {
    if (sharing.length > 1) tally.found('other', `${order} is the order of items ${sharing.map(({ id }) => id)}`);
  }
}

/** Delivered and paid, or not delivered and refunded once; never both, never neither. */
function judgeItem(item: Bought, { marketplace, approved }: Evidence, tally: Tally): void {
  const name = `item ${item.id} of trade ${item.tradeId} (${item.tradeExternalId})`;
  if (item.references.length > 1) tally.found('other', `${name} has ${item.references.length} purchases`);
  if (item.references.length > 0 && !approved.has(item.tradeId)) {
    tally.found('other', `${name} was bought, and its merchant never approved`);
  }
  const sold = marketplace.get(item.references[0] ?? '');
  const end: End = endOf(sold, item.state);
  if (item.state !== end.state || item.revertedBy !== (end.revertedBy ?? null)) {
    const by = item.revertedBy ?? 'nobody';
    const says = sold ? `${sold.market.id} says ${sold.isMade ? sold.phase : 'not made'}` : 'nobody heard of it';
    tally.found('other', `${name} is ${item.state} by ${by}, ${says}`);
  }
  const netMills = netOf(end, sold, item.feeBps);
  if (item.netMills > netMills) {
    tally.found('double refund', `${name} got ${item.netMills - netMills} mills too many back`);
  }
  if (item.netMills < netMills) {
    tally.found('lost refund', `${name} misses ${netMills - item.netMills} mills`);
  }
  if (item.openCancellations > 0 && isTerminal(item.state))
    tally.found('other', `${name} is over and its cancellation is still open`);
}

/** What the merchant was told about its trade is so. */
function judgeTold(told: Told, items: readonly Bought[], evidence: Evidence, tally: Tally): void {
  if (items.length !== told.plan.items.length) {
    tally.found(
      'wrong answer',
      `trade ${told.id} was confirmed with ${told.plan.items.length} items and has ${items.length}`,
    );
  }
  for (const planned of told.plan.items) {
    const item = items.find((each) => each.listingId === planned.testListing.id);
    if (item) judgeAnswers(told, planned, item, evidence.marketplace.get(item.references[0] ?? ''), tally);
  }
}

const delivered: ReadonlySet<Phase> = new Set<Phase>([
  'offered',
  'accepted',
  'settled',
  'declined',
  'recalledBySeller',
  'reversedByUser',
]);

function judgeAnswers(told: Told, planned: PlannedItem, item: Bought, sold: Sold | undefined, tally: Tally): void {
  const { behaviour, id, isAutomatic = false } = planned.testListing;
  const isOver = isTerminal(item.state);
  if (!isOver && !isEndless(planned.testListing)) {
    tally.found('other', `item ${item.id} of trade ${told.id} (${behaviour}) is still ${item.state}`);
  }
  if (told.accepted.has(id) && !sold?.isCancelAccepted && item.state !== 'canceled') {
    tally.found('wrong answer', `cancel of ${planned.externalId} was answered 200, the marketplace never accepted it`);
  }
  const isTrue: Record<string, boolean> = {
    not_supported: !canCancel(planned.testListing),
    not_allowed: behaviour === 'refuses-to-cancel' || isAutomatic,
    already_closed: isOver,
    already_cancelled: item.state === 'reverted' || item.state === 'canceled',
    already_sent: sold !== undefined && delivered.has(sold.phase),
    too_early: true,
    // The cancel of a whole trade does not say why, and too early would do.
    not_said: true,
  };
  for (const { itemId, reason } of told.refused) {
    if (itemId === id && !isTrue[reason]) {
      tally.found(
        'wrong answer',
        `cancel of ${planned.externalId} was refused as ${reason}; it is ${item.state}, ${sold?.phase}`,
      );
    }
  }
}

/** Nothing exists that nobody ordered, and nothing was forgotten that was confirmed. */
function judgeTrades({ begun, told, shown }: Evidence, byTrade: Map<string, Bought[]>, tally: Tally): void {
  for (const [tradeId, [item]] of byTrade) {
    if (!begun.has(item?.tradeExternalId ?? '')) tally.found('other', `nobody ordered trade ${tradeId}`);
  }
  for (const { id } of told) {
    if (!shown.has(id)) tally.found('wrong answer', `trade ${id} was confirmed and cannot be read`);
  }
  const confirmed = new Set(told.map(({ id }) => id));
  for (const tradeId of byTrade.keys()) {
    if (!confirmed.has(tradeId)) tally.found('other', `trade ${tradeId} exists, but its merchant never learned of it`);
  }
}

const errorOf: Readonly<Record<string, string>> = { rejected: 'MERCHANT_REJECTED', timed_out: 'APPROVAL_TIMEOUT' };

/** What came of the questions is what merchants said, and nothing was bought without a yes. */
function judgeQuestions(evidence: Evidence, byTrade: Map<string, Bought[]>, tally: Tally): void {
  const { approved, rejected, answers, gateway } = evidence;
  for (const { tradeId, state, asked } of gateway.questions) {
    const items = byTrade.get(tradeId) ?? [];
    const wrong = (text: string) => tally.found('other', `trade ${tradeId} ${text}`);
    const isBought = items.some(({ references }) => references.length > 0);
    // A trade that holds a canceled item has not failed, whatever became of the others.
    const error = items.some((item) => item.state === 'canceled') ? errorOf[state] : items[0]?.tradeError;
    if (isBought && state !== 'approved') wrong(`has purchases, and its question is ${state}`);
    if (state === 'approved' && !approved.has(tradeId)) wrong('counts as approved, and nobody said yes');
    if (state === 'rejected' && !rejected.has(tradeId)) wrong('counts as rejected, and nobody said no');
    if ((error === 'MERCHANT_REJECTED') !== (state === 'rejected')) wrong(`failed with ${error}, but is ${state}`);
    if ((error === 'APPROVAL_TIMEOUT') !== (state === 'timed_out')) wrong(`failed with ${error}, but is ${state}`);
    if (state === 'timed_out' && asked.filter(isNoAnswer).length < 3) wrong('was given up before the third silence');
    for (const { messageId, status } of asked.filter((each) => !isNoAnswer(each))) {
      if (answers.get(messageId) !== status)
        wrong(`is said to be answered ${status}; it was ${answers.get(messageId)}`);
    }
  }
}

function isNoAnswer({ status }: Question['asked'][number]): boolean {
  return status === null || status >= 500;
}

/** What steps tell of a trade: a request to cancel that was answered at once has no callback of its own. */
function steps(trade: TradeWire | undefined, isPending: boolean): unknown {
  if (!trade) return undefined;
  const items = trade.items.map(({ cancellation: _ownStates, ...item }) => item);
  const told = { ...trade, items, ...(isPending ? { reservedPrice: undefined } : {}) };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** Every step was told, in order, and the last one shows how the trade ended. */
function judgeCallbacks({ gateway, taken, shown }: Evidence, tally: Tally): void {
  const byTrade = Map.groupBy(gateway.callbacks, (callback) => callback.tradeId);
  for (const [tradeId, callbacks] of byTrade) {
    const got = taken.get(tradeId);
    for (const callback of callbacks) judgeCallback(callback, got, tally);
    judgeOrder(tradeId, callbacks, got, tally);
    const last = got?.shown.get(callbacks.at(-1)?.id ?? '');
    // That a purchase was cheaper than it might have been is no step: what is reserved for it has no callback.
    const isPending = shown.get(tradeId)?.status === 'pending';
    if (!isDeepStrictEqual(steps(last, isPending), steps(shown.get(tradeId), isPending))) {
      tally.found('other', `the last callback of trade ${tradeId} does not show it as it ended`);
    }
  }
}

/** What was given up holds up nothing, and comes whenever its merchant has it sent again. */
function judgeOrder(tradeId: string, callbacks: readonly Callback[], got: Taken | undefined, tally: Tally): void {
  const due = callbacks.flatMap(({ id, isReplayed }) => (isReplayed ? [] : [id]));
  const replayed = new Set(callbacks.flatMap(({ id, isReplayed }) => (isReplayed ? [id] : [])));
  const came = (got?.ids ?? []).filter((id) => !replayed.has(id));
  if (isDeepStrictEqual(came, due)) return;
  tally.found('other', `callbacks of trade ${tradeId} came as ${came}, not in their order`);
}

function judgeCallback({ id, state, attempts, tradeId }: Callback, got: Taken | undefined, tally: Tally): void {
  if (state !== 'delivered')
    tally.found('other', `callback ${id} of ${tradeId} is ${state} after ${attempts} attempts`);
  if (!got?.ids.includes(id)) tally.found('other', `callback ${id} of ${tradeId} is ${state} and never came`);
}

/** The wallet by the marketplace's books: what was put in, less what was delivered, is under way, or was a penalty. */
function judgeWallets({ gateway, marketplace, openingMills }: Evidence, tally: Tally): void {
  for (const { merchantId, name, mills } of gateway.wallets) {
    const items = gateway.items.filter((item) => item.merchantId === merchantId);
    if (name !== 'available' || items.length === 0) continue;
    const spent = items.map((item) => {
      const sold = marketplace.get(item.references[0] ?? '');
      return netOf(endOf(sold, item.state), sold, item.feeBps);
    });
    const expected = spent.reduce((left, net) => left + net, openingMills);
    if (mills !== expected) {
      const wrong = mills > expected ? 'double refund' : 'lost refund';
      tally.found(wrong, `merchant ${merchantId} has ${mills} mills, by the marketplace's books ${expected}`);
    }
  }
}
