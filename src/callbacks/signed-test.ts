import { newApiSecret } from '../auth/keys.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import { failureOf, isSuccess, postSigned, type Reply } from './post.ts';
import type { SigningSecrets } from './signature.ts';
import { signingSecrets } from './target.ts';

type TestDeps = Pick<Deps, 'db' | 'callbackDispatcher' | 'clock' | 'secrets'> & {
  readonly config: Pick<Config, 'callbackTimeoutMs'>;
};

/** What a merchant's server did with a signed test message. */
export interface SignedTest {
  readonly url: string;
  /** Answered with 2xx, as a callback has to be. */
  readonly taken: boolean;
  /** null: no answer came. */
  readonly status: number | null;
  /** What was seen instead of an answer that takes it; null: it was taken. */
  readonly failure: string | null;
  readonly durationMs: number;
  /** Whether it refused the same message with a signature that is wrong; null: not tried, as the genuine one was not taken. */
  readonly refusesForgeries: boolean | null;
  /** What to do about it; null: all is well. */
  readonly advice: string | null;
}

/**
 * Sends a signed message of a kind that is new to every receiver: it has to be verified, and answered with 2xx. If it was
 * taken, the same is sent with a wrong signature, which has to be refused. Nothing is recorded, and callbacks that are
 * switched off stay so.
 * @throws MERCHANT_NO_CALLBACK_URL, MERCHANT_NO_API_SECRET
 */
export async function testSignature(deps: TestDeps, merchantId: string): Promise<SignedTest> {
  const merchant = await deps.db
    .selectFrom('merchant')
    .select(['callback_url', 'callback_disabled_at', 'api_secret_sealed'])
    .select(['previous_secret_sealed', 'previous_secret_until'])
    .where('id', '=', merchantId)
    .executeTakeFirstOrThrow();
  const { callback_url: url } = merchant;
  if (url === null) throw errors.of('MERCHANT_NO_CALLBACK_URL');
  const secrets = signingSecrets(deps, merchantId, merchant);
  if (secrets === null) throw errors.of('MERCHANT_NO_API_SECRET');
  const reply = await send(deps, url, secrets);
  const isTaken = isSuccess(reply);
  const forged = isTaken ? await send(deps, url, { current: newApiSecret(), previous: null }) : null;
  // Without an answer nothing is known of how it would have answered.
  const refusesForgeries = forged === null || forged.status === null ? null : !isSuccess(forged);
  return {
    url,
    taken: isTaken,
    status: reply.status,
    failure: isTaken ? null : failureOf(reply),
    durationMs: reply.durationMs,
    refusesForgeries,
    advice: adviceFor(reply, refusesForgeries),
  };
}

function send(deps: TestDeps, url: string, secrets: SigningSecrets): Promise<Reply> {
  const id = newId(deps.clock.now());
  const message =
    'A test of how your server verifies signatures. Verify it like any callback, answer 2xx if it is genuine and 401 if it ' +
    'is not, and do nothing else.';
  const body = JSON.stringify({ signatureTest: { id, timestamp: systemClock.now().toISOString(), message } });
  return postSigned(deps, { url, secrets }, { id, body }, { timeoutMs: deps.config.callbackTimeoutMs });
}

function adviceFor({ status }: Reply, refusesForgeries: boolean | null): string | null {
  if (refusesForgeries === false) {
    return 'Your server also took a message with a wrong signature. Verify the signature of every callback before you act on it.';
  }
  if (status === null) return 'Your server did not answer. Callbacks, and approvals of purchases, cannot reach it.';
  if (status === 401 || status === 403) {
    return (
      'Your server refused a genuine signature, so it would also reject your purchases. Give it your current API secret, ' +
      'and verify the raw bytes of the body.'
    );
  }
  if (status >= 200 && status < 300) return null;
  return 'Your server did not take a message of a kind that it does not know. Answer 2xx to what you have verified, and ignore it.';
}
