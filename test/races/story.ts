import type { Facts } from './books.ts';
import type { Fault } from './judge.ts';
import type { Round } from './round.ts';

/** A round that went wrong, with all that is known of it. */
export function describeRound({ item, answers }: Round, facts: Facts, faults: readonly Fault[]): string {
  const { merchant, tradeId, itemId, reference, behaviour } = item;
  const lines = [
    `a round went wrong: ${faults.map(({ kind, text }) => `${kind}: ${text}`).join('; ')}`,
    `  merchant ${merchant.id} trade ${tradeId} item ${itemId} reference ${reference} (${behaviour})`,
    ...[...answers]
      .sort((a, b) => a.at.getTime() - b.at.getTime())
      .map(({ at, ...answer }) => `  ${at.toISOString()} ${JSON.stringify(answer)}`),
    ...facts.events.map(
      ({ at, event, to, actor }) => `  event ${new Date(at).toISOString()} ${event} -> ${to} by ${actor}`,
    ),
    ...facts.cancellations.map((cancellation) => `  cancellation ${JSON.stringify(cancellation)}`),
    ...facts.transfers.map((transfer) => `  transfer ${JSON.stringify(transfer)}`),
    `  marketplace ${JSON.stringify(facts.market)}`,
  ];
  return `${lines.join('\n')}\n`;
}
