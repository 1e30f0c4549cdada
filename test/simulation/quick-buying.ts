import type { Side } from '../../sandbox/marketplace/listing.ts';
import { createQuickBuy, type NewQuickBuy } from '../../src/buying/create-quick-buy.ts';
import { cancelTrade } from '../../src/cancelling/cancel-trade.ts';
import { ApiError } from '../../src/core/errors.ts';
import { toMills } from '../../src/core/money.ts';
import { quote } from '../../src/market/pricing.ts';
import type { TradeWire } from '../../src/trades/wire.ts';
import { drawOffer, drawSide, games, isRefusal, nameOfBuy, type Offer, toRefusal } from './buying.ts';
import { FEE_BPS } from './model.ts';
import { callerAs, cancellerAs, tradeUrlOf } from './people.ts';
import { seeItems } from './seen.ts';
import type { Bought, Story } from './story.ts';

const AMOUNTS = [1, 2, 3, 5, 12];
const RETRIES = 2;

/** Somebody buys the cheapest of an item, wherever: up to a dozen of the copies, at the price of one of them. */
export function buyQuickly(story: Story): void {
  const { random } = story;
  const side = drawSide(story);
  const token = nameOfBuy(story, 'qck');
  const buyer = random.chance(0.3) ? random.pick(['ann', 'ben'] as const) : 'merchant';
  const bought: Bought = { token, buyer, externalId: random.chance(0.5) ? `order-${token}` : null, outcome: 'open' };
  story.bought.push(bought);
  const wanted = orderOf(story, bought, side, drawOffer(story, side));
  story.limits.set(token, wanted.maxPrice);
  start(story, bought, wanted, RETRIES);
}

function orderOf({ random }: Story, { token, buyer, externalId }: Bought, side: Side, offer: Offer): NewQuickBuy {
  const { marketHashName, instant, listedMills } = offer.listing;
  return {
    search: { game: games[side], marketHashName, delivery: instant ? 'instant' : 'standard' },
    maxPrice: quote(toMills(offer.market.priceOnWire(listedMills)), Number(FEE_BPS)),
    amount: random.pick(AMOUNTS),
    externalId,
    externalIds: null,
    tradeUrl: tradeUrlOf(buyer, token),
    autoCancel: 720,
  };
}

function start(story: Story, bought: Bought, wanted: NewQuickBuy, retries: number): void {
  story.tally.quick++;
  const { process, deps } = story.anyNode();
  const caller = callerAs(story, bought.buyer, wanted.tradeUrl);
  story.scheduler.start(process, `quick buy ${bought.token}`, async () => {
    const answer = await createQuickBuy(deps, caller, wanted, 'sim').catch(toRefusal);
    if (!(answer instanceof Error)) return remember(story, bought, answer);
    const isRepeat = answer instanceof ApiError && answer.key === 'EXTERNAL_ID_EXISTS';
    if (isRefusal(answer) && bought.outcome !== 'created') bought.outcome = isRepeat ? 'created' : 'refused';
    if (isRefusal(answer)) return;
    bought.outcome = 'unclear';
    if (bought.externalId !== null && retries > 0) start(story, bought, wanted, retries - 1);
  });
}

function remember(story: Story, bought: Bought, { id, items }: TradeWire): void {
  bought.outcome = 'created';
  if (items.length > 0) throw new Error(`quick buy ${bought.token} shows items before anybody approved`);
  story.quickTrades.push({ tradeId: id, buyer: bought.buyer });
}

/** Its buyer cancels all of a quick buy that is there to be cancelled, units that are still looked for left out. */
export function cancelQuickBuy(story: Story): void {
  if (story.quickTrades.length === 0) return;
  const { tradeId, buyer } = story.random.pick(story.quickTrades);
  const { process, deps } = story.anyNode();
  story.tally.wholes++;
  story.scheduler.start(process, `cancel of quick buy ${tradeId}`, async () => {
    const answer = await cancelTrade(deps, cancellerAs(story, buyer), tradeId).catch(toRefusal);
    if (answer instanceof Error) return;
    const units = seeItems(story.embedded).filter((item) => item.tradeId === tradeId);
    for (const { itemId, status } of answer.items) {
      if (status === 'failed') continue;
      const unit = units.find(({ listingId }) => listingId === itemId);
      const order = unit && story.model.orderOf(unit);
      // A unit that gave up its listing just then is cancelled without one.
      const isWithdrawn = unit
        ? unit.state === 'canceled' && story.model.wasNeverBought(unit)
        : units.some(({ state, listingId }) => state === 'canceled' && listingId === null);
      if (!order?.cancelAcceptedAtMs && !isWithdrawn)
        throw new Error(`unit ${itemId} is cancelled, but nobody has accepted that`);
    }
  });
}
