import Type, { type Static } from 'typebox';
import { asMerchant, callerOf, type RequestGuards } from '../auth/request-guards.ts';
import type { ClientLimits, ScopeLimits } from '../clients/limits.ts';
import type { ClientUsage } from '../clients/usage.ts';
import { fromMerchantDollars, toMerchantDollars } from '../core/money.ts';
import { STEAM_ID } from '../core/steam.ts';
import type { Deps } from '../deps.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { type LimitsInUse, readLimitsInUse, setClientLimits } from './client-limits.ts';

const COUNT_MAX = 1_000_000_000;
const DOLLARS_MAX = 100_000_000;

const Dollars = (description: string) =>
  Type.Union([Type.Number({ minimum: 0, maximum: DOLLARS_MAX }), Type.Null()], { description });
const Count = (minimum: number, description: string) =>
  Type.Union([Type.Integer({ minimum, maximum: COUNT_MAX }), Type.Null()], { description });

const fields = {
  inFlight: Dollars('Dollars for items in flight'),
  perDay: Dollars('Dollars for withdrawals per day (UTC), minus refunds'),
  withdrawalsPerDay: Count(0, 'Withdrawals per day (UTC)'),
  declinesPerDay: Count(0, 'Declined offers per day (UTC); at this number further withdrawals of the day are refused'),
  requestsPerMinute: Count(
    1,
    'Requests per minute for all client routes together, in addition to the limit of each route',
  ),
};

const ScopeWire = Type.Object(fields);
const LimitsWire = Type.Object({ each: ScopeWire, all: ScopeWire }, { description: 'null: no limit' });
const UsageWire = Type.Object({
  inFlight: Type.Number(),
  today: Type.Number(),
  withdrawalsToday: Type.Integer(),
  declinesToday: Type.Integer(),
});
const ClientLimitsWire = Type.Object(
  {
    own: LimitsWire,
    operator: LimitsWire,
    used: Type.Object({ all: UsageWire, client: Type.Optional(UsageWire) }),
    dayEndsAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'ClientLimits' },
);

const ScopeBody = Type.Partial(Type.Object(fields), { additionalProperties: false });
const LimitsBody = Type.Object(
  { each: Type.Optional(ScopeBody), all: Type.Optional(ScopeBody) },
  { additionalProperties: false },
);

const Query = Type.Object({
  clientSteamId: Type.Optional(Type.String({ pattern: STEAM_ID, description: 'A client whose usage is included' })),
});

/** `/v1/clients/limits`: the limits of a merchant's clients, for each client and for all together. */
export function clientLimitRoutes(app: App, deps: Deps, guards: RequestGuards): void {
  const tags = ['clients'];

  app.get(
    '/v1/clients/limits',
    {
      ...asMerchant(guards, 'clients-limits'),
      schema: {
        summary: 'The limits of your clients and their usage',
        tags,
        querystring: Query,
        response: { 200: Ok(ClientLimitsWire) },
      },
    },
    async (request) => {
      const { clientSteamId = null } = request.query;
      return ok(request, toWire(await readLimitsInUse(deps, callerOf(request).merchantId, clientSteamId)));
    },
  );

  app.put(
    '/v1/clients/limits',
    {
      ...asMerchant(guards, 'clients-limits'),
      schema: {
        summary: 'Set the limits of your clients',
        description:
          'Replaces all of your limits: an absent or null limit is removed. If the operator has also ' +
          'set a limit, the lower one applies.',
        tags,
        body: LimitsBody,
        response: { 200: Ok(ClientLimitsWire) },
      },
    },
    async (request) => {
      const { merchantId } = callerOf(request);
      await setClientLimits(deps, merchantId, 'merchant', fromWire(request.body));
      return ok(request, toWire(await readLimitsInUse(deps, merchantId, null)));
    },
  );
}

function fromWire({ each = {}, all = {} }: Static<typeof LimitsBody>): ClientLimits {
  return { each: scopeFromWire('each', each), all: scopeFromWire('all', all) };
}

function scopeFromWire(scope: string, body: Static<typeof ScopeBody>): ScopeLimits {
  const amount = (name: 'inFlight' | 'perDay') => {
    const dollars = body[name] ?? null;
    return dollars === null ? null : fromMerchantDollars(dollars, `${scope}.${name}`);
  };
  return {
    inFlight: amount('inFlight'),
    perDay: amount('perDay'),
    withdrawalsPerDay: body.withdrawalsPerDay ?? null,
    declinesPerDay: body.declinesPerDay ?? null,
    requestsPerMinute: body.requestsPerMinute ?? null,
  };
}

function toWire({ own, operator, all, client, dayEndsAt }: LimitsInUse): Static<typeof ClientLimitsWire> {
  return {
    own: limitsToWire(own),
    operator: limitsToWire(operator),
    used: { all: usageToWire(all), ...(client ? { client: usageToWire(client) } : {}) },
    dayEndsAt: dayEndsAt.toISOString(),
  };
}

function limitsToWire({ each, all }: ClientLimits): Static<typeof LimitsWire> {
  return { each: scopeToWire(each), all: scopeToWire(all) };
}

function scopeToWire({ inFlight, perDay, ...counts }: ScopeLimits): Static<typeof ScopeWire> {
  return {
    inFlight: inFlight === null ? null : toMerchantDollars(inFlight),
    perDay: perDay === null ? null : toMerchantDollars(perDay),
    ...counts,
  };
}

function usageToWire(usage: ClientUsage): Static<typeof UsageWire> {
  return {
    inFlight: toMerchantDollars(usage.in_flight_mills),
    today: toMerchantDollars(usage.spent_mills),
    withdrawalsToday: usage.withdrawals,
    declinesToday: usage.declines,
  };
}
