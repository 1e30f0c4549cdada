import type { Game } from '../core/games.ts';
import type { ProgressStatus } from '../core/item-states.ts';
import type { Mills } from '../core/money.ts';
import type { ItemError } from '../core/trade-errors.ts';

/**
 * An upstream marketplace as the rest of the gateway sees it (DESIGN 4.5).
 *
 * Adapters are stateless and never throw for business: what cannot be read as a clear yes or no is `unknown`.
 * An ability that a marketplace lacks is `null` here, not a method that throws.
 */
export interface Supplier {
  /** Short and stable: it is stored with every item. */
  readonly id: string;
  readonly games: readonly Game[];
  /** How many references one `find` may name. */
  readonly findMax: number;
  /** How long after a lost answer a look-up may still miss an order that exists, in milliseconds. */
  readonly lookupDelayMs: number;

  readonly listingIds: ListingIds;
  readonly cancel: CancelAbility | null;
  readonly push: PushAbility | null;

  /** One listing as it is on sale now. */
  listing(nativeListingId: string): Promise<ListingAnswer>;
  /** What is on sale. `cursor` null: from the start; else what changed since the answer that gave it. */
  feed(cursor: string | null): Promise<FeedAnswer>;
  /** Buys one listing under our reference. Never repeated under another reference while the answer is unknown. */
  buy(order: BuyOrder): Promise<BuyAnswer>;
  /** What became of our references. The only way to resolve an unknown answer. */
  find(references: readonly string[]): Promise<FindAnswer>;
  close(): Promise<void>;
}

/** Translates between a public listing id and the marketplace's own, without a table. */
export interface ListingIds {
  toPublic(nativeId: string): string;
  /** null: not an id of this supplier. */
  toNative(publicId: string): string | null;
}

export interface CancelAbility {
  /** `async`: accepting says nothing of the outcome; it is read later by `find`. */
  readonly mode: 'async';
  /** The supplier refuses, or charges for, an order younger than this. */
  readonly minAgeMs: number;
  request(order: { readonly reference: string; readonly orderId: string }): Promise<CancelAnswer>;
}

export interface PushAbility {
  /** The references a push speaks of, or null when it is not authentic. A push is a hint to read, never a fact. */
  readHint(headers: Readonly<Record<string, string | string[] | undefined>>, body: string): string[] | null;
}

export interface Listing {
  readonly nativeId: string;
  readonly game: Game;
  /** Catalogue item that the listing is one copy of. */
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
  /** Of its rarity: `#` and six hex digits. */
  readonly color?: string;
  /** What Steam's inspect link takes. */
  readonly previewToken?: string;
  readonly delivery: 'standard' | 'instant';
  readonly iconUrl?: string;
  readonly priceMills: Mills;
}

export interface Sticker {
  readonly name: string;
  readonly slot: number;
  /** From 0, new, to 1, scraped off. */
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
  /** 26 characters, stored before the call (DESIGN 4.3). */
  readonly reference: string;
  readonly nativeListingId: string;
  readonly tradeUrl: string;
  /** The most that may be charged. */
  readonly ceilingMills: Mills;
}

export interface Unknown {
  readonly outcome: 'unknown';
  /** For people: what was seen instead of an answer. */
  readonly cause: string;
}

/** `gone`: authoritative, the listing is not on sale. */
export type ListingAnswer =
  | { readonly outcome: 'listed'; readonly listing: Listing }
  | { readonly outcome: 'gone' }
  | Unknown;

export type FeedAnswer =
  | {
      readonly outcome: 'read';
      /** For the next question: all that changes after this answer was made is in the answer to it. */
      readonly cursor: string;
      /** True: these are all listings there are. False: what changed since the cursor. */
      readonly isWhole: boolean;
      readonly listings: readonly Listing[];
      /** Native ids that are no longer on sale; empty when whole. */
      readonly gone: readonly string[];
    }
  | Unknown;

export type BuyAnswer =
  | { readonly outcome: 'bought'; readonly orderId: string; readonly costMills: Mills }
  | { readonly outcome: 'refused'; readonly reason: ItemError }
  | Unknown;

/** References that are in neither list were not found, which right after a time-out proves nothing. */
export type FindAnswer =
  | {
      readonly outcome: 'read';
      readonly found: readonly FoundOrder[];
      /** References of which the supplier says with authority that no order was ever made. */
      readonly neverMade: readonly string[];
    }
  | Unknown;

export type CancelAnswer =
  | { readonly outcome: 'accepted' }
  | { readonly outcome: 'refused'; readonly reason: CancelRefusal }
  | Unknown;

/** Why a supplier refuses a cancel, in our words; shown to merchants as `details.reason`. */
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
      /** The supplier says that it did so because we asked it to cancel. */
      readonly onOurCancel?: true;
    }
  | { readonly kind: 'unrecognised'; readonly raw: string };

/** A status that can move an item. */
export type Progress = Extract<OrderStatus, { readonly kind: ProgressStatus }>;

export function isProgress(status: OrderStatus): status is Progress {
  return status.kind !== 'waiting' && status.kind !== 'unrecognised';
}
