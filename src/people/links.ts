import { DAY_MS, HOUR_MS, later, MINUTE_MS } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { LinkPurpose, PersonLinkRow, PersonRow } from '../db/tables.ts';
import { inTransaction, type Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hashPassword, requireTimeForPasswords } from './passwords.ts';
import { endSessions, readName } from './people.ts';
import { hashToken, newToken } from './tokens.ts';

type LinkDeps = Pick<Deps, 'db' | 'clock'>;

/** How long a link can be used. Whoever has it can sign in as the person. */
const LIFE_MS: Readonly<Record<LinkPurpose, number>> = {
  invitation: 3 * DAY_MS,
  reset: HOUR_MS,
  'sign-in': 10 * MINUTE_MS,
};

export interface NewLink {
  /** Shown once. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Makes a link; the person's earlier links of this kind are void from then on. */
export async function makeLink(
  deps: LinkDeps,
  { id: personId }: Pick<PersonRow, 'id'>,
  { purpose, actor }: { readonly purpose: LinkPurpose; readonly actor: string },
): Promise<NewLink> {
  const now = deps.clock.now();
  return inTransaction(deps, (trx) => addLink(trx, personId, { purpose, actor, now }));
}

/** The same within the caller's transaction. */
export async function addLink(
  trx: Trx,
  personId: string,
  { purpose, actor, now }: { readonly purpose: LinkPurpose; readonly actor: string; readonly now: Date },
): Promise<NewLink> {
  const token = newToken();
  const expiresAt = later(now, LIFE_MS[purpose]);
  const about = { id: newId(now), person_id: personId, purpose, hash: hashToken(token), made_by: actor };
  await trx
    .deleteFrom('person_link')
    .where('person_id', '=', personId)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .execute();
  await trx
    .insertInto('person_link')
    .values({ ...about, created_at: now, expires_at: expiresAt })
    .execute();
  return { token, expiresAt };
}

/**
 * Where a browser uses a link. Browsers do not send what stands behind `#`, so that no log on the way has the token.
 * @param baseUrl the gateway's address without a trailing slash
 */
export function linkAddress(baseUrl: string, { token }: Pick<NewLink, 'token'>): string {
  return `${baseUrl}/console/link#${token}`;
}

export interface OpenLink {
  readonly purpose: LinkPurpose;
  readonly person: PersonRow;
}

/**
 * Whom a link is for. It stays unused.
 * @throws LINK_NOT_VALID
 */
export async function readLink({ db, clock }: LinkDeps, token: string): Promise<OpenLink> {
  const { person, purpose } = await requireLink(db, token, clock.now());
  return { person, purpose };
}

/**
 * Uses a link to set a password: of an invited person the first one, with the name; else a new one, after which the person is
 * signed out everywhere and no longer locked.
 * @throws LINK_NOT_VALID
 */
export async function setPasswordByLink(
  deps: LinkDeps,
  token: string,
  { password, name }: { readonly password: string; readonly name?: string | undefined },
): Promise<PersonRow> {
  requireTimeForPasswords();
  const now = deps.clock.now();
  const { purpose } = await requireLink(deps.db, token, now);
  if (purpose === 'sign-in') throw errors.of('LINK_NOT_VALID');
  const change = {
    password_hash: await hashPassword(password),
    failures: 0,
    locked_until: null,
    ...(purpose === 'invitation' && name !== undefined ? { name: readName(name) } : {}),
  };
  return inTransaction(deps, async (trx) => {
    const { person } = await useLink(trx, token, now);
    await endSessions(trx, person.id);
    return trx.updateTable('person').set(change).where('id', '=', person.id).returningAll().executeTakeFirstOrThrow();
  });
}

/**
 * Uses a link that signs in without a password, which only sandboxes have.
 * @throws LINK_NOT_VALID
 */
export async function useSignInLink(deps: LinkDeps & Pick<Deps, 'config'>, token: string): Promise<PersonRow> {
  if (!deps.config.sandbox) throw errors.of('LINK_NOT_VALID');
  const now = deps.clock.now();
  return inTransaction(deps, async (trx) => {
    const { person, purpose } = await useLink(trx, token, now);
    if (purpose !== 'sign-in') throw errors.of('LINK_NOT_VALID');
    return person;
  });
}

type FoundLink = PersonLinkRow & { readonly person: PersonRow };

async function requireLink(db: Deps['db'] | Trx, token: string, now: Date): Promise<FoundLink> {
  const link = await db.selectFrom('person_link').selectAll().where('hash', '=', hashToken(token)).executeTakeFirst();
  if (!link || link.used_at !== null || link.expires_at <= now) throw errors.of('LINK_NOT_VALID');
  const person = await db.selectFrom('person').selectAll().where('id', '=', link.person_id).executeTakeFirstOrThrow();
  if (person.disabled_at !== null) throw errors.of('LINK_NOT_VALID');
  return { ...link, person };
}

/** Of two uses at once, one finds it used. */
async function useLink(trx: Trx, token: string, now: Date): Promise<FoundLink> {
  const used = await trx
    .updateTable('person_link')
    .set({ used_at: now })
    .where('hash', '=', hashToken(token))
    .where('used_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!used) throw errors.of('LINK_NOT_VALID');
  const link = await trx.selectFrom('person_link').selectAll().where('id', '=', used.id).executeTakeFirstOrThrow();
  const person = await trx.selectFrom('person').selectAll().where('id', '=', link.person_id).executeTakeFirstOrThrow();
  if (link.expires_at <= now || person.disabled_at !== null) throw errors.of('LINK_NOT_VALID');
  return { ...link, person };
}

/** So long after a person was let in by another one, the two do not count as two people who approve something. */
const SAME_HANDS_MS = DAY_MS;

/** Whether a person has lately got the password by a link that this actor has made, and may be the same one. */
export async function wasLetInBy({ db, clock }: LinkDeps, personId: string, actor: string): Promise<boolean> {
  const link = await db
    .selectFrom('person_link')
    .select('id')
    .where('person_id', '=', personId)
    .where('made_by', '=', actor)
    .where('used_at', '>', later(clock.now(), -SAME_HANDS_MS))
    .executeTakeFirst();
  return link !== undefined;
}
