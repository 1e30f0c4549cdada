import type { Order } from '../../sandbox/marketplace/orders.ts';
import type { Faults } from './faults.ts';
import type { BuyCall, ShownOrder } from './market-calls.ts';
import type { SimMarketplace } from './marketplace.ts';
import type { SimMarket } from './markets.ts';
import type { Host, Message, Reply } from './network.ts';
import type { StillClock } from './still-clock.ts';

/** For this long after a purchase a look-up may miss it; the adapters know the same number. */
const HIDDEN_MS = 60_000;
/**
 * A marketplace may be as late as this beside what it promises. Where it refuses to sell twice under one reference, that
 * must not matter: a repeat tells that the order is there.
 */
const HIDDEN_HOURS_MS = 12 * 3_600_000;
/** The first call and five repeats. */
const CALLS_MAX = 6;

interface Bought extends BuyCall {
  readonly market: SimMarket;
}

/** What names an item at a marketplace. */
interface Named {
  readonly token: string;
  readonly supplier: string | null;
  readonly nativeId: string | null;
}

/** The key of `references`. */
export function keyOf({ token, supplier, nativeId }: Named): string {
  return `${token} ${supplier} ${nativeId}`;
}

/**
 * The marketplaces as the network shows them. It keeps what a judge needs to know: under which references each item of
 * a trade was asked for, told by the recipient and the listing that the marketplace itself heard.
 */
export class MarketHost implements Host {
  readonly timeoutMs: number;
  /** `recipient's token` + `marketplace` + `listing` → the references it was bought under. */
  readonly references = new Map<string, Set<string>>();
  readonly #market: SimMarketplace;
  readonly #markets: readonly SimMarket[];
  readonly #faults: Faults;
  readonly #clock: StillClock;
  readonly #oldWords = new Map<string, ShownOrder>();
  /** Until when calls are under way, by what they are about: an order or a reference. */
  readonly #askingUntilMs = new Map<string, number>();
  /** What the gateway has sent to buy under a reference, and how often. */
  readonly #sent = new Map<string, { readonly message: string; readonly market: SimMarket; calls: number }>();
  /** Until when look-ups do not show an order. */
  readonly #hiddenUntilMs = new Map<string, number>();
  /** Purchases that the gateway sent once more. */
  repeats = 0;
  /** Those of them that made an order. */
  repeatsThatBought = 0;

  constructor(
    market: SimMarketplace,
    markets: readonly SimMarket[],
    faults: Faults,
    clock: StillClock,
    timeoutMs: number,
  ) {
    this.#market = market;
    this.#markets = markets;
    this.#faults = faults;
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
  }

  nameOf({ method, url }: Message): string {
    const { pathname } = new URL(url, 'http://market');
    return `${method} ${pathname}`;
  }

  /** @throws Error when two calls at once cancel an order or buy under a reference, or a repeat is not as the first call */
  began(message: Message, timeoutMs: number): () => void {
    const orderId = this.#cancelledBy(message)?.orderId;
    const bought = this.#boughtBy(message);
    if (bought) this.#noteSent(bought, message);
    const about = orderId ?? bought?.reference;
    if (about === undefined) return () => {};
    const untilMs = this.#askingUntilMs.get(about);
    const ownUntilMs = this.#clock.nowMs + timeoutMs;
    if (untilMs !== undefined && this.#clock.nowMs < untilMs) {
      throw new Error(`${about} is being cancelled or bought by two calls at once`);
    }
    this.#askingUntilMs.set(about, ownUntilMs);
    return () => {
      if (this.#askingUntilMs.get(about) === ownUntilMs) this.#askingUntilMs.delete(about);
    };
  }

  #noteSent({ reference, market }: Bought, { url, body }: Message): void {
    const message = `${url} ${body}`;
    const sent = this.#sent.get(reference) ?? { message, market, calls: 0 };
    this.#sent.set(reference, sent);
    sent.calls++;
    if (sent.calls === 1) return;
    this.repeats++;
    if (sent.message !== message) throw new Error(`${reference} is repeated as ${message}, after ${sent.message}`);
    if (!market.refusesRepeats || sent.calls > CALLS_MAX) throw new Error(`${reference} is sent ${sent.calls} times`);
  }

