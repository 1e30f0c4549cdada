import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json as jsonOf } from 'node:stream/consumers';
import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';

/** A tiny marketplace in memory, whose test listings say by name how they behave. */

export const EXAMPLE_KEY = 'key-of-the-example';
/** Belongs to an account with one cent. */
export const EXAMPLE_KEY_POOR = 'poor-key-of-the-example';
export const EXAMPLE_BALANCE_MILLS = 1_000_000_000n;

const FIND_MAX = 50;

interface Stock {
  readonly id: string;
  readonly name: string;
  readonly cents: number;
  readonly behaviour: string;
}

interface Order {
  readonly id: string;
  readonly reference: string;
  readonly listing: Stock;
  readonly createdAtMs: number;
  buyCalls: number;
}

type Timeline = readonly (readonly [afterMs: number, status: string])[];

/** The statuses of an order by the behaviour of its listing. */
const timelines: Readonly<Record<string, Timeline>> = {
  ordinary: [],
  'never-ships': [],
  'ships-later': [
    [10 * MINUTE_MS, 'sent'],
    [12 * MINUTE_MS, 'taken'],
    [7 * DAY_MS, 'final'],
  ],
  'seller-fails': [[5 * MINUTE_MS, 'given_up']],
  'unknown-word': [[0, 'teleported']],
  'purchase-refused': [],
  'price-raised': [],
};
export const exampleBehaviours = Object.keys(timelines).filter((name) => name !== 'ordinary');

/** Test listings are never sold out; of the others there is one each. */
const behaviours = [...exampleBehaviours, 'ordinary', 'ordinary', 'ordinary'];
const stock: readonly Stock[] = behaviours.map((behaviour, i) => ({
  id: String(100_000_000_000_000_000n + BigInt(i)),
  name: `Item that is ${behaviour}`,
  cents: 1_000 + i,
  behaviour,
}));

export async function startExampleMarketplace() {
  const books = new Books();
  const server = createServer((request, response) => {
    books.answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port has an address object.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { books, url, close };
}

class Books {
  readonly #orders = new Map<string, Order>();
  nowMs = Date.now();

  get testListings(): readonly Stock[] {
    return stock.filter(({ behaviour }) => behaviour !== 'ordinary');
  }

  order(reference: string): Order | undefined {
    return this.#orders.get(reference);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const balance = balances.get(request.headers.authorization ?? '');
    const [status, body] =
      balance === undefined
        ? [403, { error: 'no_access' }]
        : request.method === 'POST'
          ? // A body of another shape is refused by the checks of `#buy`.
            this.#buy((await jsonOf(request)) as Readonly<Record<string, string>>, balance)
          : this.#read(pathname, searchParams, balance);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #read(pathname: string, query: URLSearchParams, balance: number): [number, unknown] {
    const references = query.getAll('reference').slice(0, FIND_MAX);
    const listing = this.#onSale().find(({ id }) => id === query.get('id'));
    switch (pathname) {
      case '/listings':
        return [200, { listings: this.#onSale().map(onWire) }];
      case '/listing':
        return listing ? [200, { listing: onWire(listing) }] : [404, { error: 'not_on_sale' }];
      case '/orders':
        return [
          200,
          { orders: references.flatMap((each) => this.#orders.get(each) ?? []).map((o) => this.#orderOf(o)) },
        ];
      case '/balance':
        return [200, { balance: dollars(balance) }];
      default:
        return [404, { error: 'no_such_route' }];
    }
  }

  #buy(body: Readonly<Record<string, string>>, balance: number): [number, unknown] {
    const { reference = '', listingId, tradeUrl = '', maxPrice } = body;
    const earlier = this.#orders.get(reference);
    if (earlier) {
      earlier.buyCalls++;
      return [409, { error: 'reference_used' }];
    }
    const listing = this.#onSale().find(({ id }) => id === listingId);
    if (!tradeUrl.startsWith('https://steamcommunity.com/tradeoffer/new/')) return [400, { error: 'wrong_trade_url' }];
    if (!listing || listing.behaviour === 'purchase-refused') return [404, { error: 'not_on_sale' }];
    const isDearer = listing.behaviour === 'price-raised' || Number(maxPrice) * 100 < listing.cents - 0.5;
    if (isDearer) return [409, { error: 'price_changed' }];
    if (listing.cents > balance) return [402, { error: 'no_money' }];
    const id = String(900_000_000_000_000_000n + BigInt(this.#orders.size));
    const order = { id, reference, listing, createdAtMs: this.nowMs, buyCalls: 1 };
    this.#orders.set(reference, order);
    return [200, { order: this.#orderOf(order) }];
  }

  #onSale(): Stock[] {
    const bought = new Set([...this.#orders.values()].map(({ listing }) => listing));
    return stock.filter((listing) => listing.behaviour !== 'ordinary' || !bought.has(listing));
  }

  #orderOf({ id, reference, listing, createdAtMs }: Order) {
    const steps = timelines[listing.behaviour] ?? [];
    const status = steps.findLast(([afterMs]) => afterMs <= this.nowMs - createdAtMs)?.[1] ?? 'ordered';
    const offer = ['sent', 'taken', 'final'].includes(status) ? { offerId: `6${id.slice(-9)}` } : {};
    return { id, reference, price: dollars(listing.cents), status, ...offer };
  }
}

const balances: ReadonlyMap<string, number> = new Map([
  [`Bearer ${EXAMPLE_KEY}`, Number(EXAMPLE_BALANCE_MILLS / 10n)],
  [`Bearer ${EXAMPLE_KEY_POOR}`, 1],
]);

function onWire({ id, name, cents }: Stock) {
  return { id, name, price: dollars(cents) };
}

function dollars(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}
