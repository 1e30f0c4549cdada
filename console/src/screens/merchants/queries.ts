import { api, dataOf } from '../../api/client.ts';
import type { MerchantDetails, MerchantEntry, operations } from '../../api/schema.d.ts';
import { type CursorQuery, useCursorList } from '../../shared/cursor-list.tsx';

export type { MerchantDetails, MerchantEntry };

const PAGE = 50;

/** @param q a part of the name or of the id */
export function useMerchants(q: string | undefined): CursorQuery<MerchantEntry> {
  const filters = { limit: PAGE, ...(q ? { q } : {}) };
  return useCursorList(['merchants', filters], (cursor, signal) => {
    const query = { ...filters, ...(cursor === undefined ? {} : { cursor }) };
    return dataOf(api.GET('/operator/v1/merchants', { params: { query }, signal }));
  });
}

export type NewMerchant = operations['postMerchants']['requestBody']['content']['application/json'];

export interface CreatedMerchant {
  readonly merchant: MerchantDetails;
  /** Told once; null: none was made. */
  readonly apiSecret: string | null;
}

export function createMerchant(body: NewMerchant): Promise<CreatedMerchant> {
  return dataOf(api.POST('/operator/v1/merchants', { body }));
}
