// The module that merchants verify callbacks with, `skinrail/webhooks`. Imported by that name, as they do.
import fc from 'fast-check';
import {
  approve,
  dedupeKey,
  type Item,
  isTestPing,
  kindOf,
  reject,
  SIGNATURE_HEADER,
  sign,
  type Trade,
  type Verification,
  verify,
} from 'skinrail/webhooks';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { signatureHeader } from '../../src/callbacks/post.ts';
import type { ItemWire, TradeWire } from '../../src/trades/wire.ts';

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
const genuine = { ok: true, id: vector.id, kind: 'other', payload: JSON.parse(vector.body) };

function verdictOn(changes: Partial<Verification> & Record<string, unknown> = {}) {
  return verify({ secret, header, body: vector.body, now, ...changes });
}

describe('signing', () => {
  test('gives the published vector', () => {
    expect(sign({ secret, ...vector })).toBe(header);
    expect(sign({ secret, ...vector, time: now })).toBe(header);
    expect(signatureHeader({ current: secret, previous: null }, vector)).toBe(header);
  });

  test('is over the UTF-8 bytes, however the body is given', () => {
    const body = '{"name":"★ Karambit ü 🔪"}';
    const bytes = new TextEncoder().encode(body);
    const inside = new Uint8Array([0, ...bytes, 0]).subarray(1, -1);
    const forms = [body, bytes, Buffer.from(bytes), bytes.buffer, inside];
    expect(new Set(forms.map((form) => sign({ secret, ...vector, body: form }))).size).toBe(1);
  });

  test('adds a second signature with the secret before', () => {
    const both = sign({ secret: 'new', previousSecret: secret, ...vector });
    expect(both).toMatch(new RegExp(`,s=[0-9a-f]{64},s1=${digest}$`));
    expect(signatureHeader({ current: 'new', previous: secret }, vector)).toBe(both);
  });

  test('is of this moment when no time is given', () => {
    const made = sign({ secret, id: 'delivery-2', body: '{}' });
    expect(verify({ secret, header: made, body: '{}' })).toMatchObject({ ok: true, id: 'delivery-2' });
  });

  test.each([
    ['an empty id', { id: '' }],
    ['an id with a comma', { id: 'a,b' }],
    ['an id that begins with a blank', { id: ' a' }],
    ['a time that is none', { time: 'noon' }],
    ['a time with a comma', { time: 'Fri, 31 Jul 2026 12:00:00 GMT' }],
    ['an empty secret', { secret: '' }],
    ['a secret that is a missing setting in a text', { secret: `${undefined}` }],
    ['an id with a full stop, which could be taken for the time', { id: 'a.b' }],
    ['a time without its zone', { time: '2026-07-31T12:00:00' }],
  ])('refuses %s, which could not be verified', (_what, wrong) => {
    expect(() => sign({ secret, ...vector, ...wrong })).toThrow(TypeError);
  });
});

describe('I take', () => {
  test('the published vector, and learn its id and what it says', () => {
    expect(verdictOn()).toEqual(genuine);
  });

  const bytes = new TextEncoder().encode(vector.body);
  const inCapitals = { 'X-AssetPay-Signature': header };
  test.each<[string, Record<string, unknown>]>([
    ['the body as a Buffer', { body: Buffer.from(vector.body) }],
    ['the body as a Uint8Array', { body: bytes }],
    ['the body as an ArrayBuffer', { body: bytes.buffer }],
    ['a second signature of somebody else', { header: `${header},s1=${'0'.repeat(64)}` }],
    ['a second signature that cannot be read', { header: `${header},s1=short` }],
    ['only the second signature', { header: header.replace(',s=', ',s1=') }],
    [
      'a first signature that cannot be read beside a good second one',
      { header: `${header.replace('s=', 's1=')},s=x` },
    ],
    [
      'fields in another order, with blanks and one I do not know',
      { header: `v=2, s=${digest} , id=delivery-1, t=${vector.time}` },
    ],
    ['an old secret among mine', { secret: undefined, secrets: ['new', secret] }],
    ['a time in milliseconds', { now: now.getTime() }],
    ['five minutes late', { now: now.getTime() + 300_000 }],
    ['five minutes early', { now: now.getTime() - 300_000 }],
    ['later than that, if I say so', { now: now.getTime() + 3_600_000, toleranceMs: 3_600_000 }],
  ])('%s', (_what, changes) => {
    const { secret: one, ...others } = { secret, header, body: vector.body, now, ...changes };
    expect(verify({ ...(one === undefined ? {} : { secret: one }), ...others } as Verification)).toEqual(genuine); // as the rows say
  });

  test.each([
    ['Node', { [SIGNATURE_HEADER]: header }],
    ['a server that keeps capitals', inCapitals],
    ['a server that gives lists', { [SIGNATURE_HEADER]: [header] }],
    ['fetch', new Headers(inCapitals)],
  ])('headers as %s gives them', (_what, headers) => {
    expect(verify({ secret, headers, body: vector.body, now })).toEqual(genuine);
  });

  test('what is signed with a new and an old secret, whichever I know', () => {
    const both = sign({ secret: 'new', previousSecret: 'old', ...vector });
    for (const known of ['new', 'old']) expect(verdictOn({ header: both, secret: known })).toEqual(genuine);
    expect(verdictOn({ header: both, secret: 'another' })).toEqual({ ok: false, reason: 'wrong_signature' });
  });
});

