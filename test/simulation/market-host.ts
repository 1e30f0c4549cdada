import { orderIdOf } from '../../sandbox/marketplace/orders.ts';
import type { Faults } from './faults.ts';
import type { SimMarketplace } from './marketplace.ts';
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

/** What a marketplace says in its look-ups, of either side. */
interface Found {
  readonly outTradeNo?: string;
  readonly project_id?: string;
}

/**
 * The marketplace as the network shows it. It keeps what a judge needs to know: under which references each item of
 * a trade was asked for, told by the recipient and the listing that the marketplace itself heard.
 */
export class MarketHost implements Host {
  readonly timeoutMs: number;
  /** `recipient's token` + `listing` → the references it was bought under. */
  readonly references = new Map<string, Set<string>>();
  readonly #market: SimMarketplace;
  readonly #faults: Faults;
  readonly #clock: StillClock;
  readonly #oldWords = new Map<string, Found>();
  /** Calls under way, by what they are about: an order or a reference. */
  readonly #asking = new Map<string, number>();
  /** What the gateway has sent to buy under a reference, and how often. */
  readonly #sent = new Map<string, { readonly message: string; calls: number }>();
  /** Until when look-ups do not show an order. */
  readonly #hiddenUntilMs = new Map<string, number>();
  /** Purchases that the gateway sent once more. */
  repeats = 0;
  /** Those of them that made an order. */
  repeatsThatBought = 0;

  constructor(market: SimMarketplace, faults: Faults, clock: StillClock, timeoutMs: number) {
    this.#market = market;
    this.#faults = faults;
    this.#clock = clock;
    this.timeoutMs = timeoutMs;
  }

  nameOf({ method, url }: Message): string {
    const { pathname } = new URL(url, 'http://market');
    return `${method} ${pathname}`;
  }

  /** @throws Error when two calls at once cancel an order or buy under a reference, or a repeat is not as the first call */
  began(message: Message): () => void {
    const orderId = cancelledOrderOf(message);
    const bought = boughtBy(message.url, message.body);
    if (bought) this.#noteSent(bought.reference, message);
    const about = orderId ?? bought?.reference;
    if (about === undefined) return () => {};
    const nowMs = this.#clock.nowMs;
    const askedAtMs = this.#asking.get(about);
    if (askedAtMs !== undefined && nowMs < askedAtMs + this.timeoutMs) {
      throw new Error(`${about} is being cancelled or bought by two calls at once`);
    }
    this.#asking.set(about, nowMs);
    return () => {
      if (this.#asking.get(about) === nowMs) this.#asking.delete(about);
    };
  }

  /** The Rust side may sell twice under one reference, for all that the gateway knows. */
  #noteSent(reference: string, { url, body }: Message): void {
    const message = `${url} ${body}`;
    const sent = this.#sent.get(reference) ?? { message, calls: 0 };
    this.#sent.set(reference, sent);
    sent.calls++;
    if (sent.calls === 1) return;
    this.repeats++;
    if (sent.message !== message) throw new Error(`${reference} is repeated as ${message}, after ${sent.message}`);
    if (url.startsWith('/rust') || sent.calls > CALLS_MAX) throw new Error(`${reference} is sent ${sent.calls} times`);
  }

  async answer(message: Message): Promise<Reply> {
    this.#noteBuy(message);
    const reference = boughtBy(message.url, message.body)?.reference ?? '';
    const isRepeat = (this.#sent.get(reference)?.calls ?? 0) > 1 && this.#market.order(reference)?.outcome !== 'made';
    const reply = await this.#market.answer(message.method, message.url, message.body);
    if (isRepeat && this.#market.order(reference)?.outcome === 'made') this.repeatsThatBought++;
    return /\/(orders\/)?find\b/.test(message.url) ? this.#tamper(reply) : reply;
  }

  /** @throws Error when one item is asked for under two references */
  #noteBuy({ url, body }: Message): void {
    const bought = boughtBy(url, body);
    if (!bought) return;
    const known = this.references.get(bought.key) ?? new Set();
    this.references.set(bought.key, known.add(bought.reference));
    if (known.size > 1) throw new Error(`${bought.key} is asked for under ${[...known].join(' and ')}`);
  }

  /** A look-up may miss a young order, or say again what it said before. */
  #tamper(reply: Reply): Reply {
    const read = JSON.parse(reply.body);
    const orders: Found[] | undefined = read.data?.orders ?? read.trades;
    if (!orders) return reply;
    const told = orders.flatMap((order) => this.#told(order) ?? []);
    orders.splice(0, orders.length, ...told);
    return { ...reply, body: JSON.stringify(read) };
  }

  #told(news: Found): Found | null {
    const reference = news.outTradeNo ?? news.project_id ?? '';
    const order = this.#market.order(reference);
    const isYoung = order !== undefined && this.#clock.nowMs - order.createdAtMs < HIDDEN_MS;
    if (isYoung && this.#faults.strikes('order missed by a look-up')) return null;
    if (news.outTradeNo !== undefined && this.#isHidden(reference)) return null;
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
    const times = this.orders.flatMap((order) => this.#market.marketplace.statusOf(order).nextChangeAtMs ?? []);
    return times.length === 0 ? null : Math.min(...times);
  }

  get orders() {
    const orders = [...this.references.values()].flatMap((references) =>
      [...references].flatMap((reference) => this.#market.order(reference) ?? []),
    );
    return orders.filter((order) => order.outcome === 'made');
  }

  orderIds(): string[] {
    return this.orders.map((order) => orderIdOf(order));
  }
}

function boughtBy(url: string, body: string | null): { key: string; reference: string } | null {
  if (url.startsWith('/cs2/buy') && body) {
    const { outTradeNo, tradeUrl, productId } = JSON.parse(body);
    return { key: `${new URL(tradeUrl).searchParams.get('token')} ${productId}`, reference: outTradeNo };
  }
  if (!url.startsWith('/rust/buy')) return null;
  const query = new URL(url, 'http://market').searchParams;
  return { key: `${query.get('token')} ${query.get('item_id')}`, reference: query.get('project_id') ?? '' };
}

function cancelledOrderOf({ url, body }: Message): string | null {
  return url.startsWith('/cs2/orders/cancel') && body ? JSON.parse(body).orderId : null;
}
