import { decimal, parseDollars, sum } from '../core/money.ts';
import type { ApprovalAttemptRow, ApprovalRow } from '../db/tables.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';
import { readChoice } from '../purchases/choice.ts';
import type { ItemTimeline, Timeline, TimelineCallback } from '../trades/timeline.ts';
import { iso } from './wire.ts';

/** A trade's timeline as `skinrail trade show --json` prints it and the operator API answers it; amounts are dollars as text. */
export function timelineJson(timeline: Timeline) {
  const { trade, merchantName, approval, approvalAttempts, items, callbacks, freezes } = timeline;
  return {
    id: trade.id,
    externalId: trade.external_id,
    merchantId: trade.merchant_id,
    merchantName,
    type: trade.type,
    source: trade.source,
    game: trade.game,
    steamId: trade.steam_id,
    clientId: trade.client_id,
    status: trade.status,
    error: trade.error,
    version: trade.version,
    createdAt: iso(trade.created_at),
    updatedAt: iso(trade.updated_at),
    autoCancelAt: iso(trade.auto_cancel_at),
    approval: approval ? approvalJson(approval, approvalAttempts) : null,
    waitsFor: freezes.map(({ scope, target, reason, actor, since }) => ({
      scope,
      target,
      reason,
      actor,
      since: iso(since),
    })),
    items: items.map(itemJson),
    callbacks: callbacks.map(callbackJson),
  };
}

function approvalJson(approval: ApprovalRow, attempts: readonly ApprovalAttemptRow[]) {
  return {
    state: approval.state,
    reason: approval.reason,
    dueAt: iso(approval.due_at),
    decidedAt: iso(approval.decided_at),
    questions: attempts.map((attempt) => ({
      id: attempt.message_id,
      at: iso(attempt.at),
      durationMs: attempt.duration_ms,
      status: attempt.status,
      failure: attempt.failure,
    })),
  };
}

function itemJson({ item, events, purchases, cancellations, transfers }: ItemTimeline) {
  return {
    id: item.listing_id,
    internalId: item.id,
    externalId: item.external_id,
    marketHashName: item.market_hash_name,
    supplier: item.supplier,
    state: item.state,
    error: item.error,
    revertedBy: item.reverted_by,
    autoCancelDueAt: iso(item.auto_cancel_due_at),
    price: decimal(item.price_mills),
    cost: item.cost_mills === null ? null : decimal(item.cost_mills),
    events: events.map((event) => ({
      number: event.number,
      at: iso(event.at),
      event: event.event,
      from: event.from_state,
      to: event.to_state,
      actor: event.actor,
      requestId: event.request_id,
      cause: event.cause,
    })),
    purchases: purchases.map((purchase) => ({
      reference: purchase.reference,
      state: purchase.state,
      orderId: purchase.order_id,
      reason: purchase.reason,
      supplier: purchase.supplier,
      choice: readChoice(purchase.choice),
      createdAt: iso(purchase.created_at),
    })),
    cancellations: cancellations.map((cancellation) => ({
      id: cancellation.id,
      state: cancellation.state,
      actor: cancellation.actor,
      requestId: cancellation.request_id,
      reason: cancellation.reason,
      attempts: cancellation.attempts,
      requestedAt: iso(cancellation.requested_at),
      answeredAt: iso(cancellation.answered_at),
      closedAt: iso(cancellation.closed_at),
    })),
    transfers: transfers.map((transfer) => ({
      at: iso(transfer.at),
      kind: transfer.kind,
      from: transfer.from_account,
      to: transfer.to_account,
      amount: decimal(transfer.amount_mills),
      actor: transfer.actor,
    })),
  };
}

function callbackJson(callback: TimelineCallback) {
  return {
    id: callback.id,
    number: callback.number,
    state: callback.state,
    attempts: callback.attempts,
    lastFailure: callback.last_failure,
    createdAt: iso(callback.created_at),
    dueAt: iso(callback.due_at),
    deliveredAt: iso(callback.delivered_at),
  };
}

type TimelineJson = ReturnType<typeof timelineJson>;

/** Movements of the merchant's own money. The others show what an item costs the operator. */
const OF_MERCHANT: ReadonlySet<string> = new Set(['reserve', 'release', 'refund', 'penalty']);
const OWN_ACCOUNTS: ReadonlySet<string> = new Set([AVAILABLE, LOCKED]);

/**
 * The same for a merchant's members, who see what the public API shows the merchant: not where the operator buys and at what
 * cost, nor the raw messages of marketplaces.
 */
export function forMembers(timeline: TimelineJson): TimelineJson {
  return {
    ...timeline,
    waitsFor: timeline.waitsFor.map((freeze) => ({ ...freeze, target: '', reason: '', actor: 'operator' })),
    items: timeline.items.map((item) => ({
      ...item,
      supplier: null,
      cost: null,
      purchases: [],
      events: item.events.map((event) => ({ ...event, actor: shownActor(event.actor), cause: {} })),
      cancellations: item.cancellations.map((request) => ({
        ...request,
        actor: shownActor(request.actor),
        reason: request.state === 'refused' ? request.reason : null,
      })),
      transfers: wholeMovements(item.transfers),
    })),
  };
}

type Transfers = TimelineJson['items'][number]['transfers'];

/** What comes back of a price that was paid has two halves, the marketplace's part and the operator's: one movement. */
function wholeMovements(transfers: Transfers): Transfers {
  const own = transfers.filter(({ kind }) => OF_MERCHANT.has(kind));
  return [...Map.groupBy(own, ({ kind, at }) => `${kind} ${at}`).values()].flatMap((halves) => {
    const [first] = halves;
    if (!first) return [];
    const total = sum(halves.flatMap(({ amount }) => parseDollars(amount, 3) ?? []));
    return [
      {
        ...first,
        from: shownAccount(first.from),
        to: shownAccount(first.to),
        amount: decimal(total),
        actor: shownActor(first.actor),
      },
    ];
  });
}

function shownAccount(name: string): string {
  return OWN_ACCOUNTS.has(name) ? name : 'spent';
}

/** The merchant's own people, programs and clients are named; nobody of the operator, and no marketplace. */
function shownActor(actor: string): string {
  if (/^(merchant|client|member):/.test(actor)) return actor;
  return /^(staff|operator):/.test(actor) ? 'operator' : 'gateway';
}
