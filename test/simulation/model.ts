import type { Order } from '../../sandbox/marketplace/orders.ts';
import type { Phase } from '../../sandbox/marketplace/timeline.ts';
import type { ItemState } from '../../src/core/item-states.ts';
import { keyOf, type MarketHost } from './market-host.ts';
import type { SimMarketplace } from './marketplace.ts';
import { listingAt, marketOf, type SimMarket } from './markets.ts';
import type { Receiver } from './receiver.ts';

/** An item as the gateway shows it. */
export interface SeenItem {
  readonly id: string;
  readonly tradeId: string;
  /** The recipient's token, by which the story and the marketplace know the trade. */
  readonly token: string;
  readonly game: string;
  /** Both null: a unit of a quick buy that has no listing, or none any more. */
  readonly supplier: string | null;
  readonly nativeId: string | null;
  readonly listingId: string | null;
  readonly state: ItemState;
  readonly tradeError: string | null;
  readonly priceMills: bigint;
  readonly costMills: bigint | null;
  readonly askedAt: Date;
  /** When the gateway says that it will be cancelled unless it is sent; null: never. */
  readonly autoCancelAt: Date | null;
}

/** What tells an item apart at the marketplaces. */
export type ItemAtMarket = Pick<SeenItem, 'token' | 'supplier' | 'nativeId'>;

export const FEE_BPS = 150n;
const MILLS_PER_CENT = 10n;
/** As `autoCancel`, this many minutes stand for never. */
const NEVER_MIN = 720;
const PENALTY_MAX_MILLS = 9000n;

export const inFlight: ReadonlySet<ItemState> = new Set(['initiated', 'pending', 'active', 'hold']);

/** Where an item must come to stand, by where its order stands, unless its marketplace tells it otherwise. */
const truths: Readonly<Record<Phase, ItemState>> = {
  waiting: 'pending',
  preparing: 'pending',
  unheardOf: 'pending',
  offered: 'active',
  accepted: 'hold',
  settled: 'completed',
  cancelled: 'reverted',
  sellerFailed: 'failed',
  declined: 'declined',
  recalledBySeller: 'reverted',
  reversedByUser: 'reverted',
};

/** The phases of which an order must have been in one before its item may stand there. */
const grounds: Readonly<Partial<Record<ItemState, readonly Phase[]>>> = {
  active: ['offered', 'accepted', 'settled'],
  hold: ['accepted', 'settled'],
  completed: ['settled'],
  declined: ['declined'],
  reverted: ['cancelled', 'recalledBySeller', 'reversedByUser'],
};

/**
 * What must be, from what the marketplace heard and knows. It reads nothing of the gateway's and shares no code with
 * its ledger, its states or `verify`.
 */
export class Model {
  readonly #market: SimMarketplace;
  readonly #host: MarketHost;
  readonly #receiver: Receiver;
  readonly #timers: ReadonlyMap<string, number>;
  readonly #limits: ReadonlyMap<string, bigint>;

  /**
   * @param timers minutes, by the recipient's token
   * @param limits what a unit of a quick buy may cost, likewise
   */
  constructor(
    market: SimMarketplace,
    host: MarketHost,
    receiver: Receiver,
    timers: ReadonlyMap<string, number>,
    limits: ReadonlyMap<string, bigint>,
  ) {
    this.#market = market;
    this.#host = host;
    this.#receiver = receiver;
    this.#timers = timers;
    this.#limits = limits;
  }

  /** The order that was made for an item of a trade; null: none was. */
  orderOf(item: ItemAtMarket): Order | null {
    const [reference] = this.#host.references.get(keyOf(item)) ?? [];
    const order = reference === undefined ? undefined : this.#market.order(reference);
    return order?.outcome === 'made' ? order : null;
  }

  /** Whether the marketplace never heard of an item. */
  wasNeverBought(item: ItemAtMarket): boolean {
    return !this.#host.references.has(keyOf(item));
  }

  phasesOf(order: Order | null): Set<Phase> {
    return order ? this.#market.phasesOf(order) : new Set();
  }

  /** When what is not sent of a trade is to be cancelled, by what its buyer asked for; null: never. */
  timeOf({ token, game, askedAt }: SeenItem): Date | null {
    const minutes = this.#timers.get(token);
    if (minutes === undefined || minutes === NEVER_MIN || game !== '730') return null;
    return new Date(askedAt.getTime() + minutes * 60_000);
  }

  /** Where an item stands once the gateway knows all that the marketplace knows now. */
  truthOf(item: SeenItem): ItemState {
    const order = this.orderOf(item);
    if (order) return this.#truthOf(order, atMarket(item));
    return item.state === 'canceled' && this.wasNeverBought(item) ? 'canceled' : 'failed';
  }

