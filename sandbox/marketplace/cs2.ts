import { setTimeout } from 'node:timers/promises';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import Type from 'typebox';
import { parseDollars, toDecimalText } from '../../src/core/money.ts';
import { type BuyReply, buy } from './buying.ts';
import { type CancelReply, cancel } from './cancelling.ts';
import { findListing } from './catalogue.ts';
import { deliveryOf, feedOnWire, listingOnWire, orderOnWire } from './cs2-wire.ts';
import { feedOf } from './feed.ts';
import type { Marketplace } from './marketplace.ts';
import { type Order, orderIdOf } from './orders.ts';
import { answerOtherwise, answerUnavailable, cut, isClientError, originOf } from './replies.ts';
import { isSold } from './sales.ts';

export const SANDBOX_CS2_KEY = 'sandbox-cs2-key';

const FIND_MAX = 100;
const TRADE_URL = /^https:\/\/steamcommunity\.com\/tradeoffer\/new\/\?partner=\d+&token=[\w-]+$/;

const BuyBody = Type.Object({
  outTradeNo: Type.String({ minLength: 1, maxLength: 64 }),
  tradeUrl: Type.String(),
  productId: Type.String(),
  maxPrice: Type.String(),
});

/** The CS2 side: key in the query, envelope with error codes, decimal money, cancellations that are confirmed later. */
export const cs2Side: FastifyPluginAsyncTypebox<{ marketplace: Marketplace }> = async (app, { marketplace }) => {
  app.addHook('onRequest', async (request, reply) => {
    const key = new URL(request.url, 'http://localhost').searchParams.get('app-key');
    if (key === null) return reply.send(refusal(140020, 'app-key is missing'));
    if (key !== SANDBOX_CS2_KEY) return reply.send(refusal(100002, 'no permission'));
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isClientError(error)) return reply.send(refusal(140001, `parameter error: ${error.message}`));
    request.log.error({ err: error }, 'the CS2 side failed');
    return answerUnavailable(reply);
  });

  app.get('/listings/:id', { schema: { params: Type.Object({ id: Type.String() }) } }, async (request) => {
    const listing = findListing('cs2', request.params.id);
    if (!listing || isSold(marketplace, listing)) return refusal(1014452, 'no longer on sale');
    const { liveMills } = marketplace.pricesOf(listing);
    return success(listingOnWire(listing, liveMills, originOf(request)));
  });

  const FeedQuery = Type.Object({ cursor: Type.Optional(Type.String()) });
  app.get('/feed', { schema: { querystring: FeedQuery } }, async (request) => {
    const reply = feedOf(marketplace, 'cs2', request.query.cursor);
    return success(feedOnWire(marketplace, reply, originOf(request)));
  });

  app.post('/buy', { schema: { body: BuyBody } }, async (request, reply) => {
    const { outTradeNo, tradeUrl, productId, maxPrice } = request.body;
    const ceilingMills = parseDollars(maxPrice, 3);
    if (ceilingMills === null) return refusal(140001, 'parameter error: maxPrice');
    if (!TRADE_URL.test(tradeUrl)) return refusal(140005, 'wrong trade URL');
    return answerBuy(
      reply,
      buy(marketplace, { side: 'cs2', reference: outTradeNo, listingId: productId, ceilingMills }),
    );
  });

  const FindBody = Type.Object({ outTradeNos: Type.Array(Type.String(), { maxItems: FIND_MAX }) });
  app.post('/orders/find', { schema: { body: FindBody } }, async (request) => {
    const known = request.body.outTradeNos
      .flatMap((reference) => marketplace.orders.byReference(reference) ?? [])
      .filter((order) => order.side === 'cs2');
    return success({
      orders: known.filter((order) => isVisible(marketplace, order)).map((order) => orderOnWire(marketplace, order)),
      neverMade: known.filter((order) => order.outcome === 'not_made').map((order) => order.reference),
    });
  });

  const CancelBody = Type.Object({ orderId: Type.String() });
  app.post('/orders/cancel', { schema: { body: CancelBody } }, async (request, reply) => {
    const outcome = cancel(marketplace, request.body.orderId);
    const order = marketplace.orders.byOrderId(request.body.orderId);
    if (order) marketplace.cancelWatch.begin(order, isDelivered(marketplace, order), outcome, reply.raw);
    if (marketplace.cancelAnswerMs > 0) await setTimeout(marketplace.cancelAnswerMs);
    return answerCancel(reply, outcome);
  });
};

function isVisible(marketplace: Marketplace, order: Order): boolean {
  if (order.outcome !== 'made') return false;
  return marketplace.nowMs - order.createdAtMs >= marketplace.listingOf(order).behaviour.hiddenMs;
}

function isDelivered(marketplace: Marketplace, order: Order): boolean {
  const { phase } = marketplace.statusOf(order);
  return phase === 'accepted' || phase === 'settled';
}

function answerBuy(reply: FastifyReply, outcome: BuyReply) {
  switch (outcome.kind) {
    case 'bought': {
      const { order, listing } = outcome;
      const buyPrice = toDecimalText(order.priceMills);
      return success({ orderId: orderIdOf(order), buyPrice, delivery: deliveryOf(listing), offerId: null });
    }
    case 'sold':
      return refusal(1207, 'somebody else has bought it');
    case 'dearer':
      return refusal(1403, 'the price has changed');
    case 'above ceiling':
      return refusal(1454, 'the price is above maxPrice');
    case 'duplicate':
      return refusal(140014, 'this order number is used already');
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome.kind);
  }
}

function answerCancel(reply: FastifyReply, outcome: CancelReply) {
  switch (outcome) {
    case 'accepted':
      return success(null);
    case 'no order':
      return refusal(1501, 'no such order');
    case 'too early':
      return refusal(1502, 'the seller still has time: cancel after 30 minutes');
    case 'already sent':
      return refusal(1503, 'the offer is on its way');
    case 'already closed':
      return refusal(1504, 'the order is closed');
    case 'seller preparing':
      return refusal(1505, 'the seller is preparing the offer');
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome);
    case 'cut':
      return cut(reply);
  }
}

function success(data: unknown) {
  return { success: true, data, errorCode: 0, errorMsg: null };
}

function refusal(errorCode: number, errorMsg: string) {
  return { success: false, data: null, errorCode, errorMsg };
}
