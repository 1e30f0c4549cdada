import { callbackRules } from './callback-rules.ts';
import { cancellationRules } from './cancellation-rules.ts';
import { moneyRules } from './money-rules.ts';
import { purchaseRules } from './purchase-rules.ts';
import type { Rule } from './rule.ts';
import { tradeRules } from './trade-rules.ts';

/** All that `skinrail verify` proves, the money first. */
export const rules: readonly Rule[] = [
  ...moneyRules,
  ...tradeRules,
  ...purchaseRules,
  ...cancellationRules,
  ...callbackRules,
];
