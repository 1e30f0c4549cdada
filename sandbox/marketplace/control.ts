import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { toMills } from '../../src/core/money.ts';
import { findListing, testListings } from './catalogue.ts';
import { wireIdOf as cs2dtIdOf, toCents } from './cs2dt-wire.ts';
import { deliver } from './delivering.ts';
import type { Hints } from './hints.ts';
import type { LisSkinsSocket } from './lis-skins-socket.ts';
import { lisSkinsIdOf } from './lis-skins-wire.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import { type Front, fronts, orderIdOf } from './orders.ts';
import { phases, statusAt } from './timeline.ts';

const IMPORT_MAX = 10_000;
const IMPORT_BYTES_MAX = 8 * 1024 * 1024;
const CANCEL_ANSWER_MAX_MS = 60_000;
const LOOPBACK = /^(::1|(::ffff:)?127\.)/;

const ImportBody = Type.Array(
  Type.Object({
    reference: Type.String({ minLength: 1, maxLength: 64 }),
    side: Type.Union([Type.Literal('cs2'), Type.Literal('rust')]),
    listingId: Type.String(),
    createdAt: Type.String({ format: 'date-time' }),
    front: Type.Enum(fronts),
  }),
  { maxItems: IMPORT_MAX },
);
type ImportedOrder = Type.Static<typeof ImportBody>[number];

const ToldBody = Type.Object({
  isLeftOut: Type.Optional(Type.Boolean()),
  isUnreadable: Type.Optional(Type.Boolean()),
  priceMills: Type.Optional(Type.Integer({ minimum: 0 })),
  feeMills: Type.Optional(Type.Integer({ minimum: 0 })),
  phase: Type.Optional(Type.Enum(phases)),
});

const PaceBody = Type.Object({
  cancelAnswerMs: Type.Optional(Type.Integer({ minimum: 0, maximum: CANCEL_ANSWER_MAX_MS })),
  pricesMove: Type.Optional(Type.Boolean()),
});

const isSo = Type.Optional(Type.Boolean());
const SocketBody = Type.Object({
  pingSeconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 3600 })),
  isSilent: isSo,
  isJoined: isSo,
  isRepeated: isSo,
  names: Type.Optional(Type.Enum(['both', 'id', 'none'])),
  hasNonsense: isSo,
  refusesTokens: isSo,
});

interface ControlOptions {
  readonly marketplace: Marketplace;
  /** What the CS2DT front pushes. */
  readonly callbacks: Hints;
  readonly lisSkinsSocket: LisSkinsSocket;
}

/** Control routes for the gateway's sandbox mode, tests and benchmarks; only for this machine. */
export const control: FastifyPluginAsyncTypebox<ControlOptions> = async (app, options) => {
  const { marketplace, callbacks, lisSkinsSocket } = options;
  app.addHook('onRequest', async (request, reply) => {
    if (LOOPBACK.test(request.socket.remoteAddress ?? '')) return;
    return reply.code(403).send({ error: 'the control routes can be used only from this machine' });
  });

  await app.register(socketControl, { prefix: '/lis-skins/socket', socket: lisSkinsSocket });

  app.get('/hints', async () => ({ waiting: callbacks.waiting }));

  /** What an account's console sets: where the CS2DT front sends its callbacks. */
  const TargetBody = Type.Object({
    hintUrl: Type.String({ format: 'uri' }),
    hintSecret: Type.String({ minLength: 1 }),
  });
  app.put('/cs2dt/callbacks', { schema: { body: TargetBody } }, async (request) => {
    callbacks.sendTo(request.body);
    return { hintUrl: request.body.hintUrl };
  });

  app.get('/clock', async () => clockOf(marketplace));
  const ClockBody = Type.Object({ offsetMs: Type.Integer({ minimum: 0 }) });
  app.put('/clock', { schema: { body: ClockBody } }, async (request) => {
    marketplace.moveClock(request.body.offsetMs);
    return clockOf(marketplace);
  });

  app.get('/listings', async () => testListings.map((listing) => factsOfListing(marketplace, listing)));

  app.put('/pace', { schema: { body: PaceBody } }, async ({ body }) => {
    marketplace.cancelAnswerMs = body.cancelAnswerMs ?? marketplace.cancelAnswerMs;
    marketplace.pricesMove = body.pricesMove ?? marketplace.pricesMove;
    return { cancelAnswerMs: marketplace.cancelAnswerMs, pricesMove: marketplace.pricesMove };
  });

  app.put('/stock', { schema: { body: Type.Object({ isApart: Type.Boolean() }) } }, async ({ body }) => {
    marketplace.isApart = body.isApart;
    return body;
  });

  const OrderParams = Type.Object({ reference: Type.String() });
  app.get('/orders/:reference', { schema: { params: OrderParams } }, async (request, reply) => {
    const { reference } = request.params;
    return (
      factsOf(marketplace, reference) ??
      reply.code(404).send({ error: `there is no purchase with the reference ${reference}` })
    );
  });

  app.post('/orders/:reference/deliver', { schema: { params: OrderParams } }, async (request, reply) => {
    const { reference } = request.params;
    const order = marketplace.orders.byReference(reference);
    if (order?.outcome !== 'made')
      return reply.code(404).send({ error: `there is no order with the reference ${reference}` });
    const { phase } = marketplace.statusOf(order);
    if (!deliver(marketplace, order)) return reply.code(409).send({ error: `the order is already ${phase}`, phase });
    return factsOf(marketplace, reference);
  });

  /** Lets the lists of orders contradict the truth about an order. */
  app.put('/orders/:reference/told', { schema: { params: OrderParams, body: ToldBody } }, async (request, reply) => {
    const { reference } = request.params;
    if (!marketplace.orders.byReference(reference))
      return reply.code(404).send({ error: `there is no purchase with the reference ${reference}` });
    const { priceMills, feeMills, ...other } = request.body;
    marketplace.toldOtherwise.set(reference, {
      ...other,
      ...(priceMills === undefined ? {} : { priceMills: toMills(BigInt(priceMills)) }),
      ...(feeMills === undefined ? {} : { feeMills: toMills(BigInt(feeMills)) }),
    });
    return request.body;
  });

  app.post('/orders', { schema: { body: ImportBody }, bodyLimit: IMPORT_BYTES_MAX }, async (request, reply) => {
    const unknown = request.body.find((order) => !findTestListing(order.side, order.listingId));
    if (unknown)
      return reply.code(400).send({ error: `there is no ${unknown.side} test listing ${unknown.listingId}` });
    const taken = request.body.find((order) => marketplace.orders.byReference(order.reference));
    if (taken) return reply.code(409).send({ error: `reference ${taken.reference} is already used` });
    return importOrders(marketplace, request.body);
  });
};

