import type { Listing, Side } from '../../sandbox/marketplace/listing.ts';
import { createTrade, type NewTrade } from '../../src/buying/create-trade.ts';
import { ApiError } from '../../src/core/errors.ts';
import type { Game } from '../../src/core/games.ts';
import { toMills } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { isDatabaseFault } from './gated-database.ts';
import { decks, type SimMarket } from './markets.ts';
import { FEE_BPS, slippageOf } from './model.ts';
import type { SimNode } from './node.ts';
import { callerAs, tradeUrlOf } from './people.ts';
import type { Bought, Story } from './story.ts';

/** As soon as can be, a bit later, much later, and never. */
const TIMERS_MIN = [30, 30, 30, 33, 480, 720];

/** A listing at one of the marketplaces. */
export interface Offer {
  readonly market: SimMarket;
  readonly listing: Listing;
}

export const games: Readonly<Record<Side, Game>> = { cs2: '730', rust: '252490' };

/** Mostly CS2; a story may have no marketplace that sells Rust. */
export function drawSide({ random, markets }: Story): Side {
  const isRust = random.chance(0.2) && markets.some(({ sides }) => sides.includes('rust'));
  return isRust ? 'rust' : 'cs2';
}

export function drawOffer({ random, markets }: Story, side: Side): Offer {
  const market = random.pick(markets.filter(({ sides }) => sides.includes(side)));
  return { market, listing: random.pick(random.pick(decks.get(market)?.[side] ?? [])) };
}

/** The name of a buy, which is the token of its recipient's trade URL: eight characters. */
export function nameOfBuy({ bought }: Story, kind: 'sim' | 'qck'): string {
  return `${kind}${String(bought.length).padStart(5, '0')}`;
}

/** Somebody buys one to three items; the caller of an unclear answer sometimes asks again under the same name. */
export function buySomething(story: Story): void {
  const { random } = story;
  const side = drawSide(story);
  const token = nameOfBuy(story, 'sim');
  const buyer = random.chance(0.3) ? random.pick(['ann', 'ben'] as const) : 'merchant';
  const bought: Bought = { token, buyer, externalId: random.chance(0.5) ? `order-${token}` : null, outcome: 'open' };
  story.bought.push(bought);
  if (random.chance(0.4)) story.timers.set(token, random.pick(TIMERS_MIN));
  const chosen = new Map<string, Offer>();
  for (let i = random.below(3); i >= 0; i--) {
    const offer = drawOffer(story, side);
    chosen.set(`${offer.market.id} ${offer.listing.nativeId}`, offer);
  }
  start(story, bought, side, [...chosen.values()]);
}

function start(story: Story, bought: Bought, side: Side, chosen: readonly Offer[]): void {
  story.tally.buys++;
  const node = story.anyNode();
  const wanted = { ...orderOf(node, bought, side, chosen), autoCancel: story.timers.get(bought.token) };
  const caller = callerAs(story, bought.buyer, wanted.tradeUrl);
  story.scheduler.start(node.process, `buy ${bought.token}`, async () => {
    const answer = await createTrade(node.deps, caller, wanted, 'sim').catch(toRefusal);
    if (!(answer instanceof Error)) return remember(story, bought, answer, chosen);
    const isRepeat = answer instanceof ApiError && answer.key === 'EXTERNAL_ID_EXISTS';
    // A refusal says that nothing was recorded; the name being taken says that an earlier try was.
    if (isRefusal(answer) && bought.outcome !== 'created') bought.outcome = isRepeat ? 'created' : 'refused';
    if (isRefusal(answer)) return;
    bought.outcome = 'unclear';
    if (bought.externalId !== null) start(story, bought, side, chosen);
  });
}

function orderOf(
  { deps }: SimNode,
  { token, buyer, externalId }: Bought,
  side: Side,
  chosen: readonly Offer[],
): NewTrade {
  return {
    game: games[side],
    externalId,
    tradeUrl: tradeUrlOf(buyer, token),
    items: chosen.map(({ market, listing }) => ({
      listingId: deps.suppliers.get(market.id).listingIds.toPublic(market.nativeIdOf(listing)),
      externalId: null,
      price: quote(toMills(market.priceOnWire(listing.liveMills)), Number(FEE_BPS)),
      maxPrice: null,
      slippageBps: slippageOf(token),
    })),
  };
}

function remember(story: Story, bought: Bought, trade: TradeWire, chosen: readonly Offer[]): void {
  bought.outcome = 'created';
  trade.items.forEach((item, index) => {
    const offer = chosen[index];
    if (!offer) throw new Error(`trade ${trade.id} has more items than were asked for`);
    const { market, listing } = offer;
    const named = { tradeId: trade.id, itemId: item.id, buyer: bought.buyer, token: bought.token };
    story.items.push({ ...named, supplier: market.id, nativeId: market.nativeIdOf(listing), market });
  });
}

/** An answer that says for sure that this request recorded nothing. */
export function isRefusal(answer: Error): answer is ApiError {
  return answer instanceof ApiError && answer.context.details?.['outcome'] !== 'unknown';
}

/** @throws whatever is neither an answer of the API nor a fault of the story's making */
export function toRefusal(error: unknown): Error {
  if (error instanceof ApiError && error.key !== 'SERVER_ERROR') return error;
  if (error instanceof Error && isDatabaseFault(error)) return error;
  throw error;
}
