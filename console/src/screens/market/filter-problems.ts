import { millsOf } from '../../shared/amounts.ts';
import type { MarketFilters } from './queries.ts';

/** Why the market is not read: a filter cannot match anything. */
export interface FilterProblem {
  readonly field: 'min' | 'max';
  readonly text: string;
}

/** Dollars from 0; the API takes no more. */
const PRICE = /^\d{1,9}(\.\d{1,3})?$/;

/** @returns null: the gateway accepts the filters */
export function problemOf({ min, max }: Pick<MarketFilters, 'min' | 'max'>): FilterProblem | null {
  if (min && !PRICE.test(min)) return { field: 'min', text: 'The lowest price must be an amount such as 12.50.' };
  if (max && !PRICE.test(max)) return { field: 'max', text: 'The highest price must be an amount such as 12.50.' };
  if (min && max && (millsOf(max) ?? 0n) < (millsOf(min) ?? 0n)) {
    return { field: 'max', text: 'The highest price must not be below the lowest.' };
  }
  return null;
}
