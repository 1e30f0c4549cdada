import { causeOfNoJson, heldIn, type JsonAnswer, type NoJson } from '../../net/json-client.ts';
import type { HistoryAnswer, HistoryOrder, UnreadableOrder } from '../history.ts';
import { type EntryReader, oneOrder, readEntries } from '../one-order.ts';
import type {
  BalanceAnswer,
  BuyAnswer,
  FindAnswer,
  FoundOrder,
  ListingAnswer,
  ListingsAnswer,
  Unknown,
} from '../supplier.ts';
import { utcDateOf } from '../wire-texts.ts';
import { balanceOf, buyRefusalOf, historyOrderOf, moneyOf, namesBalance, orderOf, REFERENCE_USED } from './map.ts';
import {
  accessRefusalShape,
  availabilityShape,
  balanceShape,
  boughtShape,
  historyShape,
  moneyShape,
  ownedShape,
  ownPurchaseShape,
  purchaseFactsShape,
  purchaseShape,
  purchasesShape,
  refusalShape,
  socketTokenShape,
} from './shapes.ts';

const CODE_MAX = 100;
/** Bad requests, and values that the marketplace does not take. */
const REFUSED: ReadonlySet<number> = new Set([400, 422]);

/** A listing in neither list of the answer is unknown. */
export function readListing(answer: JsonAnswer, skinId: string): ListingAnswer {
  const json = succeeded(answer);
  if (!availabilityShape.Check(json)) return unclear(answer);
  const { available_skins: available, unavailable_skin_ids: unavailable } = json.data;
  const price = Object.entries(available).find(([id]) => id === skinId)?.[1];
  const isGone = unavailable.some((id) => String(id) === skinId);
  if (isGone) return price === undefined ? { outcome: 'gone' } : unclear(answer);
  const priceMills = moneyShape.Check(price) ? moneyOf(price) : null;
  return priceMills ? { outcome: 'priced', priceMills } : unclear(answer);
}

/** @param skinIds native id → the marketplace's own; null: it has no such listing */
export function readListings(answer: JsonAnswer, skinIds: ReadonlyMap<string, string | null>): ListingsAnswer {
  if (!availabilityShape.Check(succeeded(answer))) return unclear(answer);
  const answers = [...skinIds].map(([nativeId, skinId]): [string, ListingAnswer] => [
    nativeId,
    skinId === null ? { outcome: 'gone' } : readListing(answer, skinId),
  ]);
  return { outcome: 'read', answers: new Map(answers) };
}

export function readBuy(answer: JsonAnswer, reference: string): BuyAnswer {
  // The key and the address are checked before anything is bought. A page may be another server's.
  if (answer.ok && isAccessRefusal(answer) && accessRefusalShape.Check(answer.json)) {
    return { outcome: 'refused', reason: 'MARKET_UNAVAILABLE', fault: 'misconfigured' };
  }
  const code = refusalIn(answer);
  if (code === REFERENCE_USED) return { ...unclear(answer), isReferenceKnown: true };
  const reason = code === null ? null : buyRefusalOf(code);
  if (code !== null && reason) {
    return { outcome: 'refused', reason, ...(namesBalance(code) ? { fault: 'balance' } : {}) };
  }
  const json = succeeded(answer);
  if (!boughtShape.Check(json) || (json.data.custom_id ?? reference) !== reference) return unclear(answer);
  const { purchase_id: orderId, skins } = json.data;
  const costMills = skins[0] ? moneyOf(skins[0].price) : null;
  return costMills === null ? unclear(answer) : { outcome: 'bought', orderId: String(orderId), costMills };
}

export function readFind(answer: JsonAnswer): FindAnswer {
  const json = succeeded(answer);
  return (purchasesShape.Check(json) ? readEntries(json.data, purchases) : null) ?? unclear(answer);
}

const purchases: EntryReader<FoundOrder> = {
  referenceOf: (entry) => (ownedShape.Check(entry) ? entry.custom_id : null),
  read: (entry) => (purchaseShape.Check(entry) ? orderOf(entry) : null),
  orderOf: oneOrder,
};

export function readHistory(answer: JsonAnswer, page: number): HistoryAnswer {
  const json = succeeded(answer);
  if (!historyShape.Check(json) || json.meta.current_page !== page) return unclear(answer);
  const { data, meta } = json;
  // A page without purchases before the last one would hide those that belong on it.
  if (data.length === 0 && page < meta.last_page) return unclear(answer);
  const orders: HistoryOrder[] = [];
  const unreadable: UnreadableOrder[] = [];
  for (const purchase of data) {
    const order = ownPurchaseShape.Check(purchase) ? historyOrderOf(purchase) : null;
    if (order) orders.push(order);
    else unreadable.push(factsOf(purchase));
  }
  return { outcome: 'read', orders, unreadable, next: page < meta.last_page ? String(page + 1) : null };
}

function factsOf(purchase: unknown): UnreadableOrder {
  if (!purchaseFactsShape.Check(purchase)) return { orderId: null, reference: null, orderedAt: null };
  const { purchase_id: orderId, custom_id: reference, created_at: created } = purchase;
  return {
    orderId: String(orderId),
    reference: typeof reference === 'string' ? reference : null,
    orderedAt: utcDateOf(created),
  };
}

export function readBalance(answer: JsonAnswer): BalanceAnswer {
  const json = succeeded(answer);
  const availableMills = balanceShape.Check(json) ? balanceOf(json.data.balance) : null;
  return availableMills === null ? unclear(answer) : { outcome: 'read', availableMills };
}

/** @returns null: the answer has no token */
export function readSocketToken(answer: JsonAnswer): string | null {
  const json = succeeded(answer);
  return socketTokenShape.Check(json) ? json.data.token : null;
}

/** Says why an answer is unknown, for operators. */
export function unclear(answer: JsonAnswer): Unknown {
  if (!isAccessRefusal(answer)) return { outcome: 'unknown', cause: causeOf(answer), ...heldIn(answer) };
  const cause = `status ${answer.status}: the key is wrong, or tied to an address other than this one`;
  return { outcome: 'unknown', cause, fault: 'misconfigured' };
}

/** The price lists need no key. */
export function unclearPriceList(answer: NoJson): Unknown {
  if (answer.status !== 403) return { outcome: 'unknown', cause: causeOf(answer) };
  const cause = 'status 403: the price lists are refused to this address, as they are to some data centres';
  return { outcome: 'unknown', cause, fault: 'misconfigured' };
}

function causeOf(answer: JsonAnswer): string {
  if (!answer.ok) return causeOfNoJson(answer);
  const code = refusalIn(answer);
  const seen = code === null ? 'an answer of an unexpected shape' : `refused: ${code.slice(0, CODE_MAX)}`;
  return `status ${answer.status}, ${seen}`;
}

function isAccessRefusal({ status }: JsonAnswer): boolean {
  return status === 401 || status === 403;
}

/** The code of a refusal; null: the answer is none. */
function refusalIn(answer: JsonAnswer): string | null {
  if (!answer.ok || !REFUSED.has(answer.status)) return null;
  return refusalShape.Check(answer.json) ? answer.json.error : null;
}

/** The JSON of an answer with status 200 or 201; null for all others. */
function succeeded(answer: JsonAnswer): unknown {
  return answer.ok && (answer.status === 200 || answer.status === 201) ? answer.json : null;
}
