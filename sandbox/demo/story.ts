import { isDeepStrictEqual } from 'node:util';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Reply, ShopClient, TestListing } from './shop-client.ts';

/** The data of the story; each step may use the data of earlier steps. */
export interface Plot {
  readonly listings: { cancelled: TestListing; delivered: TestListing; rust: TestListing };
  readonly opening: { balance: number; pendingBalance: number };
  readonly cs2: TradeWire;
  readonly rust: TradeWire;
}

export interface Step {
  readonly title: string;
  /** @returns the lines to print, and data for later steps @throws Error when anything differs from the story */
  play(shop: ShopClient, plot: Plot): Promise<{ lines: string[]; plot?: Partial<Plot> }>;
}

const TRADE_URL = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';

export const story: readonly Step[] = [
  {
    title: 'The shop reads the market',
    async play(shop) {
      const listings = {
        cancelled: await shop.testListing('cancel-confirmed-later', '730'),
        delivered: await shop.testListing('ships-at-once', '730'),
        rust: await shop.testListing('never-ships', '252490'),
      };
      const name = encodeURIComponent(listings.cancelled.marketHashName);
      const { status, data } = await shop.call('GET', `/secure/market/item?marketHashName=${name}`);
      same('market answer', status, 200);
      const listed = (data as { id: string; offer: { price: number } }[]).find(
        ({ id }) => id === listings.cancelled.id,
      ); // as documented
      same('quoted price', listed?.offer.price, listings.cancelled.price);
      const lines = Object.values(listings).map(
        (listing) => `${dollars(listing.price).padStart(8)}  ${listing.marketHashName}`,
      );
      return { lines, plot: { listings, opening: await shop.balance() } };
    },
  },
  {
    title: 'It buys two CS2 items and a Rust item; the money is reserved at once',
    async play(shop, { listings, opening }) {
      const cs2 = await buy(shop, [listings.cancelled, listings.delivered]);
      const rust = await buy(shop, [listings.rust]);
      const price = cents(cs2.totalPrice) + cents(rust.totalPrice);
      const balance = await shop.balance();
      same('balance', cents(balance.balance), cents(opening.balance) - price);
      same('reserved', cents(balance.pendingBalance), cents(opening.pendingBalance) + price);
      // A process that is killed after recording a purchase but before its call correctly buys nothing; the story needs purchases.
      await shop.eventually('the purchases', async () => ((await shop.purchasesMade()) === 3 ? true : null));
      const lines = [cs2, rust].map((trade) => `trade ${trade.id}  ${trade.status}  ${dollars(trade.totalPrice)}`);
      return { lines: [...lines, balanceLine(balance)], plot: { cs2, rust } };
    },
  },
  {
    title: 'Each item is bought at the marketplace; one is delivered quickly, the other waits for its seller',
    async play(shop, { cs2, listings }) {
      const trade = await shop.eventually('delivery of the quick item', async () => {
        const now = await shop.trade(cs2.id);
        return statusOf(now, listings.delivered) === 'hold' ? now : null;
      });
      same('waiting item', statusOf(trade, listings.cancelled), 'pending');
      return { lines: itemLines(trade) };
    },
  },
  {
    title: 'The shop tries to cancel the waiting item too early',
    async play(shop, { cs2, listings }) {
      const reply = await cancel(shop, cs2.id, listings.cancelled.id);
      same('answer', [reply.status, reply.error?.code, reply.error?.key], [400, 27, 'TRADE_CANCEL_TOO_SOON']);
      return { lines: [`${errorLine(reply)}, Retry-After ${reply.retryAfter} s`] };
    },
  },
  {
    title: 'Thirty-one minutes pass',
    async play(shop) {
      return { lines: [`the sandbox's clock says ${await shop.advance('31m')}`] };
    },
  },
  {
    title: 'The marketplace accepts the cancellation; nothing else has changed yet',
    async play(shop, { cs2, listings }) {
      const before = { trade: await shop.trade(cs2.id), balance: await shop.balance() };
      const reply = await cancel(shop, cs2.id, listings.cancelled.id);
      same('answer', reply.status, 200);
      same('body', reply.data, { tradeId: cs2.id, itemId: listings.cancelled.id, status: 'cancelled' });
      const after = { trade: await shop.trade(cs2.id), balance: await shop.balance() };
      // Only the cancellation request itself is visible by now.
      const items = after.trade.items.map(({ cancellation: _request, ...item }) => item);
      same('trade and balance', { ...after, trade: { ...after.trade, items } }, before);
      return { lines: [`200 ${JSON.stringify(reply.data)}`, ...itemLines(after.trade), balanceLine(after.balance)] };
    },
  },
  {
    title: 'A Rust item cannot be cancelled, because its marketplace does not support it',
    async play(shop, { rust, listings }) {
      const reply = await cancel(shop, rust.id, listings.rust.id);
      same('answer', [reply.status, reply.error?.code, reply.error?.key], [400, 28, 'TRADE_NOT_CANCELLABLE']);
      return { lines: [errorLine(reply)] };
    },
  },
  {
    title: 'Ten minutes later the marketplace confirms: reverted, and refunded once',
    async play(shop, { cs2, listings, rust, opening }) {
      await shop.advance('10m');
      const trade = await shop.eventually('the reversal', async () => {
        const now = await shop.trade(cs2.id);
        return statusOf(now, listings.cancelled) === 'reverted' ? now : null;
      });
      const balance = await shop.balance();
      const spent = cents(listings.delivered.price) + cents(rust.totalPrice);
      same('balance', cents(balance.balance), cents(opening.balance) - spent);
      same('reserved', cents(balance.pendingBalance), cents(opening.pendingBalance) + spent);
      return { lines: [...itemLines(trade), balanceLine(balance)] };
    },
  },
  {
    title: 'The shop received a callback for each step, in order, and verified every signature',
    async play(shop, { cs2, listings }) {
      const received = await shop.eventually('the last callback', async () => {
        const all = await shop.callbacksOf(cs2.id);
        return all.some((each) => statusOf(each.trade, listings.cancelled) === 'reverted') ? all : null;
      });
      const statuses = received.map((each) => statusOf(each.trade, listings.cancelled));
      same('first status', statuses[0], 'pending');
      same('last status', statuses.at(-1), 'reverted');
      same('callbacks about the reversal', statuses.filter((status) => status === 'reverted').length, 1);
      return {
        lines: received.map(
          (each) =>
            `${each.deliveryId}  ${itemLines(each.trade)
              .map((line) => line.trim())
              .join(' | ')}`,
        ),
      };
    },
  },
  {
    title: 'A week later the delivered item is final, and its money is the seller’s',
    async play(shop, { cs2, listings, opening }) {
      await shop.advance('8 days');
      const trade = await shop.eventually('completion', async () => {
        const now = await shop.trade(cs2.id);
        return now.status === 'completed' ? now : null;
      });
      const balance = await shop.eventually('the failure of the Rust purchase', async () => {
        const now = await shop.balance();
        return cents(now.pendingBalance) === cents(opening.pendingBalance) ? now : null;
      });
      same('balance', cents(balance.balance), cents(opening.balance) - cents(listings.delivered.price));
      return { lines: [...itemLines(trade), balanceLine(balance)] };
    },
  },
];

