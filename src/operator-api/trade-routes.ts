import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { cancelByOperator, type OperatorOutcome } from '../cancelling/cancel-by-operator.ts';
import { cancelItem } from '../cancelling/cancel-item.ts';
import { errors } from '../core/errors.ts';
import { allItemStates } from '../core/item-states.ts';
import { decimal } from '../core/money.ts';
import type { TradeRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { findTradeById, itemsOf } from '../trades/queries.ts';
import { searchTrades, type TradeSummary } from '../trades/search.ts';
import { timelineOf } from '../trades/timeline.ts';
import { cancelPreview } from './cancel-preview.ts';
import { asPerson, limitMember, merchantIn, type PersonGuards, personOf } from './guard.ts';
import { recordedFor } from './recorded.ts';
import { forMembers, timelineJson } from './timeline-json.ts';
import { TradeDetails } from './timeline-wire.ts';
import { Dollars, Id, orNull, Time } from './wire.ts';

const LIMIT_MAX = 100;

const TradeEntry = Type.Object(
  {
    id: Id,
    externalId: orNull(Type.String()),
    merchant: Type.Object({ id: Id, name: Type.String() }),
    status: Type.String(),
    error: orNull(Type.String()),
    game: Type.String(),
    source: Type.String(),
    steamId: Type.String(),
    items: Type.Integer(),
    names: Type.Array(Type.String(), { description: 'Of the first three items' }),
    price: Dollars,
    createdAt: Time(),
    updatedAt: Time(),
  },
  { $id: 'TradeEntry' },
);

const Query = Type.Object({
  q: Type.Optional(Text(0, 200, { description: 'Any id, an externalId, a Steam id, or a part of an item’s name' })),
  merchantId: Type.Optional(Id),
  status: Type.Optional(Type.Enum([...allItemStates])),
  cursor: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: 50 })),
});

const Params = Type.Object({ tradeId: Id });
const ItemParams = Type.Object({ tradeId: Id, itemId: Id });

const Preview = Type.Object(
  {
    itemId: Id,
    outcome: Type.Enum(['canceled', 'requested', 'requested before', 'cannot be cancelled', 'over']),
    effect: Type.String({ description: 'What cancelling the item now would do, for people' }),
  },
  { $id: 'CancelPreview' },
);

/** Looking for trades, reading one, and cancelling its items. */
export function tradeRoutes(app: App, guards: PersonGuards): void {
  readingRoutes(app, guards);
  cancelRoute(app, guards);
}

const tags = ['trades'];

function readingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/trades',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'Trades, newest first',
        description:
          'A page with `status` can be short, and still have a next one: a request reads a limited number of trades.',
        tags,
        querystring: Query,
        response: {
          200: Ok(Type.Object({ items: Type.Array(TradeEntry), nextCursor: orNull(Id) }, { $id: 'TradeEntryPage' })),
        },
      },
    },
    async (request) => {
      const { q: text, merchantId, status, cursor: after, limit = 50 } = request.query;
      if (text !== undefined) await limitMember(guards, request, 'trades');
      const search = { text, status, after, limit, merchantId: merchantIn(request, merchantId) };
      const { trades, next } = await searchTrades(deps.db, search);
      return ok(request, { items: trades.map(entryToWire), nextCursor: next });
    },
  );

  app.get(
    '/operator/v1/trades/:tradeId',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'A trade with everything that happened to it',
        tags,
        params: Params,
        response: { 200: Ok(TradeDetails) },
      },
    },
    async (request) => {
      const trade = await requireTrade(guards, merchantIn(request, undefined), request.params.tradeId);
      const timeline = timelineJson(await timelineOf(deps.db, trade));
      return ok(request, personOf(request).person.merchant_id === null ? timeline : forMembers(timeline));
    },
  );

  app.get(
    '/operator/v1/trades/:tradeId/cancel',
    {
      ...asPerson(guards, 'cancel'),
      schema: {
        summary: 'What cancelling its items now would do',
        tags,
        params: Params,
        response: { 200: Ok(Type.Array(Preview)) },
      },
    },
    async (request) => {
      const trade = await requireTrade(guards, merchantIn(request, undefined), request.params.tradeId);
      const by = personOf(request).person.merchant_id === null ? 'staff' : 'member';
      return ok(request, cancelPreview(deps, await timelineOf(deps.db, trade), by));
    },
  );
}

