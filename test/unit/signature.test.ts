import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signature, signatureHeader, verifySignature } from '../../src/callbacks/signature.ts';

/** The vector that the public API's own client is tested with: merchants' code agrees with it, so must we. */
const secret = 'current-secret';
const vector = {
  id: 'delivery-1',
  time: '2026-07-31T12:00:00.000Z',
  body: '{"event":"trade.completed","tradeId":"trade-1"}',
};
const digest = '264a1a0c4deb4462658b9cc21cce4bf2baaf8da9dd7dd1a51bbd71e0f4d81135';
const header = `t=${vector.time},id=${vector.id},s=${digest}`;
const now = new Date(vector.time);
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('a signature', () => {
  test('is that of the published vector', () => {
    expect(signature(secret, vector)).toBe(digest);
    expect(signatureHeader({ current: secret, previous: null }, vector)).toBe(header);
  });

  test('is HMAC-SHA256 of id, time and body, over UTF-8 bytes', () => {
    const body = '{"name":"★ Karambit ü 🔪"}';
    const bytes = Buffer.concat([Buffer.from('id-2.2026-01-01T00:00:00.000Z.'), Buffer.from(body, 'utf8')]);
    const expected = createHmac('sha256', Buffer.from('s3cret')).update(bytes).digest('hex');
    expect(signature('s3cret', { id: 'id-2', time: '2026-01-01T00:00:00.000Z', body })).toBe(expected);
  });

  test('depends on each of its parts and on the secret', () => {
    const others = [
      signature('current-secreT', vector),
      signature(secret, { ...vector, id: 'delivery-2' }),
      signature(secret, { ...vector, time: '2026-07-31T12:00:00.001Z' }),
      signature(secret, { ...vector, body: `${vector.body} ` }),
    ];
    expect(new Set([digest, ...others]).size).toBe(5);
  });
});

describe('verifying', () => {
  test('takes what is genuine, and tells its id', () => {
    expect(verifySignature(secret, header, vector.body, now)).toEqual({ ok: true, id: 'delivery-1' });
    expect(verifySignature(secret, `${header},s1=${'0'.repeat(64)}`, vector.body, now)).toMatchObject({ ok: true });
  });

  test.each([
    [-300, 'taken'],
    [300, 'taken'],
    [-301, 'too_old'],
    [301, 'too_old'],
  ] as const)('%s seconds apart: %s', (seconds, verdict) => {
    const found = verifySignature(secret, header, vector.body, at(seconds));
    expect(found.ok ? 'taken' : found.reason).toBe(verdict);
  });

  test.each<[string, string | undefined, string, string]>([
    ['no header', undefined, vector.body, 'missing'],
    ['an empty header', '', vector.body, 'missing'],
    ['no time', `id=${vector.id},s=${digest}`, vector.body, 'malformed'],
    ['no id', `t=${vector.time},s=${digest}`, vector.body, 'malformed'],
    ['no signature', `t=${vector.time},id=${vector.id}`, vector.body, 'malformed'],
    ['a time that is none', header.replace(vector.time, 'noon'), vector.body, 'malformed'],
    ['a signature that is cut', header.slice(0, -1), vector.body, 'malformed'],
    [
      'a signature in capitals',
      header.toUpperCase().replace('T=', 't=').replace('ID=', 'id=').replace('S=', 's='),
      vector.body,
      'malformed',
    ],
    ['another body', header, `${vector.body} `, 'wrong_signature'],
    ['another id', header.replace('delivery-1', 'delivery-2'), vector.body, 'wrong_signature'],
    ['another digest', header.replace(digest, '0'.repeat(64)), vector.body, 'wrong_signature'],
  ])('refuses %s', (_what, given, body, reason) => {
    expect(verifySignature(secret, given, body, now)).toEqual({ ok: false, reason });
  });

  test('refuses another secret', () => {
    expect(verifySignature('previous-secret', header, vector.body, now)).toEqual({
      ok: false,
      reason: 'wrong_signature',
    });
  });
});
