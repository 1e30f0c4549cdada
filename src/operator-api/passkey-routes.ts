import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { ApiError, errors } from '../core/errors.ts';
import type { PersonPasskeyRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import {
  beginPasskey,
  beginPasskeySignIn,
  finishPasskey,
  finishPasskeySignIn,
  passkeysOf,
  removePasskey,
  renamePasskey,
} from '../people/passkeys.ts';
import { type RelyingParty, requireRelyingParty } from '../people/relying-party.ts';
import { requirePassword } from '../people/sign-in.ts';
import { enter, Me, Password } from './entrance.ts';
import { asPerson, asStranger, counted, type PersonGuards, personOf } from './guard.ts';
import { RegistrationAnswer, RegistrationOptions, SignInAnswer, SignInOptions } from './passkey-wire.ts';
import { recordedFor } from './recorded.ts';
import { Id, iso, Nothing, orNull, Time } from './wire.ts';

const PasskeyWire = Type.Object(
  {
    id: Id,
    name: Type.String(),
    createdAt: Time(),
    usedAt: orNull(Time('When someone last signed in with it')),
  },
  { $id: 'Passkey' },
);

const closed = { additionalProperties: false } as const;
const PasswordBody = Type.Object({ password: Password }, closed);
const Name = Text(1, 64, { description: 'By which you know it again' });
const PasskeyParams = Type.Object({ passkeyId: Id });
const tags = ['session'];

/** Signing in with passkeys, and those of the own account. */
export function passkeyRoutes(app: App, guards: PersonGuards): void {
  passkeySignInRoutes(app, guards);
  addingRoutes(app, guards);
  ownPasskeyRoutes(app, guards);
}

function passkeySignInRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/session/passkey/begin',
    {
      ...asStranger(guards),
      schema: {
        summary: 'Begin to sign in with a passkey',
        description: 'Give the answer to `navigator.credentials.get`. It can be answered once, within five minutes.',
        tags,
        security: [],
        response: { 200: Ok(SignInOptions) },
      },
    },
    async (request) => ok(request, await beginPasskeySignIn(deps, partyOf(guards, request))),
  );

  app.post(
    '/operator/v1/session/passkey',
    {
      ...asStranger(guards),
      schema: {
        summary: 'Sign in with a passkey',
        description: 'Answers with a cookie. A passkey is both factors, so that no code is asked for.',
        tags,
        security: [],
        body: SignInAnswer,
        response: { 200: Ok(Me) },
      },
    },
    async (request, reply) => {
      const party = partyOf(guards, request);
      const person = await counted(guards, request, () => finishPasskeySignIn(deps, party, request.body));
      return ok(request, await enter(guards, request, reply, person));
    },
  );
}

function addingRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/passkeys/begin',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Begin to add a passkey',
        description:
          'Give the answer to `navigator.credentials.create`. It can be answered once, within five minutes, in this session.',
        tags,
        body: PasswordBody,
        response: { 200: Ok(RegistrationOptions) },
      },
    },
    async (request) => {
      const owner = personOf(request);
      const party = partyOf(guards, request);
      await counted(guards, request, () => requirePassword(deps, owner.person, request.body.password));
      return ok(request, await beginPasskey(deps, owner, party));
    },
  );

  app.post(
    '/operator/v1/passkeys',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Add a passkey',
        tags,
        body: Type.Object({ name: Name, answer: RegistrationAnswer }, closed),
        response: { 200: Ok(PasskeyWire) },
      },
    },
    async (request) => {
      const owner = personOf(request);
      const { body } = request;
      const added = await recordedFor(deps, request, ['passkey', 'add', body.name], async (watch) => {
        await watch({ kind: 'person', id: owner.person.id });
        return logged(request, () => finishPasskey(deps, owner, partyOf(guards, request), body));
      });
      return ok(request, passkeyToWire(added));
    },
  );
}

function ownPasskeyRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.get(
    '/operator/v1/passkeys',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Your passkeys, in the order in which they were added',
        tags,
        response: { 200: Ok(Type.Array(PasskeyWire)) },
      },
    },
    async (request) => {
      const passkeys = await passkeysOf(deps, personOf(request).person.id);
      return ok(request, passkeys.map(passkeyToWire));
    },
  );

  app.put(
    '/operator/v1/passkeys/:passkeyId',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Rename a passkey',
        tags,
        params: PasskeyParams,
        body: Type.Object({ name: Name }, closed),
        response: { 200: Ok(PasskeyWire) },
      },
    },
    async (request) => {
      const { person } = personOf(request);
      const { passkeyId: id } = request.params;
      const { name } = request.body;
      const renamed = await recordedFor(deps, request, ['passkey', 'rename', id, name], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        return (await renamePasskey(deps, person.id, { id, name })) ?? notFound();
      });
      return ok(request, passkeyToWire(renamed));
    },
  );

  app.post(
    '/operator/v1/passkeys/:passkeyId/remove',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Remove a passkey',
        description: 'It signs nobody in any more. Sessions that were begun with it go on.',
        tags,
        params: PasskeyParams,
        body: PasswordBody,
        response: { 200: Ok(Nothing) },
      },
    },
    async (request) => {
      const { person } = personOf(request);
      const { passkeyId: id } = request.params;
      await recordedFor(deps, request, ['passkey', 'remove', id], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        await counted(guards, request, () => requirePassword(deps, person, request.body.password));
        if (!(await removePasskey(deps, person.id, id))) notFound();
      });
      return ok(request, {});
    },
  );
}

/** @throws REFUSED at an IP address */
function partyOf({ deps }: PersonGuards, { headers }: FastifyRequest): RelyingParty {
  return requireRelyingParty(deps.config.publicUrl, headers.host);
}

function notFound(): never {
  throw errors.of('NOT_FOUND', { message: 'You have no such passkey.' });
}

/** Logs why an answer of an authenticator is refused, which the person is not told: a wrong PUBLIC_URL shows here. */
async function logged<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ApiError && error.cause instanceof Error) {
      request.log.warn({ cause: error.cause.message }, 'a passkey was not added');
    }
    throw error;
  }
}

function passkeyToWire({ id, name, created_at, used_at }: PersonPasskeyRow): Static<typeof PasskeyWire> {
  return { id, name, createdAt: iso(created_at), usedAt: iso(used_at) };
}
