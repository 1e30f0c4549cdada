import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import type { PersonRow, PersonSessionRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { readLink, setPasswordByLink, useSignInLink } from '../people/links.ts';
import { PASSWORD_MAX, PASSWORD_MIN } from '../people/passwords.ts';
import { actorOf } from '../people/people.ts';
import { beginTotp, confirmTotp, removeTotp } from '../people/second-factor.ts';
import { endSession, sessionsOf } from '../people/sessions.ts';
import { changePassword, requirePassword, signIn } from '../people/sign-in.ts';
import { enter, Me, meOf, Password } from './entrance.ts';
import { asPerson, asStranger, clearCookie, counted, type PersonGuards, personOf } from './guard.ts';
import { recordedAs, recordedFor } from './recorded.ts';
import { Nothing, Time } from './wire.ts';

const NewPassword = Type.String({
  minLength: PASSWORD_MIN,
  maxLength: PASSWORD_MAX,
  description: `${PASSWORD_MIN} characters or more`,
});
const Code = Type.String({ minLength: 6, maxLength: 40, description: 'Of the authenticator app, or a recovery code' });
const Token = Type.String({ minLength: 1, maxLength: 100, description: 'What stands behind # in the link' });

const SessionWire = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    address: Type.String(),
    agent: Type.String({ description: 'What the browser calls itself' }),
    createdAt: Time(),
    seenAt: Time('When it was last used, to the minute'),
    isThis: Type.Boolean({ description: 'Whether this request was made in it' }),
  },
  { $id: 'Session' },
);

const closed = { additionalProperties: false } as const;
const SignInBody = Type.Object({ email: Text(1, 256), password: Password, code: Type.Optional(Code) }, closed);
const LinkBody = Type.Object({ token: Token }, closed);
const UseLinkBody = Type.Object(
  {
    token: Token,
    password: Type.Optional(NewPassword),
    name: Type.Optional(Text(1, 64, { description: 'Of an invited person' })),
  },
  closed,
);

/** Signing in and out, and what a person changes of the own account. */
export function sessionRoutes(app: App, guards: PersonGuards): void {
  signInRoutes(app, guards);
  linkRoutes(app, guards);
  ownSessionRoutes(app, guards);
  secondFactorRoutes(app, guards);
}

const tags = ['session'];

function signInRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/session',
    {
      ...asStranger(guards),
      schema: {
        summary: 'Sign in',
        description:
          'Answers with a cookie. With a second factor the first answer is SECOND_FACTOR_REQUIRED: send `code` too.',
        tags,
        security: [],
        body: SignInBody,
        response: { 200: Ok(Me) },
      },
    },
    async (request, reply) => {
      const person = await counted(guards, request, () => signIn(deps, request.body));
      return ok(request, await enter(guards, request, reply, person));
    },
  );

  app.get(
    '/operator/v1/session',
    { ...asPerson(guards, null), schema: { summary: 'Who is signed in', tags, response: { 200: Ok(Me) } } },
    async (request) => ok(request, await meOf(guards, personOf(request).person)),
  );

  app.delete(
    '/operator/v1/session',
    { ...asPerson(guards, null), schema: { summary: 'Sign out', tags, response: { 200: Ok(Nothing) } } },
    async (request, reply) => {
      const { person, session } = personOf(request);
      await endSession(deps, person.id, session.id);
      clearCookie(guards, reply);
      return ok(request, {});
    },
  );
}

function linkRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.post(
    '/operator/v1/links/read',
    {
      ...asStranger(guards),
      schema: {
        summary: 'What a link is for',
        description: 'It stays unused.',
        tags,
        security: [],
        body: LinkBody,
        response: {
          200: Ok(
            Type.Object({
              purpose: Type.Enum(['invitation', 'reset', 'sign-in']),
              email: Type.String(),
              name: Type.String(),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { purpose, person } = await counted(guards, request, () => readLink(deps, request.body.token));
      return ok(request, { purpose, email: person.email, name: person.name });
    },
  );

  app.post(
    '/operator/v1/links/use',
    {
      ...asStranger(guards),
      schema: {
        summary: 'Use a link',
        description:
          'An invitation or reset needs a new `password`. It signs in, but for a person with a second factor, who signs in ' +
          'with it afterwards.',
        tags,
        security: [],
        body: UseLinkBody,
        response: { 200: Ok(Type.Union([Me, Type.Null()])) },
      },
    },
    async (request, reply) => {
      const person = await counted(guards, request, () => useLink(guards, request, request.body));
      if (person.totp_confirmed_at !== null) return ok(request, null);
      return ok(request, await enter(guards, request, reply, person));
    },
  );
}

/** The person of a link is not signed in yet, and is who uses it. */
async function useLink(
  { deps, addresses }: PersonGuards,
  request: FastifyRequest,
  { token, password, name }: Static<typeof UseLinkBody>,
): Promise<PersonRow> {
  if (password === undefined) return useSignInLink(deps, token);
  const { person, purpose } = await readLink(deps, token);
  const by = { actor: actorOf(person), address: addresses.of(request.raw) };
  return recordedAs(deps, request, by, ['password', `set-by-${purpose}`], async (watch) => {
    await watch({ kind: 'person', id: person.id });
    return setPasswordByLink(deps, token, { password, name });
  });
}

function ownSessionRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;

  app.put(
    '/operator/v1/password',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Change your password',
        description: 'Ends all of your sessions, and starts a new one here.',
        tags,
        body: Type.Object({ current: Password, password: NewPassword }, closed),
        response: { 200: Ok(Me) },
      },
    },
    async (request, reply) => {
      const { person } = personOf(request);
      const changed = await recordedFor(deps, request, ['password', 'change'], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        return counted(guards, request, () => changePassword(deps, person, request.body));
      });
      return ok(request, await enter(guards, request, reply, changed));
    },
  );

  app.get(
    '/operator/v1/sessions',
    {
      ...asPerson(guards, null),
      schema: { summary: 'Where you are signed in', tags, response: { 200: Ok(Type.Array(SessionWire)) } },
    },
    async (request) => {
      const { person, session } = personOf(request);
      const all = await sessionsOf(deps, person.id);
      return ok(
        request,
        all.map((each) => sessionToWire(each, session.id)),
      );
    },
  );

  app.delete(
    '/operator/v1/sessions/:sessionId',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Sign out elsewhere',
        tags,
        params: Type.Object({ sessionId: Type.String({ format: 'uuid' }) }),
        response: { 200: Ok(Nothing) },
      },
    },
    async (request) => {
      const isEnded = await endSession(deps, personOf(request).person.id, request.params.sessionId);
      if (!isEnded) throw errors.of('REFUSED', { message: 'You have no such session; it may have ended.' });
      return ok(request, {});
    },
  );
}

function secondFactorRoutes(app: App, guards: PersonGuards): void {
  const { deps } = guards;
  const PasswordBody = Type.Object({ password: Password }, closed);

  app.post(
    '/operator/v1/totp',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Begin to set up a second factor',
        description: 'It counts once `PUT /operator/v1/totp` has got a first code.',
        tags,
        body: PasswordBody,
        response: { 200: Ok(Type.Object({ secret: Type.String(), uri: Type.String() })) },
      },
    },
    async (request) => {
      const { person } = personOf(request);
      const setUp = await recordedFor(deps, request, ['second-factor', 'begin'], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        await counted(guards, request, () => requirePassword(deps, person, request.body.password));
        return beginTotp(deps, person);
      });
      return ok(request, setUp);
    },
  );

  app.put(
    '/operator/v1/totp',
    {
      ...asPerson(guards, null),
      schema: {
        summary: 'Confirm the second factor',
        tags,
        body: Type.Object({ code: Code }, closed),
        response: {
          200: Ok(
            Type.Object({
              recoveryCodes: Type.Array(Type.String(), {
                description: 'Shown once; each replaces the device for one sign-in',
              }),
            }),
          ),
        },
      },
    },
    async (request) => {
      const { person } = personOf(request);
      const recoveryCodes = await recordedFor(deps, request, ['second-factor', 'set-up'], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        return counted(guards, request, () => confirmTotp(deps, person, request.body.code));
      });
      return ok(request, { recoveryCodes });
    },
  );

  app.post(
    '/operator/v1/totp/remove',
    {
      ...asPerson(guards, null),
      schema: { summary: 'Remove the second factor', tags, body: PasswordBody, response: { 200: Ok(Nothing) } },
    },
    async (request) => {
      const { person } = personOf(request);
      await recordedFor(deps, request, ['second-factor', 'remove'], async (watch) => {
        await watch({ kind: 'person', id: person.id });
        await counted(guards, request, () => requirePassword(deps, person, request.body.password));
        await removeTotp(deps, person);
      });
      return ok(request, {});
    },
  );
}

function sessionToWire(session: PersonSessionRow, thisId: string): Static<typeof SessionWire> {
  const { id, address, agent, created_at: createdAt, seen_at: seenAt } = session;
  return {
    ...{ id, address, agent },
    createdAt: createdAt.toISOString(),
    seenAt: seenAt.toISOString(),
    isThis: id === thisId,
  };
}
