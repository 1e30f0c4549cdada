import { beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, later } from '../../src/core/clock.ts';
import { newestCommands } from '../../src/operators/commands.ts';
import { resetPerson } from '../../src/people/access.ts';
import { hashPassword } from '../../src/people/passwords.ts';
import { changePerson } from '../../src/people/people.ts';
import { requireRelyingParty } from '../../src/people/relying-party.ts';
import { Authenticator, type Deviation } from '../support/authenticator.ts';
import { usePeople, Visitor } from '../support/visitor.ts';
import { useWorld } from '../support/world.ts';

/** What someone tries who wants to be signed in by another person's passkey, or to add one to another's account. */

const world = useWorld();
const { signedIn } = usePeople(world);
const PASSWORD = 'correct horse battery';
/** Made once: a digest takes a tenth of a second of a core. */
const HASH = hashPassword(PASSWORD);
const BY_STAFF = { isByStaff: true };

const deps = () => world().gateway.deps;
/** Passkeys need a host name. */
const home = () => `http://localhost:${new URL(world().baseUrl).port}`;
const stranger = () => new Visitor(home());

type Owner = Awaited<ReturnType<typeof withPassword>>;

async function withPassword() {
  const { person, cookie } = await signedIn('support');
  await change(person.id, { password_hash: await HASH });
  return Object.assign(stranger(), { person, cookie });
}

async function change(id: string, values: { password_hash: string } | { locked_until: Date }): Promise<void> {
  await deps().db.updateTable('person').set(values).where('id', '=', id).execute();
}

/** Adds a passkey as a browser does. */
async function adds(visitor: Visitor, authenticator: Authenticator, deviation: Deviation = {}) {
  const options = await visitor.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
  const answer = authenticator.create(options, deviation);
  return visitor.call('POST', '/operator/v1/passkeys', { name: 'Laptop', answer });
}

/** A person with a passkey. */
async function withPasskey(): Promise<{ owner: Owner; authenticator: Authenticator; passkeyId: string }> {
  const owner = await withPassword();
  const authenticator = new Authenticator(home());
  const { body } = await adds(owner, authenticator);
  expect(body.error).toBeUndefined();
  return { owner, authenticator, passkeyId: body.data.id };
}

const begin = (): Promise<{ challenge: string }> => stranger().does('POST', '/operator/v1/session/passkey/begin');

/** Signs in as a browser does. @returns the error's key, or `none` */
async function signsIn(authenticator: Authenticator, deviation: Deviation = {}): Promise<string> {
  return sends(authenticator.get(await begin(), deviation));
}

async function sends(answer: unknown, visitor = stranger()): Promise<string> {
  const { body } = await visitor.call('POST', '/operator/v1/session/passkey', answer);
  return body.error?.key ?? 'none';
}

