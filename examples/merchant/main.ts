import { readFileSync } from 'node:fs';
import { connect, dataOf } from './gateway.ts';
import { Shop } from './shop.ts';

/** The whole story on a running sandbox: `main.ts <path of its sandbox.json>`. */
const { baseUrl, apiKey, apiSecret } = JSON.parse(readFileSync(process.argv[2] ?? 'data/sandbox.json', 'utf8'));
const gateway = connect(baseUrl, { 'api-key': apiKey });
const shop = new Shop(apiSecret);
const tradeUrl = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const QUICK = 'AK-47 | Ships At Once (Field-Tested)';
const SLOW = 'M4A4 | Confirms Cancel Later (Field-Tested)';

const say = (line: string) => console.log(line);
const balance = () => dataOf(gateway.GET('/v1/wallets/me/balance'));
const tellBalance = async () => {
  const { balance: free, pendingBalance } = await balance();
  say(`The wallet has $${free.toFixed(2)} to spend; $${pendingBalance.toFixed(2)} are reserved.`);
};

/** The cheapest listing of an item. */
async function cheapest(marketHashName: string) {
  const query = { marketHashName, perPage: 1 };
  const [listing] = await dataOf(gateway.GET('/secure/market/item', { params: { query } }));
  if (!listing) throw new Error(`nobody sells ${marketHashName}`);
  say(`${marketHashName} costs $${listing.offer.price}.`);
  return { itemId: listing.id, price: listing.offer.price };
}

const before = await dataOf(gateway.GET('/v1/callbacks/url'));
try {
  const url = await shop.open();
  await dataOf(gateway.PUT('/v1/callbacks/url', { body: { url } }));
  say(`The shop takes callbacks at ${url}.`);
  await tellBalance();

  const [quick, slow] = [await cheapest(QUICK), await cheapest(SLOW)];
  const items = [quick, { ...slow, externalId: 'order-1-b' }];
  // 720 minutes: the shop itself decides when to cancel.
  const trade = await dataOf(gateway.POST('/secure/buy', { body: { items, tradeUrl, autoCancel: 720 } }));
  say(`Bought both as trade ${trade.id} for $${trade.totalPrice}; it is ${trade.status} until the shop approves.`);

  await shop.waitFor(trade.id, ({ items: [first] }) => first?.status === 'hold');
  say(`A callback: the first item is at the recipient. The other still waits for its seller.`);
  await tellBalance();

  const { now } = await dataOf(gateway.POST('/sandbox/clock', { body: { advance: '31m' } }));
  say(`The sandbox's clock is moved to ${now}: after 30 minutes an item can be cancelled.`);

  const path = { tradeId: trade.id, itemId: 'order-1-b' };
  const taken = await dataOf(gateway.POST('/secure/buy/{tradeId}/items/{itemId}/cancel', { params: { path } }));
  say(`The marketplace took the cancel of item ${taken.itemId}; the money comes back when it confirms.`);

  await dataOf(gateway.POST('/sandbox/clock', { body: { advance: '10m' } }));
  await shop.waitFor(trade.id, ({ items: [, second] }) => second?.status === 'reverted');
  say(`A callback: the item is reverted, and $${slow.price} are back.`);
  await tellBalance();

  const quickBuy = { marketHashName: QUICK, delivery: 'instant', amount: 2, maxPrice: 20, tradeUrl } as const;
  const order = await dataOf(gateway.POST('/secure/buy/quick', { body: quickBuy }));
  const filled = await shop.waitFor(
    order.id,
    ({ items: [one, other] }) => one?.status === 'hold' && other?.status === 'hold',
  );
  say(`A quick buy of two for at most $20 each: ${filled.items.length} delivered for $${filled.totalPrice}.`);

  const user = { clientSteamId: '76561198000000001', clientTradeUrl: tradeUrl, clientId: 'user-7' };
  const { token } = await dataOf(gateway.POST('/auth/authenticate-client', { body: user }));
  // What a user's browser does with the token; the key stays with the shop.
  const browser = connect(baseUrl, { authorization: `Bearer ${token}` });
  const wanted = { items: [await cheapest(QUICK)] };
  const withdrawal = await dataOf(browser.POST('/client/trading/withdraw', { body: wanted }));
  await shop.waitFor(withdrawal.id, ({ items: [first] }) => first?.status === 'hold');
  const { items: own } = await dataOf(browser.GET('/client/trades'));
  say(`A client withdraws one more with a token of its own, and sees ${own.length} trade: its own.`);

  const { items: entries } = await dataOf(gateway.GET('/v1/wallets/me/entries'));
  say('The wallet’s latest movements:');
  for (const { kind, amount, itemExternalId = '' } of entries.slice(0, 12)) {
    say(`  ${kind.padEnd(8)} $${amount.toFixed(2).padStart(6)} ${itemExternalId}`);
  }
  await tellBalance();
} finally {
  if (before.url) await dataOf(gateway.PUT('/v1/callbacks/url', { body: { url: before.url } }));
  shop.close();
}
