import { DAY_MS, later, MINUTE_MS } from '../../src/core/clock.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Random } from '../simulation/random.ts';
import { accounts, signToken, tokenClaims } from '../support/client.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { inLanes, until } from './eventually.ts';
import { advance, type Merchant, send, type World } from './world.ts';

/** Where somebody cancels, and as whom. */
export interface Asker {
  readonly path: '/secure/buy' | '/client/trading/withdraw';
  readonly headers: Readonly<Record<string, string>>;
}

/** One item that is bought, 31 minutes old and waiting for its seller: what a round is about. */
export interface RaceItem {
  readonly merchant: Merchant;
  /** Who may cancel it: the merchant with its key, or the client that withdrew it with its token. */
  readonly asker: Asker;
  /** Items of its trade, itself included. */
  readonly siblings: number;
  readonly tradeId: string;
  readonly tradeExternalId: string;
  readonly itemId: string;
  readonly listingId: string;
  readonly externalId: string;
  readonly behaviour: string;
  readonly reference: string;
}

/** Items of a trade: few, so that a whole trade's cancel leaves the other rounds something to race for. */
const SIZES = [1, 1, 2, 3, 10];
const CLIENTS = 0.3;
const TIMED = 0.4;
const BUYS_AT_ONCE = 6;
const BUY_TRIES_MAX = 10;

/** How often each behaviour is raced for. Half of them lose an answer or let delivery and cancel overlap. */
const weights: Readonly<Record<string, number>> = {
  'never-ships': 5,
  'cancel-confirmed-later': 5,
  'delivers-despite-cancel': 3,
  'refuses-to-cancel': 2,
  'cancel-503': 2,
  'cancel-html': 2,
  'cancel-timeout': 2,
  'cancel-connection-cut': 3,
};

interface TestListing {
  readonly id: string;
  readonly behaviour: string;
  readonly game: string;
  readonly price: number;
}

/** Buys `count` items through all nodes, waits until the marketplace has sold them, and lets them grow old enough. */
export async function prepareItems(world: World, random: Random, count: number): Promise<RaceItem[]> {
  const listings = await listingsOf(world);
  const trades: Order[] = [];
  for (let left = count; left > 0; ) {
    const chosen = choose(listings, random, Math.min(left, random.pick(SIZES)));
    left -= chosen.length;
    const merchant = random.pick(world.merchants);
    const asker = random.chance(CLIENTS) ? asClient(world, merchant) : asMerchant(merchant);
    const isTimed = random.chance(TIMED);
    trades.push({ merchant, asker, isTimed, externalId: `order-${crypto.randomUUID()}`, chosen });
  }
  const bought: Bought[] = [];
  await inLanes([...trades.entries()], BUYS_AT_ONCE, async ([index, wanted]) => {
    bought.push(...(await buy(world, wanted, index)));
  });
  await until('all items are bought', () => isAllBought(world));
  await holdTimersOff(world);
  await advance(world, 31 * MINUTE_MS);
  return withIds(world, bought);
}

function asMerchant({ apiKey }: Merchant): Asker {
  return { path: '/secure/buy', headers: { 'api-key': apiKey } };
}

function asClient({ clock }: World, { id, apiSecret }: Merchant): Asker {
  const claims = tokenClaims(id, accounts.ann, clock.now());
  const token = signToken(apiSecret, { alg: 'HS256', userId: id }, claims);
  return { path: '/client/trading/withdraw', headers: { authorization: `Bearer ${token}` } };
}

/** As if somebody had taken all of them up: in a round, the timer strikes when the round says so. */
async function holdTimersOff({ db, clock }: World): Promise<void> {
  const never = later(clock.now(), DAY_MS);
  await db
    .updateTable('item')
    .set({ auto_cancel_due_at: never })
    .where('auto_cancel_due_at', 'is not', null)
    .where('auto_cancel_due_at', '<', never)
    .execute();
}

