import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { LIVE_MS } from '../../api/query-client.ts';
import type { Funded, Movement, operations, Wallet } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { Movement, Wallet };

/** Of the file; the list has pages as well. */
type Query = NonNullable<operations['getMerchantsByMerchantIdEntriesCsv']['parameters']['query']>;
export type MovementType = NonNullable<Query['type']>;

/** What each type of movement does, in the order of a trade. */
export const movementTypes: Readonly<Record<MovementType, string>> = {
  credit: 'Money was put into the wallet',
  debit: 'Money was taken out of the wallet',
  reserve: 'Set aside for an item that is being bought',
  release: 'Given back to the available balance: the item was not bought',
  capture: 'Paid for an item',
  fee: 'The operator’s fee on an item',
  refund: 'Paid back for an item that did not arrive',
  penalty: 'Kept for an item that was not accepted',
};

/** Members see a fee in the price that it is a part of. */
export function typesFor({ isStaff }: { readonly isStaff: boolean }): MovementType[] {
  const types = Object.keys(movementTypes) as MovementType[]; // Object.keys forgets the literal type
  return types.filter((type) => isStaff || type !== 'fee');
}

export interface MovementFilters {
  readonly type?: string;
  /** The first and the last day, in the zone of the person: `2026-07-31`. */
  readonly from?: string;
  readonly to?: string;
}

export function useWallet(merchantId: string) {
  return useQuery({
    queryKey: ['wallet', merchantId],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/operator/v1/merchants/{merchantId}/wallet', { params: { path: { merchantId } }, signal })),
    refetchInterval: LIVE_MS,
  });
}

const PAGE = 50;

export function useMovements(merchantId: string, filters: Query): CursorQuery<Movement> {
  return useCursorList(['movements', merchantId, filters], (cursor, signal) => {
    const query = { ...filters, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const params = { path: { merchantId }, query };
    return dataOf(api.GET('/operator/v1/merchants/{merchantId}/entries', { params, signal }));
  });
}

/** What the gateway is asked for. An address can have a type or a day that does not exist. */
export function queryOf({ type, from, to }: MovementFilters, types: readonly MovementType[]): Query {
  const known = types.find((each) => each === type);
  const begin = startOf(from, 0);
  // The last day is included, and the gateway takes the time before which movements were made.
  const end = startOf(to, 1);
  return { ...(known ? { type: known } : {}), ...(begin ? { from: begin } : {}), ...(end ? { to: end } : {}) };
}

function startOf(day: string | undefined, daysLater: number): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '');
  if (!match) return null;
  const [, year, month, date] = match;
  const time = new Date(Number(year), Number(month) - 1, Number(date) + daysLater);
  return time.toISOString();
}

type Funding = operations['postMerchantsByMerchantIdFunding']['requestBody']['content']['application/json'];
export type Direction = Funding['direction'];

export function fund(merchantId: string, body: Funding): Promise<Funded> {
  return dataOf(api.POST('/operator/v1/merchants/{merchantId}/funding', { params: { path: { merchantId } }, body }));
}
