import type { Mills } from '../core/money.ts';
import type { OrderStatus, Unknown } from './supplier.ts';

/**
 * Reads the marketplace's own list of the account's orders, a page at a time.
 * @param range the times of ordering; a page may also have orders outside it
 * @param cursor null: the first page; else `next` of the page before
 */
export type ReadHistory = (range: TimeRange, cursor: string | null) => Promise<HistoryAnswer>;

/** From a time on, and before another. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

export type HistoryAnswer =
  | {
      readonly outcome: 'read';
      /** An order can be on two pages, if new ones came between the calls. */
      readonly orders: readonly HistoryOrder[];
      /** Orders of this page that cannot be read. They are told, because an order that is left out looks as if it did not exist. */
      readonly unreadable: readonly UnreadableOrder[];
      /** null: this was the last page. */
      readonly next: string | null;
    }
  | Unknown;

/** An order as the marketplace has it in its books. */
export interface HistoryOrder {
  readonly orderId: string;
  /** Our reference; null: it was ordered without one. */
  readonly reference: string | null;
  readonly costMills: Mills;
  /** How much of the cost came back: 0 while the order is in effect; null: the marketplace does not say. */
  readonly refundMills: Mills | null;
  /** What it kept of a refund, or charged beside the cost; null: it does not say. */
  readonly feeMills: Mills | null;
  readonly status: OrderStatus;
  /**
   * The adapter's ids of the listings that it can be the order of: two where the marketplace does not say the game; none
   * where it does not name the listing.
   */
  readonly nativeListingIds: readonly string[];
  /** null: it does not say, or the time cannot be read. */
  readonly orderedAt: Date | null;
}

/** What can be read of an order that cannot be read whole. */
export interface UnreadableOrder {
  readonly orderId: string | null;
  readonly reference: string | null;
  readonly orderedAt: Date | null;
}
