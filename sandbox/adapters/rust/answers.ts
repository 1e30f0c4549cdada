import type { JsonAnswer } from '../../../src/net/json-client.ts';
import type { FeedPage } from '../../../src/suppliers/feed.ts';
import { type EntryReader, oneOrder, readEntries } from '../../../src/suppliers/one-order.ts';
import type { BuyAnswer, FindAnswer, FoundOrder, ListingAnswer, Unknown } from '../../../src/suppliers/supplier.ts';
import { buyRefusals, listingOf, moneyOf, NOT_ON_SALE, orderOf } from './map.ts';
import { boughtShape, feedShape, itemShape, ownedShape, refusalShape, tradeShape, tradesShape } from './shapes.ts';

export function readListing(answer: JsonAnswer): ListingAnswer {
  if (refusalIn(answer) === NOT_ON_SALE) return { outcome: 'gone' };
  const json = succeeded(answer);
  if (!itemShape.Check(json)) return unclear(answer);
  return { outcome: 'listed', listing: listingOf(json.item) };
}

export function readFeed(answer: JsonAnswer): FeedPage {
  const json = succeeded(answer);
  if (!feedShape.Check(json)) return unclear(answer);
  const { snapshot, items, sold, next, more } = json;
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
  const json = succeeded(answer);
  if (!boughtShape.Check(json)) return unclear(answer);
  return { outcome: 'bought', orderId: json.id, costMills: moneyOf(json.price) };
}

/** This marketplace never guarantees that an order was not made. */
export function readFind(answer: JsonAnswer): FindAnswer {
  const json = succeeded(answer);
  return (tradesShape.Check(json) ? readEntries(json.trades, trades) : null) ?? unclear(answer);
}

const trades: EntryReader<FoundOrder> = {
  referenceOf: (entry) => (ownedShape.Check(entry) ? entry.project_id : null),
  read: (entry) => (tradeShape.Check(entry) ? orderOf(entry) : null),
  orderOf: oneOrder,
};

function refusalIn(answer: JsonAnswer): string | null {
  return answer.ok && refusalShape.Check(answer.json) ? answer.json.msg : null;
}

/** The JSON of an answer with status 200; null for all others. A refusal may have another status. */
function succeeded(answer: JsonAnswer): unknown {
  return answer.ok && answer.status === 200 ? answer.json : null;
}

function unclear(answer: JsonAnswer): Unknown {
  if (!answer.ok) return { outcome: 'unknown', cause: answer.cause };
  const refusal = refusalIn(answer);
  const seen = refusal === null ? 'an answer of an unexpected shape' : `refused: ${refusal}`;
  return { outcome: 'unknown', cause: `status ${answer.status}, ${seen}` };
}
