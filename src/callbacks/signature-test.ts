import { newApiSecret } from '../auth/keys.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import type { Deps } from '../deps.ts';
import { signingSecrets } from './endpoint.ts';
import { failureOf, isSuccess, postSigned, type Reply, type SigningSecrets } from './post.ts';

type TestDeps = Pick<Deps, 'db' | 'callbackDispatcher' | 'clock' | 'secrets'> & {
  readonly config: Pick<Config, 'callbackTimeoutMs'>;
};

/** How a merchant's server answered a signed test message. */
export interface SignatureTest {
  readonly url: string;
  /** Whether it answered 2xx, as it must answer a callback. */
  readonly taken: boolean;
  /** null: no answer came. */
  readonly status: number | null;
  /** Why the message was not accepted; null: it was. */
  readonly failure: string | null;
  readonly durationMs: number;
  /**
   * Whether it refused the same message with a wrong signature; null: not tried, as the genuine one was not accepted.
   */
  readonly refusesForgeries: boolean | null;
  /** What to do; null: nothing is wrong. */
  readonly advice: string | null;
}

/**
 * Sends a signed message of a kind that no receiver knows, which has to be verified and answered with 2xx. If it was
 * accepted, sends the same with a wrong signature, which has to be refused. Nothing is recorded, and callbacks that are
 * switched off stay off.
 * @throws MERCHANT_NO_CALLBACK_URL, MERCHANT_NO_API_SECRET
 */
export async function testSignature(deps: TestDeps, merchantId: string): Promise<SignatureTest> {
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
  const isAccepted = isSuccess(reply);
  const forged = isAccepted ? await send(deps, url, { current: newApiSecret(), previous: null }) : null;
  // Without an answer it is not known whether the forgery would have been refused.
  const refusesForgeries = forged === null || forged.status === null ? null : !isSuccess(forged);
  return {
    url,
    taken: isAccepted,
    status: reply.status,
    failure: isAccepted ? null : failureOf(reply),
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
