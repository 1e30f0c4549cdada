import type { CancellationState } from '../db/tables.ts';

/**
 * The life of a cancellation request, state → the states it can go to. `docs/reference/states.md` is held to it by a test.
 * `requested` means that a call to the supplier is in flight; `unknown` that it brought no clear answer.
 */
export const cancellationStates = {
  requested: ['accepted', 'refused', 'unknown', 'settled', 'lost'],
  unknown: ['requested', 'refused', 'settled', 'lost'],
  accepted: ['settled', 'lost'],
  refused: [],
  settled: [],
  lost: [],
} as const satisfies Record<CancellationState, readonly CancellationState[]>;

export const allCancellationStates = Object.keys(cancellationStates) as CancellationState[]; // Object.keys forgets the literal type

/** The states of a request that is still open; at most one request of an item is in them. */
export const openStates = ['requested', 'unknown', 'accepted'] as const satisfies CancellationState[];

export function isOpen(state: CancellationState): boolean {
  return openStates.some((open) => open === state);
}
