import type { Game } from '../core/games.ts';
import type { ProgressStatus } from '../core/item-states.ts';
import type { Mills } from '../core/money.ts';
import type { ItemError } from '../core/trade-errors.ts';
import type { TradeUrlAnswer } from '../trade-urls/checker.ts';
import type { ReadHistory } from './history.ts';

/**
 * An upstream marketplace, as the rest of the gateway sees it. An adapter implements this interface.
 *
 * Adapters keep no state. They do not throw when a marketplace refuses or is away: an answer that is neither a clear yes
 * nor a clear no is `unknown`. An ability that a marketplace lacks is `null`, not a method that throws.
 */
export interface Supplier {
  /** The account at the marketplace. Short, and never changed: it is stored with every item and every purchase. */
  readonly id: string;
  readonly games: readonly Game[];
  /** How many references one `find` may name. */
  readonly findMax: number;
  /** For how many milliseconds after a lost answer a look-up may still miss an order that exists. */
  readonly lookupDelayMs: number;
  /** What a second `buy` under a reference does. */
  readonly repeats: Repeats;
  /** The time limit of `buy`. Absent: the limit of every call, SUPPLIER_TIMEOUT_MS. */
  readonly buyTimeoutMs?: number;
  /** The pause between two reads of the feed. Absent: MARKET_POLL_MS, which is for small feeds. */
  readonly feedEveryMs?: number;
  /**
   * Who ends a hold. `told`: an order's status says `settled`. `afterMs`: nobody says it; an item whose hold ended so long
   * ago is final, if the order still says `accepted`. An `accepted` order of a game without a hold is then final at once.
   */
  readonly settles: 'told' | { readonly afterMs: number };

  readonly listingIds: ListingIds;
  /** Reads several listings in one call; null: the marketplace reads them one by one. */
  readonly listings: ListingsAbility | null;
  readonly cancel: CancelAbility | null;
  readonly push: PushAbility | null;
  /** Hears pushes over a connection that the adapter opens; null: there is none, or the account lacks a setting for it. */
  readonly connection: ConnectionAbility | null;
  /** Reads what is left to spend; null: the marketplace does not say. */
  readonly balance: (() => Promise<BalanceAnswer>) | null;
  /** Reads its own list of our orders; null: it has none that can be compared with our purchases. */
  readonly history: ReadHistory | null;
  /**
   * Asks whether the marketplace would deliver to a trade URL, which matches TRADE_URL; null: it does not say. The time limit
   * is that of the whole check, however many calls it takes.
   */
  readonly checkTradeUrl: ((tradeUrl: string, timeoutMs: number) => Promise<TradeUrlAnswer>) | null;

  /** Reads one listing as it is on sale now. */
  listing(nativeListingId: string): Promise<ListingAnswer>;
  /**
   * Reads what is on sale: everything if `cursor` is null, else what changed since the answer that gave the cursor.
   * @param signal when it is aborted, nobody needs the answer any more: the call ends at once, with any answer
   */
  feed(cursor: string | null, signal?: AbortSignal): Promise<FeedAnswer>;
  /** Buys one listing under our reference. While the answer is unknown, the caller never buys under another reference. */
  buy(order: BuyOrder): Promise<BuyAnswer>;
  /** Looks up what became of our references. Only this, and a repeat where `repeats` allows it, resolve an unknown answer. */
  find(references: readonly string[]): Promise<FindAnswer>;
  close(): Promise<void>;
}

/**
 * What a marketplace does with a second purchase under the reference of an earlier one:
 * - `refused`: it surely refuses it, and the answer has `isReferenceKnown`. What else it checks, and in which order, may be
 *   unknown.
 * - `replayed`: it looks for the reference first, and answers with the order that it has under it.
 * - `unsafe`: it may buy twice, or nobody knows. No purchase is repeated there.
 */
export type Repeats = 'refused' | 'replayed' | 'unsafe';

/** Translates between public listing ids and the marketplace's own ids, without a table. */
export interface ListingIds {
  toPublic(nativeId: string): string;
  /** @returns null if the id belongs to another supplier */
  toNative(publicId: string): string | null;
}

export interface ListingsAbility {
  /** How many listings one call may name. */
  readonly max: number;
  /** As `listing`, for several listings as they are on sale now. */
  read(nativeListingIds: readonly string[]): Promise<ListingsAnswer>;
}

