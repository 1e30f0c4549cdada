import type { FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { permissionsOf } from '../core/roles.ts';
import type { PersonRow } from '../db/tables.ts';
import { PASSWORD_MAX } from '../people/passwords.ts';
import { startSession } from '../people/sessions.ts';
import { type PersonGuards, setCookie } from './guard.ts';

export const Password = Type.String({ minLength: 1, maxLength: PASSWORD_MAX });

/** Who is signed in. */
export const Me = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: Type.String(),
    name: Type.String(),
    role: Type.String(),
    merchant: Type.Union([Type.Object({ id: Type.String({ format: 'uuid' }), name: Type.String() }), Type.Null()], {
      description: 'null: the person belongs to the operator’s staff',
    }),
    permissions: Type.Array(Type.String()),
    hasSecondFactor: Type.Boolean(),
    isSandbox: Type.Boolean({ description: 'Whether nothing here is real' }),
    now: Type.String({ format: 'date-time', description: 'The time of the gateway, which in a sandbox can be moved' }),
  },
  { $id: 'Me' },
);

/** Every sign-in gets a token of its own, so that one that was planted before is worth nothing. */
export async function enter(
  guards: PersonGuards,
  request: FastifyRequest,
  reply: FastifyReply,
  person: PersonRow,
): Promise<Static<typeof Me>> {
  const origin = { address: guards.addresses.of(request.raw), agent: request.headers['user-agent'] ?? '' };
  setCookie(guards, reply, await startSession(guards.deps, person, origin));
  request.log.info({ personId: person.id, address: origin.address }, 'a person has signed in');
  return meOf(guards, person);
}

export async function meOf({ deps }: PersonGuards, person: PersonRow): Promise<Static<typeof Me>> {
  const { id, email, name, role, merchant_id: merchantId } = person;
  const merchant =
    merchantId === null
      ? null
      : await deps.db
          .selectFrom('merchant')
          .select(['id', 'name'])
          .where('id', '=', merchantId)
          .executeTakeFirstOrThrow();
  return {
    ...{ id, email, name, role, merchant },
    permissions: [...permissionsOf(role)],
    hasSecondFactor: person.totp_confirmed_at !== null,
    isSandbox: deps.config.sandbox,
    now: deps.clock.now().toISOString(),
  };
}
