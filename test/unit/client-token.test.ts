import { describe, expect, test } from 'vitest';
import { signClientToken, tokenKey, verifyClientToken } from '../../src/auth/client-token.ts';
import { later, MovableClock, SECOND_MS, systemClock, timesOfSigning } from '../../src/core/clock.ts';

const merchantId = '0b9f9d9e-2f0e-4f7e-9a51-6f0f3c2c1a11';
const tradeUrl = 'https://steamcommunity.com/tradeoffer/new/?partner=39734273&token=AbCdEf12';
const client = { steamId: '76561198000000001', tradeUrl, clientId: 'user-7' };
const signedAt = new Date('2026-09-25T12:00:00Z');
const DAY_S = 24 * 60 * 60;

describe('a client token', () => {
  test.each([
    [-61, false],
    [-60, true],
    [0, true],
    [DAY_S - 1, true],
    [DAY_S, false],
  ])('%i seconds after it was signed holds: %s', async (seconds, holds) => {
    const token = await signClientToken('secret', { merchantId, client, clientData: null }, signedAt);
    const keys = [await tokenKey('secret')];
    const found = await verifyClientToken(token, merchantId, keys, later(signedAt, seconds * SECOND_MS));
    expect(found).toEqual(holds ? client : null);
  });

  test('is held against one time outside the sandbox, and against two where its clock can be moved', () => {
    expect(timesOfSigning(systemClock)).toHaveLength(1);
    const clock = new MovableClock();
    clock.adoptOffset(DAY_S * SECOND_MS);
    const [moved, real] = timesOfSigning(clock).map((time) => time.getTime());
    expect(Number(moved) - Number(real)).toBeGreaterThan((DAY_S - 10) * SECOND_MS);
  });
});
