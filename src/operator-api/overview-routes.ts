import { sql } from 'kysely';
import Type from 'typebox';
import { decimal, toMills } from '../core/money.ts';
import { Remembered } from '../core/remembered.ts';
import { ofAllMerchants } from '../db/portable.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { AVAILABLE, LOCKED } from '../ledger/book.ts';
import { activity, HOURS_MAX, type HourOfActivity, marketplaceOutcomes } from './activity.ts';
import { attentionOfMerchant, attentionOfStaff } from './attention.ts';
import { asPerson, asStaff, merchantIn, type PersonGuards } from './guard.ts';
import { inFlight } from './in-flight.ts';
import { Dollars, Id, iso, orNull, Time } from './wire.ts';

const Overview = Type.Object(
  {
    wallets: Type.Object({ available: Dollars, locked: Dollars }),
    inFlight: Type.Array(
      Type.Object({
        state: Type.Enum(['initiated', 'pending', 'active', 'hold']),
        items: Type.Integer(),
        amount: Dollars,
      }),
    ),
    attention: Type.Array(
      Type.Object({
        kind: Type.Enum([
          ...(['unknown', 'callbacks-off', 'callbacks-failing', 'circuit-open'] as const),
          ...(['verify-broken', 'funding-request', 'freeze'] as const),
        ]),
        count: Type.Integer(),
        since: orNull(Time('Since when the oldest is so')),
      }),
      { description: 'What needs a person now' },
    ),
  },
  { $id: 'Overview' },
);

const Hour = Type.Object(
  {
    from: Time(),
    trades: Type.Integer(),
    cancellations: Type.Integer(),
    reserved: Dollars,
    captured: Dollars,
    refunded: Dollars,
  },
  { $id: 'HourOfActivity' },
);

const milliseconds = orNull(Type.Integer({ description: 'The median, in milliseconds; null: there is none' }));
const Outcomes = Type.Object(
  {
    supplier: Type.String(),
    purchases: Type.Integer(),
    bought: Type.Integer(),
    refused: Type.Integer(),
    unknown: Type.Integer(),
    delivered: Type.Integer(),
    refunded: Type.Integer(),
    deliveredAfterMs: milliseconds,
    refundedAfterMs: milliseconds,
  },
  { $id: 'MarketplaceOutcomes' },
);

const MerchantQuery = Type.Object({ merchantId: Type.Optional(Id) });
const Hours = Type.Optional(Type.Integer({ minimum: 1, maximum: HOURS_MAX, default: 24 }));
const tags = ['overview'];

/** What is going on: money, what needs a person, and the charts of the last hours. */
export function overviewRoutes(app: App, guards: PersonGuards): void {
  overviewRoute(app, guards);
  activityRoute(app, guards);
  outcomesRoute(app, guards);
}

function overviewRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;
  // With a million trades 125,000 rows are read for it, which took 1.7 s.
  const allInFlight = new Remembered(() => inFlight(deps.db, undefined));

  app.get(
    '/operator/v1/overview',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'Money and what needs a person',
        tags,
        querystring: MerchantQuery,
        response: { 200: Ok(Overview) },
      },
    },
    async (request) => {
      const merchantId = merchantIn(request, request.query.merchantId);
      const [wallets, open, attention] = await Promise.all([
        walletsOf(guards, merchantId),
        merchantId === undefined ? allInFlight.get() : inFlight(deps.db, merchantId),
        merchantId === undefined ? attentionOfStaff(deps) : attentionOfMerchant(deps, merchantId),
      ]);
      return ok(request, {
        wallets,
        inFlight: open.map(({ state, items, priceMills }) => ({ state, items, amount: decimal(priceMills) })),
        attention: attention.map(({ kind, count, since }) => ({ kind, count, since: iso(since) })),
      });
    },
  );
}

function activityRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;
  // Of all merchants, by the number of hours: with a million trades each took half a second.
  const ofAll = new Map<number, Remembered<HourOfActivity[]>>();
  const read = (hours: number, merchantId: string | undefined) => {
    if (merchantId !== undefined) return activity(deps, { hours, merchantId });
    const known = ofAll.get(hours) ?? new Remembered(() => activity(deps, { hours, merchantId }));
    ofAll.set(hours, known);
    return known.get();
  };

  app.get(
    '/operator/v1/activity',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'Each of the last hours',
        tags,
        querystring: Type.Object({ ...MerchantQuery.properties, hours: Hours }),
        response: { 200: Ok(Type.Array(Hour)) },
      },
    },
    async (request) => {
      const { hours = 24, merchantId } = request.query;
      const found = await read(hours, merchantIn(request, merchantId));
      const all = found.map(({ from, trades, cancellations, reservedMills, capturedMills, refundedMills }) => ({
        ...{ from: iso(from), trades, cancellations },
        ...{ reserved: decimal(reservedMills), captured: decimal(capturedMills), refunded: decimal(refundedMills) },
      }));
      return ok(request, all);
    },
  );
}

function outcomesRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/marketplace-outcomes',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'What became of the newest purchases, by marketplace',
        description: 'Of the purchases of the newest 2,000 trades in the last hours.',
        tags,
        querystring: Type.Object({ hours: Hours }),
        response: { 200: Ok(Type.Array(Outcomes)) },
      },
    },
    async (request) => {
      const found = await marketplaceOutcomes(deps, request.query.hours ?? 24);
      const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms));
      return ok(
        request,
        found.map((each) => ({
          ...each,
          deliveredAfterMs: rounded(each.deliveredAfterMs),
          refundedAfterMs: rounded(each.refundedAfterMs),
        })),
      );
    },
  );
}

/** What merchants have, and what is reserved of it. */
async function walletsOf({ deps }: PersonGuards, merchantId: string | undefined) {
  const rows = await deps.db
    .selectFrom('account')
    .modifyFront(ofAllMerchants)
    .select(['name', sql<string>`sum(balance_mills)::text`.as('total')])
    .where('name', 'in', [AVAILABLE, LOCKED])
    .$if(merchantId !== undefined, (query) => query.where('merchant_id', '=', merchantId ?? ''))
    .groupBy('name')
    .execute();
  const of = (name: string) => decimal(toMills(BigInt(rows.find((row) => row.name === name)?.total ?? 0)));
  return { available: of(AVAILABLE), locked: of(LOCKED) };
}
