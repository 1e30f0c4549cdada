import Type, { type Static } from 'typebox';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { decodeCursor, encodeCursor } from '../http/paging.ts';
import { endUnknown } from '../unknown/end.ts';
import { pushUnknown } from '../unknown/push.ts';
import { requireUnknown, type UnknownOutcome, unknownOutcomes } from '../unknown/queries.ts';
import { CursorText, LIMIT_DEFAULT, Limit, Reason } from './fields.ts';
import { asStaff, type PersonGuards, personOf } from './guard.ts';
import { recordedFor } from './recorded.ts';
import { Id, iso, orNull, Time } from './wire.ts';

const text = Type.String();
const Kind = Type.Enum(['purchase', 'cancellation']);

const UnknownWire = Type.Object(
  {
    id: Id,
    kind: Kind,
    state: Type.String({ description: '`unknown`, or `asked` or `requested` while it is retried or was interrupted' }),
    merchant: Type.Object({ id: Id, name: text }),
    tradeId: Id,
    itemId: Id,
    listingId: text,
    marketHashName: text,
    supplier: Type.String({ description: 'The account at the marketplace' }),
    reference: Type.String({ description: 'Ours, under which the marketplace has the order' }),
    since: Time(),
    dueAt: orNull(Time('When it is retried next')),
    tries: Type.Integer({ description: 'Failed look-ups of a purchase, or attempts of a cancellation' }),
    repeats: Type.Integer({ description: 'How often a purchase was repeated after its first call' }),
    cause: orNull(Type.String({ description: 'What came instead of a clear answer' })),
  },
  { $id: 'UnknownOutcome' },
);

const Query = Type.Object({
  kind: Type.Optional(Kind),
  merchantId: Type.Optional(Id),
  cursor: CursorText,
  limit: Limit,
});

const Params = Type.Object({ id: Id });
const tags = ['unknown'];

/** Purchases and cancellation requests whose outcome at the marketplace is unknown, for staff. */
export function unknownRoutes(app: App, guards: PersonGuards): void {
  readingRoutes(app, guards);
  pushRoute(app, guards);
  endRoute(app, guards);
}

function readingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/unknown',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'Purchases and cancellations whose outcome is unknown, oldest first',
        tags,
        querystring: Query,
        response: {
          200: Ok(
            Type.Object({ items: Type.Array(UnknownWire), nextCursor: orNull(text) }, { $id: 'UnknownOutcomePage' }),
          ),
        },
      },
    },
    async (request) => {
      const { kind, merchantId, cursor, limit = LIMIT_DEFAULT } = request.query;
      const end = cursor === undefined ? undefined : decodeCursor(cursor);
      const after = end && { since: end.createdAt, id: end.id };
      const found = await unknownOutcomes(deps.db, deps.clock.now(), { kind, merchantId, after, limit: limit + 1 });
      const page = found.slice(0, limit);
      const last = page.at(-1);
      const nextCursor = found.length > limit && last ? encodeCursor({ createdAt: last.since, id: last.id }) : null;
      return ok(request, { items: page.map(toWire), nextCursor });
    },
  );

  app.get(
    '/operator/v1/unknown/:id',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'One whose outcome is unknown',
        description: 'REFUSED once its outcome is known: the trade then shows it.',
        tags,
        params: Params,
        response: { 200: Ok(UnknownWire) },
      },
    },
    async (request) => ok(request, toWire(await requireUnknown(deps, request.params.id))),
  );
}

function pushRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/unknown/:id/push',
    {
      ...asStaff(guards, 'push'),
      schema: {
        summary: 'Retry one now',
        description:
          'Makes it due, so that a worker retries it within seconds. A retry never buys twice, and several pushes make ' +
          'one call at a time.',
        tags,
        params: Params,
        response: {
          200: Ok(
            Type.Object({
              isDueNow: Type.Boolean({
                description: 'false: a call is under way, or the outcome has just become known',
              }),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { id } = request.params;
      const isDueNow = await recordedFor(deps, request, ['unknown', 'push', id], async (watch) => {
        const outcome = await requireUnknown(deps, id);
        await watch({ kind: 'trade', id: outcome.tradeId });
        return pushUnknown(deps, outcome);
      });
      return ok(request, { isDueNow });
    },
  );
}

function endRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/unknown/:id/end',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'End a purchase that its marketplace never made',
        description:
          'For a person who knows it from the marketplace’s own pages or people: the item fails, and its money is released. ' +
          'REFUSED while a call may still arrive, which is an hour after the last one, and for cancellations.',
        tags,
        params: Params,
        body: Type.Object({ reason: Reason }, { additionalProperties: false }),
        response: { 200: Ok(Type.Object({ tradeId: Id, itemId: Id })) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { reason } = request.body;
      const { actor } = personOf(request);
      const command = ['unknown', 'end', id, '--reason', reason];
      const { tradeId, itemId } = await recordedFor(deps, request, command, async (watch) => {
        const outcome = await requireUnknown(deps, id);
        await watch({ kind: 'trade', id: outcome.tradeId });
        await watch({ kind: 'merchant', id: outcome.merchantId });
        await endUnknown(deps, outcome, { actor, reason });
        return outcome;
      });
      return ok(request, { tradeId, itemId });
    },
  );
}

function toWire({ merchantId, merchantName, since, dueAt, ...outcome }: UnknownOutcome): Static<typeof UnknownWire> {
  return { ...outcome, merchant: { id: merchantId, name: merchantName }, since: iso(since), dueAt: iso(dueAt) };
}
