import { type ApiError, errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { PersonPasskeyRow, PersonRow, PersonSessionRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { CHALLENGE_MS, type ChallengePurpose, isOpenChallenge, newChallenge, useChallenge } from './challenges.ts';
import { readName } from './people.ts';
import type { RelyingParty } from './relying-party.ts';
import {
  checkRegistration,
  checkSignIn,
  type RegistrationAnswer,
  registrationOptions,
  type SignInAnswer,
  signInOptions,
} from './webauthn.ts';

type PasskeyDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

const PASSKEYS_MAX = 20;

/** Who adds a passkey, and in which session: an answer counts in the session that has asked for it. */
export interface PasskeyOwner {
  readonly person: PersonRow;
  readonly session: Pick<PersonSessionRow, 'id'>;
}

/** Begins to add a passkey. Ask for the password first: with a passkey a stolen session would last for good. */
export async function beginPasskey(deps: PasskeyDeps, { person, session }: PasskeyOwner, party: RelyingParty) {
  return registrationOptions({
    rpId: party.id,
    challenge: newChallenge(deps, { kind: 'registration', sessionId: session.id }),
    timeoutMs: CHALLENGE_MS,
    person,
    known: await passkeysOf(deps, person.id),
  });
}

export interface NewPasskey {
  readonly name: string;
  readonly answer: RegistrationAnswer;
}

/**
 * Adds the passkey that an authenticator has made.
 * @throws REFUSED when the answer is not valid, the passkey is known, or there are too many; NOT_SIGNED_IN when the session
 * has ended meanwhile
 */
export async function finishPasskey(
  deps: PasskeyDeps,
  { person, session }: PasskeyOwner,
  party: RelyingParty,
  { name, answer }: NewPasskey,
): Promise<PersonPasskeyRow> {
  const shown = readName(name);
  const challenge = expecting(deps, party, { kind: 'registration', sessionId: session.id });
  const credential = await checkRegistration(answer, challenge.expected).catch((cause: unknown) => {
    throw because(cause, errors.of('REFUSED', { message: NOT_ADDED }));
  });
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    await requireOpenSession(trx, session.id);
    if (!(await useChallenge(trx, challenge.answered(), now))) throw errors.of('REFUSED', { message: NOT_ADDED });
    await requireRoom(trx, person.id);
    const added = await trx
      .insertInto('person_passkey')
      .values({
        id: newId(now),
        person_id: person.id,
        credential_id: credential.id,
        public_key: Buffer.from(credential.publicKey),
        counter: BigInt(credential.counter),
        transports: credential.transports ?? [],
        name: shown,
        created_at: now,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (!added) throw errors.of('REFUSED', { message: 'This passkey was added before.' });
    return added;
  });
}

const NOT_ADDED = 'The passkey was not accepted, and nothing was added. Begin again.';

/** Locks it, so that what ends all sessions, such as a change of the password, ends before or after. */
async function requireOpenSession(trx: Trx, id: string): Promise<void> {
  const open = await trx.selectFrom('person_session').select('id').where('id', '=', id).forUpdate().executeTakeFirst();
  if (!open) throw errors.of('NOT_SIGNED_IN');
}

async function requireRoom(trx: Trx, personId: string): Promise<void> {
  const { count } = await trx
    .selectFrom('person_passkey')
    .select((row) => row.fn.countAll<bigint>().as('count'))
    .where('person_id', '=', personId)
    .executeTakeFirstOrThrow();
  if (count >= PASSKEYS_MAX) {
    throw errors.of('REFUSED', { message: `You have ${PASSKEYS_MAX} passkeys. Remove one that you do not use first.` });
  }
}

/** Begins a sign-in with a passkey, of whom nobody knows yet whose it is. */
export function beginPasskeySignIn(deps: PasskeyDeps, party: RelyingParty) {
  return signInOptions(party.id, newChallenge(deps, { kind: 'sign-in' }), CHALLENGE_MS);
}

/**
 * Checks a sign-in with a passkey, which is both factors: the device, and what unlocks it. Wrong passwords of others do not
 * lock it.
 * @throws SIGN_IN_FAILED, whatever is wrong
 */
export async function finishPasskeySignIn(
  deps: PasskeyDeps,
  party: RelyingParty,
  answer: SignInAnswer,
): Promise<PersonRow> {
  const passkey = await deps.db
    .selectFrom('person_passkey')
    .selectAll()
    .where('credential_id', '=', answer.id)
    .executeTakeFirst();
  if (!passkey) throw notAccepted('There is no such passkey');
  const challenge = expecting(deps, party, { kind: 'sign-in' });
  const counter = await checkSignIn(answer, passkey, challenge.expected).catch((cause: unknown) => {
    throw notAccepted(cause);
  });
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    if (!(await useChallenge(trx, challenge.answered(), now))) throw notAccepted('The challenge was used before');
    const isCounted = await countUse(trx, passkey, { counter: BigInt(counter), now });
    if (!isCounted) throw notAccepted('The passkey was used or removed meanwhile');
    const person = await trx
      .selectFrom('person')
      .selectAll()
      .where('id', '=', passkey.person_id)
      .executeTakeFirstOrThrow();
    if (person.disabled_at !== null) throw notAccepted('The person is disabled');
    return person;
  });
}

