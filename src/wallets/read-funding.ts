import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { parseInstant } from '../http/instants.ts';
import { type FundingFilter, findFunding } from './queries.ts';
import { type LedgerTransactionWire, ledgerTransactionToWire } from './wire.ts';

/** What the public API can be asked for; none of it is what an operator's credits and debits are. */
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
 * Credits and debits of a merchant, newest first. Whoever asks for a type or a status asks for others: these are of
 * admin types, which cannot be named, and POSTED, which is no status to ask for.
 * @throws VALIDATION_FAILED for what is no time, and for an end before the start
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
    throw errors.validationFailed({ endDate: 'is before startDate' });
  }
  return dates;
}

function readDate(field: string, text: string | undefined): Date | null {
  if (text === undefined) return null;
  const date = parseInstant(text);
  if (!date) throw errors.validationFailed({ [field]: 'is no time, such as 2026-07-31T12:00:00Z' });
  return date;
}
