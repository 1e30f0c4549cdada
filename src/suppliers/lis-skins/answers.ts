import type { JsonAnswer, NoJson } from '../../net/json-client.ts';
import { type EntryReader, oneOrder, readEntries } from '../one-order.ts';
import type { BalanceAnswer, BuyAnswer, FindAnswer, FoundOrder, ListingAnswer, Unknown } from '../supplier.ts';
import { balanceOf, buyRefusalOf, moneyOf, namesBalance, orderOf, REFERENCE_USED } from './map.ts';
import {
  accessRefusalShape,
  availabilityShape,
  balanceShape,
  boughtShape,
  moneyShape,
  ownedShape,
  purchaseShape,
  purchasesShape,
  refusalShape,
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

export function readBalance(answer: JsonAnswer): BalanceAnswer {
  const json = succeeded(answer);
  const availableMills = balanceShape.Check(json) ? balanceOf(json.data.balance) : null;
  return availableMills === null ? unclear(answer) : { outcome: 'read', availableMills };
}

/** Says why an answer is unknown, for operators. */
export function unclear(answer: JsonAnswer): Unknown {
  if (!isAccessRefusal(answer)) return { outcome: 'unknown', cause: causeOf(answer) };
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

function causeOfNoJson({ cause, retryAfterMs }: NoJson): string {
  return retryAfterMs === undefined ? cause : `${cause}, with a pause of ${retryAfterMs} ms before the next call`;
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
