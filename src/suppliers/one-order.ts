import type { FindAnswer, FoundOrder, UnreadableEntry } from './supplier.ts';

/** How an adapter reads the entries of a look-up. */
export interface EntryReader<Entry> {
  /** Whose the entry is; null: it does not say. */
  readonly referenceOf: (entry: unknown) => string | null;
  /** null: the entry cannot be read. */
  readonly read: (entry: unknown) => Entry | null;
  /** The order of all entries of one reference. */
  readonly orderOf: (entries: readonly [Entry, ...Entry[]]) => FoundOrder;
}

/**
 * Reads the entries of a look-up one by one: an entry that cannot be read concerns its own reference only.
 * @returns null when an entry does not say whose it is. It could be that of any reference that would look unused without it
 */
export function readEntries<Entry>(
  entries: readonly unknown[],
  { referenceOf, read, orderOf }: EntryReader<Entry>,
): Extract<FindAnswer, { outcome: 'read' }> | null {
  const byReference = Map.groupBy(entries, referenceOf);
  const found: FoundOrder[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const [reference, own] of byReference) {
    if (reference === null) return null;
    const [first, ...others] = own.flatMap((entry) => read(entry) ?? []);
    if (first && others.length + 1 === own.length) found.push(orderOf([first, ...others]));
    else unreadable.push({ reference, raw: 'an order that cannot be read' });
  }
  return { outcome: 'read', found, neverMade: [], ...(unreadable.length > 0 ? { unreadable } : {}) };
}

/**
 * If a marketplace has two orders under one reference, nobody knows which one is ours to follow: they are unrecognised, so
 * that neither moves the item, and an operator is told.
 */
export function oneOrder([first, ...others]: readonly [FoundOrder, ...FoundOrder[]]): FoundOrder {
  if (others.length === 0) return first;
  return { ...first, status: { kind: 'unrecognised', raw: `${others.length + 1} orders under one reference` } };
}
