/**
 * The one table of item states: state → event → next state.
 * The types below, the SQL checks and `docs/reference/states.md` are held to it by tests.
 */
export const itemStates = {
  initiated: { approve: 'pending', reject: 'failed', withdraw: 'canceled' },
  pending: {
    offer: 'active',
    accept: 'hold',
    decline: 'declined',
    fail: 'failed',
    revert: 'reverted',
    withdraw: 'canceled',
  },
  active: { accept: 'hold', complete: 'completed', decline: 'declined', fail: 'failed', revert: 'reverted' },
  hold: { complete: 'completed', revert: 'reverted' },
  completed: { revert: 'reverted' },
  failed: {},
  canceled: {},
  declined: {},
  reverted: {},
} as const satisfies Record<string, Readonly<Record<string, string>>>;

export type ItemState = keyof typeof itemStates;
type EventsOf<S extends ItemState> = keyof (typeof itemStates)[S] & string;
export type ItemEvent = { [S in ItemState]: EventsOf<S> }[ItemState];

/** What each event means, for `docs/reference/states.md` and for people. */
export const itemEvents = {
  approve: 'the merchant approved the trade; its items are being bought',
  reject: 'the merchant rejected the trade, or gave no answer; nothing is bought',
  withdraw: 'the item was cancelled before any supplier was asked to sell it',
  offer: 'the seller sent a Steam offer to the recipient',
  accept: 'the recipient accepted the offer; Steam can still reverse it',
  complete: 'final: the protection window is over, or the game has none',
  decline: 'the recipient declined the offer or let it expire',
  fail: 'the purchase was refused, or failed on the supplier’s side',
  revert: 'the supplier cancelled or reversed the purchase',
} as const satisfies Record<ItemEvent, string>;

export const allItemStates = Object.keys(itemStates) as ItemState[]; // Object.keys forgets the literal type
export const allItemEvents = Object.keys(itemEvents) as ItemEvent[]; // as above

/** Least advanced first; the order decides a trade's status. */
const inFlight = ['initiated', 'pending', 'active', 'hold'] as const satisfies ItemState[];
const terminal = ['completed', 'reverted', 'declined', 'canceled', 'failed'] as const satisfies ItemState[];

/** The state after `event`, or null when the table has no such step. */
export function after(state: ItemState, event: ItemEvent): ItemState | null {
  const row: Readonly<Partial<Record<ItemEvent, ItemState>>> = itemStates[state];
  return row[event] ?? null;
}

export function isTerminal(state: ItemState): boolean {
  return terminal.some((known) => known === state);
}

/**
 * A trade's status, which depends on its items alone: while any is in flight, the least advanced of those; otherwise
 * completed if any is, else reverted, declined, canceled, failed.
 * @throws Error when there are no items: every trade has at least one
 */
export function tradeStatus(states: readonly ItemState[]): ItemState {
  const present = new Set(states);
  const status = [...inFlight, ...terminal].find((state) => present.has(state));
  if (!status) throw new Error('a trade without items has no status');
  return status;
}

/** For each order status that moves an item: the events that can lead to it, in order. */
const pathsToStatus = {
  offered: ['offer'],
  accepted: ['offer', 'accept'],
  settled: ['offer', 'accept', 'complete'],
  failed: ['fail'],
  declined: ['decline'],
  reverted: ['revert'],
} as const satisfies Record<string, readonly ItemEvent[]>;

export type ProgressStatus = keyof typeof pathsToStatus;

/**
 * The events that bring an item from `state` to what its order's status says: several when a read came late and steps
 * were missed, none when the item is there already or beyond.
 *
 * `settled` on a game without a protection window goes from `active` straight to `completed`.
 * @returns null when the status contradicts what is known: the item keeps its state, and an operator must look at it
 */
export function eventsToward(state: ItemState, status: ProgressStatus, hasHold: boolean): ItemEvent[] | null {
  const path: readonly ItemEvent[] = pathsToStatus[status];
  const events: ItemEvent[] = [];
  let at = state;
  for (const event of path) {
    if (event === 'accept' && status === 'settled' && !hasHold) continue;
    const next = after(at, event);
    if (next === null) continue;
    events.push(event);
    at = next;
  }
  return at === target(status) || isBeyond(state, status) ? events : null;
}

function target(status: ProgressStatus): ItemState {
  const targets: Record<ProgressStatus, ItemState> = {
    offered: 'active',
    accepted: 'hold',
    settled: 'completed',
    failed: 'failed',
    declined: 'declined',
    reverted: 'reverted',
  };
  return targets[status];
}

/** A supplier can report a status again, or late: the item has passed it, and nothing is to be done. */
function isBeyond(state: ItemState, status: ProgressStatus): boolean {
  const passed: Partial<Record<ItemState, readonly ProgressStatus[]>> = {
    hold: ['offered'],
    completed: ['offered', 'accepted'],
    reverted: ['offered', 'accepted', 'settled'],
  };
  return passed[state]?.includes(status) ?? false;
}