async function listingsOf(world: World): Promise<TestListing[]> {
  const [node] = world.nodes;
  if (!node) throw new Error('there is a node');
  const { json } = await send(node, 'GET', '/sandbox/listings');
  return (json as { data: TestListing[] }).data.filter(
    (listing) => listing.game === '730' && listing.behaviour in weights,
  ); // as documented
}

/** Different listings, the behaviours by their weights. */
function choose(listings: readonly TestListing[], random: Random, count: number): TestListing[] {
  const lots = Object.entries(weights).flatMap(([behaviour, weight]) => Array<string>(weight).fill(behaviour));
  const chosen = new Set<TestListing>();
  while (chosen.size < count) {
    const behaviour = random.pick(lots);
    chosen.add(random.pick(listings.filter((listing) => listing.behaviour === behaviour)));
  }
  return [...chosen];
}

type Bought = Omit<RaceItem, 'itemId' | 'reference'>;

interface Order {
  readonly merchant: Merchant;
  readonly asker: Asker;
  readonly isTimed: boolean;
  readonly externalId: string;
  readonly chosen: readonly TestListing[];
}

async function buy(world: World, wanted: Order, turn: number): Promise<Bought[]> {
  const { merchant, asker, isTimed, externalId, chosen } = wanted;
  const items = chosen.map((listing, index) => ({
    itemId: listing.id,
    price: listing.price,
    externalId: `line-${index}`,
  }));
  const tradeUrl = asker.path === '/secure/buy' ? { tradeUrl: TRADE_URL } : {};
  const body = { externalId, items, ...tradeUrl, ...(isTimed ? { autoCancel: 30 } : {}) };
  const trade = await askToBuy(world, turn, asker, body);
  return trade.items.map((item, index) => ({
    merchant,
    asker,
    siblings: trade.items.length,
    tradeId: trade.id,
    tradeExternalId: externalId,
    listingId: item.id,
    externalId: item.externalId ?? '',
    behaviour: chosen[index]?.behaviour ?? '',
  }));
}

/** On a machine that is too busy a listing's price may come too late: nothing was bought then, and it is safe to ask again. */
async function askToBuy({ nodes }: World, turn: number, asker: Asker, body: object): Promise<TradeWire> {
  for (let tried = 1; ; tried++) {
    const node = nodes[(turn + tried) % nodes.length];
    if (!node) throw new Error('there is a node');
    const { status, json } = await send(node, 'POST', asker.path, body, asker.headers);
    if (status === 200) return (json as { data: TradeWire }).data; // as documented
    if (status !== 503 || tried >= BUY_TRIES_MAX)
      throw new Error(`a buy was answered ${status}: ${JSON.stringify(json)}`);
  }
}

async function isAllBought({ db, merchants }: World): Promise<boolean> {
  const ids = merchants.map((merchant) => merchant.id);
  const items = db.selectFrom('item').select('id').where('merchant_id', 'in', ids).where('state', '=', 'initiated');
  const purchases = db.selectFrom('purchase').select('id').where('merchant_id', 'in', ids).where('state', '<>', 'done');
  return !(await items.limit(1).executeTakeFirst()) && !(await purchases.limit(1).executeTakeFirst());
}

async function withIds({ db }: World, bought: readonly Bought[]): Promise<RaceItem[]> {
  const rows = await db
    .selectFrom('item')
    .innerJoin('purchase', (join) =>
      join.onRef('purchase.merchant_id', '=', 'item.merchant_id').onRef('purchase.item_id', '=', 'item.id'),
    )
    .select(['item.id', 'item.trade_id', 'item.listing_id', 'purchase.reference'])
    .where('item.trade_id', 'in', [...new Set(bought.map((item) => item.tradeId))])
    .execute();
  const byListing = new Map(rows.map((row) => [`${row.trade_id}/${row.listing_id}`, row]));
  return bought.map((item) => {
    const row = byListing.get(`${item.tradeId}/${item.listingId}`);
    if (!row) throw new Error(`item ${item.listingId} of trade ${item.tradeId} is not in the database`);
    return { ...item, itemId: row.id, reference: row.reference };
  });
}
