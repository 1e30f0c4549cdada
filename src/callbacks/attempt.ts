import type { Deps } from '../deps.ts';
import type { ClaimedCallback } from './claim.ts';
import { failureOf, isSuccess, noReply, postSigned, type Reply } from './post.ts';
import { targetFrom } from './target.ts';

export type Attempt = Reply & {
  readonly delivered: boolean;
  /** Where it went; null: there was nowhere to send it, so nothing was learned about a URL. */
  readonly url: string | null;
};

/** One attempt to deliver (DESIGN 4.6). 2xx within the time limit is success; everything else is not. Never throws. */
export async function attemptCallback(deps: Deps, callback: ClaimedCallback): Promise<Attempt> {
  try {
    const target = targetFrom(deps, callback.merchant_id, callback);
    if ('missing' in target) return notSent(deps, target.missing);
    const reply = await postSigned(deps, target, callback, { timeoutMs: deps.config.callbackTimeoutMs });
    const delivered = isSuccess(reply);
    return { ...reply, delivered, url: target.url, failure: delivered ? null : failureOf(reply) };
  } catch (error) {
    deps.log.error({ err: error, merchantId: callback.merchant_id }, 'a callback could not be signed');
    return notSent(deps, 'it could not be signed');
  }
}

function notSent({ clock }: Deps, failure: string): Attempt {
  return { ...noReply(clock.now()), delivered: false, url: null, failure };
}
