import type { Caller } from '../../src/auth/authenticate.ts';
import type { Canceller } from '../../src/cancelling/cancel-item.ts';
import { newRequestId } from '../../src/core/ids.ts';
import { steamIdOf } from '../../src/core/steam.ts';
import type { Story } from './story.ts';

/** Who buys and cancels: the merchant on its own account, or one of two users of it. */
export const people = ['merchant', 'ann', 'ben'] as const;
export type Person = (typeof people)[number];

/** The merchant has its own items sent to the first user's account, so that an account alone tells nobody apart. */
const partners: Readonly<Record<Person, number>> = { merchant: 39734273, ann: 39734273, ben: 39734274 };

/** The token is the trade's, by which the story knows it again. */
export function tradeUrlOf(person: Person, token: string): string {
  return `https://steamcommunity.com/tradeoffer/new/?partner=${partners[person]}&token=${token}`;
}

export function callerAs({ caller }: Story, person: Person, tradeUrl: string): Caller {
  if (person === 'merchant') return caller;
  const steamId = steamIdOf(tradeUrl);
  return { ...caller, actor: `client:${steamId}`, client: { steamId, tradeUrl, clientId: person } };
}

/** Without a request id of its own, a request that nobody has made before. */
export function cancellerAs({ caller, clock }: Story, person: Person, requestId = newRequestId()): Canceller {
  const isMerchant = person === 'merchant';
  const steamId = isMerchant ? null : steamIdOf(tradeUrlOf(person, ''));
  const source = isMerchant ? 'self' : 'client';
  return { merchantId: caller.merchantId, source, steamId, actor: 'sim', requestId, askedAt: clock.now() };
}
