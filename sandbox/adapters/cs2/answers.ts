import type { JsonAnswer } from '../../../src/net/json-client.ts';
import type { FeedPage } from '../../../src/suppliers/feed.ts';
import { type EntryReader, oneOrder, readEntries } from '../../../src/suppliers/one-order.ts';
import type {
  BuyAnswer,
  CancelAnswer,
  FindAnswer,
  FoundOrder,
  ListingAnswer,
  Unknown,
} from '../../../src/suppliers/supplier.ts';
import { buyRefusals, cancelRefusals, listingOf, moneyOf, notOnSale, orderOf, REFERENCE_USED } from './map.ts';
import {
  boughtShape,
  envelopeShape,
  feedShape,
  foundShape,
  hintShape,
  listingShape,
  orderShape,
  ownedShape,
} from './shapes.ts';

export function readListing(answer: JsonAnswer): ListingAnswer {
  const read = open(answer);
  if (read.kind === 'refused') return notOnSale.has(read.code) ? { outcome: 'gone' } : unclear(read.text);
  if (read.kind === 'unclear') return unclear(read.text);
  const listing = listingShape.Check(read.data) ? listingOf(read.data) : null;
  return listing ? { outcome: 'listed', listing } : unclear('a listing of an unexpected shape');
}

export function readFeed(answer: JsonAnswer): FeedPage {
  const read = open(answer);
  if (read.kind !== 'succeeded') return unclear(read.text);
  if (!feedShape.Check(read.data)) return unclear('a feed of an unexpected shape');
  const { full, list, removed, cursor, hasMore } = read.data;
  const rows = list.map((row) => ({ id: row.id, listing: listingOf(row) }));
  // A row whose price cannot be read cannot be bought, and its earlier price is not true any more.
  const unreadable = rows.filter(({ listing }) => listing === null).map(({ id }) => id);
  return {
    outcome: 'read',
    cursor,
    isWhole: full,
    listings: rows.flatMap(({ listing }) => listing ?? []),
    gone: [...removed, ...unreadable],
    hasMore,
  };
}

export function readBuy(answer: JsonAnswer): BuyAnswer {
  const read = open(answer);
  if (read.kind === 'unclear') return unclear(read.text);
  if (read.kind === 'refused') {
    if (read.code === REFERENCE_USED) return { ...unclear(read.text), isReferenceKnown: true };
    const reason = buyRefusals.get(read.code);
    return reason ? { outcome: 'refused', reason } : unclear(read.text);
  }
  const costMills = boughtShape.Check(read.data) ? moneyOf(read.data.buyPrice) : null;
  if (!boughtShape.Check(read.data) || costMills === null) return unclear('a purchase without readable id or price');
  return { outcome: 'bought', orderId: read.data.orderId, costMills };
}

export function readFind(answer: JsonAnswer): FindAnswer {
  const read = open(answer);
  if (read.kind !== 'succeeded') return unclear(read.text);
  if (!foundShape.Check(read.data)) return unclear('orders of an unexpected shape');
  const entries = readEntries(read.data.orders, orders);
  return entries ? { ...entries, neverMade: read.data.neverMade } : unclear('an order without a reference');
}

const orders: EntryReader<FoundOrder> = {
  referenceOf: (entry) => (ownedShape.Check(entry) ? entry.outTradeNo : null),
  read: (entry) => (orderShape.Check(entry) ? orderOf(entry) : null),
  orderOf: oneOrder,
};

export function readCancel(answer: JsonAnswer): CancelAnswer {
  const read = open(answer);
  if (read.kind === 'succeeded') return { outcome: 'accepted' };
  const reason = read.kind === 'refused' ? cancelRefusals.get(read.code) : undefined;
  return reason ? { outcome: 'refused', reason } : unclear(read.text);
}

/** @returns the reference that a push names, or null if it names none */
export function readHintBody(body: string): string | null {
  try {
    const hint: unknown = JSON.parse(body);
    return hintShape.Check(hint) ? hint.outTradeNo : null;
  } catch {
    return null;
  }
}

type Opened =
  | { readonly kind: 'succeeded'; readonly data: unknown }
  | { readonly kind: 'refused'; readonly code: number; readonly text: string }
  | { readonly kind: 'unclear'; readonly text: string };

/** Takes an answer out of its envelope. */
function open(answer: JsonAnswer): Opened {
  if (!answer.ok) return { kind: 'unclear', text: answer.cause };
  const envelope = answer.json;
  if (!envelopeShape.Check(envelope)) return { kind: 'unclear', text: `status ${answer.status} without an envelope` };
  if (envelope.success && envelope.errorCode === 0) {
    if (answer.status !== 200) return { kind: 'unclear', text: `a success under status ${answer.status}` };
    return { kind: 'succeeded', data: envelope.data };
  }
  return { kind: 'refused', code: envelope.errorCode, text: `error ${envelope.errorCode}: ${envelope.errorMsg}` };
}

function unclear(cause: string): Unknown {
  return { outcome: 'unknown', cause };
}
