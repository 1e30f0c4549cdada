import { expect } from 'vitest';
import type { TradeWire } from '../../src/trades/wire.ts';
import { type Account, accounts, Client, TRADE_URL } from './client.ts';
import type { CallbackAttempt, QuestionAnswer, TakenCallback } from './receiver.ts';
import type { CallOptions, TestListing, World } from './world.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly requestId: string;
    readonly success: boolean;
    // biome-ignore lint/suspicious/noExplicitAny: what the API says is what the tests are about; each checks its own
    readonly data?: any;
    readonly error?: {
      readonly code: number;
      readonly key: string;
      readonly message: string | string[];
      readonly fields?: Record<string, string>;
      readonly details?: Record<string, unknown>;
    };
  };
}

export { TRADE_URL };

interface Identity {
  readonly id: string;
  readonly name: string;
  readonly apiKey: string;
  readonly keyId: string;
  readonly apiSecret: string;
}

/** A merchant as the tests speak of one; everything goes over HTTP. */
export class Merchant {
  readonly id: string;
  readonly apiKey: string;
  readonly keyId: string;
  readonly name: string;
  /** What its callbacks are signed with. */
  readonly apiSecret: string;
  readonly #world: World;

  constructor(world: World, identity: Identity) {
    this.#world = world;
    this.id = identity.id;
    this.apiKey = identity.apiKey;
    this.keyId = identity.keyId;
    this.name = identity.name;
    this.apiSecret = identity.apiSecret;
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    return this.#world.call(method, path, { ...options, headers: { 'api-key': this.apiKey, ...options.headers } });
  }

  /** One of its users, with a token that it signs itself. */
  client(account: Account = accounts.ann, clientId?: string): Client {
    return new Client(this.#world, this, account, clientId);
  }

  /** Sends a buy and gives the answer, whatever it is. */
  asksToBuy(listings: readonly TestListing[], extra: Record<string, unknown> = {}): Promise<Answer> {
    const items = listings.map((listing) => ({ itemId: listing.id, price: listing.price }));
    const body = { items, game: listings[0]?.game ?? '730', tradeUrl: TRADE_URL, ...extra };
    return this.call('POST', '/secure/buy', { body });
  }

  /** Sends a quick buy of what the test listing is a copy of, and gives the answer, whatever it is. */
  asksToBuyQuick(listing: TestListing, extra: Record<string, unknown> = {}): Promise<Answer> {
    const { marketHashName, price: maxPrice, game } = listing;
    const body = { marketHashName, maxPrice, amount: 1, game, tradeUrl: TRADE_URL, ...extra };
    return this.call('POST', '/secure/buy/quick', { body });
  }

  /** Buys quickly, and waits until the purchases are made. */
  async buysQuick(listing: TestListing, extra: Record<string, unknown> = {}): Promise<TradeWire> {
    const answer = await this.asksToBuyQuick(listing, extra);
    expect(answer.body.error).toBeUndefined();
    await this.#world.settles();
    return answer.body.data;
  }

  /** Buys, and waits until the purchases are made. */
  async buys(listings: readonly TestListing[], extra: Record<string, unknown> = {}): Promise<TradeWire> {
    const answer = await this.asksToBuy(listings, extra);
    expect(answer.body.error).toBeUndefined();
    await this.#world.settles();
    return answer.body.data;
  }

  cancels(tradeRef: string, itemRef: string, options: CallOptions = {}): Promise<Answer> {
    const path = `/secure/buy/${encodeURIComponent(tradeRef)}/items/${encodeURIComponent(itemRef)}/cancel`;
    return this.call('POST', path, options);
  }

  cancelsTrade(tradeRef: string, options: CallOptions = {}): Promise<Answer> {
    return this.call('POST', `/secure/buy/${encodeURIComponent(tradeRef)}/cancel`, options);
  }

  async trade(ref: string): Promise<TradeWire> {
    const answer = await this.call('GET', `/secure/trades/${encodeURIComponent(ref)}`);
    expect(answer.status).toBe(200);
    return answer.body.data;
  }

  async item(tradeId: string, itemId: string) {
    const item = (await this.trade(tradeId)).items.find((each) => each.id === itemId);
    if (!item) throw new Error(`trade ${tradeId} has no item ${itemId}`);
    return item;
  }

  /** How many trades of its own it has, of both games, up to a page of each. */
  async tradeCount(): Promise<number> {
    const pages = await Promise.all(
      ['730', '252490'].map((game) => this.call('GET', `/secure/trades?limit=100&game=${game}`)),
    );
    return pages.reduce((count, page) => count + page.body.data.items.length, 0);
  }

  /** Available and reserved dollars. */
  async balance(): Promise<{ balance: number; pendingBalance: number }> {
    const { body } = await this.call('GET', '/v1/wallets/me/balance');
    const { balance, pendingBalance } = body.data;
    return { balance, pendingBalance };
  }

  /** From now on, what its endpoint says when it is asked whether to buy. */
  says(answer: QuestionAnswer): void {
    this.#world.receiver.gate.set(this.name, answer);
  }

  /** Every time it was asked whether this trade may be bought. */
  questionsAbout(tradeId: string): CallbackAttempt[] {
    return this.#world.receiver.questionsTo(this.name).filter((question) => question.trade.id === tradeId);
  }

  /** Every attempt to tell this merchant about a trade, the ones that it refused included. */
  attemptsAt(tradeId: string): CallbackAttempt[] {
    return this.#world.receiver.attemptsBy(this.name).filter((attempt) => attempt.trade.id === tradeId);
  }

  /** Every time this merchant took a callback about a trade, repeats included. */
  takesOf(tradeId: string): TakenCallback[] {
    return this.#world.receiver.takenBy(this.name).filter((taken) => taken.trade.id === tradeId);
  }

  /**
   * The callbacks this merchant took about a trade, each once, in the order of their coming. They are sent at least once: a
   * repeat, as after an answer that came too late on a busy machine, is known by its id.
   */
  callbacksOf(tradeId: string): TakenCallback[] {
    const taken = this.takesOf(tradeId);
    return taken.filter(({ callbackId }, n) => taken.findIndex((first) => first.callbackId === callbackId) === n);
  }
}

/** Cents as dollars: the one number that JSON gives for them. */
export function dollars(amount: number): number {
  return Math.round(amount) / 100;
}

/** Dollars as cents, so that sums in tests are exact. */
export function cents(dollars: number): number {
  return Math.round(dollars * 100);
}
