import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyError, FastifyReply } from 'fastify';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { type Mills, parseDollars, toMills } from '../../src/core/money.ts';
import { type BuyReply, buy } from './buying.ts';
import { historyOf, madeBetween } from './history.ts';
import type { LisSkinsSocket } from './lis-skins-socket.ts';
import {
  dollarsOf,
  exportOf,
  findByLisSkinsId,
  lisSkinsIdOf,
  numberOfPurchase,
  purchaseOnWire,
  toldPurchaseOnWire,
} from './lis-skins-wire.ts';
import type { Listing, Side } from './listing.ts';
import type { Marketplace } from './marketplace.ts';
import type { Order } from './orders.ts';
import { answerOtherwise, answerUnavailable, isClientError, originOf } from './replies.ts';
import { isSold } from './sales.ts';

export const SANDBOX_LIS_SKINS_KEY = 'sandbox-lis-skins-key';
/** Is tied to another address. */
export const SANDBOX_LIS_SKINS_KEY_ELSEWHERE = 'sandbox-lis-skins-key-elsewhere';
/** Belongs to an account with a cent. */
export const SANDBOX_LIS_SKINS_KEY_POOR = 'sandbox-lis-skins-key-poor';

const balances: ReadonlyMap<string, Mills> = new Map([
  [SANDBOX_LIS_SKINS_KEY, toMills(1_000_000_000n)],
  [SANDBOX_LIS_SKINS_KEY_POOR, toMills(10n)],
]);

const CHECKED_MAX = 100;
const FOUND_MAX = 200;
const sides: ReadonlyMap<string, Side> = new Map([
  ['api_csgo_full.json', 'cs2'],
  ['api_rust_full.json', 'rust'],
]);

/** What a purchase must have, in the order in which a wrong value is named. Only one listing at a time is simulated. */
const buyFields = [
  ['ids', Compile(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 1, maxItems: 1 }))],
  ['partner', Compile(Type.String({ pattern: '^\\d{1,10}$' }))],
  ['token', Compile(Type.String({ pattern: '^[\\w-]{8}$' }))],
  ['max_price', Compile(Type.Number({ exclusiveMinimum: 0 }))],
  ['custom_id', Compile(Type.String({ minLength: 1, maxLength: 36 }))],
] as const;
const buyShape = Compile(
  Type.Object({ ids: Type.Array(Type.Integer()), max_price: Type.Number(), custom_id: Type.String() }),
);

const Values = Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())]));
/** How many purchases a page of the history has is not known. */
const PER_PAGE = 20;
const HistoryQuery = Type.Object({
  page: Type.Optional(Type.Integer({ minimum: 1 })),
  start_unix_time: Type.Optional(Type.Integer({ minimum: 0 })),
  end_unix_time: Type.Optional(Type.Integer({ minimum: 0 })),
});
const InfoQuery = Type.Object({ 'custom_ids[]': Values, 'purchase_ids[]': Values });

interface LisSkinsOptions {
  readonly marketplace: Marketplace;
  /** Absent: nothing is pushed. */
  readonly socket?: LisSkinsSocket;
}

/**
 * LIS-SKINS: both games in one account, refusals have status 400 or 422 and a code, a used custom_id is always refused, no
 * cancellation, and pushes over a WebSocket only. Its search and returns are not simulated.
 */
export const lisSkinsFront: FastifyPluginAsyncTypebox<LisSkinsOptions> = async (app, options) => {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (isClientError(error)) return refuse(reply, 422, 'invalid_request_value');
    request.log.error({ err: error }, 'the LIS-SKINS front failed');
    return answerUnavailable(reply);
  });
  const { marketplace } = options;
  await app.register(api, { ...options, prefix: '/v1' });

  app.get(
    '/market_export_json/:file',
    { schema: { params: Type.Object({ file: Type.String() }) } },
    async (request, reply) => {
      // Their edge refuses programs.
      if (!request.headers['user-agent']?.startsWith('Mozilla/5.0 (')) {
        return reply.code(403).type('text/html').send('<!doctype html><title>403 Forbidden</title>');
      }
      const side = sides.get(request.params.file);
      if (!side) return reply.code(404).type('text/html').send('<!doctype html><title>404 Not Found</title>');
      const rows = Readable.from(exportOf(marketplace, side, originOf(request)));
      reply.type('application/json');
      if (!request.headers['accept-encoding']?.includes('gzip')) return reply.send(rows);
      return reply.header('content-encoding', 'gzip').send(rows.pipe(createGzip()));
    },
  );
};

