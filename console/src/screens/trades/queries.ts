import { api, dataOf } from '../../api/client.ts';
import type { operations, TradeEntry } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { TradeEntry };

type Query = NonNullable<operations['getTrades']['parameters']['query']>;
type Status = NonNullable<Query['status']>;

export interface TradeFilters {
  readonly q?: string;
  readonly status?: string;
  /** The id of the merchant. */
  readonly merchant?: string;
}

/** In the order in which a trade goes through them. */
export const statuses: readonly Status[] = [
  ...(['initiated', 'pending', 'active', 'hold', 'completed'] as const),
  ...(['reverted', 'declined', 'canceled', 'failed'] as const),
];

/** An address can name a status that does not exist. */
export function isStatus(text: string | undefined): text is Status {
  return statuses.some((status) => status === text);
}

const PAGE = 50;

export function useTrades({ q, status, merchant }: TradeFilters): CursorQuery<TradeEntry> {
  const filters: Query = {
    limit: PAGE,
    ...(q ? { q } : {}),
    ...(isStatus(status) ? { status } : {}),
    ...(merchant ? { merchantId: merchant } : {}),
  };
  return useCursorList(['trades', filters], (cursor, signal) => {
    const query = { ...filters, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/trades', { params: { query }, signal }));
  });
}
