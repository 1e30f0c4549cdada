import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Answer, Merchant } from './merchant.ts';
import type { CallOptions, TestListing, World } from './world.ts';

/** Made here and not with the merchants, which import this file: the accounts below need it while the files are loaded. */
export const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

/** A Steam account and its trade URL; the merchants' own trades in the tests go to the first. */
export interface Account {
  readonly steamId: string;
  readonly tradeUrl: string;
}

export const accounts = {
  ann: { steamId: '76561198000000001', tradeUrl: TRADE_URL },
  ben: {
    steamId: '76561198000000002',
    tradeUrl: 'https://steamcommunity.com/tradeoffer/new/?partner=39734274&token=bEn-_012',
  },
} as const satisfies Record<string, Account>;

/** What a merchant puts into a token; made by hand here, so that the tests do not believe the gateway about the form. */
export function tokenClaims(merchantId: string, account: Account, now: Date, clientId?: string) {
  const iat = Math.floor(now.getTime() / 1000);
  const client = { steamID: account.steamId, tradeUrl: account.tradeUrl, ...(clientId ? { clientId } : {}) };
  return { merchantId, client, iat, exp: iat + 86_400 };
}

export function signToken(secret: string, header: unknown, claims: unknown): string {
  const part = (value: unknown) =>
    Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)).toString(
      'base64url',
    );
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A merchant's user, with a token that the merchant signed by itself. */
export class Client {
  readonly account: Account;
  readonly token: string;
  readonly #world: World;
  readonly #merchant: Pick<Merchant, 'id' | 'apiSecret'>;

  constructor(world: World, merchant: Pick<Merchant, 'id' | 'apiSecret'>, account: Account, clientId?: string) {
    this.#world = world;
    this.#merchant = merchant;
    this.account = account;
    const claims = tokenClaims(merchant.id, account, world.now, clientId);
    this.token = signToken(merchant.apiSecret, { alg: 'HS256', userId: merchant.id }, claims);
  }

  /** The same user, with a token of now that the merchant signs with this secret; by default with the one of this token. */
  withSecret(secret = this.#merchant.apiSecret): Client {
    return new Client(this.#world, { id: this.#merchant.id, apiSecret: secret }, this.account);
  }

  call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    return this.#world.call(method, path, { ...options, headers });
  }

  /** Sends a withdrawal and gives the answer, whatever it is. */
  asksToWithdraw(listings: readonly TestListing[], extra: Record<string, unknown> = {}): Promise<Answer> {
    const items = listings.map((listing) => ({ itemId: listing.id, price: listing.price }));
    const body = { items, game: listings[0]?.game ?? '730', ...extra };
    return this.call('POST', '/client/trading/withdraw', { body });
  }

  /** Withdraws, and waits until the purchases are made. */
  async withdraws(listings: readonly TestListing[], extra: Record<string, unknown> = {}): Promise<TradeWire> {
    const answer = await this.asksToWithdraw(listings, extra);
    expect(answer.body.error).toBeUndefined();
    await this.#world.settles();
    return answer.body.data;
  }

  cancels(tradeRef: string, itemRef: string, options: CallOptions = {}): Promise<Answer> {
    const path = `/client/trading/withdraw/${encodeURIComponent(tradeRef)}/items/${encodeURIComponent(itemRef)}/cancel`;
    return this.call('POST', path, options);
  }

  cancelsTrade(tradeRef: string): Promise<Answer> {
    return this.call('POST', `/client/trading/withdraw/${encodeURIComponent(tradeRef)}/cancel`);
  }

  /** The ids of its trades, newest first, as one page. */
  async trades(query = ''): Promise<string[]> {
    const answer = await this.call('GET', `/client/trades${query}`);
    expect(answer.status).toBe(200);
    return answer.body.data.items.map((trade: TradeWire) => trade.id);
  }
}
