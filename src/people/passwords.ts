import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import { errors } from '../core/errors.ts';

/** A digest of a password takes 32 MB and about 150 ms of a core, which is what makes guessing expensive. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** More at once would fill the memory, and keep Node's four threads from files and names of hosts. */
const AT_ONCE_MAX = 2;
/** What waits longer than a few seconds is refused: nobody could sign in behind thousands of guesses. */
const WAITING_MAX = 30;

export const PASSWORD_MIN = 12;
/** Longer texts only cost time. */
export const PASSWORD_MAX = 256;

const limit = pLimit(AT_ONCE_MAX);
const BUSY = { message: 'Too many people are signing in at once. Try again in a moment.', retryAfterSeconds: 5 };

/**
 * Ask this before an attempt is counted as wrong: someone who was only too late must not come closer to a lock.
 * @throws SERVICE_UNAVAILABLE when too many passwords wait
 */
export function requireTimeForPasswords(): void {
  if (limit.pendingCount >= WAITING_MAX) throw errors.of('SERVICE_UNAVAILABLE', BUSY);
}

/** @returns the digest with its salt and cost, so that a later cost leaves earlier digests valid */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * Whether a password is right. It takes as long when nobody has the digest, so that its time does not tell which e-mail
 * addresses are known.
 * @param hash null: there is none, and no password is right
 */
export async function isPassword(password: string, hash: string | null): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (hash ?? NOBODYS).split('$');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const expected = Buffer.from(key, 'base64url');
  const given = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return hash !== null && given.length === expected.length && timingSafeEqual(given, expected);
}

const NOBODYS = `scrypt$${COST.N}$${COST.r}$${COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function derive(
  password: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  // Equal characters can be typed in several ways.
  const text = password.normalize('NFKC');
  const options: ScryptOptions = { ...cost, maxmem: 128 * cost.N * cost.r * 2 };
  return limit(
    () =>
      new Promise<Buffer>((resolve, reject) => {
        scrypt(text, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
      }),
  );
}
