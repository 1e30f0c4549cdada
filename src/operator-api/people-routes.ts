import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { errors } from '../core/errors.ts';
import { allMemberRoles, allStaffRoles, type Role } from '../core/roles.ts';
import type { PersonRow } from '../db/tables.ts';
import type { App } from '../http/app-type.ts';
import { Ok, ok } from '../http/envelope.ts';
import { Text } from '../http/validation.ts';
import { invitePerson, resetPerson } from '../people/access.ts';
import { linkAddress, type NewLink } from '../people/links.ts';
import { changePerson, findPerson, listPeople, type PeopleScope, type PersonChange } from '../people/people.ts';
import { asPerson, asStaff, type PersonGuards, personOf } from './guard.ts';
import { MerchantParams, requireKnownMerchant } from './merchant-wire.ts';
import { LIMIT_USUAL, pageQuery } from './pages.ts';
import { recordedFor } from './recorded.ts';
import { Id, iso, orNull, Time } from './wire.ts';

const PersonWire = Type.Object(
  {
    id: Id,
    email: Type.String(),
    name: Type.String(),
    role: Type.Enum([...allStaffRoles, ...allMemberRoles]),
    hasPassword: Type.Boolean({ description: 'false: the invitation was not used yet' }),
    hasSecondFactor: Type.Boolean(),
    lockedUntil: orNull(Time('After wrong passwords or codes')),
    disabledAt: orNull(Time()),
    createdAt: Time(),
  },
  { $id: 'Person' },
);

const LinkWire = Type.Object(
  {
    link: Type.String({ description: 'To be used once, by the person alone. Shown once' }),
    expiresAt: Time(),
  },
  { $id: 'PersonLink' },
);

const PersonPage = Type.Object(
  { items: Type.Array(PersonWire), nextCursor: orNull(Type.String()) },
  { $id: 'PersonPage' },
);
const InvitedWire = Type.Object({ person: PersonWire, ...LinkWire.properties }, { $id: 'InvitedPerson' });

const ListQuery = Type.Object({
  ...pageQuery,
  cursor: Type.Optional(Text(1, 256, { description: 'The e-mail address of the last person of the page before' })),
});

const closed = { additionalProperties: false } as const;
const ResetBody = Type.Object(
  {
    removeSecondFactor: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'For a person who has lost the device and the recovery codes. Removes the passkeys too',
      }),
    ),
  },
  closed,
);

function InviteBody<R extends Role>(roles: readonly R[]) {
  return Type.Object({ email: Text(3, 256), name: Text(1, 64), role: Type.Enum([...roles]) }, closed);
}

function ChangeBody<R extends Role>(roles: readonly R[]) {
  return Type.Object(
    {
      role: Type.Optional(Type.Enum([...roles])),
      disabled: Type.Optional(Type.Boolean({ description: 'Whether the person can sign in no more' })),
    },
    { ...closed, minProperties: 1 },
  );
}

/** Staff, and the members of merchants: who they are, inviting and changing them. */
export function peopleRoutes(app: App, guards: PersonGuards): void {
  staffRoutes(app, guards);
  staffMemberRoutes(app, guards);
  memberRoutes(app, guards);
  singleMemberRoutes(app, guards);
}

const tags = ['people'];
const STAFF: PeopleScope = { merchantId: null };
const StaffParams = Type.Object({ personId: Id });
const MemberParams = Type.Object({ merchantId: Id, personId: Id });

const onSignedOut = 'Signs the person out everywhere. The last one who can manage the others stays as they are.';

function staffRoutes(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/staff',
    {
      ...asStaff(guards, 'read'),
      schema: { summary: 'Staff, by e-mail address', tags, querystring: ListQuery, response: { 200: Ok(PersonPage) } },
    },
    async (request) => ok(request, await pageOf(guards, STAFF, request.query)),
  );

  app.post(
    '/operator/v1/staff',
    {
      ...asStaff(guards, 'staff'),
      schema: {
        summary: 'Invite someone to the staff',
        tags,
        body: InviteBody(allStaffRoles),
        response: { 200: Ok(InvitedWire) },
      },
    },
    async (request) => ok(request, await invite(guards, request, STAFF, request.body)),
  );
}

