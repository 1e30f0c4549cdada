import { DAY_MS, HOUR_MS, MINUTE_MS, msBetween } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { PersonRow, PersonSessionRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hashToken, newToken } from './tokens.ts';

type SessionDeps = Pick<Deps, 'db' | 'clock' | 'config'>;

/** A session ends when it is not used for so long, and in any case after the other time. */
const IDLE_MS = 12 * HOUR_MS;
const LIFE_MS = 7 * DAY_MS;
/** In a sandbox the clock is moved by weeks, and nobody shall have to sign in again after each jump. */
const SANDBOX_LIFE_MS = 3650 * DAY_MS;
/** How exactly the last use is known: not every request writes a row. */
const SEEN_EVERY_MS = MINUTE_MS;
/** A person's older sessions are ended when there are more. */
const SESSIONS_MAX = 20;
const AGENT_MAX = 200;

export interface SessionOrigin {
  readonly address: string;
  /** What the browser calls itself. */
  readonly agent: string;
}

/**
 * Starts a session. Checking a password takes a while: if the password, the role or the right to sign in was changed meanwhile,
 * there is none.
 * @param person as it was when the password or link was checked
 * @returns its token, which is only in the cookie
 * @throws SIGN_IN_FAILED when the person was changed
 */
export async function startSession(
  deps: SessionDeps,
  person: PersonRow,
  { address, agent }: SessionOrigin,
): Promise<string> {
  const token = newToken();
  const now = deps.clock.now();
  const times = { created_at: now, seen_at: now };
  const shown = agent.slice(0, AGENT_MAX).toWellFormed().replaceAll('\0', '');
  const row = { id: newId(now), person_id: person.id, hash: hashToken(token), address, agent: shown, ...times };
  await inTransaction(deps, async (trx) => {
    const current = await trx
      .selectFrom('person')
      .selectAll()
      .where('id', '=', person.id)
      .forUpdate()
      .executeTakeFirst();
    const isSame = current?.password_hash === person.password_hash && current.role === person.role;
    if (!isSame || current.disabled_at !== null) throw errors.of('SIGN_IN_FAILED');
    await trx.insertInto('person_session').values(row).execute();
  });
  await endOldest(deps, person.id);
  return token;
}

async function endOldest({ db }: Pick<Deps, 'db'>, personId: string): Promise<void> {
  const kept = db
    .selectFrom('person_session')
    .select('id')
    .where('person_id', '=', personId)
    .orderBy('seen_at', 'desc')
    .orderBy('id', 'desc')
    .limit(SESSIONS_MAX);
  await db.deleteFrom('person_session').where('person_id', '=', personId).where('id', 'not in', kept).execute();
}

export interface OpenSession {
  readonly session: PersonSessionRow;
  readonly person: PersonRow;
  /** Whether the operator has disabled the person's merchant. */
  readonly isMerchantDisabled: boolean;
}

/** The session of a cookie. Read from the database for every request, so that an ended one counts nowhere any more. */
export async function findSession(deps: SessionDeps, token: string): Promise<OpenSession | null> {
  const { db, clock } = deps;
  const session = await db
    .selectFrom('person_session')
    .selectAll()
    .where('hash', '=', hashToken(token))
    .executeTakeFirst();
  if (!session || isOver(deps, session)) return null;
  const found = await db
    .selectFrom('person')
    .leftJoin('merchant', 'merchant.id', 'person.merchant_id')
    .selectAll('person')
    .select('merchant.disabled_at as merchant_disabled_at')
    .where('person.id', '=', session.person_id)
    .executeTakeFirst();
  if (!found || found.disabled_at !== null) return null;
  const now = clock.now();
  if (msBetween(session.seen_at, now) >= SEEN_EVERY_MS) {
    await db.updateTable('person_session').set({ seen_at: now }).where('id', '=', session.id).execute();
  }
  const { merchant_disabled_at: merchantDisabledAt, ...person } = found;
  return { session, person, isMerchantDisabled: merchantDisabledAt !== null };
}

function isOver({ clock, config }: SessionDeps, { created_at, seen_at }: PersonSessionRow): boolean {
  const now = clock.now();
  const [idleMs, lifeMs] = config.sandbox ? [SANDBOX_LIFE_MS, SANDBOX_LIFE_MS] : [IDLE_MS, LIFE_MS];
  return msBetween(seen_at, now) >= idleMs || msBetween(created_at, now) >= lifeMs;
}

/** A person's sessions, the last used first; those that are over are left out. */
export async function sessionsOf(deps: SessionDeps, personId: string): Promise<PersonSessionRow[]> {
  const sessions = await deps.db
    .selectFrom('person_session')
    .selectAll()
    .where('person_id', '=', personId)
    .orderBy('seen_at', 'desc')
    .execute();
  return sessions.filter((session) => !isOver(deps, session));
}

/** @returns false when the person has no such session */
export async function endSession({ db }: Pick<Deps, 'db'>, personId: string, id: string): Promise<boolean> {
  const ended = await db
    .deleteFrom('person_session')
    .where('person_id', '=', personId)
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}
