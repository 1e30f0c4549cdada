import { newId } from '../core/ids.ts';
import { NotFoundError, OperatorError } from '../core/operator-error.ts';
import { isMemberRole, isStaffRole, type Role } from '../core/roles.ts';
import type { PersonRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';

type PeopleDeps = Pick<Deps, 'db' | 'clock'>;

/** Enough to find a mistyped address; only a message proves that it exists. */
const EMAIL = /^[^\s@<>"',;\p{C}]{1,64}@[^\s@<>"',;\p{C}]{1,189}$/u;
const NAME_MAX = 64;

/** @throws OperatorError for a text that is no e-mail address */
export function readEmail(text: string): string {
  const email = text.trim().normalize('NFKC').toLowerCase();
  if (!EMAIL.test(email)) throw new OperatorError(`${JSON.stringify(text)} is not an e-mail address`);
  return email;
}

/** @throws OperatorError for a name that is empty, too long or has invisible characters */
export function readName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > NAME_MAX || /[\p{C}]/u.test(name)) {
    throw new OperatorError(`a name has 1 to ${NAME_MAX} visible characters`);
  }
  return name;
}

/** How a person is named in the audit trail, in events and as the author of a movement. */
export function actorOf({ merchant_id: merchantId, email }: Pick<PersonRow, 'merchant_id' | 'email'>): string {
  return `${merchantId === null ? 'staff' : 'member'}:${email}`;
}

export interface NewPerson {
  /** null: staff. */
  readonly merchantId: string | null;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/**
 * Adds a person, who cannot sign in before a link was used to set a password.
 * @throws OperatorError when someone has the address, or the role is one of the other group
 */
export async function addPerson(
  { db, clock }: { readonly db: Deps['db'] | Trx; readonly clock: Deps['clock'] },
  { merchantId, email, name, role }: NewPerson,
): Promise<PersonRow> {
  requireRole(merchantId, role);
  const now = clock.now();
  const row = { id: newId(now), merchant_id: merchantId, email: readEmail(email), name: readName(name), role };
  const added = await db
    .insertInto('person')
    .values({ ...row, created_at: now })
    .onConflict((conflict) => conflict.column('email').doNothing())
    .returningAll()
    .executeTakeFirst();
  if (!added) throw new OperatorError(`${row.email} has an account already`);
  return added;
}

function requireRole(merchantId: string | null, role: string): void {
  if (merchantId === null ? isStaffRole(role) : isMemberRole(role)) return;
  throw new OperatorError(`${role} is not a role of ${merchantId === null ? 'staff' : 'a merchant’s members'}`);
}

/** Which people: staff, or the members of one merchant. */
export interface PeopleScope {
  /** null: staff. */
  readonly merchantId: string | null;
}

/** Which part of the list is read; absent: all. */
export interface PeoplePage {
  /** The e-mail address of the last person of the page before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** By e-mail address. */
export async function listPeople(
  { db }: Pick<Deps, 'db'>,
  { merchantId }: PeopleScope,
  { after, limit }: PeoplePage = {},
): Promise<PersonRow[]> {
  return db
    .selectFrom('person')
    .selectAll()
    .where('merchant_id', merchantId === null ? 'is' : '=', merchantId)
    .$if(after !== undefined, (query) => query.where('email', '>', after ?? ''))
    .orderBy('email')
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute();
}

/**
 * One of these people.
 * @returns undefined when nobody of them has the id
 */
export function findPerson(
  { db }: Pick<Deps, 'db'>,
  { merchantId }: PeopleScope,
  id: string,
): Promise<PersonRow | undefined> {
  return db
    .selectFrom('person')
    .selectAll()
    .where('id', '=', id)
    .where('merchant_id', merchantId === null ? 'is' : '=', merchantId)
    .executeTakeFirst();
}

/**
 * Anyone, staff or member: an e-mail address has one account.
 * @throws OperatorError when there is none
 */
export async function requirePersonOf({ db }: Pick<Deps, 'db'>, address: string): Promise<PersonRow> {
  const email = readEmail(address);
  const person = await db.selectFrom('person').selectAll().where('email', '=', email).executeTakeFirst();
  if (!person) throw new NotFoundError(`nobody has the account ${email}; see skinrail staff list`);
  return person;
}

/** What a manager changes of a person. What is absent stays as it is. */
export interface PersonChange {
  readonly role?: Role | undefined;
  /** Whether the person can sign in no more. */
  readonly disabled?: boolean | undefined;
}

/**
 * Changes a person, who is then signed out everywhere, so that no session outlives a right.
 * @param isByStaff whether staff or the command line does it: they can invite another admin of a merchant
 * @throws OperatorError for a role of the other group, and when nobody could manage the others after it
 */
export async function changePerson(
  deps: PeopleDeps,
  { id }: Pick<PersonRow, 'id'>,
  { role, disabled }: PersonChange,
  { isByStaff }: { readonly isByStaff: boolean },
): Promise<PersonRow> {
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    const before = await trx
      .selectFrom('person')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (role !== undefined) requireRole(before.merchant_id, role);
    const change = {
      role: role ?? before.role,
      disabled_at: (disabled ?? before.disabled_at !== null) ? (before.disabled_at ?? now) : null,
    };
    const isSame = change.role === before.role && change.disabled_at === before.disabled_at;
    if (isSame) return before;
    if (before.merchant_id === null || !isByStaff) await requireAnotherManager(trx, before, change);
    await endSessions(trx, id);
    return trx.updateTable('person').set(change).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
  });
}

const MANAGERS: readonly Role[] = ['owner', 'admin'];

/**
 * Without an owner nobody could invite staff but at the command line, and without an admin no member could invite another.
 * A person who has set no password manages nobody yet.
 */
async function requireAnotherManager(
  trx: Trx,
  person: PersonRow,
  { role, disabled_at: disabledAt }: Pick<PersonRow, 'role' | 'disabled_at'>,
): Promise<void> {
  const staysManager = MANAGERS.includes(role) && disabledAt === null;
  const isManager = MANAGERS.includes(person.role) && person.disabled_at === null && person.password_hash !== null;
  if (staysManager || !isManager) return;
  // Locked, so that two of them cannot remove each other at once.
  const managers = await trx
    .selectFrom('person')
    .select(['id', 'password_hash'])
    .where('merchant_id', person.merchant_id === null ? 'is' : '=', person.merchant_id)
    .where('role', 'in', MANAGERS)
    .where('disabled_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  const isLast = !managers.some(({ id, password_hash }) => id !== person.id && password_hash !== null);
  if (isLast)
    throw new OperatorError(`${person.email} is the last ${person.role}; give another person that role first`);
}

/** Signs a person out everywhere, and makes unused links void. */
export async function endSessions(trx: Trx, personId: string): Promise<void> {
  await trx.deleteFrom('person_session').where('person_id', '=', personId).execute();
  await trx.deleteFrom('person_link').where('person_id', '=', personId).where('used_at', 'is', null).execute();
}
