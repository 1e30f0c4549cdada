import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import Type from 'typebox';
import { toMills } from '../../src/core/money.ts';
import { type BuyReply, buy } from './buying.ts';
import { findListing } from './catalogue.ts';
import { feedOf } from './feed.ts';
import type { Marketplace } from './marketplace.ts';
import { type Order, orderIdOf } from './orders.ts';
import { answerOtherwise, answerUnavailable, isClientError, originOf } from './replies.ts';
import { feedOnWire, listingOnWire, tradeOnWire } from './rust-wire.ts';
import { isSold } from './sales.ts';

export const SANDBOX_RUST_KEY = 'sandbox-rust-key';

const FIND_MAX = 100;

const BuyQuery = Type.Object({
  item_id: Type.String(),
  price: Type.Integer({ minimum: 0 }),
  partner: Type.String({ pattern: '^\\d+$' }),
  token: Type.String({ minLength: 1 }),
  project_id: Type.String({ minLength: 1, maxLength: 50 }),
});

/** The Rust side: all calls are GET, refusals have status 200, money in thousandths, no cancellation and no push. */
export const rustSide: FastifyPluginAsyncTypebox<{ marketplace: Marketplace }> = async (app, { marketplace }) => {
  app.addHook('onRequest', async (request, reply) => {
    const key = new URL(request.url, 'http://localhost').searchParams.get('api');
    if (key !== SANDBOX_RUST_KEY) return reply.code(403).send(refusal('wrong api'));
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isClientError(error)) return reply.send(refusal('Invalid parameters'));
    request.log.error({ err: error }, 'the Rust side failed');
    return answerUnavailable(reply);
  });

  app.get('/listing', { schema: { querystring: Type.Object({ id: Type.String() }) } }, async (request) => {
    const listing = findListing('rust', request.query.id);
    if (!listing || isSold(marketplace, listing)) return refusal('Item not found');
    return { success: true, item: listingOnWire(marketplace, listing, originOf(request)) };
  });

  const FeedQuery = Type.Object({ since: Type.Optional(Type.String()) });
  app.get('/feed', { schema: { querystring: FeedQuery } }, async (request) => {
    const reply = feedOf(marketplace, 'rust', request.query.since);
    return { success: true, ...feedOnWire(marketplace, reply, originOf(request)) };
  });

  app.get('/buy', { schema: { querystring: BuyQuery } }, async (request, reply) => {
    const { item_id: listingId, price, project_id: reference } = request.query;
    const ceilingMills = toMills(BigInt(price));
    return answerBuy(reply, buy(marketplace, { side: 'rust', reference, listingId, ceilingMills }));
  });

  const FindQuery = Type.Object({ id: Type.Array(Type.String(), { maxItems: FIND_MAX }) });
  app.get('/find', { schema: { querystring: FindQuery } }, async (request) => {
    const made = request.query.id
      .flatMap((reference) => marketplace.orders.byReference(reference) ?? [])
      .filter((order) => order.side === 'rust' && isVisible(marketplace, order));
    return { success: true, trades: made.map((order) => tradeOnWire(marketplace, order)) };
  });
};

function isVisible(marketplace: Marketplace, order: Order): boolean {
  if (order.outcome !== 'made') return false;
  return marketplace.nowMs - order.createdAtMs >= marketplace.listingOf(order).behaviour.hiddenMs;
}

function answerBuy(reply: FastifyReply, outcome: BuyReply) {
  switch (outcome.kind) {
    case 'bought':
      return { success: true, id: orderIdOf(outcome.order), price: Number(outcome.order.priceMills), msg: 'buy_rust' };
    case 'sold':
      return refusal('Item sold');
    case 'dearer':
    case 'above ceiling':
      return { ...refusal('Price changed'), new_price: Number(outcome.newPriceMills) };
    case 'duplicate':
      return refusal('projectId already exists');
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome.kind);
  }
}

function refusal(msg: string) {
  return { success: false, msg };
}
