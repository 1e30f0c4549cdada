import { TOTP } from 'otpauth';
import { beforeAll, describe, expect, test } from 'vitest';
import { memberRoles, staffRoles } from '../../src/core/roles.ts';
import type { PersonRow } from '../../src/db/tables.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { makeLink } from '../../src/people/links.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { changePerson } from '../../src/people/people.ts';
import { FAILURES_MAX } from '../../src/people/sign-in.ts';
import type { Answer } from '../support/merchant.ts';
import { usePeople, Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What someone tries who wants to be signed in as another person. */

const world = useWorld();
const { add, signedIn, invited, stranger } = usePeople(world);
const PASSWORD = 'correct horse battery';
const SESSION = '/operator/v1/session';
const BY_STAFF = { isByStaff: true };

const deps = () => world().gateway.deps;

function signIn(email: string, password = PASSWORD, code?: string): Promise<Answer> {
  return stranger().call('POST', SESSION, { email, password, ...(code === undefined ? {} : { code }) });
}

async function keyOf(answer: Promise<Answer>): Promise<string> {
  const { body } = await answer;
  return body.error?.key ?? 'none';
}

async function isSignedIn(visitor: Visitor): Promise<boolean> {
  return (await visitor.call('GET', SESSION)).status === 200;
}

/** The owner of a second visitor's cookie: someone who has stolen it. */
function thiefOf({ cookie }: Visitor): Visitor {
  return Object.assign(new Visitor(world().baseUrl), { cookie });
}

describe('an invited person', () => {
  test('sets name and password by the link, and is signed in; the link works once', async () => {
    const person = await add('support');
    const { token } = await makeLink(deps(), person, { purpose: 'invitation', actor: 'test' });
    const visitor = stranger();
    const link = { purpose: 'invitation', email: person.email, name: person.name };
    expect(await visitor.does('POST', '/operator/v1/links/read', { token })).toEqual(link);
    const me = await visitor.does('POST', '/operator/v1/links/use', { token, password: PASSWORD, name: 'Sue' });
    expect(me).toMatchObject({ email: person.email, name: 'Sue', role: 'support', merchant: null, isSandbox: true });
    expect(me.permissions).toEqual(['read', 'push']);
    expect(await visitor.gets(SESSION)).toEqual({ ...me, now: expect.stringMatching(/^20\S+Z$/) });
    expect(await stranger().isRefused('POST', '/operator/v1/links/use', { token, password: PASSWORD })).toBe(
      'LINK_NOT_VALID',
    );
    expect(await keyOf(signIn(person.email.toUpperCase()))).toBe('none');
  });

  test('cannot sign in before, whatever password is tried', async () => {
    const person = await add('support');
    expect(await keyOf(signIn(person.email, ' '))).toBe('SIGN_IN_FAILED');
  });

  test('needs a password of twelve characters', async () => {
    const person = await add('support');
    const { token } = await makeLink(deps(), person, { purpose: 'invitation', actor: 'test' });
    const short = { token, password: 'eleven char' };
    expect(await stranger().isRefused('POST', '/operator/v1/links/use', short)).toBe('VALIDATION_FAILED');
    expect(await stranger().isRefused('POST', '/operator/v1/links/use', { token })).toBe('LINK_NOT_VALID');
  });

  test('who waits three days needs another invitation, and an earlier link is void when a new one was made', async () => {
    const person = await add('support');
    const first = await makeLink(deps(), person, { purpose: 'invitation', actor: 'test' });
    const second = await makeLink(deps(), person, { purpose: 'invitation', actor: 'test' });
    expect(await stranger().isRefused('POST', '/operator/v1/links/read', first)).toBe('VALIDATION_FAILED');
    const read = (token: string) => stranger().call('POST', '/operator/v1/links/read', { token });
    expect(await keyOf(read(first.token))).toBe('LINK_NOT_VALID');
    expect(await keyOf(read(second.token))).toBe('none');
    await world().passes('72h');
    expect(await keyOf(read(second.token))).toBe('LINK_NOT_VALID');
  });

  test('whose link is used by two at once is one person', async () => {
    const person = await add('support');
    const { token } = await makeLink(deps(), person, { purpose: 'invitation', actor: 'test' });
    const use = (password: string) => stranger().call('POST', '/operator/v1/links/use', { token, password });
    const keys = await Promise.all([keyOf(use(PASSWORD)), keyOf(use(`${PASSWORD}!`))]);
    expect(keys.sort()).toEqual(['LINK_NOT_VALID', 'none']);
  });
});

describe('the cookie', () => {
  test('cannot be read by scripts, is not sent by other sites, and is a new one at each sign-in', async () => {
    const { person } = await invited('owner', PASSWORD);
    const planted = Object.assign(stranger(), { cookie: 'skinrail=chosen-by-an-attacker' });
    const { headers } = await planted.call('POST', SESSION, { email: person.email, password: PASSWORD });
    const set = headers.get('set-cookie') ?? '';
    expect(set).toMatch(/^skinrail=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(set).not.toContain('chosen');
    expect(await isSignedIn(planted)).toBe(true);
  });

  test('is worth nothing after signing out', async () => {
    const owner = await signedIn('owner');
    const thief = thiefOf(owner);
    await owner.does('DELETE', SESSION);
    expect(await isSignedIn(owner)).toBe(false);
    expect(await isSignedIn(thief)).toBe(false);
  });

  test('that was stolen is worth nothing after a change of the password, which needs the password', async () => {
    const owner = await invited('owner', PASSWORD);
    const thief = thiefOf(owner);
    const wrong = { current: 'a guess of it', password: 'another good password' };
    expect(await thief.isRefused('PUT', '/operator/v1/password', wrong)).toBe('SIGN_IN_FAILED');
    const right = { current: PASSWORD, password: 'another good password' };
    await owner.does('PUT', '/operator/v1/password', right);
    expect(await isSignedIn(owner)).toBe(true);
    expect(await isSignedIn(thief)).toBe(false);
    expect(await keyOf(signIn(owner.person.email))).toBe('SIGN_IN_FAILED');
    const [entry] = await newestCommands(deps(), { operator: `staff:${owner.person.email}`, limit: 1 });
    expect(entry).toMatchObject({ command: 'password change', outcome: 'done' });
    expect(entry?.origin).toContain('127.0.0.1');
    expect(entry?.changes).toMatchObject([{ field: 'password_hash', before: expect.stringMatching(/^secret #/) }]);
    expect(JSON.stringify(entry)).not.toContain('scrypt');
  });

  test('is worth nothing after a reset, a change of role, and when the person is disabled', async () => {
    const ends = [
      async (visitor: Awaited<ReturnType<typeof signedIn>>) => {
        const { token } = await makeLink(deps(), visitor.person, { purpose: 'reset', actor: 'test' });
        await stranger().does('POST', '/operator/v1/links/use', { token, password: PASSWORD });
      },
      ({ person }: { person: PersonRow }) => changePerson(deps(), person, { role: 'auditor' }, BY_STAFF),
      ({ person }: { person: PersonRow }) => changePerson(deps(), person, { disabled: true }, BY_STAFF),
    ];
    for (const end of ends) {
      const visitor = await signedIn('support');
      expect(await isSignedIn(visitor)).toBe(true);
      await end(visitor);
      expect(await isSignedIn(visitor)).toBe(false);
    }
  });

  test('of another device can be ended, and only one’s own', async () => {
    const owner = await invited('owner', PASSWORD);
    const other = stranger();
    await other.does('POST', SESSION, { email: owner.person.email, password: PASSWORD });
    const sessions = await owner.gets('/operator/v1/sessions');
    expect(sessions).toHaveLength(2);
    const { id } = sessions.find((session: { isThis: boolean }) => !session.isThis);
    expect(await (await signedIn('owner')).isRefused('DELETE', `/operator/v1/sessions/${id}`)).toBe('REFUSED');
    expect(await isSignedIn(other)).toBe(true);
    await owner.does('DELETE', `/operator/v1/sessions/${id}`);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(owner)).toBe(true);
  });
});

describe('a request that another site has sent with the cookie', () => {
  const foreign: [what: string, headers: Record<string, string>][] = [
    ['a browser says that it is cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['it comes from another host of the same domain', { 'sec-fetch-site': 'same-site' }],
    ['an older browser names another origin', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
    ['its origin is hidden', { 'sec-fetch-site': '', origin: 'null' }],
    ['it does not say from where it comes', { 'sec-fetch-site': '', origin: '' }],
  ];

  test.each(foreign)('is refused when %s', async (_, headers) => {
    const owner = await signedIn('owner');
    const { status, body } = await owner.call('DELETE', SESSION, undefined, headers);
    expect([status, body.error?.key]).toEqual([403, 'CROSS_SITE_REQUEST']);
    expect(await isSignedIn(owner)).toBe(true);
  });

  test('is refused for a form, which can send no JSON', async () => {
    const owner = await signedIn('owner');
    const { status } = await owner.call('PUT', '/operator/v1/password', {}, { 'content-type': 'text/plain' });
    expect(status).toBe(415);
  });

  test('may say its own origin, as a program that is no browser does', async () => {
    const owner = await signedIn('owner');
    await owner.call('DELETE', SESSION, undefined, { 'sec-fetch-site': '' });
    expect(await isSignedIn(owner)).toBe(false);
  });

  test('gets no answer that a page could show in a frame or read from another origin', async () => {
    const { headers } = await (await signedIn('owner')).call('GET', SESSION, undefined, {
      origin: 'https://evil.example',
    });
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('someone who guesses passwords', () => {
  test('locks the account for a minute, then for twice as long; the right password does not tell that it is', async () => {
    const { person } = await invited('owner', PASSWORD);
    for (let tried = 0; tried < FAILURES_MAX; tried++) {
      expect(await keyOf(signIn(person.email, `guess number ${tried}`))).toBe('SIGN_IN_FAILED');
    }
    expect(await keyOf(signIn(person.email))).toBe('SIGN_IN_FAILED');
    await world().passes('61s');
    expect(await keyOf(signIn(person.email, 'yet another guess'))).toBe('SIGN_IN_FAILED');
    await world().passes('61s');
    expect(await keyOf(signIn(person.email))).toBe('SIGN_IN_FAILED');
    await world().passes('60s');
    expect(await keyOf(signIn(person.email))).toBe('none');
  });

  test('gets no more guesses by sending many at once', async () => {
    const { person } = await invited('owner', PASSWORD);
    const guesses = Array.from({ length: 12 }, (_, i) => keyOf(signIn(person.email, `guess number ${i}`)));
    await Promise.all(guesses);
    const { failures } = await deps()
      .db.selectFrom('person')
      .select('failures')
      .where('id', '=', person.id)
      .executeTakeFirstOrThrow();
    expect(failures).toBeGreaterThanOrEqual(FAILURES_MAX);
    expect(await keyOf(signIn(person.email))).toBe('SIGN_IN_FAILED');
  });

  test('does not end the lock with a right password that has no code, sent beside wrong codes', async () => {
    const { person } = await invited('owner', PASSWORD);
    const { db, clock } = deps();
    await db.updateTable('person').set({ totp_confirmed_at: clock.now() }).where('id', '=', person.id).execute();
    let isOver = false;
    const right = Promise.all([signIn(person.email), signIn(person.email)]).finally(() => {
      isOver = true;
    });
    // They are counted before the lock, and given back after it.
    const failures = async () => {
      const row = await db
        .selectFrom('person')
        .select('failures')
        .where('id', '=', person.id)
        .executeTakeFirstOrThrow();
      return row.failures;
    };
    await world().until(async () => isOver || (await failures()) === 2, 'the right passwords are counted');
    await Promise.all(Array.from({ length: 8 }, () => signIn(person.email, PASSWORD, '000000')));
    await right;
    expect(await keyOf(signIn(person.email))).toBe('SIGN_IN_FAILED');
  });

  test('starts anew after a right password', async () => {
    const { person } = await invited('owner', PASSWORD);
    for (let round = 0; round < 2; round++) {
      for (let tried = 1; tried < FAILURES_MAX; tried++) await signIn(person.email, 'a wrong one');
      expect(await keyOf(signIn(person.email))).toBe('none');
    }
  });

  test('is told to wait while too many passwords are checked, which counts as no wrong one', async () => {
    const person = await invited('support', PASSWORD);
    const { email } = person.person;
    const others = Array.from({ length: 60 }, () => hashPassword(PASSWORD));
    const answers = await Promise.all(Array.from({ length: FAILURES_MAX }, () => signIn(email, 'a wrong password')));
    for (const { status, headers, body } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, '5']);
      expect(body.error?.message).toContain('signing in at once');
    }
    await Promise.all(others);
    expect(await keyOf(signIn(email))).toBe('none');
  });

  test('learns nothing from an address that nobody has', async () => {
    const [known, unknown] = [(await invited('owner', PASSWORD)).person.email, 'nobody@example.com'];
    const answers = await Promise.all([signIn(known, 'a wrong one'), signIn(unknown, 'a wrong one')]);
    const [first, second] = answers.map(({ status, body }) => [status, body.error]);
    expect(first).toEqual(second);
  });
});

describe('a second factor', () => {
  let owner: Awaited<ReturnType<typeof invited>>;
  let secret: string;
  let recoveryCodes: string[];

  /** Codes are of real time, and of each period one counts. The next one's is valid as well, because clocks differ. */
  const codeIn = (periods: number) => totp().generate({ timestamp: Date.now() + periods * 30_000 });
  const totp = () => new TOTP({ secret });

  beforeAll(async () => {
    owner = await invited('owner', PASSWORD);
    ({ secret } = await owner.does('POST', '/operator/v1/totp', { password: PASSWORD }));
    expect(await owner.isRefused('PUT', '/operator/v1/totp', { code: '000000' })).toBe('SIGN_IN_FAILED');
    ({ recoveryCodes } = await owner.does('PUT', '/operator/v1/totp', { code: codeIn(0) }));
  });

  test('is set up with the password and a first code', async () => {
    const other = await signedIn('owner');
    expect(await other.isRefused('POST', '/operator/v1/totp', { password: 'a wrong one' })).toBe('SIGN_IN_FAILED');
    expect(await other.isRefused('PUT', '/operator/v1/totp', { code: '123456' })).toBe('REFUSED');
    expect(await owner.gets(SESSION)).toMatchObject({ hasSecondFactor: true });
    expect(recoveryCodes).toHaveLength(10);
    expect(await owner.isRefused('POST', '/operator/v1/totp', { password: PASSWORD })).toBe('REFUSED');
  });

  test('is asked for after the right password, and a code counts once', async () => {
    const { email } = owner.person;
    expect(await keyOf(signIn(email))).toBe('SECOND_FACTOR_REQUIRED');
    expect(await keyOf(signIn(email, 'a wrong one'))).toBe('SIGN_IN_FAILED');
    const code = codeIn(1);
    const keys = await Promise.all([keyOf(signIn(email, PASSWORD, code)), keyOf(signIn(email, PASSWORD, code))]);
    expect(keys.sort()).toEqual(['SIGN_IN_FAILED', 'none']);
  });

  test('cannot be guessed by sending the right password between two guesses', async () => {
    const { email } = owner.person;
    for (let tried = 0; tried < FAILURES_MAX; tried++) {
      await signIn(email, PASSWORD, '000000');
      await signIn(email);
    }
    expect(await keyOf(signIn(email))).toBe('SIGN_IN_FAILED');
    await world().passes('1h');
    expect(await keyOf(signIn(email))).toBe('SECOND_FACTOR_REQUIRED');
  });

  test('that was lost is replaced by each recovery code once', async () => {
    const [first = '', second = ''] = recoveryCodes;
    const { email } = owner.person;
    expect(await keyOf(signIn(email, PASSWORD, first.toUpperCase()))).toBe('none');
    expect(await keyOf(signIn(email, PASSWORD, first))).toBe('SIGN_IN_FAILED');
    expect(await keyOf(signIn(email, PASSWORD, second.replaceAll('-', '')))).toBe('none');
  });

  test('stays after a reset by link, which then signs nobody in', async () => {
    const { token } = await makeLink(deps(), owner.person, { purpose: 'reset', actor: 'test' });
    const visitor = stranger();
    expect(await visitor.does('POST', '/operator/v1/links/use', { token, password: PASSWORD })).toBeNull();
    expect(await isSignedIn(visitor)).toBe(false);
    expect(await keyOf(signIn(owner.person.email))).toBe('SECOND_FACTOR_REQUIRED');
  });

  test('is removed with the password', async () => {
    const { email } = owner.person;
    const visitor = stranger();
    await visitor.does('POST', SESSION, { email, password: PASSWORD, code: recoveryCodes[2] });
    await visitor.does('POST', '/operator/v1/totp/remove', { password: PASSWORD });
    expect(await keyOf(signIn(email))).toBe('none');
  });

  test('is stored encrypted, and codes as digests', async () => {
    const someone = await invited('owner', PASSWORD);
    const { secret: plain } = await someone.does('POST', '/operator/v1/totp', { password: PASSWORD });
    const row = await deps().db.selectFrom('person').selectAll().where('id', '=', someone.person.id).execute();
    expect(JSON.stringify(row)).not.toContain(plain);
  });
});

describe('the last owner', () => {
  test('can neither be disabled nor lose the role, also when two try to remove each other', async () => {
    const { db } = deps();
    await db.updateTable('person').set({ disabled_at: world().now }).where('role', '=', 'owner').execute();
    const [one, two] = [(await invited('owner', PASSWORD)).person, (await invited('owner', PASSWORD)).person];
    const disable = (person: PersonRow) => changePerson(deps(), person, { disabled: true }, BY_STAFF);
    const demote = (person: PersonRow) => changePerson(deps(), person, { role: 'auditor' }, BY_STAFF);
    const outcomes = await Promise.allSettled([disable(one), demote(two)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const left = outcomes[0].status === 'rejected' ? one : two;
    await expect(disable(left)).rejects.toThrow(/is the last owner/);
    await expect(demote(left)).rejects.toThrow(/is the last owner/);
  });
});

describe('roles', () => {
  test('of staff and of members are different ones', async () => {
    const merchant = await world().merchant();
    await expect(add('admin')).rejects.toThrow('admin is not a role of staff');
    await expect(add('owner', merchant.id)).rejects.toThrow('owner is not a role of a merchant’s members');
    expect(Object.keys(staffRoles).filter((role) => Object.hasOwn(memberRoles, role))).toEqual([]);
  });

  test('of members never let them do what is the operator’s', () => {
    const granted = Object.values(memberRoles).flat();
    expect(granted).not.toEqual(expect.arrayContaining(['fund']));
    expect(granted.filter((permission) => ['fund', 'operate', 'staff'].includes(permission))).toEqual([]);
  });
});
