import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import Type from 'typebox';
import { toMills } from '../../src/core/money.ts';
import { type BuyReply, buy } from './buying.ts';
import { findListing } from './catalogue.ts';
import { historyOf, madeBetween } from './history.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import { answerOtherwise, answerUnavailable, isClientError, originOf } from './replies.ts';
import { isSold } from './sales.ts';
import {
  availableOnWire,
  historyRowOf,
  snapshotOf,
  tradeIdOf,
  tradelinkCheckOnWire,
  tradeOnWire,
} from './waxpeer-wire.ts';

export const SANDBOX_WAXPEER_KEY = 'sandbox-waxpeer-key';
/** Belongs to an account that does not allow the caller's address. */
export const SANDBOX_WAXPEER_KEY_ELSEWHERE = 'sandbox-waxpeer-key-elsewhere';

const IDS_MAX = 100;
const WALLET_MILLS = 1_000_000_000;

const BuyQuery = Type.Object({
  item_id: Type.String(),
  price: Type.Integer({ minimum: 0 }),
  partner: Type.Optional(Type.String()),
  token: Type.Optional(Type.String()),
  project_id: Type.String({ minLength: 1, maxLength: 50 }),
});
const Ids = Type.Union([Type.String(), Type.Array(Type.String())]);
const SnapshotQuery = Type.Object({
  format: Type.Literal('csv'),
  game: Type.Union([Type.Literal('csgo'), Type.Literal('rust')]),
});

const HistoryBody = Type.Object({
  skip: Type.Integer({ minimum: 0, maximum: 1000 }),
  start: Type.String({ format: 'date-time' }),
  end: Type.String({ format: 'date-time' }),
  sort: Type.Optional(Type.Union([Type.Literal('ASC'), Type.Literal('DESC')])),
});

/** Waxpeer: both games in one account, nearly all calls are GET, refusals have status 200, no cancellation and no push. */
export const waxpeerFront: FastifyPluginAsyncTypebox<{ marketplace: Marketplace }> = async (app, { marketplace }) => {
  app.addHook('onRequest', async (request, reply) => {
    const key = new URL(request.url, 'http://localhost').searchParams.get('api');
    if (key === SANDBOX_WAXPEER_KEY_ELSEWHERE) return denied(reply, 'You need to whitelist your IP');
    if (key !== SANDBOX_WAXPEER_KEY) return denied(reply, 'wrong api');
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isClientError(error)) return reply.send(refusal('Invalid parameters'));
    request.log.error({ err: error }, 'the Waxpeer front failed');
    return answerUnavailable(reply);
  });

  app.get('/v1/user', async () => ({ success: true, user: { wallet: WALLET_MILLS, total_hold_amount: 0 } }));

  app.get('/v1/prices/snapshot', { schema: { querystring: SnapshotQuery } }, async (request, reply) => {
    const side = request.query.game === 'rust' ? 'rust' : 'cs2';
    return reply.type('text/csv').send(Readable.from(snapshotOf(marketplace, side)));
  });

  app.get(
    '/v1/check-availability',
    { schema: { querystring: Type.Object({ item_id: Ids }) } },
    async (request, reply) => {
      const ids = [request.query.item_id].flat();
      if (ids.length > IDS_MAX) return reply.send(refusal('Invalid ID'));
      const known = ids.flatMap((id) => listingOf(id) ?? []).filter((listing) => !isSold(marketplace, listing));
      const items = known.map((listing) => availableOnWire(marketplace, listing, originOf(request)));
      return { success: true, items };
    },
  );

  app.get('/v1/buy-one-p2p', { schema: { querystring: BuyQuery } }, async (request, reply) => {
    const { item_id: listingId, price, partner, token, project_id: reference } = request.query;
    if (!/^\d+$/.test(partner ?? '') || !token) return refusal('Invalid tradelink');
    const side: Side = listingOf(listingId)?.side ?? 'cs2';
    const ceilingMills = toMills(BigInt(price));
    return answerBuy(
      reply,
      buy(marketplace, { side, front: 'waxpeer', reference, listingId, ceilingMills, isPushed: false }),
    );
  });

  const Tradelink = Type.Object({ tradelink: Type.String() });
  app.post('/v1/check-tradelink', { schema: { body: Tradelink } }, async (request, reply) => {
    const answer = tradelinkCheckOnWire(request.body.tradelink);
    return answer === 'unavailable' || answer === 'hang' ? answerOtherwise(reply, answer) : answer;
  });

  app.get(
    '/v1/check-many-project-id',
    { schema: { querystring: Type.Object({ id: Ids }) } },
    async (request, reply) => {
      const references = [request.query.id].flat();
      if (references.length > IDS_MAX) return reply.send(refusal('Invalid ID'));
      const orders = references.flatMap((reference) => marketplace.orders.byReference(reference) ?? []);
      const trades = orders.filter((order) => isVisible(marketplace, order));
      return { success: true, trades: trades.map((order) => tradeOnWire(marketplace, order)) };
    },
  );

  app.get('/v1/check-many-steam', { schema: { querystring: Type.Object({ id: Ids }) } }, async (request, reply) => {
    const ids = [request.query.id].flat();
    if (ids.length > IDS_MAX) return reply.send(refusal('Invalid ID'));
    const told = historyOf(marketplace, 'waxpeer').filter(({ order }) => ids.includes(String(tradeIdOf(order))));
    return { success: true, msg: null, trades: told.map((each) => tradeOnWire(marketplace, each.order, each.status)) };
  });

  app.post('/v1/my-history', { schema: { body: HistoryBody } }, async (request) => {
    const { skip, start, end, sort = 'DESC' } = request.body;
    const told = madeBetween(historyOf(marketplace, 'waxpeer'), Date.parse(start), Date.parse(end));
    const page = (sort === 'ASC' ? told : told.toReversed()).slice(skip, skip + IDS_MAX);
    return { success: true, data: { trades: page.map((each) => historyRowOf(marketplace, each)), transactions: [] } };
  });
};

/** A listing of either game: the ids of the games do not overlap. */
function listingOf(id: string): Listing | undefined {
  return findListing('cs2', id) ?? findListing('rust', id);
}

function isVisible(marketplace: Marketplace, order: Order): boolean {
  if (order.outcome !== 'made') return false;
  return marketplace.nowMs - order.createdAtMs >= marketplace.listingOf(order).behaviour.hiddenMs;
}

function answerBuy(reply: FastifyReply, outcome: BuyReply) {
  switch (outcome.kind) {
    case 'bought':
      return { success: true, id: tradeIdOf(outcome.order), price: Number(outcome.order.priceMills) };
    case 'sold':
      return refusal('Item sold');
    // The marketplace sends the new price as a number or as text.
    case 'dearer':
      return { ...refusal('Price changed'), new_price: Number(outcome.newPriceMills) };
    case 'above ceiling':
      return { ...refusal('Price changed'), new_price: String(outcome.newPriceMills) };
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

function denied(reply: FastifyReply, text: string): FastifyReply {
  return reply.code(403).type('text/plain').send(text);
}
