import { call } from '../../chaos/call.ts';
import { until } from '../../chaos/wait.ts';
import { TRADE_URL } from '../../support/merchant.ts';

const PLACED_WITHIN_MS = 40_000;
const TRY_EVERY_MS = 100;

/** What a merchant does with the question about a trade. */
export const answers = ['approve', 'reject', 'fail-once', 'approve', 'fail-twice'] as const;
export type Answer = (typeof answers)[number];

export interface Buyer {
  readonly id: string;
  readonly apiKey: string;
}

/** A trade that a merchant wants, and knows by its own name for it. */
export interface Order {
  readonly externalId: string;
  readonly answer: Answer;
  readonly buyer: Buyer;
  readonly items: readonly { readonly itemId: string; readonly price: number }[];
}

export function externalIdOf(answer: Answer, number: number): string {
  return `${answer}/${number}`;
}

export function answerOf(externalId: string): Answer {
  const answer = answers.find((each) => each === externalId.split('/')[0]);
  if (!answer) throw new Error(`nobody has ordered ${externalId}`);
  return answer;
}

/** How often the merchant's endpoint fails before it gives its answer. */
export function failuresOf(answer: Answer): number {
  if (answer === 'fail-once') return 1;
  return answer === 'fail-twice' ? 2 : 0;
}

/** Asks any of the nodes again and again, as a merchant does whose gateway is away: its externalId makes it one trade. */
export async function place(nodes: readonly string[], order: Order): Promise<void> {
  const { externalId, buyer, items } = order;
  const body = { game: '730', externalId, tradeUrl: TRADE_URL, items };
  let refusal = 'nobody answered';
  const isPlaced = await until(
    async () => {
      const node = nodes[Math.floor(Math.random() * nodes.length)];
      const answer = await call('POST', `${node}/secure/buy`, { apiKey: buyer.apiKey, body });
      if (answer.kind !== 'answer') return false;
      refusal = `${answer.status} ${answer.key} ${answer.message}`;
      return answer.status === 200 || answer.key === 'EXTERNAL_ID_EXISTS';
    },
    PLACED_WITHIN_MS,
    TRY_EVERY_MS,
  );
  if (!isPlaced) throw new Error(`${externalId} could not be placed: ${refusal}`);
}
