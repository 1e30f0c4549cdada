import Type from 'typebox';
import { asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { ignoreBodies } from '../http/ignored-bodies.ts';
import { Instant, readRange } from '../http/instants.ts';
import { decodeCursor, decodePosition } from '../http/paging.ts';
import { Text } from '../http/validation.ts';
import { readEvents } from './events.ts';
import { CallbackDetailsWire, CallbackWire, callbackStates, EventWire, listCallbacks, readCallback } from './log.ts';
import { replayCallback, replayFailed } from './replay.ts';

const CursorText = Type.Optional(Type.String({ minLength: 1, maxLength: 512 }));
const Limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 }));
const tags = ['callbacks'];

/** The list of callbacks with their attempts, replaying the failed ones of a period, and the log of events. */
export function callbackLogRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  listRoute(app, deps, guards);
  showRoute(app, deps, guards);
  replayRangeRoute(app, deps, guards);
  eventsRoute(app, deps, guards);
}

const ListQuery = Type.Object({
  cursor: CursorText,
  limit: Limit,
  trade: Type.Optional(Text(1, 128, { description: 'Of this trade only: its id, or the externalId you gave it' })),
  state: Type.Optional(Type.Enum([...callbackStates])),
  from: Type.Optional(Instant('Of steps that happened then or later')),
  to: Type.Optional(Instant('Of steps that happened earlier')),
});

const CallbackPage = Type.Object({
  items: Type.Array(CallbackWire),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

function listRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const summary = 'Own callbacks and what became of them, newest first';
  app.get(
    '/v1/callbacks/deliveries',
    {
      ...asMerchant(guards, 'callbacks'),
      schema: { summary, tags, querystring: ListQuery, response: { 200: Ok(CallbackPage) } },
    },
    async (request) => {
      const { cursor, limit = 20, trade: tradeRef, state, from, to } = request.query;
      const made = readRange({ ...(from && { from }), ...(to && { to }) });
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      const query = { tradeRef, state, made, limit, after };
      return ok(request, await listCallbacks(deps, callerOf(request).merchantId, query));
    },
  );
}

const CallbackParams = Type.Object({ deliveryId: Text(1, 128, { description: 'The id in its signature' }) });

function showRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const summary = 'One callback, with its body and every attempt';
  app.get(
    '/v1/callbacks/deliveries/:deliveryId',
    {
      ...asMerchant(guards, 'callbacks'),
      schema: { summary, tags, params: CallbackParams, response: { 200: Ok(CallbackDetailsWire) } },
    },
    async (request) => {
      const { deliveryId } = request.params;
      return ok(request, await readCallback(deps, callerOf(request).merchantId, deliveryId.toLowerCase()));
    },
  );
}

const ReplayBody = Type.Object(
  { from: Instant('Of steps that happened then or later'), to: Type.Optional(Instant('Earlier than this; now')) },
  { additionalProperties: false },
);

const Replayed = Type.Object({
  replayed: Type.Integer({ description: 'How many are sent again, at most 10,000' }),
  hasMore: Type.Boolean({ description: 'There may be more in this time: ask again' }),
});

function replayRangeRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const summary = 'Send again what was given up in a time';
  app.post(
    '/v1/callbacks/replay',
    {
      ...asMerchant(guards, 'callback-replay'),
      schema: { summary, tags, body: ReplayBody, response: { 200: Ok(Replayed) } },
    },
    async (request) => ok(request, await replayFailed(deps, callerOf(request).merchantId, readRange(request.body))),
  );
}

const EventQuery = Type.Object({
  after: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 512,
      description: 'Where the last page ended; absent: from the first event',
    }),
  ),
  limit: Limit,
});

const EventPage = Type.Object({
  items: Type.Array(EventWire),
  nextCursor: Type.String({ description: 'Go on with this, at the end of the log as well' }),
  hasMore: Type.Boolean(),
});

function eventsRoute(app: App, deps: Deps, guards: RequestGuards): void {
  const summary = 'Every event from the first on, in order and without gaps';
  app.get(
    '/v1/events',
    {
      ...asMerchant(guards, 'events'),
      schema: { summary, tags, querystring: EventQuery, response: { 200: Ok(EventPage) } },
    },
    async (request) => {
      const { after: text, limit = 20 } = request.query;
      const after = text === undefined ? 0n : decodePosition(text, 'after');
      return ok(request, await readEvents(deps, callerOf(request).merchantId, { after, limit }));
    },
  );
}

/** `POST /v1/callbacks/deliveries/{id}/replay`. It reads no body, so register it in a scope of its own. */
export function replayRoute(app: App, deps: Deps, guards: RequestGuards): void {
  ignoreBodies(app);
  app.post(
    '/v1/callbacks/deliveries/:deliveryId/replay',
    {
      ...asMerchant(guards, 'callback-replay'),
      schema: {
        summary: 'Send one callback again, whatever became of it',
        description: 'The same body under the same id. One that is pending is sent now.',
        tags,
        params: CallbackParams,
        response: { 200: Ok(CallbackDetailsWire) },
      },
    },
    async (request) => {
      const { merchantId } = callerOf(request);
      const id = request.params.deliveryId.toLowerCase();
      await replayCallback(deps, merchantId, id);
      return ok(request, await readCallback(deps, merchantId, id));
    },
  );
}
