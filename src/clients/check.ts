import { msBetween } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { type Mills, NOTHING, subtract, toDecimalText, toMerchantDollars } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import { type ClientLimits, type LimitName, limitsInForce, type ScopeLimits } from './limits.ts';
import { type CountedUsage, countWithdrawal, dayEndOf } from './usage.ts';

/** A limit that a withdrawal would pass. */
interface Passed {
  readonly limit: Exclude<LimitName, 'requestsPerMinute'>;
  readonly max: Mills | number;
  /** What was left of it before this withdrawal. */
  readonly left: Mills | number;
  /** null: as items under way come to their end. */
  readonly freesAt: Date | null;
}

type Scope = 'client' | 'allClients';

/**
 * Counts a client's withdrawal, and refuses it when it passes a limit. The rows that count are locked until the
 * caller's transaction ends: of withdrawals at the same moment, on any nodes, each sees those before it.
 * @throws CLIENT_LIMIT_REACHED with `details`; the transaction must end then
 */
export async function requireWithinClientLimits(trx: Trx, trade: TradeRow, reserved: Mills): Promise<void> {
  const { client, all } = await countWithdrawal(trx, trade, reserved);
  const limits = await readLimits(trx, trade.merchant_id);
  refuse('client', passedBy(limits.each, client, reserved), trade.created_at);
  refuse('allClients', passedBy(limits.all, all, reserved), trade.created_at);
}

/** Read anew, in the transaction: what was set a moment ago counts. */
async function readLimits(trx: Trx, merchantId: string): Promise<ClientLimits> {
  const row = await trx
    .selectFrom('merchant')
    .select(['client_limits', 'own_client_limits'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  return limitsInForce(row);
}

/** @param usage with this withdrawal; one that was declined has no place in it yet */
function passedBy(limits: ScopeLimits, usage: CountedUsage, reserved: Mills): Passed | null {
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

function refuse(scope: Scope, passed: Passed | null, now: Date): void {
  if (!passed) return;
  const { limit, max, left, freesAt } = passed;
  throw errors.of('CLIENT_LIMIT_REACHED', {
    message: sentenceOf(scope, passed),
    details: {
      scope,
      limit,
      // How much all clients of the merchant may do together is not for each of them to know.
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

const nouns: Readonly<Record<Passed['limit'], string>> = {
  inFlight: 'for items under way',
  perDay: 'for withdrawals of a day',
  withdrawalsPerDay: 'of withdrawals a day',
  declinesPerDay: 'of declined offers a day',
};

/** Which limit, what is left of it, and when there is more. */
function sentenceOf(scope: Scope, { limit, left, freesAt }: Passed): string {
  const whose = scope === 'client' ? 'Your limit' : 'The limit of all users together';
  const rest =
    typeof left === 'number' ? 'is reached' : `leaves $${toDecimalText(left).slice(0, -1)}, and this costs more`;
  const until = freesAt
    ? `Try again after ${freesAt.toISOString()}`
    : 'Try again when items under way have arrived or come back';
  return `${whose} ${nouns[limit]} ${rest}. ${until}. Nothing was recorded.`;
}