export interface CancelAbility {
  /** `async`: an accepted request has no outcome yet. `find` reads it later. */
  readonly mode: 'async';
  /** The supplier refuses to cancel an order younger than this, or charges for it. */
  readonly minAgeMs: number;
  request(order: OrderToCancel): Promise<CancelAnswer>;
}

export interface OrderToCancel {
  readonly reference: string;
  /** The marketplace's id of the order. */
  readonly orderId: string;
  /** Whether an earlier cancel of the order may still be under way; absent: no. */
  readonly isRepeat?: boolean;
}

export interface PushAbility {
  /** @returns the references that a push names, or null if it is not authentic. A push is a hint to read, never a fact. */
  readHint(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): string[] | null;
  /** The text that the marketplace takes as "received"; absent: any answer with status 200. */
  readonly receipt?: string;
}

/** A marketplace that pushes over a connection that its clients open. One node at a time holds it for an account. */
export interface ConnectionAbility {
  /**
   * Opens the connection, and passes on what is pushed until it ends. It never throws. A connection that is silent for
   * longer than the marketplace ever is has ended.
   * @param signal ends it at once
   * @returns why it has ended, without a key or a URL
   */
  hold(listener: HintListener, signal: AbortSignal): Promise<ConnectionEnd>;
}

export interface HintListener {
  /** From now on every push arrives. */
  onOpen(): void;
  onHint(hint: Hint): void;
}

/**
 * The orders that a push is about: our references, or the marketplace's ids of orders. `unnamed`: it does not say which.
 * Like every push it is a hint to read them, never a fact.
 */
export type Hint = OrderNames | 'unnamed';

export interface OrderNames {
  readonly references: readonly string[];
  readonly orderIds: readonly string[];
}

export type ConnectionEnd = Pick<Unknown, 'cause' | 'fault'>;

export interface Listing {
  readonly nativeId: string;
  readonly game: Game;
  /** The catalogue item of which the listing is one copy. */
  readonly catalogId: string;
  readonly marketHashName: string;
  readonly type?: string;
  readonly exterior?: string;
  readonly rarity?: string;
  /** Float value as text. */
  readonly wear?: string;
  readonly paintSeed?: number;
  /** Of a Doppler. */
  readonly phase?: string;
  readonly paintIndex?: number;
  /** Percentage of a Fade. */
  readonly fade?: number;
  readonly stickers?: readonly Sticker[];
  readonly charm?: Charm;
  /** The colour of its rarity: `#` and six hex digits. */
  readonly color?: string;
  /** The parameter of Steam's inspect link. */
  readonly previewToken?: string;
  readonly delivery: 'standard' | 'instant';
  readonly iconUrl?: string;
  readonly priceMills: Mills;
}

export interface Sticker {
  readonly name: string;
  readonly slot: number;
  /** From 0 (new) to 1 (scraped off). */
  readonly wear?: number;
  readonly iconUrl: string;
  readonly marketHashName?: string;
}

export interface Charm {
  readonly name: string;
  readonly iconUrl: string;
  readonly marketHashName?: string;
}

export interface BuyOrder {
  /** 26 characters, stored before the call. */
  readonly reference: string;
  readonly nativeListingId: string;
  readonly tradeUrl: string;
  /** The most that may be charged. */
  readonly ceilingMills: Mills;
}

export interface Unknown {
  readonly outcome: 'unknown';
  /** For operators: what came instead of an answer. */
  readonly cause: string;
  /** What an operator must mend before the answer can be clear. */
  readonly fault?: SupplierFault;
  /** The budget of the account held the call back: nothing was sent, so it says nothing of the marketplace. */
  readonly isHeld?: true;
}

/** How an answer is counted in `skinrail_supplier_calls_total`. */
export function countedOutcome(answer: { readonly outcome: string } | Unknown): string {
  return 'isHeld' in answer && answer.isHeld ? HELD : answer.outcome;
}

export const HELD = 'held';

/**
 * What only the operator can mend: `balance`, the account has too little money; `misconfigured`, the key, its permissions
 * or the list of addresses is wrong.
 */
export type SupplierFault = 'balance' | 'misconfigured';

export type BalanceAnswer = { readonly outcome: 'read'; readonly availableMills: Mills } | Unknown;

