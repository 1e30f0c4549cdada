import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningMarketplace, startMarketplace } from '../../sandbox/marketplace/server.ts';
import { SANDBOX_WAXPEER_KEY } from '../../sandbox/marketplace/waxpeer.ts';
import { MINUTE_MS } from '../../src/core/clock.ts';
import { type Mills, toMills } from '../../src/core/money.ts';
import type { SupplierAccount, SupplierKind } from '../../src/suppliers/kind.ts';
import type { BalanceAnswer, FeedAnswer, FindAnswer, ListingAnswer, Supplier } from '../../src/suppliers/supplier.ts';
import { waxpeer } from '../../src/suppliers/waxpeer/index.ts';

/** What it answers to a purchase: `sold-out`, it says clearly that it sells nothing now. */
export type Manner = 'sells' | '503' | '403' | 'sold-out';

const BUY = '/waxpeer/v1/buy-one-p2p';

/** A Waxpeer beside the sandbox's marketplace, with the same CS2 goods for a little less. It is called over HTTP. */
export class OtherMarket {
  manner: Manner = 'sells';
  /** What it says is left to spend; null: what the simulator says. */
  balance: BalanceAnswer | null = null;
  /** How often it was asked to sell. */
  purchases = 0;
  readonly kind: SupplierKind;
  readonly #url: string;
  readonly #close: () => Promise<void>;
  #offsetMs = 0;

  private constructor(ownUrl: string, url: string, cheaperBy: Mills, close: () => Promise<void>) {
    this.#url = ownUrl;
    this.#close = close;
    this.kind = { ...waxpeer, create: (account) => this.#supplier(url, cheaperBy, account) };
  }

  /** @param cheaperBy how much less than the sandbox's marketplace it asks for everything */
  static async start(cheaperBy = toMills(100n)): Promise<OtherMarket> {
    const marketplace = await startMarketplace({ port: 0, file: ':memory:' });
    const server = createServer((request, response) => {
      market.#answer(marketplace, request, response).catch(() => response.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on a port
    const market = new OtherMarket(marketplace.url, `http://127.0.0.1:${port}/waxpeer`, cheaperBy, async () => {
      server.closeAllConnections();
      server.close();
      await marketplace.close();
    });
    return market;
  }

  /** The settings of an account there. */
  readonly given = { apiKey: SANDBOX_WAXPEER_KEY, games: '730' };

  /** Moves its clock forward. */
  async passes(minutes: number): Promise<void> {
    this.#offsetMs += minutes * MINUTE_MS;
    await fetch(`${this.#url}/control/clock`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ offsetMs: this.#offsetMs }),
    });
  }

  stop(): Promise<void> {
    return this.#close();
  }

  #supplier(baseUrl: string, cheaperBy: Mills, account: SupplierAccount): Supplier {
    const supplier = waxpeer.create({ ...account, settings: { ...account.settings, baseUrl } });
    return {
      ...cheaper(supplier, cheaperBy),
      balance: async () => this.balance ?? (supplier.balance ? supplier.balance() : { outcome: 'unknown', cause: '' }),
    };
  }

  async #answer({ url }: RunningMarketplace, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url?.startsWith(BUY)) {
      this.purchases++;
      if (this.manner !== 'sells') return refuse(this.manner, response);
    }
    const answer = await fetch(`${url}${request.url}`);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}

function refuse(manner: Exclude<Manner, 'sells'>, response: ServerResponse): void {
  if (manner === '503') response.writeHead(503).end('Service Unavailable');
  else if (manner === '403') response.writeHead(403, { 'content-type': 'text/plain' }).end('wrong api');
  else response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":false,"msg":"buy_csgo"}');
}

/** The same marketplace, with every price less by an amount. */
function cheaper(supplier: Supplier, by: Mills): Supplier {
  const less = (price: Mills) => toMills(price - by);
  const lessListing = (answer: ListingAnswer): ListingAnswer => {
    if (answer.outcome === 'priced') return { ...answer, priceMills: less(answer.priceMills) };
    if (answer.outcome !== 'listed') return answer;
    return { ...answer, listing: { ...answer.listing, priceMills: less(answer.listing.priceMills) } };
  };
  const lessFeed = (answer: FeedAnswer): FeedAnswer => {
    if (answer.outcome !== 'read') return answer;
    const dearEnough = answer.listings.filter(({ priceMills }) => priceMills > by);
    return { ...answer, listings: dearEnough.map((each) => ({ ...each, priceMills: less(each.priceMills) })) };
  };
  const lessFind = (answer: FindAnswer): FindAnswer => {
    if (answer.outcome !== 'read') return answer;
    return { ...answer, found: answer.found.map((order) => ({ ...order, costMills: less(order.costMills) })) };
  };
  return {
    ...supplier,
    listing: async (id) => lessListing(await supplier.listing(id)),
    listings: null,
    feed: async (cursor) => lessFeed(await supplier.feed(cursor)),
    find: async (references) => lessFind(await supplier.find(references)),
    buy: async (order) => {
      const answer = await supplier.buy({ ...order, ceilingMills: toMills(order.ceilingMills + by) });
      return answer.outcome === 'bought' ? { ...answer, costMills: less(answer.costMills) } : answer;
    },
  };
}
