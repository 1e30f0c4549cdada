import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SecretBox, type SecretOwner } from '../../src/core/secrets.ts';
import { weaknessOf } from '../../src/core/weak-key.ts';

const key = randomBytes(32).toString('hex');
const owner: SecretOwner = { merchantId: '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b10', purpose: 'api-secret' };

/** As versions before this one stored a secret: bound to nobody. */
function sealedOfOld(secret: string, keyHex: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(keyHex, 'hex'), nonce);
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

test('a digest is that of the key and the text', () => {
  const digest = (keyHex: string, text: string) =>
    new SecretBox(keyHex).digest(text, 'passkey-challenge').toString('hex');
  expect(digest(key, 'text')).toBe(digest(key, 'text'));
  expect(digest(key, 'another text')).not.toBe(digest(key, 'text'));
  expect(digest(randomBytes(32).toString('hex'), 'text')).not.toBe(digest(key, 'text'));
  expect(() => new SecretBox(null).digest('text', 'passkey-challenge')).toThrow('SECRET_KEY is not set');
});

describe('a sealed secret', () => {
  const box = new SecretBox(key);

  test('is opened for the merchant that it was sealed for', () => {
    expect(box.inspect(box.seal('secret', owner), owner)).toEqual({ secret: 'secret', isCurrent: true });
  });

  test('looks different each time', () => {
    expect(box.seal('secret', owner)).not.toBe(box.seal('secret', owner));
  });

  test.each<[string, SecretOwner]>([
    ['another merchant', { ...owner, merchantId: '01990c4e-6b3a-7c55-9f0e-2f6d1c8a7b11' }],
    ['another purpose', { ...owner, purpose: 'token-secret' }],
  ])('cannot be opened for %s', (_whom, other) => {
    expect(() => box.open(box.seal('secret', owner), other)).toThrow('cannot be decrypted');
  });

  test('of before it was bound is opened, and is to be sealed anew', () => {
    expect(box.inspect(sealedOfOld('secret', key), owner)).toEqual({ secret: 'secret', isCurrent: false });
  });

  test('of a previous key is opened, and is to be sealed anew', () => {
    const [older, newest] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    const rotating = new SecretBox(newest, [key, older]);
    for (const sealed of [new SecretBox(key).seal('secret', owner), sealedOfOld('secret', older)]) {
      expect(rotating.inspect(sealed, owner)).toEqual({ secret: 'secret', isCurrent: false });
    }
    expect(() => new SecretBox(newest).open(box.seal('secret', owner), owner)).toThrow(
      `the api-secret of merchant ${owner.merchantId} cannot be decrypted`,
    );
  });

  test('that was changed in any place is not opened', () => {
    const sealed = Buffer.from(box.seal('secret', owner).slice('v2.'.length), 'base64');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      for (const text of [`v2.${changed.toString('base64')}`, changed.toString('base64')]) {
        expect(() => box.open(text, owner)).toThrow('cannot be decrypted');
      }
    }
    for (const text of ['', 'v2.', 'AAAA']) expect(() => box.open(text, owner)).toThrow('cannot be decrypted');
  });
});

describe('a key that can be guessed', () => {
  test.each([
    ['zeros', '00'.repeat(32)],
    ['ones', 'ff'.repeat(32)],
    ['one byte again and again', 'ab'.repeat(32)],
    ['a word of hex again and again', 'deadbeef'.repeat(8)],
    ['the digits again and again', '0123456789abcdef'.repeat(4)],
    ['a half twice', randomBytes(16).toString('hex').repeat(2)],
    ['a pattern that does not fit in whole', '0123456789abcdef01'.repeat(4).slice(0, 64)],
    ['counting up', Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('hex')],
    ['counting down in threes', Buffer.from(Array.from({ length: 32 }, (_, n) => 250 - 3 * n)).toString('hex')],
    ['digits only', '31415926535897932384626433832795028841971693993751058209749445923078'.slice(0, 64)],
    ['a text', Buffer.from('correct horse battery staple, ok').toString('hex')],
    ['nearly all zeros', `${'00'.repeat(24)}${randomBytes(8).toString('hex')}`],
  ])('is known as such: %s', (_what, weak) => {
    expect(weak).toHaveLength(64);
    expect(weaknessOf(weak)).not.toBeNull();
    expect(weaknessOf(weak.toUpperCase())).not.toBeNull();
  });

  test('and no key that was made at random is', () => {
    const random = fc.nat().map(() => randomBytes(32).toString('hex'));
    fc.assert(
      fc.property(random, (good) => weaknessOf(good) === null),
      { numRuns: 20_000 },
    );
  });
});
