import { randomBytes, timingSafeEqual } from 'node:crypto';
import { HOUR_MS, later, MINUTE_MS } from '../core/clock.ts';
import type { Trx } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { hashToken } from './tokens.ts';

type ChallengeDeps = Pick<Deps, 'clock' | 'secrets'>;

/** How long a person has to answer, which includes finding the phone. */
export const CHALLENGE_MS = 5 * MINUTE_MS;
/** So long one that was used is kept after its end, since the clocks of nodes differ. */
const KEPT_MS = HOUR_MS;

/** What an answer is for. One for a sign-in adds no passkey, and one of another session neither. */
export type ChallengePurpose =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'registration'; readonly sessionId: string };

const RANDOM_BYTES = 16;
const TIME_BYTES = 6;
const DIGEST_BYTES = 32;

/** Makes a challenge for a passkey. Nothing is stored: every node knows it again by its digest. */
export function newChallenge(deps: ChallengeDeps, purpose: ChallengePurpose): Buffer<ArrayBuffer> {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeUIntBE(later(deps.clock.now(), CHALLENGE_MS).getTime(), 0, TIME_BYTES);
  const content = Buffer.concat([randomBytes(RANDOM_BYTES), time]);
  return Buffer.concat([content, digestOf(deps, content, purpose)]);
}

/** Whether a challenge was made here for this purpose, and has not ended. */
export function isOpenChallenge(deps: ChallengeDeps, challenge: string, purpose: ChallengePurpose): boolean {
  const bytes = Buffer.from(challenge, 'base64url');
  if (bytes.length !== RANDOM_BYTES + TIME_BYTES + DIGEST_BYTES) return false;
  const content = bytes.subarray(0, -DIGEST_BYTES);
  const isOurs = timingSafeEqual(bytes.subarray(-DIGEST_BYTES), digestOf(deps, content, purpose));
  return isOurs && endOf(bytes) > deps.clock.now();
}

/**
 * Uses a challenge that is open.
 * @returns false when it was used before
 */
export async function useChallenge(trx: Trx, challenge: string, now: Date): Promise<boolean> {
  await trx.deleteFrom('person_challenge').where('expires_at', '<=', later(now, -KEPT_MS)).execute();
  const bytes = Buffer.from(challenge, 'base64url');
  const used = await trx
    .insertInto('person_challenge')
    // One challenge has several spellings in base64url.
    .values({ hash: hashToken(bytes.toString('base64url')), expires_at: endOf(bytes) })
    .onConflict((conflict) => conflict.doNothing())
    .returning('hash')
    .executeTakeFirst();
  return used !== undefined;
}

function endOf(challenge: Buffer): Date {
  return new Date(challenge.readUIntBE(RANDOM_BYTES, TIME_BYTES));
}

function digestOf({ secrets }: ChallengeDeps, content: Buffer, purpose: ChallengePurpose): Buffer {
  const asked = purpose.kind === 'sign-in' ? purpose.kind : `${purpose.kind} ${purpose.sessionId}`;
  return secrets.digest(`${asked} ${content.toString('base64url')}`, 'passkey-challenge');
}