  #truthOf(order: Order, market: SimMarket): ItemState {
    const phase = this.#market.phaseOf(order, market);
    return market.truths[phase] ?? truths[phase];
  }

  /** @throws Error when an item stands where no word of the marketplace has put it, or costs something else */
  requireGrounds(item: SeenItem): void {
    this.#requireConsent(item);
    const shown = item.autoCancelAt?.getTime() ?? null;
    if (shown !== (this.timeOf(item)?.getTime() ?? null)) throw new Error(`item ${item.id} has the wrong autoCancelAt`);
    const order = this.orderOf(item);
    const phases = this.phasesOf(order);
    const needed = grounds[item.state];
    const isGrounded = needed?.some((phase) => phases.has(phase)) ?? true;
    const mayHaveFailed = item.state !== 'failed' || order === null || this.#hasFailed(phases, atMarket(item));
    const mayBeCanceled = item.state !== 'canceled' || this.wasNeverBought(item);
    if (!isGrounded || !mayHaveFailed || !mayBeCanceled) {
      throw new Error(`item ${item.id} is ${item.state}, but its order was only ever ${[...phases].join(', ')}`);
    }
    const charged = order && atMarket(item).priceOnWire(order.priceMills);
    if (item.costMills !== null && item.costMills !== charged) {
      throw new Error(`item ${item.id} cost ${item.costMills}, but the marketplace charged ${charged}`);
    }
    if (item.priceMills !== this.priceOf(item)) {
      throw new Error(`item ${item.id} is priced ${item.priceMills}, not ${this.priceOf(item)}`);
    }
  }

  #hasFailed(phases: ReadonlySet<Phase>, market: SimMarket): boolean {
    return [...phases].some((phase) => (market.truths[phase] ?? truths[phase]) === 'failed');
  }

  /** Nothing goes on without the merchant's yes, and a no is only ever the merchant's own. */
  #requireConsent(item: SeenItem): void {
    const { id, tradeId, state, tradeError } = item;
    const isBought = !this.wasNeverBought(item);
    const isWanted = this.#receiver.decided.get(tradeId);
    const neverThrough: readonly ItemState[] = ['initiated', 'failed', 'canceled'];
    const isThrough = isBought || (!neverThrough.includes(state) && tradeError === null);
    if (isThrough && isWanted !== true) throw new Error(`item ${id} is ${state}, but its merchant never approved`);
    if (tradeError === 'MERCHANT_REJECTED' && isWanted !== false) {
      throw new Error(`item ${id} counts as rejected, but its merchant never did`);
    }
    const isRefused = tradeError === 'MERCHANT_REJECTED' || tradeError === 'APPROVAL_TIMEOUT';
    if (isRefused && isBought) throw new Error(`item ${id} is ${tradeError}, and was bought all the same`);
  }

  /** What is reserved: the most that the merchant accepts, or what was charged once the gateway has learned it. */
  priceOf(item: SeenItem): bigint {
    const most = this.#limits.get(item.token) ?? this.#mostOf(item);
    const charged = item.costMills === null ? most : withFee(item.costMills);
    return charged < most ? charged : most;
  }

  #mostOf(item: SeenItem): bigint {
    const market = atMarket(item);
    const { liveMills } = listingAt(market, item.nativeId ?? '');
    return withTolerance(withFee(market.priceOnWire(liveMills)), slippageOf(item.token));
  }

  /** What each account holds because of this item. */
  moneyOf(item: SeenItem): Map<string, bigint> {
    const { state, priceMills: price } = item;
    const cost = item.costMills ?? 0n;
    if (inFlight.has(state)) return amounts({ available: -price, locked: price });
    if (state === 'completed')
      return amounts({ available: -price, [`supplier:${item.supplier}`]: cost, revenue: price - cost });
    const penalty = penaltyOf(price);
    return state === 'declined' ? amounts({ available: -penalty, revenue: penalty }) : amounts({});
  }
}

/** @throws Error for an item that has no listing */
function atMarket({ supplier }: Pick<SeenItem, 'supplier'>): SimMarket {
  return marketOf(supplier ?? '');
}

function amounts(by: Record<string, bigint>): Map<string, bigint> {
  return new Map(Object.entries(by).filter(([, amount]) => amount !== 0n));
}

function withFee(mills: bigint): bigint {
  const perCent = 10_000n * MILLS_PER_CENT;
  return ((mills * (10_000n + FEE_BPS) + perCent - 1n) / perCent) * MILLS_PER_CENT;
}

/** Every other trade leaves the price room to rise. */
export function slippageOf(token: string): number {
  return (Number(token.replace(/\D/g, '')) % 2) * 500;
}

function withTolerance(price: bigint, bps: number): bigint {
  return ((price * BigInt(10_000 + bps)) / 10_000n / MILLS_PER_CENT) * MILLS_PER_CENT;
}

/** 2 % in whole cents, at most $9. */
function penaltyOf(price: bigint): bigint {
  const penalty = (price / 50n / MILLS_PER_CENT) * MILLS_PER_CENT;
  return penalty > PENALTY_MAX_MILLS ? PENALTY_MAX_MILLS : penalty;
}
