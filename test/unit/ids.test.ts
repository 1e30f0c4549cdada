import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isUuid,
  newId,
  newRequestId,
  packListingId,
  purchaseIdOf,
  referenceOf,
  unpackListingId,
} from '../../src/core/ids.ts';

const uuid = fc.uuid();
const nativeId = fc.bigInt({ min: 0n, max: (1n << 62n) - 1n }).map(String);
const code = fc.integer({ min: 0, max: 65_535 });

describe('an id', () => {
  test('is a UUIDv7 of the instant it is made at, and all are different', () => {
    const at = new Date('2026-07-31T12:00:00.123Z');
    const ids = Array.from({ length: 1000 }, () => newId(at));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
    }
  });

  test('of a later instant sorts after', () => {
    const instant = fc.date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, instant, (a, b) => {
        fc.pre(a.getTime() < b.getTime());
        expect(newId(a) < newId(b)).toBe(true);
      }),
    );
  });

  test('of a request is a UUID', () => {
    expect(isUuid(newRequestId())).toBe(true);
  });

  test.each([
    '',
    'x',
    '01890000-0000-7000-8000-00000000000',
    '01890000-0000-7000-8000-0000000000000',
    '01890000-0000-7000-8000-00000000000G',
    '01890000-0000-7000-8000-00000000000A',
    '{01890000-0000-7000-8000-000000000000}',
    '01890000000070008000000000000000',
    '01890000-0000-7000-8000-000000000000\n',
  ])('%j is not one', (text) => {
    expect(isUuid(text)).toBe(false);
  });
});

describe('a reference', () => {
  const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  /** Reads it back, digit by digit. */
  function uuidOf(reference: string): string {
    const value = [...reference].reduce((all, letter) => all * 32n + BigInt(ALPHABET.indexOf(letter)), 0n);
    const hex = value.toString(16).padStart(32, '0');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  test('is 26 characters that are hard to mistake, and can be read back', () => {
    fc.assert(
      fc.property(uuid, (id) => {
        const reference = referenceOf(id);
        expect(reference).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
        expect(uuidOf(reference)).toBe(id);
      }),
    );
  });

  test('leads back to the purchase it was made for, and what is no reference of ours to none', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (at) => {
        const id = newId(at);
        expect(purchaseIdOf(referenceOf(id))).toBe(id);
      }),
    );
    const foreign = [
      '',
      'order-1',
      '7ZZZZZZZZZZZZZZZZZZZZZZZZZ',
      '00000000000000000000000010',
      referenceOf(newRequestId()),
    ];
    expect(foreign.map(purchaseIdOf)).toEqual(foreign.map(() => null));
  });

  test('is different for different ids, and sorts as they do', () => {
    fc.assert(
      fc.property(uuid, uuid, (a, b) => {
        expect(referenceOf(a) === referenceOf(b)).toBe(a === b);
        expect(referenceOf(a) < referenceOf(b)).toBe(a < b);
      }),
    );
  });

  test.each([
    ['00000000-0000-0000-0000-000000000000', '00000000000000000000000000'],
    ['ffffffff-ffff-ffff-ffff-ffffffffffff', '7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
    ['00000000-0000-0000-0000-000000000020', '00000000000000000000000010'],
  ])('of %s is %s', (id, reference) => {
    expect(referenceOf(id)).toBe(reference);
  });
});

describe('a listing’s public id', () => {
  test('is a UUIDv8 from which the supplier’s own id can be read back', () => {
    fc.assert(
      fc.property(code, nativeId, (supplier, native) => {
        const id = packListingId(supplier, native);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(unpackListingId(supplier, id)).toBe(native);
      }),
    );
  });

  test('is constant: ids that were handed out go on working', () => {
    expect(packListingId(1, '730000000000000301')).toBe('00014fab-1c76-8b5b-8a21-7b21de09012d');
  });

  test('is not of another supplier', () => {
    fc.assert(
      fc.property(code, code, nativeId, (supplier, other, native) => {
        fc.pre(supplier !== other);
        expect(unpackListingId(other, packListingId(supplier, native))).toBeNull();
      }),
    );
  });

  test('that nobody quoted is none: not a random UUID, not one with a digit changed', () => {
    fc.assert(
      fc.property(uuid, (id) => {
        expect(unpackListingId(1, id)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(nativeId, fc.nat(35), fc.constantFrom(...'0123456789abcdef'), (native, at, digit) => {
        const id = packListingId(1, native);
        fc.pre(id[at] !== '-' && id[at] !== digit);
        expect(unpackListingId(1, `${id.slice(0, at)}${digit}${id.slice(at + 1)}`)).toBeNull();
      }),
    );
  });

  test.each(['', 'not-an-id', 'rust:sandbox:1', '00014FAB-1C76-8B5B-8A21-7B21DE09012D'])('%j is none', (text) => {
    expect(unpackListingId(1, text)).toBeNull();
  });
});
