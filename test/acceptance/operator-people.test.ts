import { describe, expect, test } from 'vitest';
import { usePeople, type Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** Inviting, changing and resetting people, as an owner or as an admin of a merchant. */

const world = useWorld();
const { add, signedIn, invited, stranger } = usePeople(world);
const UNKNOWN = '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10';
const PASSWORD = 'correct horse battery';
const STAFF = '/operator/v1/staff';
const membersAt = (merchantId: string, rest = '') => `/operator/v1/merchants/${merchantId}/members${rest}`;

let addresses = 0;
const newEmail = () => `invited-${++addresses}@people.example`;

const expectDenied = async (visitor: Visitor, method: string, path: string, body?: unknown) =>
  expect(await visitor.isRefused(method, path, body)).toBe('PERMISSION_DENIED');

async function lastOf({
  person,
}: {
  readonly person: { readonly email: string; readonly merchant_id: string | null };
}) {
  const actor = `${person.merchant_id === null ? 'staff' : 'member'}:${person.email}`;
  const auditor = await signedIn('auditor');
  const { items } = await auditor.gets(`/operator/v1/audit?limit=1&operator=${encodeURIComponent(actor)}`);
  return items[0];
}

/** The token of a one-time link. */
function tokenOf(link: string): string {
  const [address, token = ''] = link.split('#');
  expect(address).toBe(`${world().baseUrl}/console/link`);
  expect(token.length).toBeGreaterThan(40);
  return token;
}

describe('an owner', () => {
  test('invites someone, who sets a password with the link and is signed in with the role', async () => {
    const owner = await signedIn('owner');
    const email = newEmail();
    const made = await owner.does('POST', STAFF, {
      email: ` ${email.toUpperCase()} `,
      name: 'Ann Lee',
      role: 'support',
    });
    expect(made.person).toMatchObject({
      email,
      name: 'Ann Lee',
      role: 'support',
      hasPassword: false,
      disabledAt: null,
    });
    expect(Date.parse(made.expiresAt) - world().now.getTime()).toBeGreaterThan(71 * 3_600_000);
    const ann = stranger();
    const token = tokenOf(made.link);
    expect(await ann.does('POST', '/operator/v1/links/use', { token, password: PASSWORD })).toMatchObject({ email });
    expect(await ann.gets('/operator/v1/session')).toMatchObject({ role: 'support', merchant: null });
    const entry = await lastOf(owner);
    expect(entry.command).toMatch(/^staff invite .* --role support --name "Ann Lee"$/);
    expect(entry.changes).toContainEqual({
      of: `person ${made.person.id}`,
      field: 'role',
      before: null,
      after: 'support',
    });
    expect(JSON.stringify(entry)).not.toContain(token);
    expect(await owner.isRefused('POST', STAFF, { email, name: 'Ann', role: 'auditor' })).toBe('REFUSED');
  });

  test('is told the gateway’s time, which in a sandbox is ahead of the browser’s', async () => {
    const owner = await signedIn('owner');
    await world().passes('3h');
    const { now } = await owner.gets('/operator/v1/session');
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(2 * 3_600_000);
    expect(Math.abs(Date.parse(now) - world().now.getTime())).toBeLessThan(240_000);
  });

  test('invites nobody with a member’s role, an odd address or an odd name', async () => {
    const owner = await signedIn('owner');
    const fine = { email: newEmail(), name: 'Ann', role: 'support' };
    for (const wrong of [{ role: 'admin' }, { role: 'root' }, { email: '' }, { name: '' }, { merchantId: UNKNOWN }]) {
      expect(await owner.isRefused('POST', STAFF, { ...fine, ...wrong })).toBe('VALIDATION_FAILED');
    }
    expect(await owner.isRefused('POST', STAFF, { ...fine, email: 'no address' })).toBe('REFUSED');
  });

  test('sees the staff by address, page by page, and nothing secret of them', async () => {
    const owner = await invited('owner', PASSWORD);
    const { status, body } = await owner.call('GET', `${STAFF}?limit=100`);
    expect(status).toBe(200);
    const emails = body.data.items.map(({ email }: { email: string }) => email);
    expect(emails).toEqual([...emails].sort());
    expect(body.data.items).toContainEqual(expect.objectContaining({ id: owner.person.id, hasPassword: true }));
    expect(JSON.stringify(body)).not.toMatch(/hash|scrypt|sealed|failures/i);
    const first = await owner.gets(`${STAFF}?limit=1`);
    expect(first).toMatchObject({ items: [{ email: emails[0] }], nextCursor: emails[0] });
    const second = await owner.gets(`${STAFF}?limit=1&cursor=${encodeURIComponent(first.nextCursor)}`);
    expect(second.items).toMatchObject([{ email: emails[1] }]);
    expect(await owner.isRefused('GET', `${STAFF}?limit=0`)).toBe('VALIDATION_FAILED');
  });

  test('changes a role, and disables and enables a person, who is signed out each time', async () => {
    const owner = await signedIn('owner');
    const bob = await signedIn('support');
    const path = `${STAFF}/${bob.person.id}`;
    expect(await owner.does('PUT', path, { role: 'finance' })).toMatchObject({ role: 'finance', disabledAt: null });
    expect(await bob.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
    const entry = await lastOf(owner);
    expect(entry.command).toBe(`staff change ${bob.person.email} --role=finance`);
    expect(entry.changes).toEqual([
      { of: `person ${bob.person.id}`, field: 'role', before: 'support', after: 'finance' },
    ]);

    const { disabledAt } = await owner.does('PUT', path, { disabled: true });
    expect(disabledAt).toEqual(expect.any(String));
    expect((await owner.does('PUT', path, { disabled: true })).disabledAt).toBe(disabledAt);
    expect(await owner.isRefused('POST', `${path}/reset`, {})).toBe('REFUSED');
    expect(await owner.does('PUT', path, { disabled: false })).toMatchObject({ disabledAt: null, role: 'finance' });
    for (const wrong of [{}, { role: 'viewer' }, { disabled: 'yes' }, { email: 'x@y.z' }]) {
      expect(await owner.isRefused('PUT', path, wrong)).toBe('VALIDATION_FAILED');
    }
    expect(await owner.isRefused('PUT', `${STAFF}/${UNKNOWN}`, { disabled: true })).toBe('NOT_FOUND');
    expect(await owner.isRefused('PUT', `${STAFF}/me`, { disabled: true })).toBe('VALIDATION_FAILED');
  });

  test('resets someone, whose sessions end, and who sets a new password; the second factor goes when asked for', async () => {
    const owner = await signedIn('owner');
    const bob = await invited('support', PASSWORD);
    const { db, clock } = world().gateway.deps;
    await db
      .updateTable('person')
      .set({ totp_confirmed_at: clock.now(), totp_sealed: 'x', failures: 9 })
      .where('id', '=', bob.person.id)
      .execute();
    const path = `${STAFF}/${bob.person.id}/reset`;
    const kept = await owner.does('POST', path, {});
    expect(await bob.isRefused('GET', '/operator/v1/session')).toBe('NOT_SIGNED_IN');
    const { link, expiresAt } = await owner.does('POST', path, { removeSecondFactor: true });
    expect(Date.parse(expiresAt) - world().now.getTime()).toBeLessThanOrEqual(3_600_000);
    const entry = await lastOf(owner);
    expect(entry.command).toBe(`staff reset ${bob.person.email} --second-factor`);
    expect(entry.changes.map(({ field }: { field: string }) => field)).toContain('totp_confirmed_at');

    const body = { token: tokenOf(kept.link), password: 'another long password' };
    expect(await stranger().isRefused('POST', '/operator/v1/links/use', body)).toBe('LINK_NOT_VALID');
    const again = stranger();
    const used = await again.does('POST', '/operator/v1/links/use', { ...body, token: tokenOf(link) });
    expect(used).toMatchObject({ email: bob.person.email, hasSecondFactor: false });
    expect(await owner.isRefused('POST', path, { removeSecondFactor: 'yes' })).toBe('VALIDATION_FAILED');
    expect(await owner.isRefused('POST', `${STAFF}/${UNKNOWN}/reset`, {})).toBe('NOT_FOUND');
  });

  test('gets no link for the own account, or a stolen session would be worth a password', async () => {
    const owner = await signedIn('owner');
    expect(await owner.isRefused('POST', `${STAFF}/${owner.person.id}/reset`, {})).toBe('REFUSED');
    expect(await owner.gets('/operator/v1/session')).toMatchObject({ id: owner.person.id });
  });

  test('alone changes staff: others only see them, and members do not', async () => {
    const someone = await add('support');
    for (const role of ['operations', 'finance', 'support', 'auditor'] as const) {
      const visitor = await signedIn(role);
      expect((await visitor.gets(STAFF)).items.length).toBeGreaterThan(0);
      await expectDenied(visitor, 'POST', STAFF, { email: newEmail(), name: 'Ann', role: 'owner' });
      await expectDenied(visitor, 'PUT', `${STAFF}/${someone.id}`, { role: 'owner' });
      await expectDenied(visitor, 'POST', `${STAFF}/${someone.id}/reset`, {});
    }
    const member = await signedIn('admin', (await world().merchant()).id);
    await expectDenied(member, 'GET', STAFF);
    await expectDenied(member, 'PUT', `${STAFF}/${someone.id}`, { disabled: true });
    await expectDenied(member, 'POST', `${STAFF}/${someone.id}/reset`, {});
  });
});

describe('an admin of a merchant', () => {
  test('invites, changes and resets its members', async () => {
    const { id } = await world().merchant();
    const admin = await signedIn('admin', id);
    const email = newEmail();
    const { person, link } = await admin.does('POST', membersAt(id), { email, name: 'Dev', role: 'developer' });
    const dev = stranger();
    const token = tokenOf(link);
    expect(await dev.does('POST', '/operator/v1/links/use', { token, password: PASSWORD })).toMatchObject({
      merchant: { id },
      role: 'developer',
    });
    const entry = await lastOf(admin);
    expect(entry).toMatchObject({
      operator: `member:${admin.person.email}`,
      command: `staff invite ${email} --role developer --name Dev --merchant ${id}`,
    });
    const { items } = await dev.gets(membersAt(id));
    expect(items.map((each: { email: string }) => each.email)).toEqual([admin.person.email, email].sort());

    expect(await admin.does('PUT', membersAt(id, `/${person.id}`), { role: 'viewer' })).toMatchObject({
      role: 'viewer',
    });
    expect((await lastOf(admin)).changes).toContainEqual({
      of: `person ${person.id}`,
      field: 'role',
      before: 'developer',
      after: 'viewer',
    });
    const reset = await admin.does('POST', membersAt(id, `/${person.id}/reset`), {});
    expect((await lastOf(admin)).command).toBe(`staff reset ${email}`);
    expect(await stranger().does('POST', '/operator/v1/links/read', { token: tokenOf(reset.link) })).toMatchObject({
      purpose: 'reset',
      email,
    });
    for (const role of ['owner', 'support']) {
      const body = { email: newEmail(), name: 'Ann', role };
      expect(await admin.isRefused('POST', membersAt(id), body)).toBe('VALIDATION_FAILED');
      expect(await admin.isRefused('PUT', membersAt(id, `/${person.id}`), { role })).toBe('VALIDATION_FAILED');
    }
  });

  test('reaches neither staff nor members of another merchant by their ids', async () => {
    const [own, other] = [await world().merchant(), await world().merchant()];
    const admin = await signedIn('admin', own.id);
    const [owner, foreign] = [await add('owner'), await add('viewer', other.id)];
    for (const { id } of [owner, foreign]) {
      expect(await admin.isRefused('PUT', membersAt(own.id, `/${id}`), { disabled: true })).toBe('NOT_FOUND');
      expect(await admin.isRefused('POST', membersAt(own.id, `/${id}/reset`), {})).toBe('NOT_FOUND');
    }
    await expectDenied(admin, 'GET', membersAt(other.id));
    await expectDenied(admin, 'POST', membersAt(other.id), { email: newEmail(), name: 'Spy', role: 'admin' });
    await expectDenied(admin, 'PUT', membersAt(other.id, `/${foreign.id}`), { role: 'admin' });
    await expectDenied(admin, 'POST', membersAt(other.id, `/${foreign.id}/reset`), {});
  });

  test('who is the last one cannot give up the role or be disabled, but by staff', async () => {
    const { id } = await world().merchant();
    const admin = await invited('admin', PASSWORD, id);
    const path = membersAt(id, `/${admin.person.id}`);
    expect(await admin.isRefused('PUT', path, { role: 'viewer' })).toBe('REFUSED');
    expect(await admin.isRefused('PUT', path, { disabled: true })).toBe('REFUSED');
    const second = await invited('admin', PASSWORD, id);
    expect(await admin.does('PUT', path, { role: 'viewer' })).toMatchObject({ role: 'viewer' });
    expect(await second.isRefused('PUT', membersAt(id, `/${second.person.id}`), { disabled: true })).toBe('REFUSED');
    const operations = await signedIn('operations');
    const disabled = await operations.does('PUT', membersAt(id, `/${second.person.id}`), { disabled: true });
    expect(disabled.disabledAt).toEqual(expect.any(String));
  });
});

test('operations and owners manage members of every merchant; others do not', async () => {
  const { id } = await world().merchant();
  const operations = await signedIn('operations');
  const body = { email: newEmail(), name: 'First', role: 'admin' };
  const { person } = await operations.does('POST', membersAt(id), body);
  expect((await operations.gets(membersAt(id))).items).toMatchObject([{ id: person.id, email: body.email }]);
  expect(await operations.does('PUT', membersAt(id, `/${person.id}`), { role: 'viewer' })).toMatchObject({
    id: person.id,
  });
  expect(await operations.isRefused('GET', membersAt(UNKNOWN))).toBe('NOT_FOUND');
  expect(await operations.isRefused('POST', membersAt(UNKNOWN), { ...body, email: newEmail() })).toBe('NOT_FOUND');
  for (const visitor of [await signedIn('support'), await signedIn('viewer', id), await signedIn('developer', id)]) {
    await expectDenied(visitor, 'POST', membersAt(id), { ...body, email: newEmail() });
    await expectDenied(visitor, 'PUT', membersAt(id, `/${person.id}`), { role: 'admin' });
    await expectDenied(visitor, 'POST', membersAt(id, `/${person.id}/reset`), {});
  }
});
