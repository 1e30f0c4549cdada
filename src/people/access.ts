import { OperatorError } from '../core/operator-error.ts';
import { environmentOf } from '../db/environment.ts';
import type { PersonRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { addLink, type NewLink } from './links.ts';
import { removePasskeys } from './passkeys.ts';
import { addPerson, endSessions, type NewPerson, requirePersonOf } from './people.ts';
import { removeTotp } from './second-factor.ts';

type AccessDeps = Pick<Deps, 'db' | 'clock'>;

/** A person with the link that lets the person in; its token is shown once. */
export interface Admitted {
  readonly person: PersonRow;
  readonly link: NewLink;
}

/** More members of one merchant are a mistake, or an attempt to take addresses away from others. */
const MEMBERS_MAX = 100;

/**
 * Adds a person, who sets a password with the link.
 * @param actor who invites, as the audit trail names them
 * @throws OperatorError when someone has the address, when the role is one of the other group, or when the merchant has too many
 * members
 */
export async function invitePerson(deps: AccessDeps, wanted: NewPerson, actor: string): Promise<Admitted> {
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    await requireRoom(trx, wanted.merchantId);
    const person = await addPerson({ db: trx, clock: deps.clock }, wanted);
    return { person, link: await addLink(trx, person.id, { purpose: 'invitation', actor, now }) };
  });
}

async function requireRoom(trx: Trx, merchantId: string | null): Promise<void> {
  if (merchantId === null) return;
  const { members } = await trx
    .selectFrom('person')
    .select((row) => row.fn.countAll<bigint>().as('members'))
    .where('merchant_id', '=', merchantId)
    .executeTakeFirstOrThrow();
  if (Number(members) >= MEMBERS_MAX) throw new OperatorError(`a merchant has at most ${MEMBERS_MAX} members`);
}

export interface Reset {
  /** As the audit trail names them. */
  readonly actor: string;
  /** With all passkeys: for a person who has lost the device and the recovery codes, or whose password someone else has. */
  readonly removesSecondFactor: boolean;
}

/**
 * Makes a link with which a person sets a new password, or the first one. The person is signed out everywhere, is no longer
 * locked, and has no other unused link. The old password opens the account until the link is used: disable a person whose
 * password someone else has.
 * @throws OperatorError when the person is disabled
 */
export async function resetPerson(
  deps: AccessDeps,
  { id }: Pick<PersonRow, 'id'>,
  { actor, removesSecondFactor }: Reset,
): Promise<NewLink> {
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    const person = await lockPerson(trx, id);
    if (person.disabled_at !== null) {
      throw new OperatorError(`${person.email} is disabled; enable the account first`);
    }
    await endSessions(trx, id);
    await trx.updateTable('person').set({ failures: 0, locked_until: null }).where('id', '=', id).execute();
    if (removesSecondFactor) {
      await removeTotp({ db: trx }, person);
      await removePasskeys(trx, id);
    }
    return addLink(trx, id, { purpose: person.password_hash === null ? 'invitation' : 'reset', actor, now });
  });
}

function lockPerson(trx: Trx, id: string): Promise<PersonRow> {
  return trx.selectFrom('person').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
}

/** Of the account that a sandbox has without anyone inviting it. */
const SANDBOX_OWNER = {
  merchantId: null,
  email: 'owner@sandbox.example',
  name: 'Sandbox owner',
  role: 'owner',
} as const;

/**
 * The person for whom a sandbox makes a sign-in link; the owner is added if nobody was named and there is none.
 * @param email null: the sandbox's owner
 * @throws OperatorError outside a sandbox, and for a person who is unknown or disabled
 */
export async function requireSandboxPerson(deps: AccessDeps, email: string | null): Promise<SandboxPerson> {
  if ((await environmentOf(deps.db)) !== 'sandbox') {
    throw new OperatorError(
      'only a sandbox has sign-in links, and this is the database of no sandbox; use skinrail staff reset for a link that sets a new password',
    );
  }
  const known = email === null ? await findOwner(deps) : await requirePersonOf(deps, email);
  if (!known) return { person: await addPerson(deps, SANDBOX_OWNER), isNew: true };
  if (known.disabled_at !== null) throw new OperatorError(`${known.email} is disabled; enable the account first`);
  return { person: known, isNew: false };
}

export interface SandboxPerson {
  readonly person: PersonRow;
  readonly isNew: boolean;
}

function findOwner({ db }: Pick<Deps, 'db'>): Promise<PersonRow | undefined> {
  return db.selectFrom('person').selectAll().where('email', '=', SANDBOX_OWNER.email).executeTakeFirst();
}