/**
 * `gone`: the supplier says that the listing is not on sale. `priced`: it says only the price; what the listing is, its
 * feed has said.
 */
export type ListingAnswer =
  | { readonly outcome: 'listed'; readonly listing: Listing }
  | { readonly outcome: 'priced'; readonly priceMills: Mills }
  | { readonly outcome: 'gone' }
  | Unknown;

/**
 * The answers by native id. An id that the marketplace left out has none: it may be gone, or the answer may have been cut.
 * Only `listing` says which.
 */
export type ListingsAnswer =
  | { readonly outcome: 'read'; readonly answers: ReadonlyMap<string, ListingAnswer> }
  | Unknown;

export type FeedAnswer =
  | {
      readonly outcome: 'read';
      /** For the next call: its answer has everything that changes after this answer was made. */
      readonly cursor: string;
      /** True: these are all listings on sale. False: these changed since the cursor. */
      readonly isWhole: boolean;
      readonly listings: readonly Listing[];
      /** Native ids that are no longer on sale; empty if the answer is whole. */
      readonly gone: readonly string[];
    }
  | Unknown;

/**
 * `refused` proves that nothing was bought. The reason decides what happens next: after `MARKET_UNAVAILABLE` a unit of a quick buy is
 * bought at another marketplace, and both that and `unknown` count against this one.
 */
export type BuyAnswer =
  | { readonly outcome: 'bought'; readonly orderId: string; readonly costMills: Mills }
  | {
      readonly outcome: 'refused';
      readonly reason: ItemError;
      /** The refusal is about the operator's account, not about the listing. */
      readonly fault?: SupplierFault;
    }
  | UnknownPurchase;

export interface UnknownPurchase extends Unknown {
  /** The marketplace has refused the reference because an earlier call had it. Whether that one bought is not said. */
  readonly isReferenceKnown?: true;
}

/** References in no list were not found, which proves nothing right after a time-out. */
export type FindAnswer =
  | {
      readonly outcome: 'read';
      readonly found: readonly FoundOrder[];
      /** References for which the supplier guarantees that no order was ever made. */
      readonly neverMade: readonly string[];
      /** References that have an order of which the rest cannot be read. They are not missing, and nothing moves them. */
      readonly unreadable?: readonly UnreadableEntry[];
    }
  | UnknownOrders;

export interface UnreadableEntry {
  readonly reference: string;
  /** For operators: what cannot be read. */
  readonly raw: string;
}

export interface UnknownOrders extends Unknown {
  /**
   * The marketplace has answered clearly, and without an order; but what it answers about a reference that it does not
   * know is not known. It is not a miss: it never lets a purchase be given up, and only leads to a repeat.
   */
  readonly isWithoutOrder?: true;
}

export type CancelAnswer =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: CancelRefusal }
  | Unknown;

/** Why a supplier refuses to cancel, in our words; shown to merchants as `details.reason`. */
export const cancelRefusals = ['already_sent', 'too_early', 'already_closed', 'not_allowed'] as const;
export type CancelRefusal = (typeof cancelRefusals)[number];

export interface FoundOrder {
  readonly reference: string;
  readonly orderId: string;
  readonly costMills: Mills;
  readonly status: OrderStatus;
}

/**
 * The status of an order, translated from the marketplace's own. A status that the adapter does not know is
 * `unrecognised`: it never moves the item, and it raises an alert.
 */
export type OrderStatus =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'offered'; readonly steamOfferId?: string }
  | {
      readonly kind: 'accepted';
      readonly steamOfferId?: string;
      readonly assetId?: string;
      readonly holdEndsAt?: Date;
    }
  | { readonly kind: 'settled'; readonly steamOfferId?: string; readonly assetId?: string }
  | { readonly kind: 'failed'; readonly error: ItemError }
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'reverted';
      readonly by: 'supplier' | 'user';
      /** The supplier says that it cancelled because we requested it. */
      readonly onOurCancel?: true;
    }
  | { readonly kind: 'unrecognised'; readonly raw: string };

/** A status that can move an item. */
export type Progress = Extract<OrderStatus, { readonly kind: ProgressStatus }>;

export function isProgress(status: OrderStatus): status is Progress {
  return status.kind !== 'waiting' && status.kind !== 'unrecognised';
}
