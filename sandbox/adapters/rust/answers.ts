import type { JsonAnswer } from '../../../src/net/json-client.ts';
import type { FeedPage } from '../../../src/suppliers/feed.ts';
import { oneOrderEach } from '../../../src/suppliers/one-order.ts';
import type { BuyAnswer, FindAnswer, ListingAnswer, Unknown } from '../../../src/suppliers/supplier.ts';
import { buyRefusals, listingOf, moneyOf, NOT_ON_SALE, orderOf } from './map.ts';
import { boughtShape, feedShape, itemShape, refusalShape, tradesShape } from './shapes.ts';

export function readListing(answer: JsonAnswer): ListingAnswer {
  if (refusalIn(answer) === NOT_ON_SALE) return { outcome: 'gone' };
  if (!answer.ok || !itemShape.Check(answer.json)) return unclear(answer);
  return { outcome: 'listed', listing: listingOf(answer.json.item) };
}

export function readFeed(answer: JsonAnswer): FeedPage {
  if (!answer.ok || !feedShape.Check(answer.json)) return unclear(answer);
  const { snapshot, items, sold, next, more } = answer.json;
  return {
    outcome: 'read',
    cursor: next,
    isWhole: snapshot,
    listings: items.map(listingOf),
    gone: sold,
    hasMore: more,
  };
}

/** An order id says that the purchase was made, whatever the message beside it says. */
export function readBuy(answer: JsonAnswer): BuyAnswer {
  const reason = buyRefusals.get(refusalIn(answer) ?? '');
  if (reason) return { outcome: 'refused', reason };
  if (!answer.ok || !boughtShape.Check(answer.json)) return unclear(answer);
  return { outcome: 'bought', orderId: answer.json.id, costMills: moneyOf(answer.json.price) };
}

/** This marketplace never guarantees that an order was not made. */
export function readFind(answer: JsonAnswer): FindAnswer {
  if (!answer.ok || !tradesShape.Check(answer.json)) return unclear(answer);
  return { outcome: 'read', found: oneOrderEach(answer.json.trades.map(orderOf)), neverMade: [] };
}

function refusalIn(answer: JsonAnswer): string | null {
  return answer.ok && refusalShape.Check(answer.json) ? answer.json.msg : null;
}

function unclear(answer: JsonAnswer): Unknown {
  if (!answer.ok) return { outcome: 'unknown', cause: answer.cause };
  const refusal = refusalIn(answer);
  const seen = refusal === null ? 'an answer of an unexpected shape' : `refused: ${refusal}`;
  return { outcome: 'unknown', cause: `status ${answer.status}, ${seen}` };
}