/** How the LIS-SKINS front pushes, and what it has pushed to. */
const socketControl: FastifyPluginAsyncTypebox<{ readonly socket: LisSkinsSocket }> = async (app, { socket }) => {
  app.get('/', async () => socket.facts);
  app.put('/', { schema: { body: SocketBody } }, async ({ body }) => Object.assign(socket.manner, body));
  app.post('/close', async () => socket.closeAll());
  app.post('/frames', { schema: { body: Type.Object({ text: Type.String() }) } }, async ({ body }) => {
    socket.send(body.text);
  });
};

function clockOf(marketplace: Marketplace) {
  return { now: marketplace.clock.now().toISOString(), offsetMs: marketplace.clock.offsetMs };
}

function factsOfListing(marketplace: Marketplace, listing: Listing) {
  const { side, nativeId, marketHashName, behaviour, listedMills } = listing;
  const { name, description } = behaviour;
  const offers = fronts
    .filter((front) => marketplace.offers(front, listing))
    .flatMap((front) => offerAt[front](listing));
  return { side, nativeId, marketHashName, behaviour: name, description, priceMills: Number(listedMills), offers };
}

interface FactsOfOffer {
  readonly front: Front;
  /** As the front says it. */
  readonly id: string;
  readonly priceMills: number;
}

/** How each front offers a test listing, if it sells its game. */
const offerAt: Readonly<Record<Front, (listing: Listing) => FactsOfOffer[]>> = {
  cs2dt: ({ side, nativeId, listedMills }) =>
    side === 'cs2' ? [{ front: 'cs2dt', id: cs2dtIdOf(nativeId), priceMills: Number(toCents(listedMills)) }] : [],
  'lis-skins': (listing) => [
    { front: 'lis-skins', id: `${lisSkinsIdOf(listing)}`, priceMills: Number(toCents(listing.listedMills)) },
  ],
  waxpeer: ({ nativeId, listedMills }) => [{ front: 'waxpeer', id: nativeId, priceMills: Number(listedMills) }],
};

function factsOf(marketplace: Marketplace, reference: string) {
  const order = marketplace.orders.byReference(reference);
  if (!order) return undefined;
  const made = order.outcome === 'made';
  return {
    reference,
    side: order.side,
    listingId: order.listingId,
    outcome: order.outcome,
    orderId: made ? orderIdOf(order) : null,
    priceMills: Number(order.priceMills),
    phase: made ? marketplace.statusOf(order).phase : null,
    createdAt: new Date(order.createdAtMs).toISOString(),
    cancelAcceptedAt: momentOf(order.cancelAcceptedAtMs),
    deliveredAt: momentOf(order.deliveredAtMs),
    buyCalls: order.buyCalls,
    cancelCalls: order.cancelCalls,
    ...marketplace.cancelWatch.factsOf(order),
  };
}

function momentOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

/** Imports all orders or none. No hint is sent for their current status, which the importer knows. */
function importOrders(marketplace: Marketplace, orders: readonly ImportedOrder[]) {
  const imported = marketplace.store.transaction(() =>
    orders.map((order) => {
      const number = importOrder(marketplace, order);
      return { reference: order.reference, orderId: orderIdOf({ number }) };
    }),
  );
  marketplace.changed();
  return imported;
}

/** Ordinary listings cannot be imported, because each can have only one order at a time. */
function findTestListing(side: Side, listingId: string): Listing | undefined {
  const listing = findListing(side, listingId);
  return listing?.ordinary ? undefined : listing;
}

function importOrder(marketplace: Marketplace, order: ImportedOrder): number {
  const { reference, side, listingId, createdAt, front } = order;
  const listing = findTestListing(side, listingId);
  if (!listing) throw new Error(`there is no ${side} test listing ${listingId}`);
  const createdAtMs = new Date(createdAt).getTime();
  const status = statusAt(
    listing.behaviour,
    { createdAtMs, cancelAcceptedAtMs: null, deliveredAtMs: null },
    marketplace.nowMs,
  );
  return marketplace.orders.insert({
    reference,
    side,
    listingId,
    outcome: 'made',
    priceMills: listing.chargedMills,
    createdAtMs,
    buyCalls: 0,
    front,
    hintPhase: status.phase,
    hintDueAtMs: front === 'cs2dt' ? status.nextChangeAtMs : null,
  });
}
