import { MovableClock } from '../../src/core/clock.ts';
import { CancelWatch } from './cancel-watch.ts';
import { findListing } from './catalogue.ts';
import type { ToldOtherwise } from './history.ts';
import type { Listing, Prices } from './listing.ts';
import { type Order, Orders } from './orders.ts';
import { movedBetween, pricesAt } from './prices.ts';
import type { SandboxStore } from './store.ts';
import { type OrderStatus, statusAt } from './timeline.ts';

const CLOCK_SETTING = 'clock_offset_ms';

/** The state that both sides, the control routes and the hints share. */
export class Marketplace {
  readonly store: SandboxStore;
  readonly orders: Orders;
  /** Real time plus an offset that is stored over restarts. */
  readonly clock: MovableClock;
  /** Cursors of an earlier start are invalid, because the file may be different; so are those from before prices were let go. */
  #cursorsFromMs: number;
  readonly cancelWatch = new CancelWatch();
  /** What the lists of orders say otherwise than the books, by reference. */
  readonly toldOtherwise = new Map<string, ToldOtherwise>();
  /** The delay of the answer to a cancellation; the cancellation itself takes effect at once. */
  cancelAnswerMs = 0;
  /** Prices do not move after this time. */
  #pricesHeldAtMs = Number.POSITIVE_INFINITY;
  readonly #listeners: (() => void)[] = [];

  constructor(store: SandboxStore, clock = new MovableClock()) {
    this.store = store;
    this.clock = clock;
    this.orders = new Orders(store);
    this.clock.adoptOffset(Number(store.setting(CLOCK_SETTING) ?? 0));
    this.#cursorsFromMs = this.nowMs;
  }

  get nowMs(): number {
    return this.clock.now().getTime();
  }

  /** Moves the clock to a later offset; an earlier one is ignored. */
  moveClock(offsetMs: number): void {
    this.clock.adoptOffset(offsetMs);
    this.store.setSetting(CLOCK_SETTING, String(this.clock.offsetMs));
    this.changed();
  }

  get cursorsFromMs(): number {
    return this.#cursorsFromMs;
  }

  get pricesMove(): boolean {
    return this.#pricesHeldAtMs === Number.POSITIVE_INFINITY;
  }

  /** Lets prices move with time, or holds them as they are now. */
  set pricesMove(move: boolean) {
    if (move === this.pricesMove) return;
    this.#pricesHeldAtMs = move ? Number.POSITIVE_INFINITY : this.nowMs;
    if (move) this.#cursorsFromMs = this.nowMs;
  }

  pricesOf(listing: Listing): Prices {
    return pricesAt(listing, this.#priceTimeOf(this.nowMs));
  }

  /** The listings whose price changed since a time, see `movedBetween`. */
  movedSince(sinceMs: number): ReturnType<typeof movedBetween> {
    return movedBetween(this.#priceTimeOf(sinceMs), this.#priceTimeOf(this.nowMs));
  }

  #priceTimeOf(ms: number): number {
    return Math.min(ms, this.#pricesHeldAtMs);
  }

  listingOf(order: Order): Listing {
    const listing = findListing(order.side, order.listingId);
    if (!listing) throw new Error(`listing ${order.listingId} of an order is not in the catalogue of this version`);
    return listing;
  }

  statusOf(order: Order): OrderStatus {
    return statusAt(this.listingOf(order).behaviour, order, this.nowMs);
  }

  /** Adds a listener that is called when the status of an order may have changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
