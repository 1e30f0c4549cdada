import type { CallbackFilters } from './queries.ts';

/** Why a list is not read: a filter cannot match anything. */
export interface FilterProblem {
  readonly field: 'trade' | 'to';
  readonly text: string;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns null: the gateway accepts the filters */
export function problemOf({ trade, from, to }: CallbackFilters): FilterProblem | null {
  if (trade && !UUID.test(trade))
    return { field: 'trade', text: 'Enter a whole trade id: 36 characters, as on the trade.' };
  if (from && to && to <= from) return { field: 'to', text: 'The end of the time must be after its start.' };
  return null;
}
