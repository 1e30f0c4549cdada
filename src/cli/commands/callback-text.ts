import type { CallbackWithAttempts } from '../../callbacks/log.ts';
import { columns } from '../format.ts';

/** One callback as `skinrail callback show` prints it. */
export function callbackText({ callback, attempts }: CallbackWithAttempts): string {
  const facts = columns([
    ['id', callback.id],
    ['merchant', callback.merchant_id],
    ['trade', callback.trade_id],
    ['number', callback.number],
    ['state', callback.state],
    ['attempts', callback.attempts],
    ['created', callback.created_at],
    ['delivered', callback.delivered_at],
    ['next', callback.due_at],
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
  return `${facts}${tries}\nbody\n  ${callback.body ?? 'removed, because it has passed its time'}\n`;
}
