import type { DeliveryRow } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { failureOf, isSuccess, postSigned, type Reply } from './post.ts';
import { targetOf } from './target.ts';

export type Attempt = Reply & { readonly delivered: boolean };

/** One attempt to deliver. 2xx within the time limit is success; everything else is not. */
export async function attemptDelivery(deps: Deps, delivery: DeliveryRow): Promise<Attempt> {
  const target = await targetOf(deps, delivery.merchant_id);
  if ('missing' in target) {
    const nothing = { durationMs: 0, status: null, response: null, isCut: false, retryAfterMs: null };
    return { ...nothing, delivered: false, at: deps.clock.now(), failure: target.missing };
  }
  const reply = await postSigned(deps, target, delivery, { timeoutMs: deps.config.callbackTimeoutMs });
  const delivered = isSuccess(reply);
  return { ...reply, delivered, failure: delivered ? null : failureOf(reply) };
}
