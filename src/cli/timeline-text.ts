import { sum } from '../core/money.ts';
import { readChoice } from '../purchases/choice.ts';
import type { ItemTimeline, Timeline, TimelineCallback } from '../trades/timeline.ts';
import { whyHere } from './choice-text.ts';
import { type Cell, columns, dollars } from './format.ts';

/** A trade's timeline as `skinrail trade show` prints it. */
export function timelineText(timeline: Timeline): string {
  const items = timeline.items.map((item, index) => `\n${itemText(item, index + 1)}`);
  return `${tradeText(timeline)}${approvalAttemptsText(timeline)}${items.join('')}\n${callbacksText(timeline.callbacks)}`;
}

function tradeText({ trade, merchantName, approval, items, freezes }: Timeline): string {
  return columns([
    ['trade', trade.id],
    ['externalId', trade.external_id],
    ['merchant', `${merchantName}  ${trade.merchant_id}`],
    ['what', `${trade.type}, ${trade.source}, game ${trade.game}`],
    ['recipient', trade.client_id === null ? trade.steam_id : `${trade.steam_id}, ${trade.client_id}`],
    ['status', withError(trade.status, trade.error)],
    ['total', dollars(sum(items.map(({ item }) => item.price_mills)))],
    ['created', trade.created_at],
    ...(trade.auto_cancel_at ? [['auto-cancel', trade.auto_cancel_at]] : []),
    ['approval', approval ? withError(approval.state, approval.reason) : null],
    ...freezes.map(({ scope, target, since, actor, reason }) => [
      'waits for',
      `freeze of ${`${scope} ${target}`.trim()} since ${since.toISOString()} by ${actor}: ${reason}`,
    ]),
  ]);
}

function approvalAttemptsText({ approvalAttempts }: Timeline): string {
  const rows = approvalAttempts.map((attempt) => [
    attempt.at,
    attempt.message_id,
    attempt.failure ?? `answered ${attempt.status}`,
    `${attempt.duration_ms} ms`,
  ]);
  return rows.length === 0 ? '' : `\n${section('approval requests to the merchant', rows, '')}`;
}

function itemText({ item, events, purchases, cancellations, transfers }: ItemTimeline, position: number): string {
  const facts: Cell[][] = [
    ['id', item.listing_id],
    ['internal id', item.id],
    ['externalId', item.external_id],
    ['state', withError(item.state, item.error ?? (item.reverted_by && `by the ${item.reverted_by}`))],
    ['price', dollars(item.price_mills)],
    ['cost', item.cost_mills === null ? null : dollars(item.cost_mills)],
    ['steam offer', item.steam_offer_id],
    ['hold ends', item.hold_end_at],
    ...(item.auto_cancel_due_at ? [['auto-cancel due', item.auto_cancel_due_at]] : []),
  ];
  return [
    `item ${position}  ${item.market_hash_name}\n${columns(facts, '  ')}`,
    section(
      'events',
      events.map((event) => [
        event.at,
        event.number,
        event.event,
        `${event.from_state ?? '-'} → ${event.to_state}`,
        event.actor,
        event.request_id && `request ${event.request_id}`,
      ]),
    ),
    section(
      'purchases',
      purchases.map((purchase) => [
        purchase.created_at,
        purchase.reference,
        withError(purchase.state, purchase.reason),
        purchase.supplier,
        purchase.order_id && `order ${purchase.order_id}`,
      ]),
    ),
    section(
      'why here',
      purchases.flatMap((purchase) => {
        const choice = readChoice(purchase.choice);
        return choice ? [[purchase.reference, whyHere(purchase.supplier, choice)]] : [];
      }),
    ),
    section(
      'cancellation requests',
      cancellations.map((cancellation) => [
        cancellation.requested_at,
        withError(cancellation.state, cancellation.reason),
        cancellation.actor,
        `${cancellation.attempts} ${cancellation.attempts === 1 ? 'attempt' : 'attempts'}`,
        cancellation.closed_at && `closed ${cancellation.closed_at.toISOString()}`,
        cancellation.request_id && `request ${cancellation.request_id}`,
      ]),
    ),
    section(
      'money',
      transfers.map((transfer) => [
        transfer.at,
        transfer.kind,
        `${transfer.from_account} → ${transfer.to_account}`,
        dollars(transfer.amount_mills),
        transfer.actor,
      ]),
    ),
  ].join('');
}

function callbacksText(callbacks: readonly TimelineCallback[]): string {
  return section(
    'callbacks',
    callbacks.map((callback) => [
      callback.created_at,
      callback.number,
      callback.state,
      `${callback.attempts} ${callback.attempts === 1 ? 'attempt' : 'attempts'}`,
      callback.state === 'delivered'
        ? callback.delivered_at
        : callback.due_at && `due ${callback.due_at.toISOString()}`,
      callback.state === 'delivered' ? null : callback.last_failure,
    ]),
    '',
  );
}

function withError(state: string, error: string | null): string {
  return error ? `${state} (${error})` : state;
}

function section(title: string, rows: readonly (readonly Cell[])[], indent = '  '): string {
  return rows.length === 0 ? '' : `${indent}${title}\n${columns(rows, `${indent}  `)}`;
}