function staffMemberRoutes(app: App, guards: PersonGuards): void {
  app.put(
    '/operator/v1/staff/:personId',
    {
      ...asStaff(guards, 'staff'),
      schema: {
        summary: 'Change the role of one of the staff, or disable or enable them',
        description: onSignedOut,
        tags,
        params: StaffParams,
        body: ChangeBody(allStaffRoles),
        response: { 200: Ok(PersonWire) },
      },
    },
    async (request) => {
      const person = await requirePerson(guards, STAFF, request.params.personId);
      return ok(request, await change(guards, request, person, request.body));
    },
  );

  app.post(
    '/operator/v1/staff/:personId/reset',
    {
      ...asStaff(guards, 'staff'),
      schema: {
        summary: 'Make a link with which one of the staff sets a new password',
        description: 'Signs the person out everywhere.',
        tags,
        params: StaffParams,
        body: ResetBody,
        response: { 200: Ok(LinkWire) },
      },
    },
    async (request) => {
      const person = await requirePerson(guards, STAFF, request.params.personId);
      return ok(request, await reset(guards, request, person, request.body.removeSecondFactor ?? false));
    },
  );
}

function memberRoutes(app: App, guards: PersonGuards): void {
  app.get(
    '/operator/v1/merchants/:merchantId/members',
    {
      ...asPerson(guards, 'read'),
      schema: {
        summary: 'The members of a merchant, by e-mail address',
        tags,
        params: MerchantParams,
        querystring: ListQuery,
        response: { 200: Ok(PersonPage) },
      },
    },
    async (request) => {
      const { id: merchantId } = await requireKnownMerchant(guards.deps, request.params.merchantId);
      return ok(request, await pageOf(guards, { merchantId }, request.query));
    },
  );

  app.post(
    '/operator/v1/merchants/:merchantId/members',
    {
      ...asPerson(guards, 'members'),
      schema: {
        summary: 'Invite a member of a merchant',
        tags,
        params: MerchantParams,
        body: InviteBody(allMemberRoles),
        response: { 200: Ok(InvitedWire) },
      },
    },
    async (request) => {
      const { id: merchantId } = await requireKnownMerchant(guards.deps, request.params.merchantId);
      return ok(request, await invite(guards, request, { merchantId }, request.body));
    },
  );
}

function singleMemberRoutes(app: App, guards: PersonGuards): void {
  app.put(
    '/operator/v1/merchants/:merchantId/members/:personId',
    {
      ...asPerson(guards, 'members'),
      schema: {
        summary: 'Change a member’s role, or disable or enable the member',
        description: onSignedOut,
        tags,
        params: MemberParams,
        body: ChangeBody(allMemberRoles),
        response: { 200: Ok(PersonWire) },
      },
    },
    async (request) => {
      const { merchantId, personId } = request.params;
      const person = await requirePerson(guards, { merchantId }, personId);
      return ok(request, await change(guards, request, person, request.body));
    },
  );

  app.post(
    '/operator/v1/merchants/:merchantId/members/:personId/reset',
    {
      ...asPerson(guards, 'members'),
      schema: {
        summary: 'Make a link with which a member sets a new password',
        description: 'Signs the person out everywhere.',
        tags,
        params: MemberParams,
        body: ResetBody,
        response: { 200: Ok(LinkWire) },
      },
    },
    async (request) => {
      const { merchantId, personId } = request.params;
      const person = await requirePerson(guards, { merchantId }, personId);
      return ok(request, await reset(guards, request, person, request.body.removeSecondFactor ?? false));
    },
  );
}

