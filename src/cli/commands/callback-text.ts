import type { WholeDelivery } from '../../callbacks/log-queries.ts';
import { columns } from '../format.ts';

/** One callback as `skinrail callback show` prints it. */
export function deliveryText({ delivery, attempts }: WholeDelivery): string {
  const facts = columns([
    ['id', delivery.id],
    ['merchant', delivery.merchant_id],
    ['trade', delivery.trade_id],
    ['number', delivery.number],
    ['state', delivery.state],
    ['attempts', delivery.attempts],
    ['created', delivery.created_at],
    ['delivered', delivery.delivered_at],
    ['next', delivery.due_at],
  ]);
  const rows = attempts.map(({ at, number, duration_ms, status, failure, response }) => [
    at,
    number,
    `${duration_ms} ms`,
    status,
    failure,
    response,
  ]);
  const tries = rows.length === 0 ? '' : `\nattempts\n${columns(rows, '  ')}`;
  return `${facts}${tries}\nbody\n  ${delivery.body}\n`;
}
