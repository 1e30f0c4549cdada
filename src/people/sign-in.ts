import { type RawBuilder, sql } from 'kysely';
import { later, MINUTE_MS } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import type { PersonRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hashPassword, isPassword, requireTimeForPasswords } from './passwords.ts';
import { endSessions } from './people.ts';
import { isSecondFactor } from './second-factor.ts';

type SignInDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

/** So many wrong passwords or codes in a row lock an account for a minute; each further one for twice as long. */
export const FAILURES_MAX = 5;
const LOCK_MS = MINUTE_MS;
const LOCK_MAX_MS = 15 * MINUTE_MS;

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of the authenticator app, or a recovery code. */
  readonly code?: string | undefined;
}

/**
 * Checks a password and, if the person has set one up, the second factor.
 * @throws SIGN_IN_FAILED when something is wrong or the account is locked; it does not say which
 * @throws SECOND_FACTOR_REQUIRED when the password is right and the code is missing
 */
export async function signIn(deps: SignInDeps, { email, password, code }: Credentials): Promise<PersonRow> {
  requireTimeForPasswords();
  const person = await claimAttempt(deps, { email: email.trim().normalize('NFKC').toLowerCase() });
  if (!(await isPassword(password, person?.password_hash ?? null)) || !person) throw errors.of('SIGN_IN_FAILED');
  if (person.totp_confirmed_at !== null) {
    if (code === undefined) {
      await giveBackAttempt(deps, person);
      throw errors.of('SECOND_FACTOR_REQUIRED');
    }
    if (!(await isSecondFactor(deps, person, code))) throw errors.of('SIGN_IN_FAILED');
  }
  await forgetFailures(deps, person.id);
  return person;
}

/**
 * Counts an attempt as wrong before it is checked, so that many at once are not all checked before the first one counts. One
 * statement counts and locks: the next attempt, which waits for the row, finds the lock.
 * @returns null when there is no such account, or it is locked or disabled
 */
async function claimAttempt(
  { db, clock }: SignInDeps,
  who: { readonly email: string } | { readonly id: string },
): Promise<PersonRow | null> {
  const now = clock.now();
  const [column, value] = 'email' in who ? (['email', who.email] as const) : (['id', who.id] as const);
  const person = await db
    .updateTable('person')
    .set((row) => ({ failures: row('failures', '+', 1), locked_until: lockAfter(now) }))
    .where(column, '=', value)
    .where('disabled_at', 'is', null)
    .where((row) => row.or([row('locked_until', 'is', null), row('locked_until', '<=', now)]))
    .returningAll()
    .executeTakeFirst();
  return person ?? null;
}

const DOUBLINGS_MAX = Math.ceil(Math.log2(LOCK_MAX_MS / LOCK_MS));

/** Until when the account is locked by one more failure. */
function lockAfter(now: Date): RawBuilder<Date | null> {
  const doubled = Array.from({ length: DOUBLINGS_MAX }, (_, times) => {
    return sql`when failures + 1 = ${FAILURES_MAX + times} then ${later(now, LOCK_MS * 2 ** times)}::timestamptz`;
  });
  return sql<Date | null>`case when failures + 1 < ${FAILURES_MAX} then locked_until ${sql.join(doubled, sql` `)}
    else ${later(now, LOCK_MAX_MS)}::timestamptz end`;
}

/**
 * A right password without a code is no failure. Earlier failures still count, and a lock that others have caused meanwhile
 * stays: wrong codes could be tried without end otherwise.
 */
async function giveBackAttempt({ db }: SignInDeps, { id, failures }: PersonRow): Promise<void> {
  await db
    .updateTable('person')
    .set({
      failures: sql`greatest(failures - 1, 0)`,
      locked_until: sql<Date | null>`case when failures = ${failures} then null else locked_until end`,
    })
    .where('id', '=', id)
    .execute();
}

async function forgetFailures({ db }: SignInDeps, id: string): Promise<void> {
  await db.updateTable('person').set({ failures: 0, locked_until: null }).where('id', '=', id).execute();
}

/**
 * Asks a person who is signed in for the password again, before something that a stolen session must not do.
 * @throws SIGN_IN_FAILED
 */
export async function requirePassword(deps: SignInDeps, { id }: PersonRow, password: string): Promise<void> {
  requireTimeForPasswords();
  const person = await claimAttempt(deps, { id });
  if (!person || !(await isPassword(password, person.password_hash))) throw errors.of('SIGN_IN_FAILED');
  await forgetFailures(deps, id);
}

/**
 * Changes a password, and ends all sessions of the person: a stolen cookie is worth nothing after it.
 * @returns the person with the new password
 * @throws SIGN_IN_FAILED when the current password is wrong
 */
export async function changePassword(
  deps: SignInDeps,
  person: PersonRow,
  { current, password }: { readonly current: string; readonly password: string },
): Promise<PersonRow> {
  await requirePassword(deps, person, current);
  const hash = await hashPassword(password);
  return inTransaction(deps, async (trx) => {
    const changed = await trx
      .updateTable('person')
      .set({ password_hash: hash })
      .where('id', '=', person.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    await endSessions(trx, person.id);
    return changed;
  });
}
