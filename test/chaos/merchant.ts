import { setTimeout as pause } from 'node:timers/promises';
import { MINUTE_MS } from '../../src/clock.ts';
import { after, allItemEvents, allItemStates, type ItemState } from '../../src/trades/states.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Random } from '../simulation/random.ts';

import { type Answer, call } from './call.ts';
import type { Plan, PlannedItem } from './shopping.ts';
import type { Tally } from './tally.ts';
import type { TimeMachine } from './time.ts';
import type { Turnstile } from './wait.ts';

export interface Identity {
  readonly id: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly feeBps: number;
}

/** A trade as its merchant knows it, with the final words it was given about cancels. */
export interface Told {
  readonly merchantId: string;
  readonly plan: Plan;
  readonly id: string;
  readonly createdAtMs: number;
  /** Listing id → the furthest state that an answer has shown. */
  readonly seen: Map<string, ItemState>;
  /** Listing ids whose cancel was answered 200. */
  readonly accepted: Set<string>;
  readonly refused: { readonly itemId: string; readonly reason: string }[];
}

/** What merchants share: the gateways' addresses, how many requests they have in flight, and when they give up. */
export interface World {
  readonly nodes: readonly string[];
  readonly tally: Tally;
  readonly time: TimeMachine;
  readonly turnstile: Turnstile;
  readonly isOver: () => boolean;
}

const CANCELLABLE_AFTER_MS = 30 * MINUTE_MS;
const TIME_WITHIN_MS = 10 * MINUTE_MS;
/** Above the price that the demo shop sees: other fees, and the listing that is dearer than the market said. */
const SLIPPAGE_BPS = 2000;
/** Somebody is mending that (`UrlKeepers`): the same buy is tried again later. */
const URL_IS_OFF = 'MERCHANT_CALLBACK_URL_DISABLED';
const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

/** A good merchant with one trade: it asks again until it is told something final, always by its own externalId. */
export class Merchant {
  readonly #world: World;
  readonly #identity: Identity;
  readonly #plan: Plan;
  readonly #random: Random;

  constructor(world: World, identity: Identity, plan: Plan, random: Random) {
    this.#world = world;
    this.#identity = identity;
    this.#plan = plan;
    this.#random = random;
  }

  /** @returns the trade, or null when it could not be placed; what was wrong is in the tally */
  async buys(): Promise<Told | null> {
    const { externalId, game, items } = this.#plan;
    const body = {
      game,
      externalId,
      tradeUrl: TRADE_URL,
      slippageBps: SLIPPAGE_BPS,
      items: items.map(({ card, externalId }) => ({ itemId: card.id, price: card.price, externalId })),
    };
    let mayExist = false;
    while (!this.#world.isOver()) {
      const answer = await this.#ask('buy', 'POST', '/secure/buy', body);
      if (isSuccess(answer)) return this.#told(answer.data as TradeWire); // as documented
      if (answer.kind === 'answer' && answer.key === 'EXTERNAL_ID_EXISTS') {
        if (!mayExist)
          this.#wrong(`${externalId} is said to exist, but nothing had been said before that leaves that open`);
        return this.#lookUp();
      }
      if (isFinal(answer)) return this.#wrong(`buy of ${externalId} is refused: ${textOf(answer)}`);
      mayExist ||= !saysNothingHappened(answer);
      await this.#rest();
    }
    this.#world.tally.found('other', `trade ${externalId} could not be placed until the end`);
    return null;
  }

  /** Everything after the buy: looks, and cancels of single items. */
  async goesOn(told: Told): Promise<void> {
    await Promise.all([
      this.#looks(told),
      ...this.#plan.items.filter((item) => item.racers > 0).map((item) => this.#cancels(told, item)),
    ]);
  }

