import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { scopes } from '../auth/keys.ts';
import { errors } from '../core/errors.ts';
import type { ApiKeyRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { parseInstant } from '../http/instants.ts';
import { Text } from '../http/validation.ts';
import { createKey, revokeKey, rollKey, setAllowedIps } from '../merchants/operations.ts';
import { findKey, newestKeys } from '../merchants/queries.ts';
import { asPerson, merchantIn, type PersonGuards } from './guard.ts';
import { DAY_SECONDS, Seconds } from './integration-routes.ts';
import { MerchantParams, requireKnownMerchant } from './merchant-wire.ts';
import { LIMIT_USUAL, PageOf, pageOfRows, pageQuery } from './pages.ts';
import { recordedFor } from './recorded.ts';
import { Id, iso, orNull, Time } from './wire.ts';

const IPS_MAX = 100;

const KeyWire = Type.Object(
  {
    id: Id,
    merchantId: Id,
    lastFour: Type.String({ description: 'The last four characters of the key, by which people know it' }),
    scopes: Type.Array(Type.String()),
    allowedIps: Type.Array(Type.String(), { description: 'Addresses or CIDR ranges; empty: usable from anywhere' }),
    createdAt: Time(),
    lastUsedAt: orNull(Time()),
    expiresAt: orNull(Time()),
    revokedAt: orNull(Time()),
  },
  { $id: 'Key' },
);

const ApiKey = Type.String({ description: 'Shown once' });
const AllowedIps = Type.Array(Text(1, 64), {
  maxItems: IPS_MAX,
  description: 'Addresses or CIDR ranges; empty: usable from anywhere',
});
const ExpiresAt = Type.Optional(
  Type.Union([Type.String({ format: 'date-time' }), Type.Null()], { description: 'null or absent: never' }),
);

const closed = { additionalProperties: false } as const;
const NewKeyBody = Type.Object(
  {
    scopes: Type.Optional(
      Type.Array(Type.Enum([...scopes]), {
        maxItems: scopes.length,
        description: 'Absent: all; empty: the key can only read trades on the live feed',
      }),
    ),
    allowedIps: Type.Optional(AllowedIps),
    expiresAt: ExpiresAt,
  },
  closed,
);
const RollBody = Type.Object(
  {
    overlapSeconds: Seconds('How long the old key stays valid; 0 for a key that leaked'),
    expiresAt: ExpiresAt,
  },
  closed,
);
const KeyParams = Type.Object({ keyId: Id });

const tags = ['integration'];

/** What a merchant's own code needs: keys, the secret, the callback URL and the origins of its pages. */
export function keyRoutes(app: App, guards: PersonGuards): void {
  listKeysRoute(app, guards);
  createKeyRoute(app, guards);
  singleKeyRoutes(app, guards);
  rollRoute(app, guards);
}

function listKeysRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/merchants/:merchantId/keys',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'A merchant’s keys, newest first',
        tags,
        params: MerchantParams,
        querystring: Type.Object(pageQuery),
        response: { 200: Ok(PageOf(KeyWire, 'KeyPage')) },
      },
    },
    async (request) => {
      const { merchantId } = request.params;
      const { cursor: after, limit = LIMIT_USUAL } = request.query;
      await requireKnownMerchant(deps, merchantId);
      const keys = await newestKeys(deps, merchantId, { after, limit: limit + 1 });
      const { page, nextCursor } = pageOfRows(keys, limit);
      return ok(request, { items: page.map(keyToWire), nextCursor });
    },
  );
}

function createKeyRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/merchants/:merchantId/keys',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Make a key',
        tags,
        params: MerchantParams,
        body: NewKeyBody,
        response: { 200: Ok(Type.Object({ key: KeyWire, apiKey: ApiKey })) },
      },
    },
    async (request) => {
      const { merchantId: id } = request.params;
      const { scopes: wanted, allowedIps = [], expiresAt } = request.body;
      const expiry = readExpiry(expiresAt);
      await requireKnownMerchant(deps, id);
      const ofScopes = wanted === undefined ? [] : wanted.length === 0 ? ['none'] : wanted;
      const flags = [...ofScopes.flatMap((scope) => ['--scope', scope]), ...allowedIps.flatMap((ip) => ['--ip', ip])];
      const command = ['key', 'create', id, ...flags, ...expiryFlags(expiry)];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id });
        const scopesOfKey = wanted ? { scopes: wanted } : {};
        const { apiKey, row } = await createKey(deps, id, { ...scopesOfKey, allowedIps, expiresAt: expiry });
        return ok(request, { key: keyToWire(row), apiKey });
      });
    },
  );
}

function singleKeyRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/keys/:keyId/revoke',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Revoke a key',
        description: 'All nodes refuse it within 5 seconds. A revoked one stays as it is.',
        tags,
        params: KeyParams,
        response: { 200: Ok(KeyWire) },
      },
    },
    async (request) => {
      const { id, merchant_id: merchantId } = await requireReachableKey(guards, request, request.params.keyId);
      return recordedFor(deps, request, ['key', 'revoke', id], async (watch) => {
        await watch({ kind: 'merchant', id: merchantId });
        return ok(request, keyToWire(await revokeKey(deps, id)));
      });
    },
  );

  app.put(
    '/operator/v1/keys/:keyId',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Change from which addresses a key may be used',
        tags,
        params: KeyParams,
        body: Type.Object({ allowedIps: AllowedIps }, closed),
        response: { 200: Ok(KeyWire) },
      },
    },
    async (request) => {
      const { allowedIps } = request.body;
      const { id, merchant_id: merchantId } = await requireReachableKey(guards, request, request.params.keyId);
      const command = ['key', 'allow', id, ...allowedIps.flatMap((ip) => ['--ip', ip])];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id: merchantId });
        return ok(request, keyToWire(await setAllowedIps(deps, id, allowedIps)));
      });
    },
  );
}

function rollRoute(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/keys/:keyId/roll',
    {
      ...asPerson(guards, 'integrate'),
      schema: {
        summary: 'Replace a key',
        description: 'Makes one with the same permissions. The old one ends after the overlap.',
        tags,
        params: KeyParams,
        body: RollBody,
        response: { 200: Ok(Type.Object({ key: KeyWire, apiKey: ApiKey, old: KeyWire })) },
      },
    },
    async (request) => {
      const { overlapSeconds = DAY_SECONDS, expiresAt } = request.body;
      const expiry = readExpiry(expiresAt);
      const { id, merchant_id: merchantId } = await requireReachableKey(guards, request, request.params.keyId);
      const command = ['key', 'roll', id, '--overlap', `${overlapSeconds}s`, ...expiryFlags(expiry)];
      return recordedFor(deps, request, command, async (watch) => {
        await watch({ kind: 'merchant', id: merchantId });
        const { apiKey, row, old } = await rollKey(deps, id, { overlapMs: overlapSeconds * 1000, expiresAt: expiry });
        return ok(request, { key: keyToWire(row), apiKey, old: keyToWire(old) });
      });
    },
  );
}

/** @throws NOT_FOUND, for a member also when it is another merchant's */
async function requireReachableKey({ deps }: PersonGuards, request: FastifyRequest, keyId: string): Promise<ApiKeyRow> {
  const key = await findKey(deps, keyId);
  const own = merchantIn(request, undefined);
  const isReachable = key && (own === undefined || key.merchant_id === own);
  if (!isReachable) throw errors.of('NOT_FOUND', { message: 'There is no key with this id.' });
  return key;
}

/** @throws VALIDATION_FAILED */
function readExpiry(text: string | null | undefined): Date | null {
  if (text === null || text === undefined) return null;
  const time = parseInstant(text);
  if (!time) throw errors.validationFailed({ expiresAt: 'must be a time, such as 2026-07-31T12:00:00Z' });
  return time;
}

function expiryFlags(expiresAt: Date | null): string[] {
  return expiresAt === null ? [] : ['--expires', expiresAt.toISOString()];
}

function keyToWire(key: ApiKeyRow): Static<typeof KeyWire> {
  return {
    id: key.id,
    merchantId: key.merchant_id,
    lastFour: key.last_four,
    scopes: key.scopes,
    allowedIps: key.allowed_ips,
    createdAt: iso(key.created_at),
    lastUsedAt: iso(key.last_used_at),
    expiresAt: iso(key.expires_at),
    revokedAt: iso(key.revoked_at),
  };
}