describe('I refuse', () => {
  const signed = (body: string) => ({ body, header: sign({ secret, ...vector, body }) });
  test.each<[string, Record<string, unknown>, string]>([
    ['no header', { header: undefined }, 'missing_header'],
    ['null for a header', { header: null }, 'missing_header'],
    ['an empty header', { header: '' }, 'missing_header'],
    ['no time', { header: `id=${vector.id},s=${digest}` }, 'malformed_header'],
    ['no id', { header: `t=${vector.time},s=${digest}` }, 'malformed_header'],
    ['an empty id', { header: header.replace('delivery-1', '') }, 'malformed_header'],
    ['no signature', { header: `t=${vector.time},id=${vector.id}` }, 'malformed_header'],
    ['a header of another kind', { header: 'Bearer abc' }, 'malformed_header'],
    ['a time that is none', { header: header.replace(vector.time, 'noon') }, 'malformed_header'],
    ['a signature that is cut', { header: header.slice(0, -1) }, 'malformed_header'],
    ['a signature in capitals', { header: header.replace(digest, digest.toUpperCase()) }, 'malformed_header'],
    ['a time that is a number', { header: header.replace(vector.time, '1785499200000') }, 'malformed_header'],
    ['a time without its zone', { header: header.replace(vector.time, '2026-07-31T12:00:00') }, 'malformed_header'],
    ['a time in words', { header: header.replace(vector.time, 'Jul 31 2026 12:00 UTC') }, 'malformed_header'],
    [
      'a time of which a part is now the id’s',
      { header: `t=000Z,id=${vector.id}.2026-07-31T12:00:00,s=${digest}` },
      'malformed_header',
    ],
    ['two signatures of one name', { header: `${header},s=${digest}` }, 'malformed_header'],
    ['two times', { header: `t=${vector.time},${header}` }, 'malformed_header'],
    ['two headers in one', { header: `${header}, ${header}` }, 'malformed_header'],
    ['301 seconds late', { now: now.getTime() + 301_000 }, 'too_old'],
    ['301 seconds early', { now: now.getTime() - 301_000 }, 'too_far_ahead'],
    ['a millisecond over what I tolerate', { now: now.getTime() + 2, toleranceMs: 1 }, 'too_old'],
    ['another body', { body: `${vector.body} ` }, 'wrong_signature'],
    ['no body', { body: undefined }, 'wrong_signature'],
    ['another id', { header: header.replace('delivery-1', 'delivery-2') }, 'wrong_signature'],
    ['another time', { header: header.replace('00.000Z', '00.001Z') }, 'wrong_signature'],
    ['the same time, spelled differently', { header: header.replace('.000Z', 'Z') }, 'wrong_signature'],
    ['another signature', { header: header.replace(digest, '0'.repeat(64)) }, 'wrong_signature'],
    ['another secret', { secret: 'current-secreT' }, 'wrong_signature'],
    ['secrets of which none is right', { secrets: ['a', 'b'] }, 'wrong_signature'],
    ['a signed body that is no JSON', signed('trade'), 'body_not_json'],
    ['a signed body that is empty', signed(''), 'body_not_json'],
  ])('%s', (_what, changes, reason) => {
    expect(verdictOn(changes)).toEqual({ ok: false, reason });
  });

  test('two headers that differ in capitals only', () => {
    const headers = { [SIGNATURE_HEADER]: header, 'X-AssetPay-Signature': header };
    expect(verify({ secret, headers, body: vector.body, now })).toEqual({ ok: false, reason: 'malformed_header' });
  });

  test.each<[string, Record<string, unknown>]>([
    ['the secret is empty', { secret: '' }],
    ['the secret is not set', { secret: undefined }],
    ['there is no secret', { secrets: [] }],
    ['one of the secrets is empty', { secrets: [secret, ''] }],
    ['the secret is an array', { secret: [secret] }],
    ['the secret is an array in the list', { secrets: [[secret]] }],
    ['the secrets are one text', { secrets: secret }],
    ['the secrets have a hole', { secrets: Object.assign([], { 1: secret }) }],
    ['the secret is a missing setting in a text', { secret: `${undefined}` }],
    ['now is NaN', { now: Number.NaN }],
    ['now is a Date that is none', { now: new Date('noon') }],
    ['now is infinite', { now: Number.POSITIVE_INFINITY }],
    ['now is before 1970', { now: -1 }],
    ['now is a text', { now: vector.time }],
    ['now is null', { now: null }],
    ['now is an object', { now: { valueOf: () => now.getTime() } }],
    ['the tolerance is NaN', { toleranceMs: Number.NaN }],
    ['the tolerance is infinite', { toleranceMs: Number.POSITIVE_INFINITY }],
    ['the tolerance is negative', { toleranceMs: -1 }],
    ['the tolerance is a text', { toleranceMs: '300000' }],
    ['the tolerance is null', { toleranceMs: null }],
    ['the tolerance is a Date', { toleranceMs: new Date(300_000) }],
    ['the tolerance would let pass all that was ever signed', { toleranceMs: 86_400_001 }],
    ['the body was parsed already', { body: JSON.parse(vector.body) }],
  ])('to work with an error that says so when %s', (_what, changes) => {
    expect(() => verdictOn(changes)).toThrow(TypeError);
    // Before anything of the request is looked at, so a wrong setting shows at the first request, whatever comes.
    if (!('body' in changes)) expect(() => verdictOn({ ...changes, header: undefined })).toThrow(TypeError);
  });
});