  async answer(message: Message): Promise<Reply> {
    const bought = this.#boughtBy(message);
    if (bought) this.#noteBuy(bought);
    this.#requireFree(message);
    const reference = bought?.reference ?? '';
    const isRepeat = (this.#sent.get(reference)?.calls ?? 0) > 1 && this.#market.order(reference)?.outcome !== 'made';
    const reply = await this.#market.answer(message);
    if (isRepeat && this.#market.order(reference)?.outcome === 'made') this.repeatsThatBought++;
    const read = this.#markets.find(({ calls }) => calls.isLookup(message));
    if (!read) return reply;
    return { ...reply, body: read.calls.shown(reply.body, (order) => this.#told(read, order)) };
  }

  /** @throws Error when one item is asked for under two references */
  #noteBuy({ market, token, nativeId, reference }: Bought): void {
    const key = keyOf({ token, supplier: market.id, nativeId });
    const known = this.references.get(key) ?? new Set();
    this.references.set(key, known.add(reference));
    if (known.size > 1) throw new Error(`${key} is asked for under ${[...known].join(' and ')}`);
  }

  #boughtBy(message: Message): Bought | null {
    for (const market of this.#markets) {
      const call = market.calls.buy(message);
      if (call) return { market, ...call };
    }
    return null;
  }

  #cancelledBy(message: Message): { readonly market: SimMarket; readonly orderId: string } | null {
    for (const market of this.#markets) {
      const orderId = market.calls.cancel(message);
      if (orderId !== null) return { market, orderId };
    }
    return null;
  }

  /** @throws Error when the marketplace charges for a cancel, because it comes too soon after the order */
  #requireFree(message: Message): void {
    const cancelled = this.#cancelledBy(message);
    const order = cancelled && this.#market.marketplace.orders.byOrderId(cancelled.orderId);
    if (!order) return;
    const ageMs = this.#clock.nowMs - order.createdAtMs;
    if (ageMs < cancelled.market.freeCancelAgeMs)
      throw new Error(`order ${cancelled.orderId} is cancelled at a charge`);
  }

  /** A look-up may miss a young order, or say again what it said before. */
  #told({ refusesRepeats }: SimMarket, news: ShownOrder): ShownOrder | null {
    const reference = news.outTradeNo ?? news.project_id ?? news.custom_id ?? '';
    const order = this.#market.order(reference);
    const isYoung = order !== undefined && this.#clock.nowMs - order.createdAtMs < HIDDEN_MS;
    if (isYoung && this.#faults.strikes('order missed by a look-up')) return null;
    if (refusesRepeats && this.#isHidden(reference)) return null;
    const old = this.#oldWords.get(reference);
    this.#oldWords.set(reference, news);
    return old && this.#faults.strikes('old word of a look-up') ? old : news;
  }

  /** Decided when it is first looked up. */
  #isHidden(reference: string): boolean {
    const nowMs = this.#clock.nowMs;
    const createdAtMs = this.#market.order(reference)?.createdAtMs ?? nowMs;
    const isHidden = !this.#hiddenUntilMs.has(reference) && this.#faults.strikes('order hidden for hours');
    const untilMs = this.#hiddenUntilMs.get(reference) ?? (isHidden ? createdAtMs + HIDDEN_HOURS_MS : createdAtMs);
    this.#hiddenUntilMs.set(reference, untilMs);
    return nowMs < untilMs;
  }

  /** Whether an order came of any asking for an item, by the key of `references`. */
  isMade(key: string): boolean {
    return [...(this.references.get(key) ?? [])].some((reference) => this.#market.order(reference)?.outcome === 'made');
  }

  /** When something about any order changes next by itself; null: never again. */
  get nextChangeMs(): number | null {
    const times = this.orders.flatMap(({ order, market }) => this.#market.nextChangeMs(order, market) ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  /** The orders that were made. */
  get orders(): { readonly order: Order; readonly market: SimMarket }[] {
    return [...this.#sent].flatMap(([reference, { market }]) => {
      const order = this.#market.order(reference);
      return order?.outcome === 'made' ? [{ order, market }] : [];
    });
  }

  /** How many orders were made at each marketplace, and how many of their cancels it has accepted. */
  get madeByMarket(): Record<string, number> {
    const counts = [...Map.groupBy(this.orders, ({ market }) => market.id)].flatMap(([id, made]) => [
      [`orders at ${id}`, made.length] as const,
      [`cancelled at ${id}`, made.filter(({ order }) => order.cancelAcceptedAtMs !== null).length] as const,
    ]);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }
}