async function pageOf(
  { deps }: PersonGuards,
  scope: PeopleScope,
  { cursor: after, limit = LIMIT_USUAL }: Static<typeof ListQuery>,
): Promise<Static<typeof PersonPage>> {
  const people = await listPeople(deps, scope, { after, limit: limit + 1 });
  const page = people.slice(0, limit);
  const nextCursor = people.length > limit ? (page.at(-1)?.email ?? null) : null;
  const now = deps.clock.now();
  return { items: page.map((person) => personToWire(person, now)), nextCursor };
}

interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

function invite(
  { deps }: PersonGuards,
  request: FastifyRequest,
  { merchantId }: PeopleScope,
  { email, name, role }: Invitation,
): Promise<Static<typeof InvitedWire>> {
  const ofMerchant = merchantId === null ? [] : ['--merchant', merchantId];
  const command = ['staff', 'invite', email, '--role', role, '--name', name, ...ofMerchant];
  return recordedFor(deps, request, command, async (watch) => {
    const wanted = { merchantId, email, name, role };
    const { person, link } = await invitePerson(deps, wanted, personOf(request).actor);
    await watch({ kind: 'person', id: person.id }, true);
    return { person: personToWire(person, deps.clock.now()), ...linkToWire(deps.config.publicUrl, request, link) };
  });
}

function change(
  { deps }: PersonGuards,
  request: FastifyRequest,
  person: PersonRow,
  { role, disabled }: PersonChange,
): Promise<Static<typeof PersonWire>> {
  const flags = [...(role ? [`--role=${role}`] : []), ...(disabled === undefined ? [] : [`--disabled=${disabled}`])];
  const isByStaff = personOf(request).person.merchant_id === null;
  return recordedFor(deps, request, ['staff', 'change', person.email, ...flags], async (watch) => {
    await watch({ kind: 'person', id: person.id });
    return personToWire(await changePerson(deps, person, { role, disabled }, { isByStaff }), deps.clock.now());
  });
}

async function reset(
  { deps }: PersonGuards,
  request: FastifyRequest,
  person: PersonRow,
  removesSecondFactor: boolean,
): Promise<Static<typeof LinkWire>> {
  const { person: self, actor } = personOf(request);
  // A stolen session must not get a new password, which otherwise needs the old one.
  if (person.id === self.id) throw errors.of('REFUSED', { message: 'Change your own password in your own account.' });
  const flags = removesSecondFactor ? ['--second-factor'] : [];
  return recordedFor(deps, request, ['staff', 'reset', person.email, ...flags], async (watch) => {
    await watch({ kind: 'person', id: person.id });
    const link = await resetPerson(deps, person, { actor, removesSecondFactor });
    return linkToWire(deps.config.publicUrl, request, link);
  });
}

/** @throws NOT_FOUND, also for a person of another merchant, and for a member where staff are meant */
async function requirePerson({ deps }: PersonGuards, scope: PeopleScope, id: string): Promise<PersonRow> {
  const person = await findPerson(deps, scope, id);
  if (!person) throw errors.of('NOT_FOUND', { message: 'There is no such person here.' });
  return person;
}

/** Without a public URL the console is where the request came to, which is shown to the one who has sent it only. */
function linkToWire(publicUrl: string, { protocol, host }: FastifyRequest, link: NewLink): Static<typeof LinkWire> {
  return { link: linkAddress(publicUrl || `${protocol}://${host}`, link), expiresAt: iso(link.expiresAt) };
}

function personToWire(person: PersonRow, now: Date): Static<typeof PersonWire> {
  const { locked_until: lockedUntil } = person;
  return {
    id: person.id,
    email: person.email,
    name: person.name,
    role: person.role,
    hasPassword: person.password_hash !== null,
    hasSecondFactor: person.totp_confirmed_at !== null,
    lockedUntil: lockedUntil && lockedUntil > now ? iso(lockedUntil) : null,
    disabledAt: iso(person.disabled_at),
    createdAt: iso(person.created_at),
  };
}