async function buy(shop: ShopClient, listings: readonly TestListing[]): Promise<TradeWire> {
  const items = listings.map((listing) => ({ itemId: listing.id, price: listing.price }));
  const reply = await shop.call('POST', '/secure/buy', { items, game: listings[0]?.game, tradeUrl: TRADE_URL });
  same('answer to the buy', [reply.status, reply.error], [200, null]);
  return reply.data as TradeWire; // the documented shape
}

function cancel(shop: ShopClient, tradeId: string, itemId: string): Promise<Reply> {
  return shop.call('POST', `/secure/buy/${tradeId}/items/${itemId}/cancel`);
}

/** @throws Error with the difference */
function same(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, but it is ${JSON.stringify(actual)}`);
}

function statusOf(trade: TradeWire, listing: TestListing): string | undefined {
  return trade.items.find((item) => item.id === listing.id)?.status;
}

function itemLines(trade: TradeWire): string[] {
  return trade.items.map((item) => `${(item.status ?? '').padEnd(9)} ${item.marketHashName ?? item.id}`);
}

function balanceLine({ balance, pendingBalance }: { balance: number; pendingBalance: number }): string {
  return `wallet: ${dollars(balance)} to spend, ${dollars(pendingBalance)} reserved`;
}

function errorLine({ status, error }: Reply): string {
  return `${status} ${error?.code} ${error?.key} ${JSON.stringify(error?.details ?? {})}`;
}

/** The API's dollars are whole cents, so their two-digit text is exact. */
function dollars(amount: number): string {
  return `$${amount.toFixed(2)}`;
}

function cents(amount: number): bigint {
  return BigInt(amount.toFixed(2).replace('.', ''));
}
