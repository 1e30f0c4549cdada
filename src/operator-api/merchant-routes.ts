import Type, { type Static } from 'typebox';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { createMerchant } from '../merchants/operations.ts';
import { searchMerchants } from '../merchants/queries.ts';
import { changeSettings, FEE_BPS_MAX } from '../merchants/settings.ts';
import { asPerson, asStaff, type PersonGuards } from './guard.ts';
import {
  MerchantDetails,
  MerchantEntry,
  MerchantParams,
  merchantDetails,
  merchantEntry,
  requireKnownMerchant,
  routeNames,
} from './merchant-wire.ts';
import { LIMIT_USUAL, PageOf, pageOfRows, pageQuery } from './pages.ts';
import { recordedFor } from './recorded.ts';

const LIMIT_MAX = 100_000_000;
const FeeBps = Type.Integer({ minimum: 0, maximum: FEE_BPS_MAX, description: 'In hundredths of a percent' });

const closed = { additionalProperties: false } as const;

const NewMerchant = Type.Object(
  {
    name: Text(1, 128),
    verified: Type.Optional(Type.Boolean({ default: false })),
    feeBps: Type.Optional(FeeBps),
    withoutSecret: Type.Optional(
      Type.Boolean({ default: false, description: 'Makes no API secret yet; `rotate-secret` makes the first one' }),
    ),
  },
  closed,
);

const Limit = Type.Union([Type.Integer({ minimum: 1, maximum: LIMIT_MAX }), Type.Null()]);
const RouteLimits = Type.Partial(Type.Object(Object.fromEntries(routeNames.map((route) => [route, Limit]))), {
  ...closed,
  description: 'Requests by route, in the route’s window. null restores the default; other routes keep theirs',
});

const Settings = Type.Object(
  {
    verified: Type.Optional(Type.Boolean()),
    feeBps: Type.Optional(FeeBps),
    disabled: Type.Optional(Type.Boolean({ description: 'Refuses its keys; its open trades continue' })),
    strictApproval: Type.Optional(Type.Boolean()),
    routeLimits: Type.Optional(RouteLimits),
  },
  { ...closed, minProperties: 1 },
);

const tags = ['merchants'];

/** Finding merchants, making one, and changing what the operator decides about it. */
export function merchantRoutes(app: App, guards: PersonGuards): void {
  readingRoutes(app, guards);
  changingRoutes(app, guards);
}

function readingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants',
    {
      ...asStaff(guards, 'read'),
      schema: {
        summary: 'Merchants, newest first',
        tags,
        querystring: Type.Object({
          q: Type.Optional(Text(0, 128, { description: 'A part of the name or of the id' })),
          ...pageQuery,
        }),
        response: { 200: Ok(PageOf(MerchantEntry, 'MerchantEntryPage')) },
      },
    },
    async (request) => {
      const { q: text, cursor: after, limit = LIMIT_USUAL } = request.query;
      const { page, nextCursor } = pageOfRows(await searchMerchants(deps, { text, after, limit: limit + 1 }), limit);
      return ok(request, { items: page.map(merchantEntry), nextCursor });
    },
  );

  app.get(
    '/operator/v1/merchants/:merchantId',
    {
      ...asPerson(guards, 'read'),
      schema: { summary: 'A merchant', tags, params: MerchantParams, response: { 200: Ok(MerchantDetails) } },
    },
    async (request) =>
      ok(request, await merchantDetails(deps, await requireKnownMerchant(deps, request.params.merchantId))),
  );
}

function changingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Make a merchant',
        tags,
        body: NewMerchant,
        response: {
          200: Ok(
            Type.Object({
              merchant: MerchantDetails,
              apiSecret: Type.Union([Type.String(), Type.Null()], {
                description: 'Signs its callbacks. Shown once; null: none was made',
              }),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { name, verified = false, feeBps = 0, withoutSecret = false } = request.body;
      const flags = [...(verified ? ['--verified'] : []), ...(withoutSecret ? ['--without-secret'] : [])];
      const command = ['merchant', 'create', name, '--fee-bps', String(feeBps), ...flags];
      return recordedFor(deps, request, command, async (watch) => {
        const { merchant, apiSecret } = await createMerchant(deps, { name, verified, feeBps, withoutSecret });
        await watch({ kind: 'merchant', id: merchant.id }, true);
        return ok(request, { merchant: await merchantDetails(deps, merchant), apiSecret });
      });
    },
  );

  app.put(
    '/operator/v1/merchants/:merchantId',
    {
      ...asStaff(guards, 'operate'),
      schema: {
        summary: 'Change what the operator decides about a merchant',
        description: 'All given fields or none. Effective on every node within 5 seconds.',
        tags,
        params: MerchantParams,
        body: Settings,
        response: { 200: Ok(MerchantDetails) },
      },
    },
    async (request) => {
      const { merchantId: id } = request.params;
      await requireKnownMerchant(deps, id);
      return recordedFor(deps, request, ['merchant', 'change', id, ...flagsOf(request.body)], async (watch) => {
        await watch({ kind: 'merchant', id });
        return ok(request, await merchantDetails(deps, await changeSettings(deps, id, request.body)));
      });
    },
  );
}

/** The changed settings, for the audit trail. */
function flagsOf({ verified, feeBps, disabled, strictApproval, routeLimits = {} }: Static<typeof Settings>): string[] {
  const values = { verified, 'fee-bps': feeBps, disabled, 'strict-approval': strictApproval };
  const given = Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
  const limits = Object.entries(routeLimits).map(([route, max]) => `--limit=${route}:${max ?? 'usual'}`);
  return [...given, ...limits];
}