const api: FastifyPluginAsyncTypebox<LisSkinsOptions> = async (app, { marketplace, socket }) => {
  app.addHook('onRequest', async (request, reply) => {
    const key = keyOf(request.headers.authorization);
    if (key === SANDBOX_LIS_SKINS_KEY_ELSEWHERE) return refuse(reply, 403, 'forbidden');
    if (!balances.has(key)) return refuse(reply, 401, 'unauthorized');
  });

  app.get('/user/balance', async (request) => {
    const balance = dollarsOf(balanceOf(request.headers.authorization));
    return { data: { balance, balance_locked: 0, trade_protection_balance: 0 } };
  });

  app.get('/user/get-ws-token', async (_request, reply) => {
    return socket ? { data: { token: socket.newToken() } } : answerUnavailable(reply);
  });

  app.get(
    '/market/check-availability',
    { schema: { querystring: Type.Object({ 'ids[]': Values }) } },
    async (request, reply) => {
      const ids = valuesOf(request.query['ids[]']).map(Number);
      if (ids.length > CHECKED_MAX || !ids.every(Number.isSafeInteger)) return refuse(reply, 422, 'invalid_ids_value');
      return { data: availabilityOf(marketplace, ids) };
    },
  );

  app.post('/market/buy', async (request, reply) => {
    const { body } = request;
    const wrong = buyFields.find(([name, shape]) => !shape.Check(fieldOf(body, name)));
    if (wrong || !buyShape.Check(body)) return refuse(reply, 422, `invalid_${wrong?.[0]}_value`);
    const { ids, max_price: maxPrice, custom_id: reference } = body;
    const [id = 0] = ids;
    const listing = findByLisSkinsId(id);
    const isNew = marketplace.orders.byReference(reference) === undefined;
    if (isNew && listing && balanceOf(request.headers.authorization) < marketplace.pricesOf(listing).chargedMills)
      return refuse(reply, 400, 'insufficient_funds');
    const ceilingMills = parseDollars(String(maxPrice), 2);
    if (ceilingMills === null) return refuse(reply, 422, 'invalid_max_price_value');
    const { side, nativeId: listingId } = listing ?? { side: 'cs2', nativeId: String(id) };
    const isPushed = socket !== undefined;
    const outcome = buy(marketplace, { side, front: 'lis-skins', reference, listingId, ceilingMills, isPushed });
    return answerBuy(marketplace, reply, outcome, id);
  });

  app.get('/market/info', { schema: { querystring: InfoQuery } }, async (request, reply) => {
    const references = valuesOf(request.query['custom_ids[]']);
    const purchaseIds = valuesOf(request.query['purchase_ids[]']).map(Number);
    if (Math.max(references.length, purchaseIds.length) > FOUND_MAX)
      return refuse(reply, 422, 'invalid_custom_ids_value');
    const orders = [
      ...references.flatMap((reference) => marketplace.orders.byReference(reference) ?? []),
      ...purchaseIds.flatMap((purchaseId) => marketplace.orders.byNumber(numberOfPurchase(purchaseId)) ?? []),
    ].filter((order) => isVisible(marketplace, order));
    return { data: orders.map((order) => purchaseOnWire(marketplace, order)) };
  });

  app.get('/market/history', { schema: { querystring: HistoryQuery } }, async (request) => {
    const { page = 1, start_unix_time: start = 0, end_unix_time: end } = request.query;
    const endMs = end === undefined ? Number.POSITIVE_INFINITY : end * 1000;
    const told = madeBetween(historyOf(marketplace, 'lis-skins'), start * 1000, endMs).toReversed();
    const data = told.slice((page - 1) * PER_PAGE, page * PER_PAGE);
    return {
      data: data.map((each) => toldPurchaseOnWire(marketplace, each)),
      meta: {
        current_page: page,
        last_page: Math.max(1, Math.ceil(told.length / PER_PAGE)),
        per_page: PER_PAGE,
        total: told.length,
      },
    };
  });
};

function availabilityOf(marketplace: Marketplace, ids: readonly number[]) {
  const onSale = ids.flatMap((id) => findByLisSkinsId(id) ?? []).filter((listing) => !isSold(marketplace, listing));
  const prices = onSale.map((listing): [string, number] => [
    String(lisSkinsIdOf(listing)),
    dollarsOf(marketplace.pricesOf(listing).liveMills),
  ]);
  const available = new Set(onSale.map((listing) => lisSkinsIdOf(listing)));
  return {
    // PHP writes an empty map as a list.
    available_skins: prices.length === 0 ? [] : Object.fromEntries(prices),
    unavailable_skin_ids: ids.filter((id) => !available.has(id)),
  };
}

function isVisible(marketplace: Marketplace, order: Order): boolean {
  if (order.outcome !== 'made') return false;
  const listing: Listing = marketplace.listingOf(order);
  return marketplace.nowMs - order.createdAtMs >= listing.behaviour.hiddenMs;
}

function answerBuy(marketplace: Marketplace, reply: FastifyReply, outcome: BuyReply, id: number) {
  switch (outcome.kind) {
    case 'bought':
      return { data: purchaseOnWire(marketplace, outcome.order) };
    case 'sold':
      return reply.code(400).send({ error: 'skins_unavailable', unavailable_ids: [id] });
    case 'dearer':
    case 'above ceiling':
      return refuse(reply, 400, 'skins_price_higher_than_max_price');
    case 'duplicate':
      return refuse(reply, 400, 'custom_id_already_exists');
    case 'unavailable':
    case 'html':
    case 'hang':
      return answerOtherwise(reply, outcome.kind);
  }
}

function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}

function keyOf(authorization: string | undefined): string {
  return /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
}

function balanceOf(authorization: string | undefined): Mills {
  return balances.get(keyOf(authorization)) ?? toMills(0n);
}

function valuesOf(values: string | string[] | undefined): string[] {
  return values === undefined ? [] : [values].flat();
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null
    ? Object.entries(body).find(([key]) => key === name)?.[1]
    : undefined;
}
