import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import type { Game } from '../../../src/core/games.ts';
import type { BuyOrder, CancelAnswer, Supplier } from '../../../src/suppliers/supplier.ts';
import { endFakeTimers } from '../../support/fake-timers.ts';
import { afterwards, bought, type Market, type MarketListing, newReference, orderFor, TRADE_URL } from '../harness.ts';
import { type FaultyProxy, openProxy } from '../proxy.ts';
import { subjects } from '../subjects/index.ts';
import type { OpenOptions, Subject, SubjectSide } from '../subjects/subject.ts';

const TIMEOUT_MS = 10_000;
/** How long an answer may take that is due: only what hangs takes longer. */
const OVERDUE_MS = 2_000;

/** A test listing as the adapter knows it. */
export interface OfferedListing {
  readonly nativeId: string;
  readonly game: Game;
  readonly marketHashName: string;
  readonly behaviour: string;
  readonly priceMills: bigint;
}

/** Runs rules for every adapter, or for those with an ability. The rules of a file share a marketplace. */
export function forEachSubject(rules: (world: World, subject: Subject) => void, has = (_: Subject) => true): void {
  describe.each(subjects.filter(has))('$name', (subject) => {
    const world = new World(subject);
    beforeAll(() => world.open());
    afterAll(() => world.close());
    rules(world, subject);
  });
}

/** An adapter with its marketplace. */
export class World {
  readonly subject: Subject;
  /** The time limit of a call of `supplier` and `proxied`. */
  readonly timeoutMs = TIMEOUT_MS;
  #opened: {
    market: Market;
    proxy: FaultyProxy;
    supplier: Supplier;
    proxied: Supplier;
    listings: MarketListing[];
  } | null = null;

  constructor(subject: Subject) {
    this.subject = subject;
  }

  async open(): Promise<void> {
    const market = await this.subject.openMarket();
    const proxy = await openProxy(market.url);
    const options = { timeoutMs: TIMEOUT_MS };
    const supplier = this.subject.open(market.url, options);
    const proxied = this.subject.open(proxy.url, options);
    this.#opened = { market, proxy, supplier, proxied, listings: await market.testListings() };
  }

  async close(): Promise<void> {
    const { market, proxy, supplier, proxied } = this.#all;
    await Promise.all([supplier.close(), proxied.close()]);
    await proxy.close();
    await market.close();
  }

  get #all() {
    if (!this.#opened) throw new Error('the marketplace is not open');
    return this.#opened;
  }

  get market(): Market {
    return this.#all.market;
  }

  /** Between `proxied` and the marketplace. */
  get proxy(): FaultyProxy {
    return this.#all.proxy;
  }

  get supplier(): Supplier {
    return this.#all.supplier;
  }

  get proxied(): Supplier {
    return this.#all.proxied;
  }

  /** Another one, which is closed with the test. */
  supplierAt(url = this.market.url, options: Partial<OpenOptions> = {}): Supplier {
    const supplier = this.subject.open(url, { timeoutMs: TIMEOUT_MS, ...options });
    afterwards(() => supplier.close());
    return supplier;
  }

  /** The test listings of a game. */
  listingsOf({ side, game, nativeIdOf }: SubjectSide): OfferedListing[] {
    const ofSide = this.#all.listings.filter((each) => each.side === side);
    return ofSide.map(({ nativeId, marketHashName, behaviour, priceMills }) => ({
      nativeId: nativeIdOf?.(nativeId) ?? nativeId,
      game,
      marketHashName,
      behaviour,
      priceMills: this.onWire(BigInt(priceMills)),
    }));
  }

  /** The first test listing with a behaviour. */
  listing(side: SubjectSide, behaviour: string): OfferedListing {
    const listing = this.listingsOf(side).find((each) => each.behaviour === behaviour);
    if (!listing) throw new Error(`${this.subject.name} has no ${side.side} listing ${behaviour}`);
    return listing;
  }

  onWire(mills: bigint): bigint {
    return this.subject.priceOnWire?.(mills) ?? mills;
  }

  orderFor(side: SubjectSide, behaviour: string, changes: Partial<BuyOrder> = {}): BuyOrder {
    return orderFor(this.listing(side, behaviour), changes);
  }

  buy(side: SubjectSide, behaviour: string): Promise<{ reference: string; orderId: string }> {
    return bought(this.supplier, this.orderFor(side, behaviour));
  }

  /** The marketplace's id of the order under a reference, as the adapter knows it; null: there is none. */
  async orderIdOf(reference: string): Promise<string | null> {
    const { orderId } = await this.market.facts(reference);
    return orderId ? (this.subject.orderIdOnWire?.(orderId) ?? orderId) : null;
  }

  /** What a look-up says of a reference: its order's status, `missing` or `unknown`. */
  async kindOf(reference: string): Promise<string> {
    const answer = await this.supplier.find([reference]);
    if (answer.outcome === 'unknown') return 'unknown';
    if (answer.neverMade.includes(reference)) return 'never made';
    return answer.found.find((each) => each.reference === reference)?.status.kind ?? 'missing';
  }

  /** What a look-up says of a reference without an order. */
  get missing(): 'missing' | 'unknown' {
    return this.subject.unknownReference ?? 'missing';
  }
}

