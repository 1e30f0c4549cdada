import { orderIdOf } from '../../sandbox/marketplace/orders.ts';
import type { Faults } from './faults.ts';
import type { SimMarketplace } from './marketplace.ts';
import type { Host, Message, Reply } from './network.ts';
import type { StillClock } from './still-clock.ts';

/** For this long after a purchase a look-up may miss it; the adapters know the same number. */
const HIDDEN_MS = 60_000;

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
  readonly #asking = new Map<string, number>();

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

  /** @throws Error when the gateway asks to cancel an order while it is asking already */
  began(message: Message): () => void {
    const orderId = cancelledOrderOf(message);
    if (orderId === null) return () => {};
    const nowMs = this.#clock.nowMs;
    const askedAtMs = this.#asking.get(orderId);
    if (askedAtMs !== undefined && nowMs < askedAtMs + this.timeoutMs) {
      throw new Error(`order ${orderId} is being cancelled by two calls at once`);
    }
    this.#asking.set(orderId, nowMs);
    return () => {
      if (this.#asking.get(orderId) === nowMs) this.#asking.delete(orderId);
    };
  }

  async answer(message: Message): Promise<Reply> {
    this.#noteBuy(message);
    const reply = await this.#market.answer(message.method, message.url, message.body);
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
    const old = this.#oldWords.get(reference);
    this.#oldWords.set(reference, news);
    return old && this.#faults.strikes('old word of a look-up') ? old : news;
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