/** Staff cancel as the command line does, and members as their own code does over the public API, by the same rules. */
function cancelRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/trades/:tradeId/items/:itemId/cancel',
    {
      ...asPerson(guards, 'cancel'),
      schema: {
        summary: 'Cancel an item',
        description:
          '`canceled`: no marketplace was asked to sell it, and its money is released. `requested`: the marketplace is ' +
          'asked; the refund comes when it confirms.',
        tags,
        params: ItemParams,
        body: Type.Object(
          { reason: Text(1, 500, { description: 'Kept with the event; for operators only' }) },
          { additionalProperties: false },
        ),
        response: { 200: Ok(Type.Object({ outcome: Type.String() })) },
      },
    },
    async (request) => {
      const { tradeId, itemId } = request.params;
      const { reason } = request.body;
      const trade = await requireTrade(guards, merchantIn(request, undefined), tradeId);
      const command = ['trade', 'cancel', tradeId, '--item', itemId, '--reason', reason];
      await limitMember(guards, request, 'item-cancel');
      const isMember = personOf(request).person.merchant_id !== null;
      const outcome = await recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'trade', id: trade.id });
        return isMember
          ? cancelAsMember(guards, request, trade, itemId)
          : cancelAsStaff(guards, request, trade, { itemId, reason });
      });
      return ok(request, { outcome });
    },
  );
}

async function cancelAsMember(
  guards: PersonGuards,
  request: FastifyRequest,
  trade: TradeRow,
  itemId: string,
): Promise<OperatorOutcome> {
  const deps = { ...guards.deps, log: request.log };
  const { merchant_id: merchantId, source } = trade;
  const by = { actor: personOf(request).actor, requestId: request.id, askedAt: deps.clock.now() };
  const itemRef = await publicItemId(guards, trade, itemId);
  await cancelItem(deps, { merchantId, source, steamId: null, ...by }, { tradeRef: trade.id, itemRef });
  return 'requested';
}

async function cancelAsStaff(
  { deps }: PersonGuards,
  request: FastifyRequest,
  trade: TradeRow,
  { itemId, reason }: { readonly itemId: string; readonly reason: string },
): Promise<OperatorOutcome> {
  const { actor } = personOf(request);
  const wanted = { itemIds: new Set([itemId]), actor, reason, asksSuppliers: true };
  const [done] = await cancelByOperator(deps, trade, wanted);
  if (!done) throw errors.of('ITEM_NOT_FOUND');
  return done.outcome;
}

/** @throws TRADE_NOT_FOUND, for a member also when it is another merchant's */
async function requireTrade(
  { deps }: PersonGuards,
  merchantId: string | undefined,
  tradeId: string,
): Promise<TradeRow> {
  const trade = await findTradeById(deps.db, tradeId);
  if (!trade || (merchantId !== undefined && trade.merchant_id !== merchantId)) throw errors.of('TRADE_NOT_FOUND');
  return trade;
}

/**
 * The id by which the public API knows an item.
 * @throws ITEM_NOT_FOUND, also for a unit of a quick buy that has no listing yet
 */
async function publicItemId({ deps }: PersonGuards, trade: TradeRow, itemId: string): Promise<string> {
  const items = await itemsOf(deps.db, trade.merchant_id, [trade.id]);
  const id = items.find((item) => item.id === itemId)?.listing_id ?? null;
  if (id === null) throw errors.of('ITEM_NOT_FOUND');
  return id;
}

function entryToWire({ trade, merchantName, items, names, priceMills }: TradeSummary): Static<typeof TradeEntry> {
  return {
    id: trade.id,
    externalId: trade.external_id,
    merchant: { id: trade.merchant_id, name: merchantName },
    status: trade.status,
    error: trade.error,
    game: trade.game,
    source: trade.source,
    steamId: trade.steam_id,
    items,
    names: [...names],
    price: decimal(priceMills),
    createdAt: trade.created_at.toISOString(),
    updatedAt: trade.updated_at.toISOString(),
  };
}
