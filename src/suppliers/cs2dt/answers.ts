import { steamIdOf } from '../../core/steam.ts';
import { causeOfNoJson, heldIn, type JsonAnswer, type NoJson } from '../../net/json-client.ts';
import type { TradeUrlAnswer } from '../../trade-urls/checker.ts';
import type {
  BalanceAnswer,
  BuyAnswer,
  CancelAnswer,
  FindAnswer,
  Listing,
  ListingAnswer,
  ListingsAnswer,
  Unknown,
} from '../supplier.ts';
import {
  buyRefusals,
  type CatalogueItem,
  faults,
  listingOf,
  moneyOf,
  NEVER_MADE,
  NUMBER_USED,
  orderOf,
  priceOf,
  systemErrors,
  tradeUrlRefusalOf,
} from './map.ts';
import {
  balanceShape,
  boughtShape,
  envelopeShape,
  itemsShape,
  namesOrderShape,
  nothingShape,
  orderShape,
  ownedShape,
  pageShape,
  productShape,
  rowsShape,
  tradeUrlCheckShape,
  type WireOrder,
} from './shapes.ts';

const MESSAGE_MAX = 100;
const SUCCESS = 0;

/** The marketplace leaves out what is not on sale, so that a listing that is not in the answer is gone. */
export function readListing(answer: JsonAnswer, nativeId: string): ListingAnswer {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS || !rowsShape.Check(data)) return unclear;
  if (data.length === 0) return { outcome: 'gone' };
  return rowOf(data, nativeId) ?? unclear;
}

/** A listing that is not in the answer gets none: of many, it can also have been left out by mistake. */
export function readProducts(answer: JsonAnswer, nativeIds: readonly string[]): ListingsAnswer {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS || !rowsShape.Check(data)) return unclear;
  const answers = nativeIds.flatMap((nativeId): [string, ListingAnswer][] => {
    const row = rowOf(data, nativeId);
    return row ? [[nativeId, row]] : [];
  });
  return { outcome: 'read', answers: new Map(answers) };
}

/** @returns null: there is no readable row of the listing */
function rowOf(rows: readonly unknown[], nativeId: string): ListingAnswer | null {
  const row = rows.filter((each) => productShape.Check(each)).find(({ id }) => String(id) === nativeId);
  const priceMills = row ? priceOf(row) : null;
  if (!row || priceMills === null) return null;
  const listing = listingOf(row, null);
  return listing ? { outcome: 'listed', listing } : { outcome: 'priced', priceMills };
}

export function readItems(answer: JsonAnswer): CatalogueItem[] | Unknown {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS || !itemsShape.Check(data)) return unclear;
  return data.list.map(({ itemId, marketHashName: name }) => ({ itemId: String(itemId), name }));
}

/** A row that cannot be read is left out, because it cannot be bought. */
export function readListings(answer: JsonAnswer, item: CatalogueItem): Listing[] | Unknown {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS || !pageShape.Check(data)) return unclear;
  return data.list.flatMap((row) => (productShape.Check(row) ? (listingOf(row, item) ?? []) : []));
}

/** A refusal that names an order is none. */
export function readBuy(answer: JsonAnswer): BuyAnswer {
  const { code, data, unclear } = open(answer);
  const reason = code === null ? undefined : buyRefusals.get(code);
  if (reason && !namesOrderShape.Check(data)) return { outcome: 'refused', reason, ...faultOf(code) };
  if (code === NUMBER_USED) return { ...unclear, isReferenceKnown: true };
  if (code !== SUCCESS || !boughtShape.Check(data)) return unclear;
  const costMills = moneyOf(data.buyPrice);
  return costMills === null ? unclear : { outcome: 'bought', orderId: String(data.orderId), costMills };
}

/**
 * Only the code for it proves that there is no order. The marketplace does not say what it answers about a number that it
 * has never heard of, so that an answer without an order is no miss, but unknown.
 */
export function readFind(answer: JsonAnswer, reference: string): FindAnswer {
  const { code, data, unclear } = open(answer);
  if (code === NEVER_MADE) return { outcome: 'read', found: [], neverMade: [reference] };
  if (isWithoutOrder(code) && nothingShape.Check(data)) return { ...unclear, isWithoutOrder: true };
  const order = readOrder(answer, reference);
  const found = 'outcome' in order ? null : orderOf(reference, order);
  if (found) return { outcome: 'read', found: [found], neverMade: [] };
  const isOurs = code === SUCCESS && ownedShape.Check(data) && data.outTradeNo === reference;
  if (!isOurs) return unclear;
  return {
    outcome: 'read',
    found: [],
    neverMade: [],
    unreadable: [{ reference, raw: 'an order that cannot be read' }],
  };
}

