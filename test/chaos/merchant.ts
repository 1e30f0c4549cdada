import { setTimeout as pause } from 'node:timers/promises';
import type { CancelledTrade } from '../../src/cancelling/cancel-trade.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { after, allItemEvents, allItemStates, type ItemState } from '../../src/core/item-states.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Random } from '../simulation/random.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';

import { type Answer, call } from './call.ts';
import { canCancel, type Plan, type PlannedItem } from './shopping.ts';
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
const TOKENS_MAX = 5;
const TOKEN_AGE_MS = 2 * HOUR_MS;
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
    const { externalId, game, items, isClients, autoCancel } = this.#plan;
    const body = {
      game,
      externalId,
      ...(isClients ? {} : { tradeUrl: TRADE_URL }),
      ...(autoCancel === null ? {} : { autoCancel }),
      slippageBps: SLIPPAGE_BPS,
      items: items.map(({ testListing, externalId }) => ({
        itemId: testListing.id,
        price: testListing.price,
        externalId,
      })),
    };
    let mayExist = false;
    while (!this.#world.isOver()) {
      const answer = await this.#ask('buy', 'POST', this.#route, body);
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

  /** Everything after the buy: looks, and cancels of single items and of the whole. */
  async goesOn(told: Told): Promise<void> {
    await Promise.all([
      this.#looks(told),
      ...(this.#plan.wholeRacers > 0 ? [this.#cancelsWhole(told)] : []),
      ...this.#plan.items.filter((item) => item.racers > 0).map((item) => this.#cancels(told, item)),
    ]);
  }

  /** Where it buys and cancels: as itself, or as a client of its own. */
  get #route(): string {
    return this.#plan.isClients ? '/client/trading/withdraw' : '/secure/buy';
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
      bought !== items.map((item) => `${item.testListing.id} ${item.externalId}`).join()
    ) {
      return this.#wrong(`trade ${trade.id} is not what was ordered as ${externalId}`);
    }
    if (trade.autoCancelAt !== this.#autoCancelAt(trade)) {
      this.#wrong(`trade ${trade.id} shows autoCancelAt ${trade.autoCancelAt}, not ${this.#autoCancelAt(trade)}`);
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

  #autoCancelAt({ createdAt }: TradeWire): string | undefined {
    const { autoCancel, game } = this.#plan;
    if (autoCancel === null || game !== '730') return undefined;
    return new Date(Date.parse(createdAt) + autoCancel * MINUTE_MS).toISOString();
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

  /** Whatever it is answered, its items are asked about one by one, too. */
  async #cancelsWhole(told: Told): Promise<void> {
    const isRipe = await this.#world.time.reaches(told.createdAtMs + CANCELLABLE_AFTER_MS + 1000, TIME_WITHIN_MS);
    for (let racers = isRipe ? this.#plan.wholeRacers : 0; racers > 0 && !this.#world.isOver(); racers = 1) {
      const asked = Array.from({ length: racers }, () => this.#asksToCancelWhole(told));
      if ((await Promise.all(asked)).includes(true)) return;
      await this.#rest();
    }
  }

  /** @returns whether that was an answer */
  async #asksToCancelWhole(told: Told): Promise<boolean> {
    const { externalId, items } = this.#plan;
    const able = items.map(({ testListing }) => testListing).filter(canCancel);
    const ref = this.#random.chance(0.5) ? told.id : externalId;
    const answer = await this.#ask('cancel of a whole trade', 'POST', `${this.#route}/${ref}/cancel`);
    this.#world.tally.cancels++;
    if (isSuccess(answer)) {
      const whole = answer.data as CancelledTrade; // as documented
      const isSummed = whole.requested === whole.items.length && whole.cancelled + whole.failed === whole.requested;
      if (!isSummed || whole.tradeId !== told.id) this.#wrong(`all of ${externalId}: ${JSON.stringify(whole)}`);
      for (const item of whole.items) this.#hearsOfItem(told, item);
      return true;
    }
    if (!isFinal(answer) || answer.kind !== 'answer') return false;
    const expected = able.length > 0 ? 'TRADE_NOT_CANCELLABLE' : 'TRADE_CANCEL_UNSUPPORTED';
    if (answer.key !== expected) this.#wrong(`cancel of all of ${externalId} is answered ${textOf(answer)}`);
    const reason = String(answer.details['reason']);
    // It is about those alone that can be cancelled at all.
    for (const { id } of able) told.refused.push({ itemId: id, reason });
    return true;
  }

  #hearsOfItem(told: Told, { itemId, externalId, status, reason }: CancelledTrade['items'][number]): void {
    const own = this.#plan.items.find(({ testListing }) => testListing.id === itemId);
    if (own?.externalId !== externalId) this.#wrong(`item ${itemId} ${externalId} is not of ${told.id}`);
    if (status === 'cancelled') told.accepted.add(itemId);
    if (reason === 'TRADE_NOT_CANCELLABLE') told.refused.push({ itemId, reason: 'not_said' });
    const known = ['SERVICE_UNAVAILABLE', 'SERVER_ERROR', 'TRADE_NOT_CANCELLABLE', 'TRADE_CANCEL_TOO_SOON'];
    if ((status === 'failed') !== (reason !== undefined && known.includes(reason))) {
      this.#wrong(`item ${itemId} of ${told.id} is ${status} for ${reason}`);
    }
  }

  /** @returns whether that was a final word */
  async #asksToCancel(told: Told, item: PlannedItem): Promise<boolean> {
    const refs = this.#random.chance(0.5) ? [told.id, item.testListing.id] : [this.#plan.externalId, item.externalId];
    const path = `${this.#route}/${refs[0]}/items/${encodeURIComponent(refs[1] ?? '')}/cancel`;
    const answer = await this.#ask('cancel', 'POST', path);
    this.#world.tally.cancels++;
    if (isSuccess(answer)) {
      const { tradeId, itemId, status } = answer.data as Record<string, unknown>; // as documented
      if (tradeId !== told.id || itemId !== item.testListing.id || status !== 'cancelled') {
        this.#wrong(`cancel of ${item.externalId} is answered for another item: ${JSON.stringify(answer.data)}`);
      }
      told.accepted.add(item.testListing.id);
      return true;
    }
    if (!isFinal(answer) || answer.kind !== 'answer') return false;
    if (answer.key === 'TRADE_CANCEL_TOO_SOON') {
      const expected = new Date(told.createdAtMs + CANCELLABLE_AFTER_MS).toISOString();
      // Later than that only when its order was made late.
      if (String(answer.details['cancellableAt']) < expected)
        this.#wrong(`${item.externalId} is too young until ${expected}, not ${answer.details['cancellableAt']}`);
      return false;
    }
    if (answer.key !== 'TRADE_NOT_CANCELLABLE')
      this.#wrong(`cancel of ${item.externalId} is answered ${textOf(answer)}`);
    const reason = String(answer.details['reason']);
    told.refused.push({ itemId: item.testListing.id, reason });
    return reason !== 'too_early';
  }

  #ask(route: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
    return this.#world.turnstile.pass(async () => {
      const node = this.#random.pick(this.#world.nodes);
      const once = (nowMs: number) =>
        call(method, `${node}${path}`, { ...this.#who(path, nowMs), ...(body === undefined ? {} : { body }) });
      let answer = await once(this.#world.time.nowMs);
      // A node can be behind or ahead of what we know, and move while we ask: sign anew by its own time, a few times.
      for (let tries = TOKENS_MAX; tries > 0 && answer.kind === 'answer' && answer.key === 'INVALID_TOKEN'; tries--) {
        const nowMs = await this.#world.time.nowAt(node);
        answer = nowMs === null ? { kind: 'none', cause: 'what time it is' } : await once(nowMs);
      }
      this.#world.tally.count(route, answer);
      return answer;
    });
  }

  #who(path: string, nowMs: number): { token: string } | { apiKey: string } {
    return path.startsWith('/client/') ? { token: this.#token(nowMs) } : { apiKey: this.#identity.apiKey };
  }

  /** As old as may be: a node that has not heard yet of the last move of the clock must not find it to be of the future. */
  #token(nowMs: number): string {
    const { id, apiSecret } = this.#identity;
    const signedAt = new Date(nowMs - TOKEN_AGE_MS);
    return signToken(apiSecret, { alg: 'HS256', userId: id }, tokenClaims(id, accounts.ann, signedAt));
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
  const { status, key, details } = answer;
  if (key === 'SERVICE_UNAVAILABLE') return details['outcome'] !== 'unknown'; // documented in docs/reference/errors.md
  return status === 429 || key === URL_IS_OFF;
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
