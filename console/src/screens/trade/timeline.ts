import { actorText } from '../../shared/actor.tsx';
import { dollars } from '../../shared/money.tsx';
import { type Cancellation, type Item, type ItemEvent, nameOf, type Purchase, type TradeDetails } from './queries.ts';

/** One moment in the life of a trade. */
export interface Entry {
  readonly key: string;
  readonly at: string;
  readonly kind: 'event' | 'purchase' | 'cancellation' | 'money' | 'approval' | 'callback';
  readonly text: string;
  /** The state that it led to. */
  readonly state?: string;
  /** Absent where the trade has one item only, or where it is about the whole trade. */
  readonly item?: string;
  readonly details: readonly string[];
  /** Of the request that caused it. */
  readonly requestId?: string;
}

/** What can have happened at the same moment is shown in this order: what caused it before what it caused. */
const ranks: Readonly<Record<Entry['kind'], number>> = {
  approval: 0,
  cancellation: 1,
  purchase: 2,
  event: 3,
  money: 4,
  callback: 5,
};

/** Everything that happened to a trade and its items, oldest first. */
export function entriesOf(trade: TradeDetails): Entry[] {
  const { items, approval, callbacks } = trade;
  const entries = [
    ...items.flatMap((item) => entriesOfItem(item, items.length > 1)),
    ...(approval ? entriesOfApproval(approval) : []),
    ...callbacks.flatMap(entriesOfCallback),
  ];
  return entries.sort((a, b) => a.at.localeCompare(b.at) || ranks[a.kind] - ranks[b.kind]);
}

function entriesOfItem(item: Item, isOneOfMany: boolean): Entry[] {
  const of = { ...(isOneOfMany ? { item: nameOf(item) } : {}), id: item.internalId };
  const entries = [
    ...item.events.map(entryOfEvent),
    ...item.purchases.map(entryOfPurchase),
    ...item.cancellations.flatMap(entriesOfCancellation),
    ...item.transfers.map(({ at, kind, from, to, amount, actor }, index) => ({
      ...{ key: `money ${index}`, at, kind: 'money' as const, text: `${capital(kind)} of ${dollars(amount)}` },
      details: [`${from} → ${to}`, actorText(actor)],
    })),
  ];
  return entries.map((entry) => ({
    ...entry,
    key: `${of.id} ${entry.key}`,
    ...(of.item === undefined ? {} : { item: of.item }),
  }));
}

const eventTexts: Readonly<Record<string, string>> = {
  create: 'Created',
  approve: 'Approved by the merchant',
  reject: 'Not approved; nothing is bought',
  withdraw: 'Cancelled before a marketplace was asked',
  offer: 'The seller sent the Steam offer',
  accept: 'The recipient accepted the offer',
  complete: 'Completed',
  decline: 'The offer was declined or has expired',
  fail: 'Failed',
  revert: 'Cancelled or reversed by the marketplace',
};

function entryOfEvent({ number, at, event, to, actor, requestId, cause }: ItemEvent): Entry {
  return {
    ...{ key: `event ${number}`, at, kind: 'event', text: eventTexts[event] ?? capital(event), state: to },
    details: [actorText(actor), ...causeTexts(cause)],
    ...(requestId === null ? {} : { requestId }),
  };
}

/** The fields of a cause depend on the event. The reference is that of the purchase, which has its own table. */
function causeTexts(cause: unknown): string[] {
  if (typeof cause !== 'object' || cause === null) return [];
  const fields = Object.entries(cause).filter(([name]) => name !== 'reference');
  return fields.map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return name === 'reason' ? text : `${name}: ${text}`;
  });
}

function entryOfPurchase({ reference, createdAt, supplier, state, reason, orderId }: Purchase): Entry {
  const details = [orderId === null ? null : `order ${orderId}`, `now ${state}`, reason];
  return {
    ...{ key: `purchase ${reference}`, at: createdAt, kind: 'purchase', text: `Order at ${supplier}` },
    details: details.filter((text) => text !== null),
  };
}

function entriesOfCancellation({ id, state, ...about }: Cancellation): Entry[] {
  const { requestedAt, answeredAt, closedAt, actor, reason, requestId } = about;
  const entry = (step: string, at: string, text: string, details: readonly string[]): Entry => {
    return { key: `cancellation ${id} ${step}`, at, kind: 'cancellation', text, details };
  };
  const why = reason === null ? [] : [reason];
  const requested = entry('requested', requestedAt, 'Cancellation requested', [actorText(actor)]);
  return [
    requestId === null ? requested : { ...requested, requestId },
    ...(answeredAt === null ? [] : [entry('answered', answeredAt, 'The marketplace answered the cancellation', why)]),
    ...(closedAt === null ? [] : [entry('closed', closedAt, `Cancellation ${state}`, answeredAt === null ? why : [])]),
  ];
}

function entriesOfApproval({ questions, decidedAt, state, reason }: NonNullable<TradeDetails['approval']>): Entry[] {
  const asked = questions.map(({ id, at, durationMs, status, failure }): Entry => {
    const answer = status === null ? 'no answer' : `status ${status}`;
    const details = [`${answer} after ${durationMs} ms`, ...(failure === null ? [] : [failure])];
    return { key: `approval ${id} ${at}`, at, kind: 'approval', text: 'The merchant was asked for approval', details };
  });
  if (decidedAt === null) return asked;
  const details = reason === null ? [] : [reason];
  const text = `Approval: ${state.replaceAll('_', ' ')}`;
  return [...asked, { key: 'approval decided', at: decidedAt, kind: 'approval', text, details }];
}

function entriesOfCallback(callback: TradeDetails['callbacks'][number]): Entry[] {
  const { id, number, createdAt, deliveredAt, attempts, lastFailure } = callback;
  const entry = (step: string, at: string, text: string, details: readonly string[]): Entry => {
    return { key: `callback ${id} ${step}`, at, kind: 'callback', text, details };
  };
  const times = attempts === 1 ? 'at the first attempt' : `after ${attempts} attempts`;
  const failure = lastFailure === null ? [] : [`last failure: ${lastFailure}`];
  return [
    entry('recorded', createdAt, `Callback ${number} recorded`, deliveredAt === null ? failure : []),
    ...(deliveredAt === null ? [] : [entry('delivered', deliveredAt, `Callback ${number} delivered`, [times])]),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
