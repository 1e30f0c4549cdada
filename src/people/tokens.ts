import { createHash, randomBytes } from 'node:crypto';

/** A token of a cookie or a link: 32 random bytes. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Only this hash of a token is stored. No salt is needed, because a token has 256 random bits. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
