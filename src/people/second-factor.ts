import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { type Clock, timesOfSigning } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import type { PersonRow } from '../db/tables.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hashToken } from './tokens.ts';

type FactorDeps = Pick<Deps, 'db' | 'clock' | 'secrets'>;

/** What all authenticator apps understand. */
const FORM = { issuer: 'skinrail', algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
/** A code of the period before or after counts as well, because clocks differ. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;

/** What an authenticator app is set up with: shown once, until a first code confirms it. */
export interface TotpSetUp {
  /** In base32, to be typed. */
  readonly secret: string;
  /** `otpauth://…`, as a QR code holds it. */
  readonly uri: string;
}

/** Begins to set up the second factor. It counts once `confirmTotp` has got a first code; until then nothing changes. */
export async function beginTotp(deps: FactorDeps, { id, email, totp_confirmed_at }: PersonRow): Promise<TotpSetUp> {
  if (totp_confirmed_at !== null) throw errors.of('REFUSED', { message: 'Remove the present second factor first.' });
  const secret = new Secret({ size: SECRET_BYTES });
  const sealed = deps.secrets.seal(secret.base32, { personId: id, purpose: 'totp-secret' });
  await deps.db
    .updateTable('person')
    .set({ totp_sealed: sealed, totp_period: null })
    .where('id', '=', id)
    .where('totp_confirmed_at', 'is', null)
    .execute();
  return { secret: secret.base32, uri: totpOf(secret.base32, email).toString() };
}

/**
 * Confirms the second factor with a first code.
 * @returns codes that replace a lost device, each for one sign-in; shown once
 * @throws SIGN_IN_FAILED for a wrong code; REFUSED when nothing waits for it
 */
export async function confirmTotp(deps: FactorDeps, person: PersonRow, code: string): Promise<string[]> {
  if (person.totp_sealed === null || person.totp_confirmed_at !== null) {
    throw errors.of('REFUSED', { message: 'Begin to set up the second factor first.' });
  }
  if (!(await isTimedCode(deps, person, code))) throw errors.of('SIGN_IN_FAILED');
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  await deps.db
    .updateTable('person')
    .set({ totp_confirmed_at: deps.clock.now(), recovery_hashes: codes.map(digestOf) })
    .where('id', '=', person.id)
    .execute();
  return codes;
}

/** Removes the second factor of a person. */
export async function removeTotp(
  { db }: { readonly db: Deps['db'] | Trx },
  { id }: Pick<PersonRow, 'id'>,
): Promise<void> {
  await db
    .updateTable('person')
    .set({ totp_sealed: null, totp_confirmed_at: null, totp_period: null, recovery_hashes: [] })
    .where('id', '=', id)
    .execute();
}

/** Whether a code is right: of the app, once, or a recovery code that was not used. It is used up by this. */
export async function isSecondFactor(deps: FactorDeps, person: PersonRow, code: string): Promise<boolean> {
  const text = code.replaceAll(/[\s-]/g, '');
  return /^\d{6}$/.test(text) ? isTimedCode(deps, person, text) : useRecoveryCode(deps, person, text);
}

async function isTimedCode({ db, clock, secrets }: FactorDeps, person: PersonRow, code: string): Promise<boolean> {
  if (person.totp_sealed === null) return false;
  const secret = secrets.open(person.totp_sealed, { personId: person.id, purpose: 'totp-secret' });
  const timestamp = authenticatorTime(clock).getTime();
  const delta = totpOf(secret, person.email).validate({ token: code, timestamp, window: WINDOW });
  if (delta === null) return false;
  const period = BigInt(Math.floor(timestamp / 1000 / FORM.period) + delta);
  // Of two sign-ins with one code at once, one finds its period used.
  const used = await db
    .updateTable('person')
    .set({ totp_period: period })
    .where('id', '=', person.id)
    .where((row) => row.or([row('totp_period', 'is', null), row('totp_period', '<', period)]))
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** An app shows codes of real time, also when the sandbox's clock was moved. */
function authenticatorTime(clock: Clock): Date {
  return timesOfSigning(clock).at(-1) ?? clock.now();
}

function totpOf(base32: string, label: string): TOTP {
  return new TOTP({ ...FORM, label, secret: Secret.fromBase32(base32) });
}

async function useRecoveryCode({ db }: FactorDeps, { id }: PersonRow, code: string): Promise<boolean> {
  const digest = digestOf(code);
  const used = await db
    .updateTable('person')
    .set((row) => ({ recovery_hashes: row.fn<string[]>('array_remove', ['recovery_hashes', row.val(digest)]) }))
    .where('id', '=', id)
    .where((row) => row(row.val(digest), '=', row.fn.any('recovery_hashes')))
    .returning('id')
    .executeTakeFirst();
  return used !== undefined;
}

/** 80 random bits, in a form that people can copy. */
function newRecoveryCode(): string {
  const hex = randomBytes(RECOVERY_BYTES).toString('hex');
  return hex.match(/.{5}/g)?.join('-') ?? hex;
}

function digestOf(recoveryCode: string): string {
  return hashToken(recoveryCode.replaceAll(/[\s-]/g, '').toLowerCase()).toString('hex');
}
