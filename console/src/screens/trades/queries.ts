import { api, dataOf } from '../../api/client.ts';
import type { operations, TradeEntry } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { TradeEntry };

/** Of the file; the list has pages as well. */
type Query = NonNullable<operations['getTradesCsv']['parameters']['query']>;
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

/** What the gateway is asked for. */
export function queryOf({ q, status, merchant }: TradeFilters): Query {
  return {
    ...(q ? { q } : {}),
    ...(isStatus(status) ? { status } : {}),
    ...(merchant ? { merchantId: merchant } : {}),
  };
}

export function useTrades(filters: Query): CursorQuery<TradeEntry> {
  return useCursorList(['trades', filters], (cursor, signal) => {
    const query = { ...filters, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/trades', { params: { query }, signal }));
  });
}
