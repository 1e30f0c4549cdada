import { errors } from '../core/errors.ts';
import type { Deps } from '../deps.ts';
import { cacheAnswer, cachedAnswer } from './cache.ts';
import { isClear, type TradeUrlAnswer } from './checker.ts';

type CheckingDeps = Pick<Deps, 'db' | 'clock' | 'tradeUrls' | 'log'>;

/**
 * The result of checking a trade URL, at most an hour old. Concurrent checks of the same URL each make their calls, and the
 * latest answer is cached. An unclear answer is not cached and leaves the cached answer unchanged.
 * @param isFresh ignores the cached answer
 * @throws SERVICE_UNAVAILABLE when this gateway has no checker, because no account can check trade URLs
 */
export async function checkTradeUrl(deps: CheckingDeps, tradeUrl: string, isFresh: boolean): Promise<TradeUrlAnswer> {
  const { tradeUrls, clock, log } = deps;
  if (!tradeUrls) {
    throw errors.of('SERVICE_UNAVAILABLE', { message: 'This gateway has no trade URL checker.' });
  }
  const cached = isFresh ? null : await cachedAnswer(deps, tradeUrl);
  if (cached) return cached;
  const requestedAt = clock.now();
  const answer = await tradeUrls.check(tradeUrl);
  if (isClear(answer)) await cacheAnswer(deps, tradeUrl, answer, requestedAt);
  else if (answer.standing === 'refused')
    log.info({ cause: answer.cause }, 'a marketplace does not deliver to a trade URL');
  else log.warn({ cause: answer.cause }, 'a trade URL check got no clear answer');
  return answer;
}
