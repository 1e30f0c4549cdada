// What every adapter that can check trade URLs says of them.
import { expect, test } from 'vitest';
import { steamIdOf } from '../../../src/core/steam.ts';
import { isClear } from '../../../src/trade-urls/checker.ts';
import { sandboxTokens } from '../subjects/subject.ts';
import { forEachSubject } from './world.ts';

const TIMEOUT_MS = 10_000;
const urlOf = (token: string, partner = '39734273') =>
  `https://steamcommunity.com/tradeoffer/new/?partner=${partner}&token=${token}`;

forEachSubject(
  (world, { tradeUrls }) => {
    const check = async (tradeUrl: string) => {
      const answer = await world.supplier.checkTradeUrl?.(tradeUrl, TIMEOUT_MS);
      if (!answer) throw new Error('it checks no trade URLs');
      return answer;
    };

    test.each(sandboxTokens)(
      'tells the standing of a trade URL with the token %s, and never its token',
      async (token) => {
        const url = urlOf(token === 'ordinary' ? 'AbCd_123' : token);
        const answer = await check(url);
        expect(answer.standing).toBe(tradeUrls?.[token]);
        expect(JSON.stringify(answer)).not.toContain(new URL(url).searchParams.get('token'));
        // What is cached for every merchant must be a fact.
        expect(isClear(answer)).toBe(!['refused', 'unknown'].includes(answer.standing));
      },
    );

    test('names the account that the trade URL names', async () => {
      for (const partner of ['1', '4294967295', '0000000001']) {
        const url = urlOf('AbCd_123', partner);
        expect(await check(url)).toEqual({ standing: 'normal', steamId: steamIdOf(url), canTrade: true });
      }
    });
  },
  ({ tradeUrls }) => tradeUrls !== undefined,
);
