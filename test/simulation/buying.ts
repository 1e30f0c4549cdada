import { testListings } from '../../sandbox/marketplace/catalogue.ts';
import type { Listing, Side } from '../../sandbox/marketplace/listing.ts';
import { createTrade, type NewTrade } from '../../src/buying/create-trade.ts';
import { ApiError } from '../../src/core/errors.ts';
import { quote } from '../../src/market/pricing.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { isDatabaseFault } from './gated-database.ts';
import { FEE_BPS, slippageOf } from './model.ts';
import type { SimNode } from './node.ts';
import { callerAs, tradeUrlOf } from './people.ts';
import type { Bought, Story } from './story.ts';

/** As soon as can be, a bit later, much later, and never. */
const TIMERS_MIN = [30, 30, 30, 33, 480, 720];

/** What loses requests and answers is left out: the network of a story does that, to all of them. */
const lostOnTheWay = /lost|never arrives|arrives when repeated|cut/;
/** Delivered although it had failed: that is for a person to settle, so no truth of the marketplace's is followed. */
const FOR_A_PERSON = 'delivers-after-failing';

function isPlayable({ behaviour: { name, buy, cancel } }: Listing): boolean {
  return name !== FOR_A_PERSON && ![buy, ...cancel].some((script) => lostOnTheWay.test(script));
}

export const decks: ReadonlyMap<Side, Listing[][]> = new Map(
  (['cs2', 'rust'] as const).map((side) => {
    const playable = testListings.filter((listing) => listing.side === side && isPlayable(listing));
    return [side, [...Map.groupBy(playable, ({ behaviour }) => behaviour.name).values()]];
  }),
);

/** Somebody buys one to three items; the caller of an unclear answer sometimes asks again under the same name. */
export function buySomething(story: Story): void {
  const { random } = story;
  const side = random.chance(0.8) ? 'cs2' : 'rust';
  const token = `sim${story.bought.length}`;
  const buyer = random.chance(0.3) ? random.pick(['ann', 'ben'] as const) : 'merchant';
  const bought: Bought = { token, buyer, externalId: random.chance(0.5) ? `order-${token}` : null, outcome: 'open' };
  story.bought.push(bought);
  if (random.chance(0.4)) story.timers.set(token, random.pick(TIMERS_MIN));
  const chosen = new Set<Listing>();
  for (let i = random.below(3); i >= 0; i--) chosen.add(random.pick(random.pick(decks.get(side) ?? [])));
  start(story, bought, side, [...chosen]);
}

function start(story: Story, bought: Bought, side: Side, chosen: readonly Listing[]): void {
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
  chosen: readonly Listing[],
): NewTrade {
  const supplier = deps.suppliers.get(`sandbox-${side}`);
  return {
    game: side === 'cs2' ? '730' : '252490',
    externalId,
    tradeUrl: tradeUrlOf(buyer, token),
    items: chosen.map(({ nativeId, liveMills, listedMills }) => ({
      listingId: supplier.listingIds.toPublic(nativeId),
      externalId: null,
      price: quote(side === 'cs2' ? liveMills : listedMills, Number(FEE_BPS)),
      maxPrice: null,
      slippageBps: slippageOf(token),
    })),
  };
}

function remember(story: Story, bought: Bought, trade: TradeWire, chosen: readonly Listing[]): void {
  bought.outcome = 'created';
  trade.items.forEach((item, index) => {
    const nativeId = chosen[index]?.nativeId ?? '';
    const { token, buyer } = bought;
    story.items.push({ tradeId: trade.id, itemId: item.id, buyer, token, nativeId, game: trade.game });
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
