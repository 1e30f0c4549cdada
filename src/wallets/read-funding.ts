import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { parseInstant } from '../http/instants.ts';
import { type FundingFilter, findFunding } from './queries.ts';
import { type LedgerTransactionWire, ledgerTransactionToWire } from './wire.ts';

/** The filter values of the public API. An operator's credits and debits have none of them. */
export const fundingTypes = ['DEPOSIT', 'WITHDRAWAL', 'REFUND', 'INTERNAL_TRANSFER'] as const;
export const fundingStatuses = [
  'INITIATED',
  'PENDING',
  'PENDING_ADMIN',
  'APPROVED',
  'REJECTED',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'REFUNDED',
  'EXPIRED',
] as const;

export interface FundingQuery {
  readonly type?: (typeof fundingTypes)[number] | undefined;
  readonly status?: (typeof fundingStatuses)[number] | undefined;
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface FundingPage {
  readonly items: LedgerTransactionWire[];
  readonly pagination: { page: number; limit: number; total: number; totalPages: number };
}

/**
 * Credits and debits of a merchant, newest first. A filter by type or status gives an empty list, because these entries have
 * an admin type and the status POSTED, which are not filter values.
 * @throws VALIDATION_FAILED for an invalid time, and for an end before the start
 */
export async function listFunding(
  { db }: Pick<Deps, 'db'>,
  merchantId: string,
  { type, status, startDate, endDate, limit, offset }: FundingQuery,
): Promise<FundingPage> {
  const filter = { ...readDates(startDate, endDate), limit, offset };
  const none = { rows: [], total: 0 };
  const { rows, total } = type || status ? none : await findFunding(db, merchantId, filter);
  return {
    items: rows.map(ledgerTransactionToWire),
    pagination: { page: Math.floor(offset / limit) + 1, limit, total, totalPages: Math.ceil(total / limit) },
  };
}

type Dates = Pick<FundingFilter, 'from' | 'to'>;

function readDates(startDate: string | undefined, endDate: string | undefined): Dates {
  const dates = { from: readDate('startDate', startDate), to: readDate('endDate', endDate) };
  if (dates.from && dates.to && dates.to < dates.from) {
    throw errors.validationFailed({ endDate: 'must not be before startDate' });
  }
  return dates;
}

function readDate(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const date = parseInstant(text);
  if (!date) throw errors.validationFailed({ [field]: 'must be a time, such as 2026-07-31T12:00:00Z' });
  return date;
}
