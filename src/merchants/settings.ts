import { bumpAuthVersion } from '../auth/auth-version.ts';
import { isLimitedRoute, routeLimits } from '../auth/rate-limits.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

/** In hundredths of a percent. */
export const FEE_BPS_MAX = 5000;

/** Settings of a merchant that an operator changes. What is absent stays as it is. */
export interface MerchantSettings {
  readonly verified?: boolean | undefined;
  /** In hundredths of a percent, for new trades; effective on every node within 5 s. */
  readonly feeBps?: number | undefined;
  /** The keys of a disabled merchant are refused within 5 s; its open trades continue. */
  readonly disabled?: boolean | undefined;
  /** Whether only `{"action":"approve"}` approves a trade. Also applies to open approval requests. */
  readonly strictApproval?: boolean | undefined;
  /** Requests by route, in the route's window. null restores the default; other routes keep their limits. */
  readonly routeLimits?: Readonly<Record<string, number | null | undefined>> | undefined;
}

/**
 * Changes settings of a merchant, all of them or none.
 * @throws OperatorError when the merchant does not exist, or a value is not valid
 */
export async function changeSettings(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  { verified, feeBps, disabled, strictApproval, routeLimits: limits = {} }: MerchantSettings,
): Promise<MerchantRow> {
  if (feeBps !== undefined) requireFee(feeBps);
  for (const [route, max] of Object.entries(limits)) requireLimit(route, max ?? null);
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    await bumpAuthVersion(trx);
    const before = await lockSettings(trx, merchantId);
    const change = {
      ...(verified === undefined ? {} : { verified }),
      ...(feeBps === undefined ? {} : { fee_bps: feeBps }),
      // One that is disabled twice was disabled at the first time.
      ...(disabled === undefined ? {} : { disabled_at: disabled ? (before.disabled_at ?? now) : null }),
      ...(strictApproval === undefined ? {} : { strict_approval: strictApproval }),
      route_limits: JSON.stringify(limitsAfter(before, limits)),
    };
    return trx
      .updateTable('merchant')
      .set(change)
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirstOrThrow();
  });
}

async function lockSettings(trx: Trx, merchantId: string): Promise<MerchantRow> {
  // Its trades refer to the row, and go on.
  const row = await trx
    .selectFrom('merchant')
    .selectAll()
    .where('id', '=', merchantId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw new NotFoundError(`there is no merchant ${merchantId}`);
  return row;
}

/** @throws OperatorError for a fee that no merchant can have */
export function requireFee(feeBps: number): void {
  if (Number.isInteger(feeBps) && feeBps >= 0 && feeBps <= FEE_BPS_MAX) return;
  throw new OperatorError(`a fee must be a whole number of basis points from 0 to ${FEE_BPS_MAX}`);
}

function requireLimit(route: string, max: number | null): void {
  if (!isLimitedRoute(route)) {
    throw new OperatorError(
      `there is no limited route ${route}; valid routes are ${Object.keys(routeLimits).join(', ')}`,
    );
  }
  if (max !== null && (!Number.isInteger(max) || max < 1)) {
    throw new OperatorError('a limit must be a whole number of requests, at least 1');
  }
}

/** The limits that an operator has set for a merchant, by route. */
export function ownLimits({ route_limits: limits }: Pick<MerchantRow, 'route_limits'>): Record<string, number> {
  return { ...(limits as Record<string, number>) }; // only `changeSettings` writes the column
}

function limitsAfter(
  before: MerchantRow,
  changes: Readonly<Record<string, number | null | undefined>>,
): Record<string, number> {
  const limits = ownLimits(before);
  for (const [route, max] of Object.entries(changes)) {
    if (max === null) delete limits[route];
    else if (max !== undefined) limits[route] = max;
  }
  return limits;
}
