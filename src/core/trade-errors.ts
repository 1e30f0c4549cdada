import { itemErrors } from '../suppliers/supplier.ts';

/** Why a trade failed: what all its items failed for, or why it did not pass the gate (wire-api §2.2). */
export const tradeErrors = [...itemErrors, 'MERCHANT_REJECTED', 'APPROVAL_TIMEOUT'] as const;

export type TradeError = (typeof tradeErrors)[number];
