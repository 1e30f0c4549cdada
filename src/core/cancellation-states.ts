import type { CancellationState } from '../db/tables.ts';

/**
 * The states of a cancellation request → the states that can follow. A test compares `docs/reference/states.md` with it.
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

export const allCancellationStates = Object.keys(cancellationStates) as CancellationState[]; // Object.keys has no literal type

/** The states of an open request. An item has at most one open request. */
export const openStates = ['requested', 'unknown', 'accepted'] as const satisfies CancellationState[];

export function isOpen(state: CancellationState): boolean {
  return openStates.some((open) => open === state);
}
