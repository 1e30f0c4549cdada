import { msBetween } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { type Mills, NOTHING, subtract, toDecimalText, toMerchantDollars } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { type ClientLimits, type LimitName, limitsInForce, type ScopeLimits } from './limits.ts';
import { type CountedUsage, countWithdrawal, dayEndOf } from './usage.ts';

/** A limit that a withdrawal would exceed. */
interface ExceededLimit {
  readonly limit: Exclude<LimitName, 'requestsPerMinute'>;
  readonly max: Mills | number;
  /** What was left before this withdrawal. */
  readonly left: Mills | number;
  /** null: when items in flight end. */
  readonly freesAt: Date | null;
}

type Scope = 'client' | 'allClients';

/**
 * Counts a client's withdrawal, and refuses it when it exceeds a limit. The usage rows stay locked until the caller's
 * transaction ends, so concurrent withdrawals on any node see each other.
 * @throws CLIENT_LIMIT_REACHED with `details`; the caller must roll back
 */
export async function requireWithinClientLimits(trx: Trx, trade: TradeRow, reserved: Mills): Promise<void> {
  const { client, all } = await countWithdrawal(trx, trade, reserved);
  const limits = await readLimits(trx, trade.merchant_id);
  refuse('client', exceededBy(limits.each, client, reserved), trade.created_at);
  refuse('allClients', exceededBy(limits.all, all, reserved), trade.created_at);
}

/** Read in the transaction, so that a limit that was just changed applies. */
async function readLimits(trx: Trx, merchantId: string): Promise<ClientLimits> {
  const row = await trx
    .selectFrom('merchant')
    .select(['client_limits', 'own_client_limits'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  return limitsInForce(row);
}

/** @param usage includes this withdrawal */
function exceededBy(limits: ScopeLimits, usage: CountedUsage, reserved: Mills): ExceededLimit | null {
  const freesAt = dayEndOf(usage.day_start);
  const { declinesPerDay, withdrawalsPerDay, perDay, inFlight } = limits;
  if (declinesPerDay !== null && usage.declines >= declinesPerDay) {
    return { limit: 'declinesPerDay', max: declinesPerDay, left: 0, freesAt };
  }
  if (withdrawalsPerDay !== null && usage.withdrawals > withdrawalsPerDay) {
    return { limit: 'withdrawalsPerDay', max: withdrawalsPerDay, left: 0, freesAt };
  }
  if (perDay !== null && usage.spent_mills > perDay) {
    return { limit: 'perDay', max: perDay, left: leftOf(perDay, usage.spent_mills, reserved), freesAt };
  }
  if (inFlight !== null && usage.in_flight_mills > inFlight) {
    return { limit: 'inFlight', max: inFlight, left: leftOf(inFlight, usage.in_flight_mills, reserved), freesAt: null };
  }
  return null;
}

function leftOf(max: Mills, used: Mills, reserved: Mills): Mills {
  const left = subtract(max, subtract(used, reserved));
  return left > 0n ? left : NOTHING;
}

function refuse(scope: Scope, exceeded: ExceededLimit | null, now: Date): void {
  if (!exceeded) return;
  const { limit, max, left, freesAt } = exceeded;
  throw errors.of('CLIENT_LIMIT_REACHED', {
    message: sentenceOf(scope, exceeded),
    details: {
      scope,
      limit,
      // A client must not see the limit of all clients together.
      ...(scope === 'client' ? { max: toWire(max) } : {}),
      left: toWire(left),
      ...(freesAt ? { freesAt: freesAt.toISOString() } : {}),
    },
    ...(freesAt ? { retryAfterSeconds: Math.max(1, Math.ceil(msBetween(now, freesAt) / 1000)) } : {}),
  });
}

function toWire(value: Mills | number): number {
  return typeof value === 'number' ? value : toMerchantDollars(value);
}

const nouns: Readonly<Record<ExceededLimit['limit'], string>> = {
  inFlight: 'for items in flight',
  perDay: 'for withdrawals per day',
  withdrawalsPerDay: 'of withdrawals per day',
  declinesPerDay: 'of declined offers per day',
};

/** The message: the limit, what is left of it, and when to retry. */
function sentenceOf(scope: Scope, { limit, left, freesAt }: ExceededLimit): string {
  const whose = scope === 'client' ? 'Your limit' : 'The limit of all users together';
  const rest =
    typeof left === 'number' ? 'is reached' : `leaves $${toDecimalText(left).slice(0, -1)}, and this costs more`;
  const until = freesAt
    ? `Try again after ${freesAt.toISOString()}`
    : 'Try again when items in flight have been delivered or cancelled';
  return `${whose} ${nouns[limit]} ${rest}. ${until}. Nothing was recorded.`;
}
