import type { Game } from '../core/games.ts';
import type { Mills } from '../core/money.ts';
import { NO_POLICY, type SupplierPolicy } from '../supplier-accounts/policy.ts';
import type { Availability } from './market.ts';

/** The operator's policy for each game. */
export type Policies = Readonly<Record<Game, SupplierPolicy>>;

/** How the listings of one supplier are priced, and which of them are offered. */
export interface Terms {
  readonly policies: Policies;
  readonly availability: Availability;
}

export const NO_POLICIES: Policies = { '730': NO_POLICY, '252490': NO_POLICY };

export const EVERYTHING: Availability = { closedUntil: null, balanceMills: null };

/** Whether a listing with this price is offered; then a cheaper one is as well. */
export function isOffered(price: Mills, availability: Availability): boolean {
  const { closedUntil, balanceMills } = availability;
  if (!isWithinLimit(price, availability)) return false;
  return closedUntil === null && (balanceMills === null || price <= balanceMills);
}

/** Whether the operator's limit lets the account spend this. */
export function isWithinLimit(price: Mills, { limitLeftMills = null }: Availability): boolean {
  return limitLeftMills === null || price <= limitLeftMills;
}

/** Whether the same listings are offered. */
export function isAlike(one: Availability, other: Availability): boolean {
  const { limitLeftMills = null } = one;
  return (
    (one.closedUntil === null) === (other.closedUntil === null) &&
    one.balanceMills === other.balanceMills &&
    limitLeftMills === (other.limitLeftMills ?? null)
  );
}
