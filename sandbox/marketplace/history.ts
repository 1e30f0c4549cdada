import type { Mills } from '../../src/core/money.ts';
import type { Marketplace } from './marketplace.ts';
import type { Front, Order } from './orders.ts';
import type { OrderStatus, Phase } from './timeline.ts';

/** How the list of orders contradicts the truth about an order. Look-ups by our reference do not. */
export interface ToldOtherwise {
  readonly isLeftOut?: boolean;
  /** A part of it is garbled. */
  readonly isUnreadable?: boolean;
  readonly priceMills?: Mills;
  readonly feeMills?: Mills;
  readonly phase?: Phase;
}

/** An order as the list of orders tells it. */
export interface ToldOrder {
  readonly order: Order;
  readonly status: OrderStatus;
  readonly feeMills: Mills | null;
  readonly isUnreadable: boolean;
}

/** The orders that an account at a front has made, oldest first. Look-ups do not find new ones for a while, nor does this. */
export function historyOf(marketplace: Marketplace, front: Front): ToldOrder[] {
  const { orders, toldOtherwise, nowMs } = marketplace;
  return orders
    .ofFront(front)
    .filter((order) => nowMs - order.createdAtMs >= marketplace.listingOf(order).behaviour.hiddenMs)
    .filter(({ reference }) => !toldOtherwise.get(reference)?.isLeftOut)
    .map((order) => toldOf(marketplace, order));
}

function toldOf(marketplace: Marketplace, order: Order): ToldOrder {
  const otherwise = marketplace.toldOtherwise.get(order.reference) ?? {};
  const status = marketplace.statusOf(order);
  return {
    order: { ...order, priceMills: otherwise.priceMills ?? order.priceMills },
    status: otherwise.phase ? { ...status, phase: otherwise.phase } : status,
    feeMills: otherwise.feeMills ?? null,
    isUnreadable: otherwise.isUnreadable ?? false,
  };
}

/** Those that were made in a time, the last moment not included. */
export function madeBetween(told: readonly ToldOrder[], fromMs: number, toMs: number): ToldOrder[] {
  return told.filter(({ order }) => order.createdAtMs >= fromMs && order.createdAtMs < toMs);
}
