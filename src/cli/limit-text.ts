import type { SpendingLimit } from '../supplier-accounts/spending.ts';
import { decimal, dollars } from './format.ts';

/** @param limit null: there is none */
export function limitText(limit: SpendingLimit | null): string {
  if (!limit) return 'no limit';
  return `${dollars(limit.dayMaxMills)} in 24 hours, of which ${dollars(limit.spentMills)} are spent`;
}

export function limitJson(limit: SpendingLimit | null) {
  return limit && { dayMax: decimal(limit.dayMaxMills), spent: decimal(limit.spentMills) };
}
