import type { Choice, LeftOutReason } from '../purchases/choice.ts';
import { feeText } from './merchant-text.ts';

const REASONS: Readonly<Record<LeftOutReason, string>> = {
  denied: 'the merchant may not use it',
  frozen: 'buying there was stopped',
  refused: 'it had refused another purchase of the trade',
  purchases_fail: 'its last purchases had failed',
  limit: 'its spending limit for 24 hours was reached',
  balance: 'too little was left to spend there',
};

/** Why an item was bought with this account, in a sentence. */
export function whyHere(supplier: string, { next, leftOut, ...chosen }: Choice): string {
  const others = next ? `next best: ${placeText(next)}` : 'no other account had one within the price';
  const out = leftOut.map((each) => `; left out: ${placeText(each)}, as ${REASONS[each.why]}`);
  return `the cheapest that was left, ${placeText({ supplier, ...chosen })}; ${others}${out.join('')}`;
}

function placeText({ supplier, price, markupBps }: Omit<Choice, 'next' | 'leftOut'> & { readonly supplier: string }) {
  return `$${price}${markupBps === 0 ? '' : ` plus ${feeText(markupBps)}`} at ${supplier}`;
}
