import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { CancelPreview, TradeDetails } from '../../api/schema.d.ts';
import { useMay } from '../../api/session.ts';

export type Item = TradeDetails['items'][number];
export type ItemEvent = Item['events'][number];
export type Purchase = Item['purchases'][number];
export type Cancellation = Item['cancellations'][number];
export type Transfer = Item['transfers'][number];
export type Callback = TradeDetails['callbacks'][number];
export type { CancelPreview, TradeDetails };

export function useTrade(tradeId: string) {
  return useQuery({
    queryKey: ['trade', tradeId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/trades/{tradeId}', { params: { path: { tradeId } }, signal })),
    refetchInterval: LIVE_MS,
  });
}

/** What cancelling each item would do now, by the item's internal id. Empty for those who may not cancel. */
export function useCancelPreviews(tradeId: string): ReadonlyMap<string, CancelPreview> {
  const isEnabled = useMay('cancel');
  const { data = [] } = useQuery({
    queryKey: ['trade', tradeId, 'cancel'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/trades/{tradeId}/cancel', { params: { path: { tradeId } }, signal })),
    refetchInterval: LIVE_MS,
    enabled: isEnabled,
  });
  return new Map(data.map((preview) => [preview.itemId, preview]));
}

/** @returns what has happened, in a word of the gateway */
export async function cancelItem(tradeId: string, itemId: string, reason: string): Promise<string> {
  const path = { tradeId, itemId };
  const call = api.POST('/operator/v1/trades/{tradeId}/items/{itemId}/cancel', { params: { path }, body: { reason } });
  return (await dataOf(call)).outcome;
}

/** How people call an item. */
export function nameOf({ marketHashName, id }: Item): string {
  return marketHashName ?? id ?? 'Item not chosen yet';
}

/** Rows of one kind of all items, with the item that each is of. */
export function rowsOf<Row>(items: readonly Item[], read: (item: Item) => readonly Row[]): { item: Item; row: Row }[] {
  return items.flatMap((item) => read(item).map((row) => ({ item, row })));
}
