import type { Choice, LeftOutReason } from '../purchases/choice.ts';

const REASONS: Readonly<Record<LeftOutReason, string>> = {
  frozen: 'buying there was stopped',
  refused: 'it had refused another purchase of the trade',
  purchases_fail: 'its last purchases had failed',
  balance: 'too little was left to spend there',
};

/** Why a unit of a quick buy was bought at this marketplace, in a sentence. */
export function whyHere(supplier: string, { price, next, leftOut }: Choice): string {
  const others = next ? `next best: $${next.price} at ${next.supplier}` : 'no other marketplace had one';
  const out = leftOut.map((each) => `; left out: $${each.price} at ${each.supplier}, as ${REASONS[each.why]}`);
  return `the cheapest that was left, $${price} at ${supplier}; ${others}${out.join('')}`;
}
