import { setTimeout } from 'node:timers/promises';
import { MovableClock } from '../../src/core/clock.ts';
import { CancelWatch } from './cancel-watch.ts';
import { findListing } from './catalogue.ts';
import type { ToldOtherwise } from './history.ts';
import type { Listing, Prices } from './listing.ts';
import { type Front, type Order, Orders } from './orders.ts';
import { pricesAt } from './prices.ts';
import type { SandboxStore } from './store.ts';
import { type OrderStatus, statusAt } from './timeline.ts';

/** What CS2DT sells beside the test listings, if each listing is sold in one place: these words are in the names. */
export const kindsAtCs2dt = ['Karambit', 'Sport Gloves'] as const;

const CLOCK_SETTING = 'clock_offset_ms';
const APART_SETTING = 'is_apart';

/** The state that the fronts, the control routes and the hints share. */
export class Marketplace {
  readonly store: SandboxStore;
  readonly orders: Orders;
  /** Real time plus an offset that is stored over restarts. */
  readonly clock: MovableClock;
  readonly cancelWatch = new CancelWatch();
  /** What the lists of orders say otherwise than the books, by reference. */
  readonly toldOtherwise = new Map<string, ToldOtherwise>();
  #cancelAnswerMs = 0;
  #cancelPaceChanged = new AbortController();
  /** Prices do not move after this time. */
  #pricesHeldAtMs = Number.POSITIVE_INFINITY;
  #isApart: boolean;
  readonly #listeners: (() => void)[] = [];

  constructor(store: SandboxStore, clock = new MovableClock()) {
    this.store = store;
    this.clock = clock;
    this.orders = new Orders(store);
    this.clock.adoptOffset(Number(store.setting(CLOCK_SETTING) ?? 0));
    this.#isApart = store.setting(APART_SETTING) === 'true';
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

  /** The delay of the answer to a cancellation; the cancellation itself takes effect at once. */
  get cancelAnswerMs(): number {
    return this.#cancelAnswerMs;
  }

  /** Sets the delay, and gives the answers that wait by the one before. */
  set cancelAnswerMs(delayMs: number) {
    this.#cancelAnswerMs = delayMs;
    this.#cancelPaceChanged.abort();
    this.#cancelPaceChanged = new AbortController();
  }

  /** Resolves when the answer to a cancellation may be given. */
  async cancelAnswerIsDue(): Promise<void> {
    if (this.#cancelAnswerMs === 0) return;
    const { signal } = this.#cancelPaceChanged;
    // It rejects only when a new delay ends it.
    await setTimeout(this.#cancelAnswerMs, undefined, { signal }).catch(() => {});
  }

  get pricesMove(): boolean {
    return this.#pricesHeldAtMs === Number.POSITIVE_INFINITY;
  }

  /** Lets prices move with time, or holds them as they are now. */
  set pricesMove(move: boolean) {
    if (move === this.pricesMove) return;
    this.#pricesHeldAtMs = move ? Number.POSITIVE_INFINITY : this.nowMs;
  }

  pricesOf(listing: Listing): Prices {
    return pricesAt(listing, Math.min(this.nowMs, this.#pricesHeldAtMs));
  }

  /** Whether each listing is offered in one place; otherwise every front offers all. Stored over restarts, as the clock is. */
  get isApart(): boolean {
    return this.#isApart;
  }

  set isApart(isApart: boolean) {
    this.#isApart = isApart;
    this.store.setSetting(APART_SETTING, String(isApart));
  }

  /** Whether a front has a listing in its lists. */
  offers(front: Front, listing: Listing): boolean {
    return !this.#isApart || front === placeOf(listing);
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

/**
 * Where a listing is, if each is in one place. CS2DT can cancel, so that it has the test listings of CS2 and some others. Real
 * accounts at LIS-SKINS offer only what is delivered at once.
 */
function placeOf({ side, ordinary, instant, marketHashName }: Listing): Front {
  if (side === 'rust') return 'waxpeer';
  if (ordinary === null || kindsAtCs2dt.some((kind) => marketHashName.includes(kind))) return 'cs2dt';
  return instant ? 'lis-skins' : 'waxpeer';
}
