import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  type CallbackFilter,
  type CallbackWithAttempts,
  callbackStates,
  findCallback,
  pageOfCallbacks,
} from '../callbacks/log.ts';
import { replayCallback, replayFailed } from '../callbacks/replay.ts';
import { errors } from '../core/errors.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Instant, readRange } from '../http/instants.ts';
import { type Cursor, decodeCursor } from '../http/paging.ts';
import { requireMerchant } from '../merchants/operations.ts';
import { findTradeById } from '../trades/queries.ts';
import {
  CallbackEntry,
  CallbackEntryDetails,
  callbackColumns,
  callbackDetails,
  callbackEntry,
} from './callback-wire.ts';
import { CsvFile, csvParts, FORMULAS_ARE_DISARMED, sendCsv } from './csv.ts';
import { CursorText, LIMIT_DEFAULT, Limit } from './fields.ts';
import { asPerson, isStaff, limitMember, merchantIn, type PersonGuards } from './guard.ts';
import { MerchantParams } from './merchant-wire.ts';
import { eachPage, LIMIT_MAX } from './pages.ts';
import { recordedFor } from './recorded.ts';
import { Id, orNull } from './wire.ts';

const CallbackParams = Type.Object({ id: Id });
const tags = ['callbacks'];

/** The log of callbacks, and sending them again. */
export function callbackRoutes(app: App, guards: PersonGuards): void {
  listRoute(app, guards);
  csvRoute(app, guards);
  showRoute(app, guards);
  replayRoute(app, guards);
  replayRangeRoute(app, guards);
}

const filters = {
  merchantId: Type.Optional(Id),
  tradeId: Type.Optional(Id),
  state: Type.Optional(Type.Enum([...callbackStates])),
  from: Type.Optional(Instant('Of steps that happened then or later')),
  to: Type.Optional(Instant('Of steps that happened earlier')),
};
const FilterQuery = Type.Object(filters);

function listRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/callbacks',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'Callbacks, newest first',
        description:
          'Without `merchantId` or `tradeId` staff get those of all merchants, for which up to a page of each merchant is read.',
        tags,
        querystring: Type.Object({ ...filters, cursor: CursorText, limit: Limit }),
        response: {
          200: Ok(
            Type.Object(
              { items: Type.Array(CallbackEntry), nextCursor: orNull(Type.String()) },
              { $id: 'CallbackEntryPage' },
            ),
          ),
        },
      },
    },
    async (request) => {
      const { cursor, limit = LIMIT_DEFAULT, ...wanted } = request.query;
      const filter = await filterOf(guards, request, wanted);
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const page = await pageOfCallbacks(deps.db, { ...filter, after, limit });
      return ok(request, { items: page.callbacks.map(callbackEntry), nextCursor: page.nextCursor });
    },
  );
}

function csvRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/callbacks.csv',
    {
      ...asPerson(guards, 'read'),
      // A HEAD request would make the whole file to send nothing of it.
      exposeHeadRoute: false,
      schema: {
        summary: 'Callbacks as a file for spreadsheets, newest first',
        description: `All that match. Members have no columns for the merchant. ${FORMULAS_ARE_DISARMED}`,
        tags,
        querystring: FilterQuery,
        response: { 200: CsvFile() },
      },
    },
    async (request, reply) => {
      const filter = await filterOf(guards, request, request.query);
      // No longer than in the list: of all merchants, up to so many callbacks of each of so many merchants are read.
      const limit = LIMIT_MAX;
      const pages = eachPage(async (after?: Cursor) => {
        const { callbacks: page, nextCursor } = await pageOfCallbacks(deps.db, { ...filter, after, limit });
        return { page, next: nextCursor === null ? null : decodeCursor(nextCursor) };
      });
      return sendCsv(reply, 'callbacks.csv', csvParts(callbackColumns(isStaff(request)), pages));
    },
  );
}

/**
 * @throws TRADE_NOT_FOUND as `merchantOf`
 * @throws VALIDATION_FAILED for a range that ends before it begins
 */
