import { decimal } from '../core/money.ts';
import type { NamedAccess } from '../merchants/account-access.ts';
import type { LastResult } from '../reconciliation/store.ts';
import type { SpendingLimit } from '../supplier-accounts/spending.ts';
import { circuitState } from '../supplier-health/breaker.ts';
import type { SupplierHealth } from '../supplier-health/store.ts';
import { iso } from './wire.ts';

/** Parts of an account at a marketplace, as `skinrail supplier` prints them and the operator API answers them. */

export function healthJson({ circuit, balanceMills, balanceAt }: SupplierHealth, now: Date) {
  const { failures, opening, reason } = circuit;
  return {
    circuit: circuitState(circuit, now),
    failures,
    reason,
    openedAt: iso(opening?.at ?? null),
    retryAt: iso(opening?.retryAt ?? null),
    balance: balanceMills === null ? null : decimal(balanceMills),
    balanceAt: iso(balanceAt),
  };
}

/** @param limit null: there is none */
export function limitJson(limit: SpendingLimit | null) {
  return limit && { dayMax: decimal(limit.dayMaxMills), spent: decimal(limit.spentMills) };
}

export function accessJson({ isOpen, merchants }: NamedAccess) {
  const named = (isAllowed: boolean) => (isAllowed ? ('allowed' as const) : ('denied' as const));
  return {
    others: named(isOpen),
    merchants: merchants.map(({ id, name, isAllowed }) => ({ id, name, access: named(isAllowed) })),
  };
}

/** @param last undefined: its orders were never compared */
export function reconciliationJson(last: LastResult | undefined) {
  if (!last) return null;
  const { endedAt, cause, reconciledAt, reconciledTo, counts } = last;
  return {
    endedAt: iso(endedAt),
    cause,
    reconciledAt: iso(reconciledAt),
    reconciledTo: iso(reconciledTo),
    differences: Object.values(counts).reduce((total, count) => total + count, 0),
    counts,
  };
}
