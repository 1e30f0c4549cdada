import { MINUTE_MS } from '../../src/clock.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import type { Random } from '../simulation/random.ts';
import { TRADE_URL } from '../support/merchant.ts';
import { inLanes, until } from './eventually.ts';
import { advance, type Merchant, send, type World } from './world.ts';

/** One item that is bought, 31 minutes old and waiting for its seller: what a round is about. */
export interface RaceItem {
  readonly merchant: Merchant;
  readonly tradeId: string;
  readonly tradeExternalId: string;
  readonly itemId: string;
  readonly listingId: string;
  readonly externalId: string;
  readonly behaviour: string;
  readonly reference: string;
}

const ITEMS_PER_TRADE = 10;
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

interface Card {
  readonly id: string;
  readonly behaviour: string;
  readonly game: string;
  readonly price: number;
}

/** Buys `count` items through all nodes, waits until the marketplace has sold them, and lets them grow old enough. */
export async function prepareItems(world: World, random: Random, count: number): Promise<RaceItem[]> {
  const cards = await cardsOf(world);
  const trades: Order[] = [];
  for (let left = count; left > 0; left -= ITEMS_PER_TRADE) {
    const chosen = choose(cards, random, Math.min(left, ITEMS_PER_TRADE));
    trades.push({ merchant: random.pick(world.merchants), externalId: `order-${crypto.randomUUID()}`, chosen });
  }
  const bought: Bought[] = [];
  await inLanes([...trades.entries()], BUYS_AT_ONCE, async ([index, wanted]) => {
    bought.push(...(await buy(world, wanted, index)));
  });
  await until('all items are bought', () => isAllBought(world));
  await advance(world, 31 * MINUTE_MS);
  return withIds(world, bought);
}

async function cardsOf(world: World): Promise<Card[]> {
  const [node] = world.nodes;
  if (!node) throw new Error('there is a node');
  const { json } = await send(node, 'GET', '/sandbox/listings');
  return (json as { data: Card[] }).data.filter((card) => card.game === '730' && card.behaviour in weights); // as documented
}

/** Different listings, the behaviours by their weights. */
function choose(cards: readonly Card[], random: Random, count: number): Card[] {
  const lots = Object.entries(weights).flatMap(([behaviour, weight]) => Array<string>(weight).fill(behaviour));
  const chosen = new Set<Card>();
  while (chosen.size < count) {
    const behaviour = random.pick(lots);
    chosen.add(random.pick(cards.filter((card) => card.behaviour === behaviour)));
  }
  return [...chosen];
}

type Bought = Omit<RaceItem, 'itemId' | 'reference'>;

interface Order {
  readonly merchant: Merchant;
  readonly externalId: string;
  readonly chosen: readonly Card[];
}

async function buy(world: World, wanted: Order, turn: number): Promise<Bought[]> {
  const { merchant, externalId, chosen } = wanted;
  const items = chosen.map((card, index) => ({ itemId: card.id, price: card.price, externalId: `line-${index}` }));
  const trade = await askToBuy(world, turn, merchant, { externalId, tradeUrl: TRADE_URL, items });
  return trade.items.map((item, index) => ({
    merchant,
    tradeId: trade.id,
    tradeExternalId: externalId,
    listingId: item.id,
    externalId: item.externalId ?? '',
    behaviour: chosen[index]?.behaviour ?? '',
  }));
}

/** On a machine that is too busy a listing's price may come too late: nothing was bought then, and it is safe to ask again. */
async function askToBuy({ nodes }: World, turn: number, merchant: Merchant, body: object): Promise<TradeWire> {
  for (let tried = 1; ; tried++) {
    const node = nodes[(turn + tried) % nodes.length];
    if (!node) throw new Error('there is a node');
    const { status, json } = await send(node, 'POST', '/secure/buy', body, { 'api-key': merchant.apiKey });
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
    .innerJoin('purchase', 'purchase.item_id', 'item.id')
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