  async #lookUp(): Promise<Told | null> {
    const trade = await this.#read(this.#plan.externalId);
    return trade && this.#told(trade);
  }

  #told(trade: TradeWire): Told | null {
    const { externalId, items } = this.#plan;
    const bought = trade.items.map((item) => `${item.id} ${item.externalId}`).join();
    if (
      trade.externalId !== externalId ||
      bought !== items.map((item) => `${item.card.id} ${item.externalId}`).join()
    ) {
      return this.#wrong(`trade ${trade.id} is not what was ordered as ${externalId}`);
    }
    const told: Told = {
      merchantId: this.#identity.id,
      plan: this.#plan,
      id: trade.id,
      createdAtMs: Date.parse(trade.createdAt),
      seen: new Map(),
      accepted: new Set(),
      refused: [],
    };
    this.#compare(told, trade);
    return told;
  }

  async #looks(told: Told): Promise<void> {
    for (let look = 0; look < this.#plan.reads && !this.#world.isOver(); look++) {
      await pause(500 + this.#random.below(8000));
      const trade = await this.#read(this.#random.chance(0.5) ? told.id : this.#plan.externalId);
      if (trade) this.#compare(told, trade);
    }
  }

  /** No answer may take back what an earlier one showed. */
  #compare(told: Told, trade: TradeWire): void {
    for (const { id, status = 'initiated' } of trade.items) {
      const before = told.seen.get(id) ?? 'initiated';
      if (!reachable.get(before)?.has(status)) this.#wrong(`item ${id} of ${told.id} was ${before} and is ${status}`);
      told.seen.set(id, status);
    }
  }

  async #read(ref: string): Promise<TradeWire | null> {
    while (!this.#world.isOver()) {
      const answer = await this.#ask('read', 'GET', `/secure/trades/${ref}`);
      if (isSuccess(answer)) return answer.data as TradeWire; // as documented
      if (isFinal(answer)) return this.#wrong(`trade ${ref} exists, but reading it is answered ${textOf(answer)}`);
      await this.#rest();
    }
    return null;
  }

  async #cancels(told: Told, item: PlannedItem): Promise<void> {
    if (item.isImpatient) await this.#asksToCancel(told, item);
    const isRipe = await this.#world.time.reaches(told.createdAtMs + CANCELLABLE_AFTER_MS + 1000, TIME_WITHIN_MS);
    if (!isRipe) return;
    for (let racers = item.racers; !this.#world.isOver(); racers = 1) {
      const asked = Array.from({ length: racers }, () => this.#asksToCancel(told, item));
      if ((await Promise.all(asked)).includes(true)) return;
      await this.#rest();
    }
    this.#world.tally.found('other', `no final answer to the cancel of ${item.externalId} until the end`);
  }

  /** @returns whether that was a final word */
  async #asksToCancel(told: Told, item: PlannedItem): Promise<boolean> {
    const refs = this.#random.chance(0.5) ? [told.id, item.card.id] : [this.#plan.externalId, item.externalId];
    const path = `/secure/buy/${refs[0]}/items/${encodeURIComponent(refs[1] ?? '')}/cancel`;
    const answer = await this.#ask('cancel', 'POST', path);
    this.#world.tally.cancels++;
    if (isSuccess(answer)) {
      const { tradeId, itemId, status } = answer.data as Record<string, unknown>; // as documented
      if (tradeId !== told.id || itemId !== item.card.id || status !== 'cancelled') {
        this.#wrong(`cancel of ${item.externalId} is answered for another item: ${JSON.stringify(answer.data)}`);
      }
      told.accepted.add(item.card.id);
      return true;
    }
    if (!isFinal(answer) || answer.kind !== 'answer') return false;
    if (answer.key === 'TRADE_CANCEL_TOO_SOON') {
      const expected = new Date(told.createdAtMs + CANCELLABLE_AFTER_MS).toISOString();
      if (answer.details['cancellableAt'] !== expected)
        this.#wrong(`${item.externalId} is too young until ${expected}, not ${answer.details['cancellableAt']}`);
      return false;
    }
    if (answer.key !== 'TRADE_NOT_CANCELLABLE')
      this.#wrong(`cancel of ${item.externalId} is answered ${textOf(answer)}`);
    const reason = String(answer.details['reason']);
    told.refused.push({ itemId: item.card.id, reason });
    return reason !== 'too_early';
  }

  #ask(route: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    return this.#world.turnstile.pass(async () => {
      const { apiKey } = this.#identity;
      const url = `${this.#random.pick(this.#world.nodes)}${path}`;
      const answer = await call(method, url, { apiKey, ...(body === undefined ? {} : { body }) });
      this.#world.tally.count(route, answer);
      return answer;
    });
  }

  #wrong(text: string): null {
    this.#world.tally.found('wrong answer', text);
    return null;
  }

  #rest(): Promise<void> {
    return pause(300 + this.#random.below(1200));
  }
}

type Success = Extract<Answer, { kind: 'answer' }> & { readonly key: null };

function isSuccess(answer: Answer): answer is Success {
  return answer.kind === 'answer' && answer.status < 300;
}

/** What a merchant takes as the gateway's last word: neither silence, nor "not now". */
function isFinal(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status < 500 && answer.status !== 429 && answer.key !== URL_IS_OFF;
}

/** Answers that promise that nothing was recorded: a limit, a URL that is off, and `SERVICE_UNAVAILABLE`. */
function saysNothingHappened(answer: Answer): boolean {
  if (answer.kind !== 'answer') return false;
  const { status, key } = answer;
  return status === 429 || key === 'SERVICE_UNAVAILABLE' || key === URL_IS_OFF;
}

function textOf(answer: Answer): string {
  return answer.kind === 'answer' ? `${answer.status} ${answer.key} ${JSON.stringify(answer.details)}` : answer.kind;
}

/** State → every state that an item can be in later, itself included. */
const reachable: ReadonlyMap<ItemState, ReadonlySet<ItemState>> = new Map(
  allItemStates.map((state) => [state, closure(state, new Set([state]))]),
);

function closure(state: ItemState, known: Set<ItemState>): Set<ItemState> {
  for (const event of allItemEvents) {
    const next = after(state, event);
    if (next !== null && !known.has(next)) closure(next, known.add(next));
  }
  return known;
}
