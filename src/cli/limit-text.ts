import type { SpendingLimit } from '../supplier-accounts/spending.ts';
import { dollars } from './format.ts';

/** @param limit null: there is none */
export function limitText(limit: SpendingLimit | null): string {
  if (!limit) return 'no limit';
  return `${dollars(limit.dayMaxMills)} in 24 hours, of which ${dollars(limit.spentMills)} are spent`;
}
