import type { JsonAnswer } from '../../src/net/json-client.ts';
import { type EntryReader, oneOrder, readEntries } from '../../src/suppliers/one-order.ts';
import type {
  BalanceAnswer,
  BuyAnswer,
  FeedAnswer,
  FindAnswer,
  FoundOrder,
  ListingAnswer,
  Unknown,
} from '../../src/suppliers/supplier.ts';
import { buyRefusals, faults, listingOf, moneyOf, NOT_ON_SALE, orderOf, REFERENCE_USED } from './map.ts';
import {
  balanceShape,
  entryShape,
  errorShape,
  listingShape,
  listingsShape,
  orderShape,
  ordersShape,
  ownedShape,
} from './shapes.ts';

/** Every answer is whole, so a cursor says nothing. */
const CURSOR = 'whole';

export function readListing(answer: JsonAnswer): ListingAnswer {
  if (errorIn(answer) === NOT_ON_SALE) return { outcome: 'gone' };
  const json = succeeded(answer);
  const listing = listingShape.Check(json) ? listingOf(json.listing) : null;
  return listing ? { outcome: 'listed', listing } : unclear(answer);
}

export function readFeed(answer: JsonAnswer): FeedAnswer {
  const json = succeeded(answer);
  if (!listingsShape.Check(json)) return unclear(answer);
  const listings = json.listings.flatMap((row) => listingOf(row) ?? []);
  return { outcome: 'read', cursor: CURSOR, isWhole: true, listings, gone: [] };
}

export function readBuy(answer: JsonAnswer): BuyAnswer {
  const error = errorIn(answer) ?? '';
  if (error === REFERENCE_USED) return { ...unclear(answer), isReferenceKnown: true };
  const reason = buyRefusals.get(error);
  if (reason) return { outcome: 'refused', reason, ...faultOf(answer) };
  const json = succeeded(answer);
  const order = orderShape.Check(json) ? orderOf(json.order) : null;
  return order ? { outcome: 'bought', orderId: order.orderId, costMills: order.costMills } : unclear(answer);
}

export function readFind(answer: JsonAnswer): FindAnswer {
  const json = succeeded(answer);
  return (ordersShape.Check(json) ? readEntries(json.orders, orders) : null) ?? unclear(answer);
}

const orders: EntryReader<FoundOrder> = {
  referenceOf: (entry) => (ownedShape.Check(entry) ? entry.reference : null),
  read: (entry) => (entryShape.Check(entry) ? orderOf(entry) : null),
  orderOf: oneOrder,
};

export function readBalance(answer: JsonAnswer): BalanceAnswer {
  const json = succeeded(answer);
  const availableMills = balanceShape.Check(json) ? moneyOf(json.balance) : null;
  return availableMills === null ? unclear(answer) : { outcome: 'read', availableMills };
}

/** The JSON of an answer with status 200; null for all others. */
function succeeded(answer: JsonAnswer): unknown {
  return answer.ok && answer.status === 200 ? answer.json : null;
}

function errorIn(answer: JsonAnswer): string | null {
  return answer.ok && answer.status !== 200 && errorShape.Check(answer.json) ? answer.json.error : null;
}

function faultOf(answer: JsonAnswer) {
  const fault = faults.get(errorIn(answer) ?? '');
  return fault === undefined ? {} : { fault };
}

/** Says why an answer is unknown, for operators. */
function unclear(answer: JsonAnswer): Unknown {
  if (!answer.ok) return { outcome: 'unknown', cause: answer.cause };
  const seen = errorIn(answer)?.slice(0, 100) ?? 'an answer of an unexpected shape';
  return { outcome: 'unknown', cause: `status ${answer.status}, ${seen}`, ...faultOf(answer) };
}
