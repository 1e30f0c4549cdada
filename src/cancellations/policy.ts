import { later, MINUTE_MS, msBetween, SECOND_MS } from '../core/clock.ts';
import { CS2, type Game } from '../core/games.ts';
import { type ItemState, isTerminal } from '../core/item-states.ts';
import type { ItemWithListing, TradeRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import type { HeldRequest, RequestSummary } from './store.ts';

/**
 * The rules of a cancel, in order: the first rule that applies decides. Merchants and clients (`request`), the timer and
 * operators share them. `fast-path.ts` tests the same rules in SQL; `test/cancellations/policy.property.test.ts` holds
 * the two equal.
 */

/**
 * How old an item must be before it can be cancelled, by the public API. A supplier's own limit wins if it is longer;
 * that of the sandbox's CS2 marketplace is 30 minutes too.
 */
export const CANCEL_MIN_AGE_MS = 30 * MINUTE_MS;
/** How much younger than its item an order may be for a cancel to wait until the order is old enough as well. */
const ORDER_WAIT_MAX_MS = 3 * SECOND_MS;

/** What asks for a cancel. A few rules hold only for some of them. */
export type Trigger = 'request' | 'timer' | 'operator';

/** Whose items may be cancelled. */
export interface Owner {
  readonly merchantId: string;
  readonly source: 'self' | 'client';
  /** The client whose trade it must be; null: any trade of the source. */
  readonly steamId: string | null;
}

export type TradeFacts = Pick<TradeRow, 'id' | 'merchant_id' | 'type' | 'source' | 'steam_id' | 'game'>;
export type ItemFacts = Pick<
  ItemWithListing,
  'id' | 'listing_id' | 'external_id' | 'state' | 'supplier' | 'reverted_by' | 'created_at'
>;

/** What a path names. */
export type Candidate =
  | { readonly kind: 'no_trade' }
  | { readonly kind: 'no_item'; readonly trade: TradeFacts }
  | ItemCandidate;

export type ItemCandidate = { readonly trade: TradeFacts; readonly item: ItemFacts } & CandidateKind;

type CandidateKind =
  /** Every rule is met, and the request is recorded: the caller holds it and must send it to the supplier. */
  | { readonly kind: 'held'; readonly request: HeldRequest }
  /** The item has an open request. */
  | { readonly kind: 'open'; readonly request: RequestSummary }
  /** The supplier has the order. It can have made it at `orderedAt` at the latest. */
  | { readonly kind: 'bought'; readonly orderedAt: Date }
  /** It is not known that any supplier has an order. */
  | { readonly kind: 'not_bought' };

/** A closed request of the item that still answers: it was accepted for this caller, or lost a moment ago. */
export interface EarlierRequest {
  readonly kind: 'accepted' | 'lost';
  readonly id: string;
}

/** All that the rules need to know of an item. */
export interface Facts {
  readonly trigger: Trigger;
  readonly candidate: Exclude<ItemCandidate, { kind: 'held' }>;
  readonly earlier: EarlierRequest | null;
  readonly now: Date;
}

export type Decision =
  /** Another request of the item answers this one. */
  | { readonly kind: 'join'; readonly request: RequestSummary }
  /** The same request was accepted earlier. */
  | { readonly kind: 'accepted_earlier'; readonly id: string }
  | { readonly kind: 'refuse'; readonly reason: 'not_a_withdrawal' | 'not_supported' | 'already_sent' }
  /** The item has ended. */
  | { readonly kind: 'over' }
  | { readonly kind: 'too_soon'; readonly at: Date }
  /** Only the order's age is missing, for at most three seconds. */
  | { readonly kind: 'wait'; readonly until: Date }
  /** Request the cancel from the supplier. */
  | { readonly kind: 'request' }
  /** Withdraw the item if no supplier was asked to sell it; else keep the request until the purchase is known. */
  | { readonly kind: 'withdraw' };

/** The first rules: whether the caller may speak of this item at all. */
export function decideAccess(candidate: Candidate, owner: Owner): 'not_found' | 'forbidden' | 'allowed' {
  if (candidate.kind === 'no_trade') return 'not_found';
  if (!isOwn(candidate.trade, owner)) return 'forbidden';
  return candidate.kind === 'no_item' ? 'not_found' : 'allowed';
}

interface Rule {
  readonly name: string;
  /** null: the rule does not apply. */
  readonly decide: (facts: Facts, deps: SupplierDeps) => Decision | null;
}

type SupplierDeps = Pick<Deps, 'suppliers'>;

/** The rules that follow, about an item that the caller may cancel. */
export const rules: readonly Rule[] = [
  {
    name: 'an open request of the item answers every other one',
    decide: ({ candidate }) => (candidate.kind === 'open' ? { kind: 'join', request: candidate.request } : null),
  },
  {
    name: 'a request that was accepted is answered the same when it is repeated',
    decide: ({ earlier }) => (earlier?.kind === 'accepted' ? { kind: 'accepted_earlier', id: earlier.id } : null),
  },
  {
    name: 'the item was bought, not sold',
    decide: ({ candidate }) =>
      candidate.trade.type === 'withdraw' ? null : { kind: 'refuse', reason: 'not_a_withdrawal' },
  },
  {
    name: 'its game and its marketplace can cancel',
    decide: ({ candidate }, deps) =>
      isCancelSupported(deps, candidate.trade, candidate.item) ? null : { kind: 'refuse', reason: 'not_supported' },
  },
  {
    name: 'the item has not ended',
    decide: ({ candidate }) => (isTerminal(candidate.item.state) ? { kind: 'over' } : null),
  },
  {
    name: 'the timer leaves alone what the seller has sent',
    decide: ({ trigger, candidate }) =>
      trigger === 'timer' && isSent(candidate.item) ? { kind: 'refuse', reason: 'already_sent' } : null,
  },
  {
    name: 'the item is old enough',
    decide: ({ trigger, candidate, now }, deps) => {
      if (isAgeIrrelevant(trigger, candidate)) return null;
      const at = cancellableAt(deps, candidate.item, orderedAtOf(candidate));
      return at > now ? { kind: 'too_soon', at } : null;
    },
  },
  {
    name: 'the order is old enough for its marketplace',
    decide: ({ trigger, candidate, now }, deps) => {
      if (isAgeIrrelevant(trigger, candidate)) return null;
      const until = orderCancellableAt(deps, candidate.item.supplier, orderedAtOf(candidate));
      return until > now ? { kind: 'wait', until } : null;
    },
  },
  {
    name: 'a request that was lost a moment ago answers for as long as its call can last',
    decide: ({ earlier }) =>
      earlier?.kind === 'lost' ? { kind: 'join', request: { id: earlier.id, state: 'lost' } } : null,
  },
];

/** What is done about an item that the caller may cancel. */
export function decide(deps: SupplierDeps, facts: Facts): Decision {
  for (const rule of rules) {
    const decision = rule.decide(facts, deps);
    if (decision) return decision;
  }
  return { kind: facts.candidate.kind === 'bought' ? 'request' : 'withdraw' };
}

/** Whether a trade is one in which the caller may cancel. */
export function isOwn(trade: TradeFacts, { merchantId, source, steamId }: Owner): boolean {
  const isOfSource = trade.merchant_id === merchantId && trade.source === source;
  return isOfSource && (steamId === null || trade.steam_id === steamId);
}

/** Whether items of this game can be cancelled at any marketplace. */
export function hasCancel(game: Game): boolean {
  return game === CS2;
}

/**
 * Whether such an item can be cancelled at all. An ended item whose account was removed counts as supported: it is then
 * answered as closed.
 */
export function isCancelSupported(
  { suppliers }: SupplierDeps,
  trade: { readonly game: Game },
  item: { readonly supplier: string; readonly state: ItemState },
): boolean {
  if (!hasCancel(trade.game)) return false;
  const supplier = isTerminal(item.state) ? suppliers.find(item.supplier) : suppliers.get(item.supplier);
  return supplier?.cancel !== null;
}

export function isSent({ state }: Pick<ItemFacts, 'state'>): boolean {
  return state !== 'initiated' && state !== 'pending';
}

/** An operator may cancel at any age. The timer comes at an announced time, and waits only for an order to be old enough. */
function isAgeIrrelevant(trigger: Trigger, { kind }: ItemCandidate): boolean {
  return trigger === 'operator' || (trigger === 'timer' && kind === 'not_bought');
}

function orderedAtOf(candidate: ItemCandidate): Date | null {
  return candidate.kind === 'bought' ? candidate.orderedAt : null;
}

/**
 * The time from which a cancel is worth sending: 30 minutes after the item was created, and when its supplier cancels
 * the order free of charge, which it counts from its own order. When the order is at most three seconds younger than the
 * item, the item's time is told: a cancel that comes between the two waits. An item of exactly that age can be cancelled.
 */
function cancellableAt(deps: SupplierDeps, { supplier, created_at }: ItemFacts, orderedAt: Date | null): Date {
  const byAge = later(created_at, minItemAgeMs(minOrderAgeMs(deps, supplier)));
  const byOrder = orderCancellableAt(deps, supplier, orderedAt);
  return msBetween(byAge, byOrder) <= ORDER_WAIT_MAX_MS ? byAge : byOrder;
}

/**
 * The time from which a supplier cancels an order free of charge.
 * @param orderedAt the latest time at which the supplier can have made the order; null: there is no order to wait for
 */
export function orderCancellableAt(deps: SupplierDeps, supplier: string, orderedAt: Date | null): Date {
  return orderedAt === null ? new Date(0) : later(orderedAt, minOrderAgeMs(deps, supplier));
}

function minOrderAgeMs({ suppliers }: SupplierDeps, supplier: string): number {
  return suppliers.get(supplier).cancel?.minAgeMs ?? 0;
}

function minItemAgeMs(orderAgeMs: number): number {
  return Math.max(CANCEL_MIN_AGE_MS, orderAgeMs);
}

/** The same limits for a statement: the newest item and order that each supplier with a cancel would cancel now. */
export function ageLimits({ suppliers }: SupplierDeps, now: Date): AgeLimit[] {
  return suppliers.all.flatMap(({ id, cancel }) =>
    cancel === null
      ? []
      : [
          {
            supplier: id,
            createdBy: later(now, -minItemAgeMs(cancel.minAgeMs)),
            orderedBy: later(now, -cancel.minAgeMs),
          },
        ],
  );
}

export interface AgeLimit {
  readonly supplier: string;
  readonly createdBy: Date;
  readonly orderedBy: Date;
}