/** Whether a look-up was answered, and not refused for another cause than a number that the marketplace does not know. */
function isWithoutOrder(code: number | null): boolean {
  return code !== null && !faults.has(code) && !systemErrors.has(code);
}

/** The order of a reference as the marketplace tells it. */
export function readOrder(answer: JsonAnswer, reference: string): WireOrder | Unknown {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS || !orderShape.Check(data)) return unclear;
  return (data.outTradeNo ?? reference) === reference ? data : unclear;
}

/** The codes of refusals are not known, so that only an acceptance is clear. The order says later what came of it. */
export function readCancel(answer: JsonAnswer): CancelAnswer {
  const { code, unclear } = open(answer);
  return code === SUCCESS ? { outcome: 'accepted' } : unclear;
}

/** Whether the marketplace itself has answered with a code that is no success. */
export function isRefusal(answer: JsonAnswer): boolean {
  const { code } = open(answer);
  return code !== null && code !== SUCCESS;
}

export function readBalance(answer: JsonAnswer): BalanceAnswer {
  const { code, data, unclear } = open(answer);
  const availableMills = code === SUCCESS && balanceShape.Check(data) ? moneyOf(data.data) : null;
  return availableMills === null ? unclear : { outcome: 'read', availableMills };
}

/** @returns null when the check has begun */
export function readCheckStart(answer: JsonAnswer, tradeUrl: string): TradeUrlAnswer | null {
  const { code, unclear } = open(answer);
  if (code === SUCCESS) return null;
  const refusal = code === null ? null : tradeUrlRefusalOf(code, tradeUrl);
  return refusal ?? { standing: 'unknown', cause: unclear.cause, ...heldIn(answer) };
}

const [RUNNING, FINE, PROBLEM] = [0, 1, 2];

/** @returns null while the check is running */
export function readCheck(answer: JsonAnswer, tradeUrl: string): TradeUrlAnswer | null {
  const { code, data, unclear } = open(answer);
  if (code !== SUCCESS) return readCheckStart(answer, tradeUrl);
  const steamId = steamIdOf(tradeUrl);
  if (!tradeUrlCheckShape.Check(data)) return { standing: 'unknown', cause: unclear.cause };
  const named = data.steamInfo?.steamId;
  // Without an account the id can be missing or 0.
  if (named && String(named) !== '0' && String(named) !== steamId) {
    return { standing: 'unknown', cause: 'the answer is about another account' };
  }
  switch (data.checkStatus) {
    case RUNNING:
      return null;
    case FINE:
      return { standing: 'normal', steamId, canTrade: true };
    case PROBLEM:
      return { standing: 'refused', cause: `a problem: ${textOf(data.statusList)}` };
    default:
      return { standing: 'unknown', cause: unclear.cause };
  }
}

/** For operators: the words of the list are not known. */
function textOf(statusList: unknown): string {
  return JSON.stringify(statusList ?? null).slice(0, MESSAGE_MAX);
}

interface Opened {
  /** The marketplace's code, 0 for success; null: the answer is not one of the marketplace, or contradicts itself. */
  readonly code: number | null;
  readonly data: unknown;
  /** What the answer is if nothing can be made of it. */
  readonly unclear: Unknown;
}

/** Takes an answer out of its envelope. */
export function open(answer: JsonAnswer): Opened {
  const { status } = answer;
  if (!answer.ok || !envelopeShape.Check(answer.json)) {
    const cause = answer.ok ? `status ${status} without an envelope` : causeOf(answer);
    return { code: null, data: null, unclear: { ...unclear(cause, null, status), ...heldIn(answer) } };
  }
  const { success, data, errorMsg } = answer.json;
  const errorCode = answer.json.errorCode ?? SUCCESS;
  const isClear = success ? errorCode === SUCCESS && status === 200 : errorCode !== SUCCESS;
  const text = success ? 'an answer of an unexpected shape' : `${errorMsg ?? ''}`.slice(0, MESSAGE_MAX);
  const cause = `status ${status}, code ${errorCode}: ${text}`;
  return { code: isClear ? errorCode : null, data, unclear: unclear(cause, errorCode, status) };
}

function causeOf(answer: NoJson): string {
  // The marketplace says so in plain text when it is called too often.
  const limit = answer.text?.startsWith('Too Many') ? ': it was called too often' : '';
  return causeOfNoJson({ ...answer, cause: answer.cause + limit });
}

function unclear(cause: string, code: number | null, status: number | undefined): Unknown {
  const isDenied = status === 401 || status === 403;
  return { outcome: 'unknown', cause, ...(isDenied ? { fault: 'misconfigured' } : faultOf(code)) };
}

function faultOf(code: number | null) {
  const fault = code === null ? undefined : faults.get(code);
  return fault === undefined ? {} : { fault };
}
