import type { Config } from '../config/config.ts';
import { SECOND_MS } from '../core/clock.ts';
import { errors } from '../core/errors.ts';
import { OperatorError } from '../core/operator-error.ts';
import type { MerchantRow } from '../db/tables.ts';
import { inTransaction } from '../db/transaction.ts';
import type { Deps } from '../deps.ts';
import { failureOf, isSuccess, post } from './post.ts';
import { switchOn } from './switch.ts';
import { acceptCallbackUrl } from './url.ts';

/** A URL has to take its test message within this (wire-api §6). */
const TEST_MAX_MS = 8 * SECOND_MS;

type TestDeps = Pick<Deps, 'callbackDispatcher' | 'clock' | 'config'>;

/**
 * Sets where a merchant's callbacks go, once a test message was taken there, and switches them on again.
 * @throws VALIDATION_FAILED, CALLBACK_URL_TEST_FAILED; nothing has changed then
 */
export async function setCallbackUrl(
  deps: TestDeps & Pick<Deps, 'db'>,
  merchantId: string,
  text: string,
  strictApproval?: boolean,
): Promise<MerchantRow> {
  const url = acceptCallbackUrl(deps.config, text);
  await testCallbackUrl(deps, url);
  return saveCallbackUrl(deps, merchantId, url, strictApproval);
}

/**
 * Sends the test message to a URL: not signed, since it says nothing that could be believed (wire-api §6).
 * @throws CALLBACK_URL_TEST_FAILED with what was seen, unless it is answered with 2xx
 */
export async function testCallbackUrl(deps: TestDeps, url: string): Promise<void> {
  const body = JSON.stringify({
    test: true,
    timestamp: deps.clock.now().toISOString(),
    message: 'A test of your callback URL. Answer with 2xx to have it saved.',
  });
  const reply = await post(deps, url, body, { timeoutMs: testLimitMs(deps.config) });
  if (isSuccess(reply)) return;
  const { status, failure } = reply;
  const seen = failureOf(reply);
  throw errors.of('CALLBACK_URL_TEST_FAILED', {
    message: `The URL was not saved, because it did not take the test message: ${seen}`,
    details: status === null ? { failure } : { status },
  });
}

/** What answers later than callbacks are waited for would never take one. */
export function testLimitMs({ callbackTimeoutMs }: Pick<Config, 'callbackTimeoutMs'>): number {
  return Math.min(TEST_MAX_MS, callbackTimeoutMs);
}

/**
 * Saves a URL as it is: it was tested, or an operator knows better. What waited because callbacks were switched off
 * goes there now, and what was failing until then was another URL's failing.
 * @param strictApproval whether only an exact approval counts; absent: as before
 * @throws OperatorError when there is no such merchant
 */
export async function saveCallbackUrl(
  deps: Pick<Deps, 'db' | 'clock'>,
  merchantId: string,
  url: string,
  strictApproval?: boolean,
): Promise<MerchantRow> {
  const mode = strictApproval === undefined ? {} : { strict_approval: strictApproval };
  return inTransaction(deps, async (trx) => {
    await switchOn(deps, trx, merchantId);
    const saved = await trx
      .updateTable('merchant')
      .set({ callback_url: url, callback_failing_since: null, ...mode })
      .where('id', '=', merchantId)
      .returningAll()
      .executeTakeFirst();
    if (!saved) throw new OperatorError(`there is no merchant ${merchantId}`);
    return saved;
  });
}
