import type { ApprovalAttemptRow, ApprovalRow } from '../db/tables.ts';
import { readChoice } from '../purchases/choice.ts';
import type { ItemTimeline, Timeline, TimelineCallback } from '../trades/timeline.ts';
import { decimal } from './format.ts';

/** A trade's timeline as `skinrail trade show --json` prints it; amounts are dollars in decimal text. */
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
    createdAt: trade.created_at,
    updatedAt: trade.updated_at,
    autoCancelAt: trade.auto_cancel_at,
    approval: approval ? approvalJson(approval, approvalAttempts) : null,
    waitsFor: freezes.map(({ scope, target, reason, actor, since }) => ({ scope, target, reason, actor, since })),
    items: items.map(itemJson),
    callbacks: callbacks.map(callbackJson),
  };
}

function approvalJson(approval: ApprovalRow, attempts: readonly ApprovalAttemptRow[]) {
  return {
    state: approval.state,
    reason: approval.reason,
    dueAt: approval.due_at,
    decidedAt: approval.decided_at,
    questions: attempts.map((attempt) => ({
      id: attempt.message_id,
      at: attempt.at,
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
    autoCancelDueAt: item.auto_cancel_due_at,
    price: decimal(item.price_mills),
    cost: item.cost_mills === null ? null : decimal(item.cost_mills),
    events: events.map((event) => ({
      number: event.number,
      at: event.at,
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
      createdAt: purchase.created_at,
    })),
    cancellations: cancellations.map((cancellation) => ({
      id: cancellation.id,
      state: cancellation.state,
      actor: cancellation.actor,
      requestId: cancellation.request_id,
      reason: cancellation.reason,
      attempts: cancellation.attempts,
      requestedAt: cancellation.requested_at,
      answeredAt: cancellation.answered_at,
      closedAt: cancellation.closed_at,
    })),
    transfers: transfers.map((transfer) => ({
      at: transfer.at,
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
    createdAt: callback.created_at,
    dueAt: callback.due_at,
    deliveredAt: callback.delivered_at,
  };
}