describe('a passkey', () => {
  test('signs in without a password or a code, and shows when it was used', async () => {
    const { owner, authenticator } = await withPasskey();
    expect(await owner.gets('/operator/v1/passkeys')).toMatchObject([{ name: 'Laptop', usedAt: null }]);
    const visitor = stranger();
    const options = await visitor.does('POST', '/operator/v1/session/passkey/begin');
    expect(options).toMatchObject({ rpId: 'localhost', userVerification: 'required' });
    expect(options).not.toHaveProperty('allowCredentials');
    const { headers, body } = await visitor.call('POST', '/operator/v1/session/passkey', authenticator.get(options));
    expect(body.data).toMatchObject({ email: owner.person.email });
    expect(headers.get('set-cookie')).toMatch(/^skinrail=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(await visitor.gets('/operator/v1/session')).toEqual({ ...body.data, now: expect.any(String) });
    expect(await owner.gets('/operator/v1/passkeys')).toMatchObject([{ usedAt: expect.any(String) }]);
  });

  test('of an authenticator that does not count its uses signs in again and again', async () => {
    const { authenticator } = await withPasskey();
    expect(await signsIn(authenticator, { counter: 0 })).toBe('none');
    expect(await signsIn(authenticator, { counter: 0 })).toBe('none');
  });

  test('signs in while wrong passwords have locked the account, and does not unlock it', async () => {
    const { owner, authenticator } = await withPasskey();
    const { id, email } = owner.person;
    await change(id, { locked_until: later(world().now, HOUR_MS) });
    expect(await signsIn(authenticator)).toBe('none');
    expect(await stranger().isRefused('POST', '/operator/v1/session', { email, password: PASSWORD })).toBe(
      'SIGN_IN_FAILED',
    );
  });

  test('is renamed, and removed with the password only; the trail has each by name', async () => {
    const { owner, authenticator, passkeyId } = await withPasskey();
    const path = `/operator/v1/passkeys/${passkeyId}`;
    expect(await owner.does('PUT', path, { name: 'Phone' })).toMatchObject({ id: passkeyId, name: 'Phone' });
    expect(await owner.isRefused('POST', `${path}/remove`, { password: 'a guess of it' })).toBe('SIGN_IN_FAILED');
    expect(await signsIn(authenticator)).toBe('none');
    const other = await withPassword();
    expect(await other.isRefused('PUT', path, { name: 'Mine' })).toBe('NOT_FOUND');
    expect(await other.isRefused('POST', `${path}/remove`, { password: PASSWORD })).toBe('NOT_FOUND');
    await owner.does('POST', `${path}/remove`, { password: PASSWORD });
    expect(await owner.gets('/operator/v1/passkeys')).toEqual([]);
    expect(await signsIn(authenticator)).toBe('SIGN_IN_FAILED');
    const entries = await newestCommands(deps(), { operator: `staff:${owner.person.email}`, limit: 4 });
    const field = `passkey ${passkeyId}`;
    expect(
      entries.map(({ command, changes }) => [command, changes.map(({ before, after }) => [before, after])]),
    ).toEqual([
      [`passkey remove ${passkeyId}`, [['Phone', null]]],
      [`passkey remove ${passkeyId}`, []],
      [`passkey rename ${passkeyId} Phone`, [['Laptop', 'Phone']]],
      ['passkey add Laptop', [[null, 'Laptop']]],
    ]);
    expect(entries[0]?.changes).toMatchObject([{ field }]);
  });
});

describe('a sign-in with a passkey is refused', () => {
  let passkey: Awaited<ReturnType<typeof withPasskey>>;
  beforeAll(async () => {
    passkey = await withPasskey();
    expect(await signsIn(passkey.authenticator)).toBe('none');
  });

  const wrong: [what: string, deviation: Deviation][] = [
    ['at another origin', { origin: 'https://evil.example' }],
    ['at another port of the host', { origin: 'http://localhost:1' }],
    ['for another host', { rpId: 'evil.example' }],
    ['without user verification', { isVerified: false }],
    ['with a counter that goes back', { counter: 1 }],
    ['with a counter that says nothing any more', { counter: 0 }],
    ['with a challenge that nobody has made', { challenge: Buffer.alloc(54, 7).toString('base64url') }],
    ['with a challenge of no length', { challenge: '' }],
    ['that names another person', { userHandle: Buffer.alloc(16, 1).toString('base64url') }],
  ];

  test.each(wrong)('%s', async (_, deviation) => {
    expect(await signsIn(passkey.authenticator, deviation)).toBe('SIGN_IN_FAILED');
  });

  test('and the next right one is not', async () => {
    passkey.authenticator.counter += 10;
    expect(await signsIn(passkey.authenticator)).toBe('none');
  });

  test('with a challenge that was used, also twice at once and in another spelling', async () => {
    const { authenticator } = passkey;
    const options = await begin();
    const keys = await Promise.all([sends(authenticator.get(options)), sends(authenticator.get(options))]);
    expect(keys.sort()).toEqual(['SIGN_IN_FAILED', 'none']);
    expect(await sends(authenticator.get(options))).toBe('SIGN_IN_FAILED');
    expect(await sends(authenticator.get({ challenge: `${options.challenge}=` }))).toBe('SIGN_IN_FAILED');
  });

  test('with a challenge of five minutes ago, and with one whose end was changed', async () => {
    const { authenticator } = passkey;
    const options = await begin();
    await world().passes('5m');
    expect(await sends(authenticator.get(options))).toBe('SIGN_IN_FAILED');
    const bytes = Buffer.from(options.challenge, 'base64url');
    bytes.writeUIntBE(world().now.getTime() + 60_000, 16, 6);
    expect(await sends(authenticator.get({ challenge: bytes.toString('base64url') }))).toBe('SIGN_IN_FAILED');
  });

  test('with a challenge for adding a passkey', async () => {
    const { owner, authenticator } = await withPasskey();
    const options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    expect(await sends(authenticator.get(options))).toBe('SIGN_IN_FAILED');
  });

  test('with another key than the one that was added', async () => {
    const forged = new Authenticator(home());
    const answer = { ...forged.get(await begin()), id: passkey.authenticator.id, rawId: passkey.authenticator.id };
    expect(await sends(answer)).toBe('SIGN_IN_FAILED');
  });

  test('with one that nobody has added', async () => {
    expect(await signsIn(new Authenticator(home()))).toBe('SIGN_IN_FAILED');
  });

  test('of a person who is disabled, until the person is enabled again', async () => {
    const { owner, authenticator } = await withPasskey();
    await changePerson(deps(), owner.person, { disabled: true }, BY_STAFF);
    expect(await signsIn(authenticator)).toBe('SIGN_IN_FAILED');
    await changePerson(deps(), owner.person, { disabled: false }, BY_STAFF);
    expect(await signsIn(authenticator)).toBe('none');
  });
});

describe('a reset', () => {
  test('keeps passkeys, unless it removes the second factor', async () => {
    const { owner, authenticator } = await withPasskey();
    await resetPerson(deps(), owner.person, { actor: 'test', removesSecondFactor: false });
    expect(await signsIn(authenticator)).toBe('none');
    await resetPerson(deps(), owner.person, { actor: 'test', removesSecondFactor: true });
    expect(await signsIn(authenticator)).toBe('SIGN_IN_FAILED');
  });
});

describe('someone with a stolen session', () => {
  test('cannot add a passkey without the password', async () => {
    const { cookie } = await withPassword();
    const thief = Object.assign(stranger(), { cookie });
    expect(await thief.isRefused('POST', '/operator/v1/passkeys/begin', { password: 'a guess of it' })).toBe(
      'SIGN_IN_FAILED',
    );
    const answer = new Authenticator(home()).create({ ...(await begin()), user: { id: 'AAAA' } });
    expect(await thief.isRefused('POST', '/operator/v1/passkeys', { name: 'Mine', answer })).toBe('REFUSED');
  });

  test('cannot add one with a challenge of another session, be it of the same person', async () => {
    const owner = await withPassword();
    const other = stranger();
    await other.does('POST', '/operator/v1/session', { email: owner.person.email, password: PASSWORD });
    const authenticator = new Authenticator(home());
    const options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    const body = { name: 'Mine', answer: authenticator.create(options) };
    expect(await other.isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    expect(await (await withPassword()).isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    await owner.does('PUT', '/operator/v1/password', { current: PASSWORD, password: PASSWORD });
    expect(await owner.isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    expect(await owner.gets('/operator/v1/passkeys')).toEqual([]);
  });
});

describe('a passkey is not added', () => {
  const wrong: [what: string, deviation: Deviation][] = [
    ['at another origin', { origin: 'https://evil.example' }],
    ['for another host', { rpId: 'evil.example' }],
    ['without user verification', { isVerified: false }],
    ['with a challenge that nobody has made', { challenge: Buffer.alloc(54, 7).toString('base64url') }],
  ];

  let owner: Owner;
  let options: Parameters<Authenticator['create']>[0];
  beforeAll(async () => {
    owner = await withPassword();
    options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
  });

  test.each(wrong)('%s', async (_, deviation) => {
    const body = { name: 'Laptop', answer: new Authenticator(home()).create(options, deviation) };
    expect(await owner.isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    expect(await owner.gets('/operator/v1/passkeys')).toEqual([]);
  });

  test('a second time, neither with its challenge nor to another account', async () => {
    const owner = await withPassword();
    const authenticator = new Authenticator(home());
    const options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    const body = { name: 'Laptop', answer: authenticator.create(options) };
    await owner.does('POST', '/operator/v1/passkeys', body);
    expect(await owner.isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    const { body: again } = await adds(await withPassword(), authenticator);
    expect(again.error?.key).toBe('REFUSED');
    expect(await owner.gets('/operator/v1/passkeys')).toHaveLength(1);
    const { excludeCredentials } = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    expect(excludeCredentials).toEqual([{ id: authenticator.id, type: 'public-key', transports: ['internal'] }]);
  });

  test('when it has waited five minutes', async () => {
    const owner = await withPassword();
    const options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    await world().passes('5m');
    const answer = new Authenticator(home()).create(options);
    expect(await owner.isRefused('POST', '/operator/v1/passkeys', { name: 'Laptop', answer })).toBe('REFUSED');
  });

  test('with what is no answer of an authenticator', async () => {
    const owner = await withPassword();
    const options = await owner.does('POST', '/operator/v1/passkeys/begin', { password: PASSWORD });
    const answer = new Authenticator(home()).create(options);
    for (const attestationObject of ['AAAA', Buffer.alloc(5000, 0x81).toString('base64url')]) {
      const body = { name: 'Laptop', answer: { ...answer, response: { ...answer.response, attestationObject } } };
      expect(await owner.isRefused('POST', '/operator/v1/passkeys', body)).toBe('REFUSED');
    }
  });
});

describe('the certificates of an authenticator', () => {
  test('are not looked at, so that nobody makes the gateway call an address that they name', async () => {
    const attestation = ['android-key', new Map([['x5c', [new Uint8Array([1]), new Uint8Array([2])]]])] as const;
    const { body } = await adds(await withPassword(), new Authenticator(home()), { attestation });
    expect(body.error).toBeUndefined();
  });
});

describe('the relying party', () => {
  test('is the host of the public URL, else that of the request', () => {
    expect(requireRelyingParty('https://pay.example/', 'other.example')).toEqual({
      id: 'pay.example',
      origins: ['https://pay.example'],
    });
    expect(requireRelyingParty('', 'pay.example:8443')).toEqual({
      id: 'pay.example',
      origins: ['https://pay.example:8443', 'http://pay.example:8443'],
    });
    expect(requireRelyingParty('', 'localhost:80').origins).toEqual(['https://localhost:80', 'http://localhost']);
  });

  test.each(['127.0.0.1:3000', '[::1]:3000', '2130706433', '0x7f.1', '', 'a b'])('cannot be %j', (host) => {
    expect(() => requireRelyingParty('', host)).toThrow();
  });

  test('at an IP address is refused by every route that needs one, with a sentence that says so', async () => {
    const visitor = new Visitor(world().baseUrl);
    const { body } = await visitor.call('POST', '/operator/v1/session/passkey/begin');
    expect(body.error).toMatchObject({ key: 'REFUSED', message: expect.stringContaining('need a host name') });
    const { cookie } = await withPassword();
    const person = Object.assign(visitor, { cookie });
    expect(await person.isRefused('POST', '/operator/v1/passkeys/begin', { password: PASSWORD })).toBe('REFUSED');
    expect(await person.gets('/operator/v1/passkeys')).toEqual([]);
  });
});

test('challenges of strangers are not stored, and those that were used are forgotten an hour after their end', async () => {
  const count = async () => (await deps().db.selectFrom('person_challenge').select('hash').execute()).length;
  await world().passes('2h');
  const { authenticator } = await withPasskey();
  const before = await count();
  await begin();
  expect(await count()).toBe(before);
  await world().passes('2h');
  expect(await signsIn(authenticator)).toBe('none');
  expect(await count()).toBe(1);
});
