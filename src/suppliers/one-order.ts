import type { FoundOrder } from './supplier.ts';

/**
 * At most one order for each reference. We never send a second purchase under a reference before the first one is known to
 * have failed, so that two orders are a fault of the marketplace: neither may move the item.
 */
export function oneOrderEach(orders: readonly FoundOrder[]): FoundOrder[] {
  const byReference = Map.groupBy(orders, ({ reference }) => reference);
  return [...byReference.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    return { ...first, status: { kind: 'unrecognised', raw: `${others.length + 1} orders under one reference` } };
  });
}
