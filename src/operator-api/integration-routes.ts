import Type from 'typebox';
import { setCallbackUrl, URL_LENGTH_MAX } from '../callbacks/endpoint.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { listOrigins, ORIGINS_MAX, readOrigin, setOrigins } from '../merchants/client-origins.ts';
import { rotateSecret } from '../merchants/rotate-secret.ts';
import { withoutUrlSecrets } from '../operators/url-secrets.ts';
import { asPerson, limitMember, type PersonGuards } from './guard.ts';
import { MerchantDetails, MerchantParams, merchantDetails, requireKnownMerchant } from './merchant-wire.ts';
import { recordedFor } from './recorded.ts';
import { iso, orNull, Time } from './wire.ts';

/** Gives a merchant a day to deploy what is new. */
export const DAY_SECONDS = 86_400;
const DURATION_MAX_SECONDS = 400 * DAY_SECONDS;

/** How long something old stays valid; absent: a day. */
export const Seconds = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: DURATION_MAX_SECONDS, default: DAY_SECONDS, description }));

const closed = { additionalProperties: false } as const;
const RotateBody = Type.Object(
  { graceSeconds: Seconds('How long callbacks are also signed with the old secret; 0 for a secret that leaked') },
  closed,
);
const UrlBody = Type.Object({ url: Text(1, URL_LENGTH_MAX), strictApproval: Type.Optional(Type.Boolean()) }, closed);
const OriginsWire = Type.Array(Type.String(), { description: 'Scheme, host and any port' });
const OriginsBody = Type.Object({ origins: Type.Array(Text(1, 300), { maxItems: ORIGINS_MAX }) }, closed);

const tags = ['integration'];

/** What a merchant’s own code needs besides keys: the secret, the callback URL and the origins of its pages. */
export function integrationRoutes(app: App, guards: PersonGuards): void {
  secretRoute(app, guards);
  callbackUrlRoute(app, guards);
  originRoutes(app, guards);
}

function secretRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants/:merchantId/rotate-secret',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Replace a merchant’s API secret',
        description: 'Callbacks are signed with it. The old one goes on signing for a grace period.',
        tags,
        params: MerchantParams,
        body: RotateBody,
        response: {
          200: Ok(
            Type.Object({
              apiSecret: Type.String({ description: 'Shown once' }),
              previousSecretUntil: orNull(Time('null: it is the first one')),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { merchantId: id } = request.params;
      const { graceSeconds = DAY_SECONDS } = request.body;
      await requireKnownMerchant(deps, id);
      const command = ['merchant', 'rotate-secret', id, '--grace', `${graceSeconds}s`];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id });
        const { merchant, apiSecret } = await rotateSecret(deps, id, graceSeconds * 1000);
        return ok(request, { apiSecret, previousSecretUntil: iso(merchant.previous_secret_until) });
      });
    },
  );
}

function callbackUrlRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.put(
    '/operator/v1/merchants/:merchantId/callback-url',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Set where a merchant’s callbacks go',
        description:
          'Sends a test message there, and saves the URL when that is answered with 2xx within 8 seconds. Callbacks that ' +
          'were switched off are on again then.',
        tags,
        params: MerchantParams,
        body: UrlBody,
        response: { 200: Ok(MerchantDetails) },
      },
    },
    async (request) => {
      const { merchantId: id } = request.params;
      const { url, strictApproval } = request.body;
      await limitMember(guards, request, 'callback-url');
      await requireKnownMerchant(deps, id);
      const mode = strictApproval === undefined ? [] : [`--strict-approval=${strictApproval}`];
      const command = ['merchant', 'callback-url', id, withoutUrlSecrets(url), ...mode];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id });
        return ok(request, await merchantDetails(deps, await setCallbackUrl(deps, id, url, strictApproval)));
      });
    },
  );
}

function originRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants/:merchantId/origins',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'The origins whose pages may call the client routes',
        tags,
        params: MerchantParams,
        response: { 200: Ok(OriginsWire) },
      },
    },
    async (request) => {
      const { id } = await requireKnownMerchant(deps, request.params.merchantId);
      return ok(request, await listOrigins(deps, id));
    },
  );

  app.put(
    '/operator/v1/merchants/:merchantId/origins',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Replace the origins whose pages may call the client routes',
        tags,
        params: MerchantParams,
        body: OriginsBody,
        response: { 200: Ok(OriginsWire) },
      },
    },
    async (request) => {
      const { id } = await requireKnownMerchant(deps, request.params.merchantId);
      const origins = request.body.origins.map(readOrigin);
      return recordedFor(deps, request, ['merchant', 'origins', id, ...origins], async (watch) => {
        await watch({ kind: 'merchant', id });
        return ok(request, await setOrigins(deps, id, origins));
      });
    },
  );
}
