import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { isClear, type TradeUrlAnswer } from './checker.ts';
import { recall, remember } from './remembered.ts';

type CheckingDeps = Pick<Deps, 'db' | 'clock' | 'tradeUrls' | 'log'>;

/**
 * What Steam thinks of a trade URL, at most an hour old. Checks of the same URL at once each ask; the latest answer is
 * remembered. What is no clear answer is not, and leaves what was remembered before as it is.
 * @param isFresh asks now, whatever is remembered
 * @throws SERVICE_UNAVAILABLE when this gateway has no checker
 */
export async function checkTradeUrl(deps: CheckingDeps, tradeUrl: string, isFresh: boolean): Promise<TradeUrlAnswer> {
  const { tradeUrls, clock, log } = deps;
  if (!tradeUrls) {
    throw errors.of('SERVICE_UNAVAILABLE', { message: 'This gateway has nothing to check trade URLs with.' });
  }
  const recalled = isFresh ? null : await recall(deps, tradeUrl);
  if (recalled) return recalled;
  const askedAt = clock.now();
  const answer = await tradeUrls.check(tradeUrl);
  if (isClear(answer)) await remember(deps, tradeUrl, answer, askedAt);
  else log.warn({ cause: answer.cause }, 'a trade URL got no clear answer');
  return answer;
}