function notAccepted(cause: unknown): ApiError {
  const message = 'The passkey was not accepted. Try again, or sign in with your password.';
  return because(cause, errors.of('SIGN_IN_FAILED', { message }));
}

/**
 * Of two uses at once that an authenticator has counted alike, one is a copy's.
 * @returns false also when the passkey was removed meanwhile
 */
async function countUse(
  trx: Trx,
  { id }: PersonPasskeyRow,
  { counter, now }: { readonly counter: bigint; readonly now: Date },
): Promise<boolean> {
  const used = await trx
    .updateTable('person_passkey')
    .set({ counter, used_at: now })
    .where('id', '=', id)
    .where('counter', counter === 0n ? '=' : '<', counter)
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** What an answer must be, and which challenge it has answered. */
function expecting(deps: PasskeyDeps, { id: rpId, origins }: RelyingParty, purpose: ChallengePurpose) {
  let answered: string | null = null;
  const isOpen = (challenge: string): boolean => {
    answered = challenge;
    return isOpenChallenge(deps, challenge, purpose);
  };
  return {
    expected: { rpId, origins, isOpen },
    answered: (): string => {
      if (answered === null) throw new Error('the library has accepted an answer without its challenge');
      return answered;
    },
  };
}

/** What was wrong is for the log only. */
function because(cause: unknown, refusal: ApiError): ApiError {
  return Object.assign(refusal, { cause });
}

/** A person's passkeys, in the order in which they were added. */
export function passkeysOf({ db }: Pick<Deps, 'db'>, personId: string): Promise<PersonPasskeyRow[]> {
  return db.selectFrom('person_passkey').selectAll().where('person_id', '=', personId).orderBy('id').execute();
}

/** @returns null when the person has no such passkey */
export async function renamePasskey(
  { db }: Pick<Deps, 'db'>,
  personId: string,
  { id, name }: Pick<PersonPasskeyRow, 'id' | 'name'>,
): Promise<PersonPasskeyRow | null> {
  const renamed = await db
    .updateTable('person_passkey')
    .set({ name: readName(name) })
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return renamed ?? null;
}

/** @returns false when the person has no such passkey */
export async function removePasskey({ db }: Pick<Deps, 'db'>, personId: string, id: string): Promise<boolean> {
  const removed = await db
    .deleteFrom('person_passkey')
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return removed !== undefined;
}

/** Removes all passkeys of a person. */
export async function removePasskeys(trx: Trx, personId: string): Promise<void> {
  await trx.deleteFrom('person_passkey').where('person_id', '=', personId).execute();
}