describe('whatever the body and the secret are', () => {
  const text = fc.string({ unit: 'binary' });
  const body = fc.oneof(
    fc.json(),
    fc.json().map((json) => new TextEncoder().encode(json)),
  );
  const key = fc.string({ unit: 'binary', minLength: 1 });

  test('what is signed is taken', () => {
    fc.assert(
      fc.property(key, fc.option(key), fc.uuid(), body, (current, previous, id, raw) => {
        const made = sign({ secret: current, previousSecret: previous, id, time: now, body: raw });
        for (const known of [current, previous ?? current]) {
          expect(verify({ secret: known, header: made, body: raw, now })).toMatchObject({ ok: true, id });
        }
      }),
    );
  });

  test('a body with any bit changed is refused', () => {
    fc.assert(
      fc.property(key, fc.uint8Array({ minLength: 1 }), fc.nat(), fc.nat(7), (current, raw, where, bit) => {
        const made = sign({ secret: current, ...vector, body: raw });
        const changed = raw.with(where % raw.length, (raw[where % raw.length] ?? 0) ^ (1 << bit));
        expect(verify({ secret: current, header: made, body: changed, now })).toMatchObject({
          reason: 'wrong_signature',
        });
      }),
    );
  });

  test('a header with any character changed is refused', () => {
    fc.assert(
      fc.property(key, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (current, where, character) => {
        const made = sign({ secret: current, ...vector });
        const at = where % made.length;
        fc.pre(made[at] !== character && character.trim() !== '');
        const changed = `${made.slice(0, at)}${character}${made.slice(at + 1)}`;
        expect(verify({ secret: current, header: changed, body: vector.body, now }).ok).toBe(false);
      }),
    );
  });

  test('a header of nonsense is refused, and never an error', () => {
    fc.assert(
      fc.property(text, text, (made, raw) => {
        expect(verify({ secret, header: made, body: raw, now }).ok).toBe(false);
      }),
    );
  });
});

describe('what a callback is', () => {
  const trade = { id: 'trade-1', type: 'withdraw', status: 'initiated' };
  test.each<[string, unknown, string, string]>([
    ['a purchase that has not begun is a question', { trade }, 'approval', 'approval:trade-1'],
    ['any later step of it is news', { trade: { ...trade, status: 'pending' } }, 'trade', 'd-1'],
    ['a deposit that has not begun is news', { trade: { ...trade, type: 'deposit' } }, 'trade', 'd-1'],
    ['a test of my URL', { test: true, timestamp: vector.time, message: 'hello' }, 'test', 'd-1'],
    ['something that I do not know yet', { sale: { id: 'sale-1' } }, 'other', 'd-1'],
    ['a trade without an id', { trade: { ...trade, id: undefined } }, 'other', 'd-1'],
    ['a test that names a trade', { test: true, trade: {} }, 'other', 'd-1'],
    ['null', null, 'other', 'd-1'],
    ['a number', 7, 'other', 'd-1'],
  ])('%s', (_what, payload, kind, key) => {
    expect(kindOf(payload)).toBe(kind);
    expect(dedupeKey({ id: 'd-1', payload })).toBe(key);
    const body = JSON.stringify(payload);
    expect(verify({ secret, header: sign({ secret, id: 'd-1', body }), body })).toMatchObject({ ok: true, kind });
  });

  test('a test of my URL is known before it is verified, raw or parsed', () => {
    const ping = JSON.stringify({ test: true, timestamp: vector.time, message: 'hello' });
    for (const form of [ping, Buffer.from(ping), JSON.parse(ping)]) expect(isTestPing(form)).toBe(true);
    for (const form of ['{"test":1}', '{', Buffer.from([0xff]), undefined, '{"test":true,"trade":{}}']) {
      expect(isTestPing(form)).toBe(false);
    }
  });
});

describe('my answer', () => {
  test('approves', () => {
    expect(approve()).toEqual({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"action":"approve"}',
    });
  });

  test('rejects, with my reason', async () => {
    const answer = reject('no stock left');
    const response = new Response(answer.body, answer);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ action: 'reject', reason: 'no stock left' });
  });
});

test('my editor knows a trade as the gateway sends it', () => {
  expectTypeOf<TradeWire>().toExtend<Trade>();
  expectTypeOf<Trade['status']>().toEqualTypeOf<TradeWire['status']>();
  expectTypeOf<keyof Trade>().toEqualTypeOf<keyof TradeWire>();
  expectTypeOf<keyof Item>().toEqualTypeOf<keyof ItemWire>();
});
