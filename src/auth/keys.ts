import { createHash, randomBytes } from 'node:crypto';

/** What a key may do. CORE_ACCESS is the only scope of the routes so far. */
export const scopes = ['CORE_ACCESS'] as const;
export type Scope = (typeof scopes)[number];

/** A new API key: `ap_` and 32 random bytes. It is shown once and never stored. */
export function newApiKey(): string {
  return `ap_${randomBytes(32).toString('hex')}`;
}

/** All that is stored of a key. No salt is needed: the key has 256 random bits. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** A merchant's API secret, with which its callbacks are signed. */
export function newApiSecret(): string {
  return randomBytes(32).toString('hex');
}
