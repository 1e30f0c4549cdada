import { decimal, type Mills, subtract, sum } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { AdoptedOrder } from '../recovery/adopt-orders.ts';
import type { AdoptedItem } from '../recovery/adopt-trade.ts';
import { nameOf } from '../recovery/choose-orders.ts';
import type { LostOrder } from '../recovery/lost-orders.ts';
import { matchItems } from '../recovery/match.ts';
import type { Search } from '../recovery/search.ts';
import type { ToldTrade } from '../recovery/told-trades.ts';
import type { HistoryOrder } from '../suppliers/history.ts';
import type { ItemWire } from '../trades/wire.ts';
import { columns, dollars } from './format.ts';
import type { Report } from './task.ts';

interface Lost {
  readonly found: Search;
  readonly told: readonly ToldTrade[];
  readonly refused: readonly { readonly line: number; readonly why: string }[];
  readonly from: Date;
}

/** Exit code 1 while an operator has something to decide or to mend, and when not everything could be read. */
export function lostReport(lost: Lost): Report {
  const { found, told, refused } = lost;
  const open = found.lost.filter(({ isClosed }) => !isClosed);
  const trades = told.filter((each) => needsWord(each, found));
  const isClean = open.length + trades.length + refused.length + found.unread.size === 0;
  return {
    text: [ordersText(found.lost, open), toldText(lost), refusedText(lost)].join(''),
    json: {
      orders: found.lost.map(orderJson),
      trades: told.map(toldJson),
      unread: Object.fromEntries(found.unread),
      refused,
    },
    exitCode: isClean ? 0 : 1,
  };
}

/** A trade that is only behind is moved on by its orders. */
function needsWord({ told, here }: ToldTrade, { accounts, lost }: Search): boolean {
  if (here === 'lost' || here === 'ended otherwise') return true;
  return here === 'behind' && matchItems(told.items, accounts, lost).some(({ orders }) => orders.length > 0);
}

function ordersText(all: readonly LostOrder[], open: readonly LostOrder[]): string {
  const kept = open.flatMap(({ order }) => keptOf(order) ?? []);
  const count = all.length === 1 ? '1 order' : `${all.length} orders`;
  const head = `${count} that no purchase here has, ${open.length} open: ${dollars(sum(kept))} kept by marketplaces\n`;
  const rows = all.map((each) => {
    const { order, isClosed } = each;
    const back = order.refundMills === null ? 'refund not known' : `${dollars(order.refundMills)} back`;
    const standing = isClosed ? 'closed' : 'open';
    return [
      nameOf(each),
      order.reference,
      order.orderedAt,
      dollars(order.costMills),
      back,
      order.status.kind,
      standing,
      tradeOf(each),
    ];
  });
  return `${head}${columns(rows, '  ')}`;
}

/** A trade that is here and would buy once more. */
function tradeOf({ tradeId }: LostOrder): string {
  return tradeId === null ? '' : `of trade ${tradeId}, which is here: skinrail recover adopt ${tradeId}`;
}

/** null: the marketplace does not say. */
function keptOf({ costMills, refundMills }: HistoryOrder): Mills | null {
  return refundMills === null ? null : subtract(costMills, refundMills);
}

function toldText({ found, told, from }: Lost): string {
  const known = told.filter(({ here }) => here === 'known').length;
  const texts = told.flatMap((each) => (each.here === 'known' ? [] : tradeText(each, found, from)));
  return told.length === 0
    ? ''
    : `${told.length} trades were told, ${known} of them are here as they were told\n${texts.join('')}`;
}

function tradeText(each: ToldTrade, found: Search, from: Date): string {
  const { told } = each;
  const name = told.externalId === undefined ? told.id : `${told.id}  externalId ${told.externalId}`;
  const items = matchItems(told.items, found.accounts, found.lost);
  if (each.here !== 'lost' && items.every(({ orders }) => orders.length === 0)) {
    const end = each.here === 'behind' ? 'it follows its orders' : 'look at it with skinrail trade show';
    return `BEHIND  ${name}: told ${told.status}, here ${each.status}; ${end}\n`;
  }
  const rows = items.map(({ item, orders }) => {
    const names = orders.map(nameOf).join(' or ');
    return [item.id, item.marketHashName, priceOf(item), item.status, names || 'no order'];
  });
  const command = `skinrail recover adopt ${told.id} --from ${from.toISOString()} --reason "…"`;
  const head =
    each.here === 'lost'
      ? `LOST    ${name}: told ${told.status} to merchant ${told.merchantId}\n`
      : `BEHIND  ${name}: told ${told.status}, here ${each.status}, and its orders are not here\n`;
  const input = each.here === 'lost' ? ' --callbacks < callbacks.jsonl' : '';
  return `${head}${columns(rows, '        ')}        ${command}${input}\n`;
}

function priceOf({ offer }: ItemWire): string {
  return offer === undefined ? '' : `$${offer.price.toFixed(2)}`;
}

function refusedText({ refused, found }: Lost): string {
  const lines = refused.map(({ line, why }) => `NOT READ  line ${line} of the callbacks: ${why}\n`);
  const accounts = [...found.unread].map(([id, cause]) => `NOT READ  all orders of ${id}: ${cause}\n`);
  return [...lines, ...accounts].join('');
}

function orderJson({ supplier, order, isClosed, tradeId }: LostOrder) {
  return {
    account: supplier.id,
    orderId: order.orderId,
    reference: order.reference,
    orderedAt: order.orderedAt,
    cost: decimal(order.costMills),
    refund: order.refundMills === null ? null : decimal(order.refundMills),
    status: order.status.kind,
    isClosed,
    tradeId,
  };
}

function toldJson(each: ToldTrade) {
  const { id, externalId = null, merchantId, status: toldStatus } = each.told;
  return { id, externalId, merchantId, here: each.here, toldStatus, status: each.here === 'lost' ? null : each.status };
}

export function adoptedReport(trade: TradeRow, adopted: readonly AdoptedItem[]): Report {
  const rows = adopted.map(({ item, supplier, order }) => {
    const end = order ? `follows order ${supplier}/${order.orderId}` : 'was not bought: cancelled, its money released';
    return [item.id, item.marketHashName, priceOf(item), end];
  });
  const items = adopted.map(({ item, supplier, order }) => ({
    id: item.id,
    order: order ? `${supplier}/${order.orderId}` : null,
  }));
  return {
    text: `trade ${trade.id} is recorded again, and its merchant is told\n${columns(rows, '  ')}`,
    json: { tradeId: trade.id, merchantId: trade.merchant_id, items },
  };
}

export function ordersReport(trade: TradeRow, adopted: readonly AdoptedOrder[]): Report {
  const rows = adopted.map(({ item, lost }) => [
    item.listing_id,
    item.market_hash_name,
    `follows order ${nameOf(lost)}`,
  ]);
  const items = adopted.map(({ item, lost }) => ({ id: item.listing_id, order: nameOf(lost) }));
  return {
    text: `trade ${trade.id} has its orders again; they are looked up now\n${columns(rows, '  ')}`,
    json: { tradeId: trade.id, merchantId: trade.merchant_id, items },
  };
}

export function closedReport(account: string, order: HistoryOrder): Report {
  const kept = keptOf(order);
  const loss = kept === null ? 'what the marketplace keeps of it is not known' : `you bear ${dollars(kept)}`;
  return {
    text: `order ${account}/${order.orderId} is closed: ${loss}\n`,
    json: { account, orderId: order.orderId, kept: kept === null ? null : decimal(kept) },
  };
}
