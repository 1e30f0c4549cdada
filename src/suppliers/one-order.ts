import type { FoundOrder } from './supplier.ts';

/**
 * At most one order for each reference. If a marketplace has two, nobody knows which one is ours to follow: they are
 * unrecognised, so that neither moves the item, and an operator is told.
 */
export function oneOrderEach(orders: readonly FoundOrder[]): FoundOrder[] {
  const byReference = Map.groupBy(orders, ({ reference }) => reference);
  return [...byReference.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    return { ...first, status: { kind: 'unrecognised', raw: `${others.length + 1} orders under one reference` } };
  });
}