/** The sides of a subject that can show all of the behaviours. */
export function sidesWith(subject: Subject, ...behaviours: string[]): SubjectSide[] {
  return subject.sides.filter((side) => behaviours.every((each) => side.behaviours.includes(each)));
}

export function firstSide(subject: Subject): SubjectSide {
  const [side] = subject.sides;
  if (!side) throw new Error(`${subject.name} sells nothing`);
  return side;
}

interface AnyAnswer {
  readonly outcome: string;
}

/** Every call that the gateway makes to an adapter, by name. */
export function everyCall(supplier: Supplier, { unusedId }: SubjectSide): Record<string, () => Promise<AnyAnswer>> {
  const { balance, cancel, checkTradeUrl, history } = supplier;
  const order = orderFor({ nativeId: unusedId, priceMills: 1_000n });
  return {
    listing: () => supplier.listing(unusedId),
    'feed from the start': () => supplier.feed(null),
    'feed from a cursor': () => supplier.feed('1-2'),
    buy: () => supplier.buy(order),
    find: () => supplier.find([newReference()]),
    ...(balance ? { balance } : {}),
    ...(history ? { history: () => history({ from: new Date(0), to: new Date() }, null) } : {}),
    ...(checkTradeUrl ? { checkTradeUrl: () => checkOf(supplier, TRADE_URL) } : {}),
    ...(cancel ? { cancel: (): Promise<CancelAnswer> => cancel.request({ ...order, orderId: '1' }) } : {}),
  };
}

/** What the adapter says of a trade URL, as an answer like the others. */
export async function checkOf(supplier: Supplier, tradeUrl: string): Promise<AnyAnswer> {
  const answer = await supplier.checkTradeUrl?.(tradeUrl, TIMEOUT_MS);
  if (!answer) throw new Error(`${supplier.id} checks no trade URLs`);
  const { standing: outcome, ...rest } = answer;
  return { outcome, ...rest };
}

/** Makes every call at once and insists that each one has an answer. */
export async function answersOf(supplier: Supplier, side: SubjectSide): Promise<Map<string, AnyAnswer>> {
  const calls = Object.entries(everyCall(supplier, side));
  return new Map(await Promise.all(calls.map(async ([name, call]) => [name, await call()] as const)));
}

/**
 * Lets a call run into its time limit without waiting for it.
 * @param hasArrived whether the marketplace has the call
 * @param limitMs the limit; the call must not be over before it, and must be over at it
 */
export async function timeOut<T>(
  call: () => Promise<T>,
  limitMs: number,
  hasArrived: () => boolean | Promise<boolean>,
): Promise<T> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    let isOver = false;
    const answer = call().finally(() => {
      isOver = true;
    });
    while (!(await hasArrived())) await new Promise(setImmediate);
    await vi.advanceTimersByTimeAsync(limitMs - 1);
    expect(isOver, 'over before its time limit').toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    endFakeTimers();
    return await inTime(answer);
  } finally {
    endFakeTimers();
  }
}

/** Insists that an answer which is due comes, before the whole test would time out. */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  const abort = new AbortController();
  const overdue = wait(OVERDUE_MS, undefined, { signal: abort.signal }).then(() => {
    throw new Error('no answer, and no time-out');
  });
  try {
    return await Promise.race([answer, overdue]);
  } finally {
    abort.abort();
    overdue.catch(() => {});
  }
}
