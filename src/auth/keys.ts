import { createHash, randomBytes } from 'node:crypto';

/** The scopes of a key. CORE_ACCESS is required by all routes and is the only scope. */
export const scopes = ['CORE_ACCESS'] as const;
export type Scope = (typeof scopes)[number];

/** A new API key: `ap_` and 32 random bytes. It is shown once and never stored. */
export function newApiKey(): string {
  return `ap_${randomBytes(32).toString('hex')}`;
}

/** Only this hash of a key is stored. No salt is needed, because a key has 256 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A new API secret, which signs the merchant's callbacks. */
export function newApiSecret(): string {
  return randomBytes(32).toString('hex');
}
