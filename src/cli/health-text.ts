import { circuitState } from '../supplier-health/breaker.ts';
import type { SupplierHealth } from '../supplier-health/store.ts';
import { dollars } from './format.ts';

/** Whether a supplier's listings are offered, in a column of a list. */
export function offeredText({ circuit }: SupplierHealth, now: Date): string {
  switch (circuitState(circuit, now)) {
    case 'closed':
      return 'yes';
    case 'open':
      return `no, trial at ${circuit.opening?.retryAt.toISOString()}`;
    case 'trial':
      return 'on trial';
  }
}

/** The lines of a supplier's health below its account. */
export function healthLines(health: SupplierHealth, now: Date): [string, string][] {
  const { circuit, balanceMills } = health;
  const { failures, opening, reason } = circuit;
  const since = opening ? `, since ${opening.at.toISOString()}` : '';
  return [
    ['offered', `${offeredText(health, now)}${since}`],
    ['failed purchases', reason === null ? 'none' : `${failures} since the last that worked; last: ${reason}`],
    ['balance', balanceMills === null ? 'not known' : `${dollars(balanceMills)}; dearer listings are not offered`],
  ];
}