async function filterOf(
  guards: PersonGuards,
  request: FastifyRequest,
  { merchantId: wanted, tradeId, state, from, to }: Static<typeof FilterQuery>,
): Promise<Omit<CallbackFilter, 'after' | 'limit'>> {
  const merchantId = await merchantOf(guards, merchantIn(request, wanted), tradeId);
  const made = readRange({ ...(from && { from }), ...(to && { to }) });
  return { merchantId, tradeId, state, made };
}

/**
 * The merchant whose callbacks are listed, since their indexes are by merchant.
 * @returns null: every merchant's
 * @throws TRADE_NOT_FOUND for a trade that does not exist or is another merchant's
 */
async function merchantOf(
  { deps }: PersonGuards,
  merchantId: string | undefined,
  tradeId: string | undefined,
): Promise<string | null> {
  if (tradeId === undefined) return merchantId ?? null;
  const trade = await findTradeById(deps.db, tradeId);
  if (!trade || (merchantId !== undefined && trade.merchant_id !== merchantId)) throw errors.of('TRADE_NOT_FOUND');
  return trade.merchant_id;
}

function showRoute(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/callbacks/:id',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'One callback, with its body and every attempt',
        tags,
        params: CallbackParams,
        response: { 200: Ok(CallbackEntryDetails) },
      },
    },
    async (request) => ok(request, callbackDetails(await requireCallback(guards, request, request.params.id))),
  );
}

/** @throws CALLBACK_NOT_FOUND, for a member also when it is another merchant's */
async function requireCallback(
  { deps }: PersonGuards,
  request: FastifyRequest,
  id: string,
): Promise<CallbackWithAttempts> {
  const found = await findCallback(deps.db, merchantIn(request, undefined) ?? null, id);
  if (!found) throw errors.of('CALLBACK_NOT_FOUND');
  return found;
}

function replayRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/callbacks/:id/replay',
    {
      ...asPerson(guards, 'push'),
      schema: {
        summary: 'Send one callback again, whatever its state',
        description:
          'The same body under the same id. While the merchant’s callbacks are off it waits with the others.',
        tags,
        params: CallbackParams,
        response: { 200: Ok(CallbackEntryDetails) },
      },
    },
    async (request) => {
      const { id } = request.params;
      await limitMember(guards, request, 'callback-replay');
      await recordedFor(deps, request, ['callback', 'replay', id], async (watch) => {
        const { callback } = await requireCallback(guards, request, id);
        await watch({ kind: 'callback', id });
        await replayCallback(deps, callback.merchant_id, id);
      });
      return ok(request, callbackDetails(await requireCallback(guards, request, id)));
    },
  );
}

function replayRangeRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;
  const Replayed = Type.Object({
    replayed: Type.Integer({ description: 'How many are sent again, at most 10,000' }),
    hasMore: Type.Boolean({ description: 'There may be more in this time: ask again' }),
  });

  app.post(
    '/operator/v1/merchants/:merchantId/callbacks/replay',
    {
      ...asPerson(guards, 'push'),
      schema: {
        summary: 'Send again the failed callbacks of a time',
        tags,
        params: MerchantParams,
        body: Type.Object(
          {
            from: Instant('Of steps that happened then or later'),
            to: Type.Optional(Instant('Of steps that happened earlier; absent: until now')),
          },
          { additionalProperties: false },
        ),
        response: { 200: Ok(Replayed) },
      },
    },
    async (request) => {
      const { merchantId } = request.params;
      const { from, to } = request.body;
      await limitMember(guards, request, 'callback-replay');
      const made = readRange(request.body);
      const until = to === undefined ? [] : ['--to', to];
      const command = ['callback', 'replay-failed', '--merchant', merchantId, '--from', from, ...until];
      const result = await recordedFor(deps, request, command, async (watch) => {
        await requireMerchant(deps, merchantId);
        await watch({ kind: 'merchant', id: merchantId });
        return replayFailed(deps, merchantId, made);
      });
      return ok(request, result);
    },
  );
}
