import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { type CallbackWithAttempts, callbackStates, findCallback, pageOfCallbacks } from '../callbacks/log.ts';
import { replayCallback, replayFailed } from '../callbacks/replay.ts';
import { errors } from '../core/errors.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Instant, readRange } from '../http/instants.ts';
import { decodeCursor } from '../http/paging.ts';
import { requireMerchant } from '../merchants/operations.ts';
import { findTradeById } from '../trades/queries.ts';
import { CallbackEntry, CallbackEntryDetails, callbackDetails, callbackEntry } from './callback-wire.ts';
import { CursorText, LIMIT_DEFAULT, Limit } from './fields.ts';
import { asPerson, limitMember, merchantIn, type PersonGuards } from './guard.ts';
import { MerchantParams } from './merchant-wire.ts';
import { recordedFor } from './recorded.ts';
import { Id, orNull } from './wire.ts';

const CallbackParams = Type.Object({ id: Id });
const tags = ['callbacks'];

/** The log of callbacks, and sending them again. */
export function callbackRoutes(app: App, guards: PersonGuards): void {
  listRoute(app, guards);
  showRoute(app, guards);
  replayRoute(app, guards);
  replayRangeRoute(app, guards);
}

const Query = Type.Object({
  merchantId: Type.Optional(Id),
  tradeId: Type.Optional(Id),
  state: Type.Optional(Type.Enum([...callbackStates])),
  from: Type.Optional(Instant('Of steps that happened then or later')),
  to: Type.Optional(Instant('Of steps that happened earlier')),
  cursor: CursorText,
  limit: Limit,
});

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
        querystring: Query,
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
      const { merchantId: wanted, tradeId, state, from, to, cursor, limit = LIMIT_DEFAULT } = request.query;
      const merchantId = await merchantOf(guards, merchantIn(request, wanted), tradeId);
      const made = readRange({ ...(from && { from }), ...(to && { to }) });
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const page = await pageOfCallbacks(deps.db, { merchantId, tradeId, state, made, after, limit });
      return ok(request, { items: page.callbacks.map(callbackEntry), nextCursor: page.nextCursor });
    },
  );
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
