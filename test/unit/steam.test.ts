import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesAccount, STEAM_ID, steamIdOf, TRADE_URL } from '../../src/core/steam.ts';

const url = (partner: number | string) =>
  `https://steamcommunity.com/tradeoffer/new/?partner=${partner}&token=AbCdEf12`;
const isAccepted = (partner: number | string) =>
  new RegExp(TRADE_URL, 'u').test(url(partner)) && namesAccount(url(partner));

describe('a trade URL names an account of Steam', () => {
  test('from 1 to the greatest number of 32 bits, with leading zeros or without', () => {
    for (const partner of [1, 9, 10, 999_999_999, 1_000_000_000, 2 ** 31, 2 ** 32 - 1, '01', '0000000001']) {
      expect([partner, isAccepted(partner)]).toEqual([partner, true]);
    }
  });

  test('and no other', () => {
    for (const partner of [0, '00', '0000000000', 2 ** 32, 2 ** 32 + 1, 9_999_999_999, 10_000_000_000, -1, '', '1.5']) {
      expect([partner, isAccepted(partner)]).toEqual([partner, false]);
    }
  });

  test('at whatever number of ten digits', () => {
    const numbers = fc.oneof(fc.nat(9_999_999_999), fc.integer({ min: 4_294_900_000, max: 4_295_000_000 }));
    fc.assert(
      fc.property(numbers, (partner) => {
        expect(isAccepted(partner)).toBe(partner >= 1 && partner < 2 ** 32);
      }),
      { numRuns: 2000 },
    );
  });

  test('whose SteamID64 is always one of a person', () => {
    for (const partner of [1, 39_734_273, 2 ** 32 - 1]) expect(steamIdOf(url(partner))).toMatch(new RegExp(STEAM_ID));
  });
});
