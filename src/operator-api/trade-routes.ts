import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { cancelByOperator, type OperatorOutcome } from '../cancelling/cancel-by-operator.ts';
import { cancelItem } from '../cancelling/cancel-item.ts';
import { errors } from '../core/errors.ts';
import { allItemStates } from '../core/item-states.ts';
import type { TradeRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { findTradeById, itemsOf } from '../trades/queries.ts';
import { searchTrades, type TradeSearch } from '../trades/search.ts';
import { timelineOf } from '../trades/timeline.ts';
import { cancelPreview } from './cancel-preview.ts';
import { CsvFile, csvParts, FORMULAS_ARE_DISARMED, sendCsv } from './csv.ts';
import { asPerson, isStaff, limitMember, merchantIn, type PersonGuards, personOf } from './guard.ts';
import { eachPage, LIMIT_USUAL, pageQuery } from './pages.ts';
import { recordedFor } from './recorded.ts';
import { forMembers, timelineJson } from './timeline-json.ts';
import { TradeDetails } from './timeline-wire.ts';
import { TradeEntry, tradeColumns, tradeEntry } from './trade-wire.ts';
import { Id, orNull } from './wire.ts';

const filters = {
  q: Type.Optional(
    Text(0, 200, {
      description:
        'Any id, an externalId, a Steam id, or a part of an item’s name. Among all merchants the 200 shortest names with that ' +
        'part are looked for.',
    }),
  ),
  merchantId: Type.Optional(Id),
  status: Type.Optional(Type.Enum([...allItemStates])),
};
const FilterQuery = Type.Object(filters);

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
  listRoute(app, guards);
  csvRoute(app, guards);
  readingRoutes(app, guards);
  cancelRoute(app, guards);
}

const tags = ['trades'];

function listRoute(app: App, guards: PersonGuards): void {
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
        querystring: Type.Object({ ...filters, ...pageQuery }),
        response: {
          200: Ok(Type.Object({ items: Type.Array(TradeEntry), nextCursor: orNull(Id) }, { $id: 'TradeEntryPage' })),
        },
      },
    },
    async (request) => {
      const { cursor: after, limit = LIMIT_USUAL, ...wanted } = request.query;
      const search = await searchOf(guards, request, wanted);
      const { trades, next } = await searchTrades(deps.db, { ...search, after, limit });
      return ok(request, { items: trades.map(tradeEntry), nextCursor: next });
    },
  );
}

/** With `status` or a name each page reads up to 20,000 trades or items, so that short pages would read them often. */
const CSV_PAGE = 500;

function csvRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/trades.csv',
    {
      ...asPerson(guards, 'read'),
      // A HEAD request would make the whole file to send nothing of it.
      exposeHeadRoute: false,
      schema: {
        summary: 'Trades as a file for spreadsheets, newest first',
        description: `All that match. Members have no columns for the merchant. ${FORMULAS_ARE_DISARMED}`,
        tags,
        querystring: FilterQuery,
        response: { 200: CsvFile() },
      },
    },
    async (request, reply) => {
      const search = await searchOf(guards, request, request.query);
      const pages = eachPage(async (after?: string) => {
        const { trades: page, next } = await searchTrades(deps.db, { ...search, after, limit: CSV_PAGE });
        return { page, next };
      });
      return sendCsv(reply, 'trades.csv', csvParts(tradeColumns(isStaff(request)), pages));
    },
  );
}

/**
 * What a list of trades is searched for. A member's search counts, however many pages are read.
 * @throws RATE_LIMITED
 */
async function searchOf(
  guards: PersonGuards,
  request: FastifyRequest,
  { q: text, merchantId, status }: Static<typeof FilterQuery>,
): Promise<Omit<TradeSearch, 'after' | 'limit'>> {
  if (text !== undefined) await limitMember(guards, request, 'trades');
  return { text, status, merchantId: merchantIn(request, merchantId) };
}

function readingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

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
      return ok(request, isStaff(request) ? timeline : forMembers(timeline));
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
      const by = isStaff(request) ? 'staff' : 'member';
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
      const outcome = await recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'trade', id: trade.id });
        return isStaff(request)
          ? cancelAsStaff(guards, request, trade, { itemId, reason })
          : cancelAsMember(guards, request, trade, itemId);
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
