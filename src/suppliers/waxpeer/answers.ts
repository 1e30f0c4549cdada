import { causeOfNoJson, heldIn, type JsonAnswer } from '../../net/json-client.ts';
import type { TradeUrlAnswer } from '../../trade-urls/checker.ts';
import { type EntryReader, readEntries } from '../one-order.ts';
import type { BalanceAnswer, BuyAnswer, FindAnswer, ListingAnswer, ListingsAnswer, Unknown } from '../supplier.ts';
import { recipientOf } from '../wire-texts.ts';
import { accessRefusals, buyRefusals, moneyOf, orderOf, toTradeUrlAnswer, wireIdOf } from './map.ts';
import {
  availabilityShape,
  boughtShape,
  messageShape,
  ownedShape,
  refusalShape,
  thousandthsShape,
  tradelinkCheckShape,
  tradeShape,
  tradesShape,
  userShape,
  type WireAvailableItem,
  type WireTrade,
} from './shapes.ts';

const MESSAGE_MAX = 100;

/** A listing that is not in the answer is not on sale, because the marketplace leaves ids out that it does not sell. */
export function readListing(answer: JsonAnswer, itemId: string): ListingAnswer {
  const json = succeeded(answer);
  if (!availabilityShape.Check(json)) return unclear(answer);
  const items = 'items' in json ? json.items : json.data;
  const item = items.find((each) => String(each.item_id) === itemId);
  return item ? priceIn(item, answer) : { outcome: 'gone' };
}

/** A listing that is not in the answer gets none: of many, it can also have been left out by mistake. */
export function readListings(answer: JsonAnswer, nativeIds: readonly string[]): ListingsAnswer {
  const json = succeeded(answer);
  if (!availabilityShape.Check(json)) return unclear(answer);
  const items = new Map(('items' in json ? json.items : json.data).map((item) => [String(item.item_id), item]));
  const answers = nativeIds.flatMap((nativeId): [string, ListingAnswer][] => {
    const item = items.get(wireIdOf(nativeId));
    return item ? [[nativeId, priceIn(item, answer)]] : [];
  });
  return { outcome: 'read', answers: new Map(answers) };
}

function priceIn({ selling, price }: WireAvailableItem, answer: JsonAnswer): ListingAnswer {
  if (!selling) return { outcome: 'gone' };
  if (!thousandthsShape.Check(price) || price === 0) return unclear(answer);
  return { outcome: 'priced', priceMills: moneyOf(price) };
}

/** `success` and the trade's id decide, because a purchase may have a message beside them. */
export function readBuy(answer: JsonAnswer): BuyAnswer {
  if (isAccessRefusal(answer)) return { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'misconfigured' };
  const reason = buyRefusals.get(refusalIn(answer) ?? '');
  if (reason) return { outcome: 'refused', reason };
  const json = succeeded(answer);
  if (!boughtShape.Check(json)) return unclear(answer);
  return { outcome: 'bought', orderId: String(json.id), costMills: moneyOf(json.price) };
}

export function readFind(answer: JsonAnswer): FindAnswer {
  const json = succeeded(answer);
  return (tradesShape.Check(json) ? readEntries(json.trades, trades) : null) ?? unclear(answer);
}

const trades: EntryReader<WireTrade> = {
  referenceOf: (entry) => (ownedShape.Check(entry) ? entry.project_id : null),
  read: (entry) => (tradeShape.Check(entry) ? entry : null),
  orderOf,
};

export function readBalance(answer: JsonAnswer): BalanceAnswer {
  const json = succeeded(answer);
  if (!userShape.Check(json)) return unclear(answer);
  return { outcome: 'read', availableMills: moneyOf(json.user.wallet) };
}

/** An answer about another account says nothing of this one. */
export function readTradelinkCheck(answer: JsonAnswer, tradeUrl: string): TradeUrlAnswer {
  const json = succeeded(answer);
  const { cause } = unclear(answer);
  if (!tradelinkCheckShape.Check(json)) return { standing: 'unknown', cause, ...heldIn(answer) };
  const account = json.steamid32 ?? null;
  if (account !== null && String(account) !== String(Number(recipientOf(tradeUrl)?.partner))) {
    return { standing: 'unknown', cause: 'the answer is about another account' };
  }
  const read = toTradeUrlAnswer(json, tradeUrl);
  // A text beside a success can name the owner of the account.
  return read ?? { standing: 'unknown', cause: json.success ? 'a success with a reason that is not known' : cause };
}

/** The message of a refusal; null: the answer is none, or names a trade. Refusals have status 200. */
export function refusalIn(answer: JsonAnswer): string | null {
  const json = succeeded(answer);
  return refusalShape.Check(json) && (json.id === undefined || json.id === null) ? json.msg : null;
}

/** Says why an answer is unknown, for operators. */
export function unclear(answer: JsonAnswer): Unknown {
  const isDenied = isAccessRefusal(answer) || answer.status === 401;
  const fault = isDenied ? ({ fault: 'misconfigured' } as const) : {};
  return { outcome: 'unknown', cause: causeOf(answer), ...fault, ...heldIn(answer) };
}

function causeOf(answer: JsonAnswer): string {
  if (!answer.ok) return causeOfNoJson(answer);
  const refusal = refusalIn(answer);
  const seen = refusal === null ? 'an answer of an unexpected shape' : `refused: ${refusal.slice(0, MESSAGE_MAX)}`;
  return `status ${answer.status}, ${seen}`;
}

function isAccessRefusal(answer: JsonAnswer): boolean {
  if (answer.status !== 403) return false;
  if (!answer.ok) return accessRefusals.has(answer.text?.trim() ?? '');
  return messageShape.Check(answer.json) && accessRefusals.has(answer.json.msg);
}

/** The JSON of an answer with status 200; null for all others. */
export function succeeded(answer: JsonAnswer): unknown {
  return answer.ok && answer.status === 200 ? answer.json : null;
}
