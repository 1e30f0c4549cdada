import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { isFailure } from '../../api/failure.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { operations, UnknownOutcome } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { UnknownOutcome };

type Query = NonNullable<operations['getUnknown']['parameters']['query']>;
export type Kind = UnknownOutcome['kind'];

export interface UnknownFilters {
  readonly kind?: string;
  /** The id of the merchant. */
  readonly merchant?: string;
}

/** An address can name a kind that does not exist. */
export function isKind(text: string | undefined): text is Kind {
  return text === 'purchase' || text === 'cancellation';
}

const PAGE = 50;

export function useUnknownOutcomes({ kind, merchant }: UnknownFilters): CursorQuery<UnknownOutcome> {
  const filters: Query = {
    limit: PAGE,
    ...(isKind(kind) ? { kind } : {}),
    ...(merchant ? { merchantId: merchant } : {}),
  };
  return useCursorList(['unknown', filters], (cursor, signal) => {
    const query = { ...filters, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/unknown', { params: { query }, signal }));
  });
}

/** One of them. When its outcome has become known, the query fails with NOT_FOUND, and keeps what was read before. */
export function useUnknownOutcome(id: string) {
  return useQuery({
    queryKey: ['unknown', 'one', id],
    queryFn: ({ signal }) => dataOf(api.GET('/operator/v1/unknown/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (isFailure(state.error, 'NOT_FOUND') ? false : LIVE_MS),
  });
}

/** @returns whether it is looked up now; false: a call is under way, or the outcome has just become known */
export async function pushOutcome(id: string): Promise<boolean> {
  const call = api.POST('/operator/v1/unknown/{id}/push', { params: { path: { id } } });
  return (await dataOf(call)).isDueNow;
}

/** @throws ApiFailure also when the purchase may still be made */
export async function endOutcome(id: string, reason: string): Promise<void> {
  await dataOf(api.POST('/operator/v1/unknown/{id}/end', { params: { path: { id } }, body: { reason } }));
}

/** What a push does, in a verb: a purchase is not made again by it. */
export function pushVerb({ kind }: UnknownOutcome): 'Look up' | 'Retry' {
  return kind === 'purchase' ? 'Look up' : 'Retry';
}
