import type { IncomingHttpHeaders } from 'node:http';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVerdict } from '../../src/approvals/answer.ts';
import { decodeBody } from '../../src/net/answer-body.ts';
import { approve, reject } from '../../webhooks/index.js';

/** What a merchant's answer to an approval request means, once its bytes are here. */

const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT_TYPE = { 'content-type': 'text/plain' };
const HTML_TYPE = { 'content-type': 'text/html; charset=UTF-8' };
const MAX_BYTES = 65_536;

function verdictOn(body: string | Uint8Array, headers: IncomingHttpHeaders = {}, isStrict = false) {
  const read = decodeBody({ bytes: Buffer.from(body), problem: null }, headers, MAX_BYTES);
  const reply = { at: new Date(0), durationMs: 1, status: 200, failure: null, response: '', retryAfterMs: null };
  return readVerdict({ ...reply, body: read }, isStrict);
}

const no = '{"action":"reject","reason":"fraud"}';
const yes = '{"action":"approve"}';
const rejected = { verdict: 'rejected' };
const approved = { verdict: 'approved' };
const noAnswer = { verdict: 'none' };

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16(text).swap16();

describe('a no is heard', () => {
  test.each<[string, string | Uint8Array, IncomingHttpHeaders]>([
    ['as the module writes it', no, JSON_TYPE],
    ['behind a byte order mark', `\ufeff${no}`, JSON_TYPE],
    ['behind two of them', `\ufeff\ufeff${no}`, JSON_TYPE],
    ['compressed with gzip', gzipSync(no), { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['compressed with gzip, and not said to be', gzipSync(no), JSON_TYPE],
    ['compressed with deflate', deflateSync(no), { ...JSON_TYPE, 'content-encoding': 'deflate' }],
    ['compressed with deflate without its header', deflateRawSync(no), { ...JSON_TYPE, 'content-encoding': 'deflate' }],
    ['compressed with br', brotliCompressSync(no), { ...JSON_TYPE, 'content-encoding': 'BR' }],
    ['compressed with zstd', zstdCompressSync(no), { ...JSON_TYPE, 'content-encoding': 'zstd' }],
    ['compressed twice', gzipSync(brotliCompressSync(no)), { ...JSON_TYPE, 'content-encoding': 'br, gzip' }],
    ['in UTF-16 with a mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(no)]), JSON_TYPE],
    ['in big-endian UTF-16 with a mark', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be(no)]), JSON_TYPE],
    ['in UTF-16 that the type names', utf16(no), { 'content-type': 'application/json; charset="utf-16le"' }],
    ['in UTF-16 that nothing names', utf16be(no), JSON_TYPE],
    [
      'in Latin-1, with a reason',
      Buffer.from('{"action":"reject","reason":"né"}', 'latin1'),
      { 'content-type': 'application/json; charset=iso-8859-1' },
    ],
    ['in Latin-1 that nothing names', Buffer.from('{"action":"reject","reason":"né"}', 'latin1'), JSON_TYPE],
    ['after a warning of PHP', `<br />\n<b>Warning</b>: Undefined index in shop.php on line 3<br />\n${no}`, JSON_TYPE],
    ['after a warning of PHP, as a page', `<b>Notice</b>: Undefined variable\n${no}`, HTML_TYPE],
    ['after a prefix against scripts', `)]}',\n${no}`, JSON_TYPE],
    ['in capitals', '{"ACTION":"REJECT"}', JSON_TYPE],
    ['in full-width letters', '{"action":"ｒｅｊｅｃｔ"}', JSON_TYPE],
    ['with blanks around it', '{"action":" reject\\n"}', JSON_TYPE],
    ['as deny', '{"action":"deny"}', JSON_TYPE],
    ['as Declined', '{"action":"Declined"}', JSON_TYPE],
    ['as refuse', '{"action":"refuse"}', JSON_TYPE],
    ['as false', '{"action":false}', JSON_TYPE],
    ['as approved: false', '{"approved":false}', JSON_TYPE],
    ['as rejected: true', '{"rejected":true}', JSON_TYPE],
    ['as a decision', '{"decision":"denied"}', JSON_TYPE],
    ['as a status', '{"status":"rejected"}', JSON_TYPE],
    ['inside of something', '{"data":{"action":"reject"}}', JSON_TYPE],
    ['in a list', `[${no}]`, JSON_TYPE],
    ['in a list beside a yes', `[${yes},${no}]`, JSON_TYPE],
    ['as JSON in JSON', JSON.stringify(no), JSON_TYPE],
    ['as JSON in a field', JSON.stringify({ body: no }), JSON_TYPE],
    ['with a trailing comma', '{"action":"reject","reason":"fraud",}', JSON_TYPE],
    ['in single quotes', "{'action': 'reject'}", JSON_TYPE],
    ['cut after the action', '{"action":"reject","reas', JSON_TYPE],
    ['as a form', 'action=reject&reason=fraud', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['as XML', '<answer><action>reject</action></answer>', { 'content-type': 'text/xml' }],
    ['as a word', 'Rejected.', TEXT_TYPE],
    ['as a word in JSON', '"no"', JSON_TYPE],
    ['as a word that is said to be JSON', 'denied', JSON_TYPE],
    ['as false alone', 'false', JSON_TYPE],
  ])('%s', (_how, body, headers) => {
    expect(verdictOn(body, headers)).toMatchObject(rejected);
    expect(verdictOn(body, headers, true)).toMatchObject(rejected);
  });

  test('with its reason, also when the JSON has something before it', () => {
    for (const body of [no, `\ufeff${no}`, `<b>Notice</b>\n${no}`, `[${no}]`, JSON.stringify(no)]) {
      expect(verdictOn(body, JSON_TYPE)).toEqual({ verdict: 'rejected', reason: 'fraud' });
    }
  });
});

describe('what cannot be read is never a yes', () => {
  const bomb = gzipSync(Buffer.alloc(20_000_000, 32));
  test.each<[string, string | Uint8Array, IncomingHttpHeaders]>([
    ['cut JSON', '{"action":"appro', JSON_TYPE],
    ['cut JSON without a type', '{"action":"approve"', {}],
    ['a yes after a warning of PHP', `<b>Warning</b>: Undefined index\n${yes}`, JSON_TYPE],
    ['a yes after a warning of PHP, as a page', `<b>Warning</b>: Undefined index\n${yes}`, HTML_TYPE],
    ['a yes with a trailing comma', '{"action":"approve",}', JSON_TYPE],
    ['two answers in one', `${yes}${yes}`, JSON_TYPE],
    ['a word that is said to be JSON', 'OK', JSON_TYPE],
    ['a page', '<html><body><h1>Please log in</h1></body></html>', HTML_TYPE],
    ['a text', 'Access denied for user shop@localhost', TEXT_TYPE],
    ['a text in JSON', '"Service is in maintenance"', JSON_TYPE],
    ['a text in a text in JSON', JSON.stringify('"maintenance"'), JSON_TYPE],
    ['an action that is neither', '{"action":"review"}', JSON_TYPE],
    ['a misspelt action', '{"action":"rejct"}', JSON_TYPE],
    ['an action that is an object', '{"action":{"type":"maybe"}}', JSON_TYPE],
    ['a yes and a no under one name', '{"action":"reject","action":"approve"}', JSON_TYPE],
    ['a failure', '{"success":false,"message":"no such order"}', JSON_TYPE],
    ['an error', '{"error":{"code":"E_DATABASE"}}', JSON_TYPE],
    ['a status that is an error', '{"status":"error"}', JSON_TYPE],
    ['an encoding that is not known', yes, { ...JSON_TYPE, 'content-encoding': 'rot13' }],
    ['an encoding that it does not have', yes, { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['cut gzip', gzipSync(yes).subarray(0, -9), { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['cut deflate', deflateSync(yes).subarray(0, -6), { ...JSON_TYPE, 'content-encoding': 'deflate' }],
    ['cut br', brotliCompressSync(yes).subarray(0, -3), { ...JSON_TYPE, 'content-encoding': 'br' }],
    ['a charset that is not known', yes, { 'content-type': 'application/json; charset=klingon' }],
    ['UTF-16 that is said to be UTF-8', utf16(yes), { 'content-type': 'application/json; charset=utf-8' }],
    ['a bomb', bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['a bomb in a bomb', gzipSync(bomb), { ...JSON_TYPE, 'content-encoding': 'gzip, gzip' }],
    ['a bomb in three layers', gzipSync(gzipSync(bomb)), { ...JSON_TYPE, 'content-encoding': 'gzip, gzip, gzip' }],
    ['brackets without end', '['.repeat(60_000), JSON_TYPE],
    ['nothing but NUL', Buffer.alloc(20), JSON_TYPE],
  ])('%s', (_what, body, headers) => {
    expect(verdictOn(body, headers)).toMatchObject(noAnswer);
    expect(verdictOn(body, headers, true)).toMatchObject(noAnswer);
  });

  test('of any JSON answer that is cut', () => {
    const whole = '{"action":"approve","order":{"id":"order-7","lines":[1,2,3]}}';
    for (let length = 1; length < whole.length; length++) {
      expect([length, verdictOn(whole.slice(0, length), JSON_TYPE)]).toMatchObject([length, noAnswer]);
    }
  });
});

describe('a yes is heard', () => {
  test.each<[string, string | Uint8Array, IncomingHttpHeaders]>([
    ['as the module writes it', yes, JSON_TYPE],
    ['behind a byte order mark', `\ufeff${yes}`, JSON_TYPE],
    ['compressed', gzipSync(yes), { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['in UTF-16', utf16(yes), { 'content-type': 'application/json; charset=utf-16le' }],
    ['without a type', yes, {}],
  ])('%s, in the strict mode too', (_how, body, headers) => {
    expect(verdictOn(body, headers)).toEqual(approved);
    expect(verdictOn(body, headers, true)).toEqual(approved);
  });

  test.each<[string, string | Uint8Array, IncomingHttpHeaders]>([
    ['as nothing at all', '', {}],
    ['as nothing that is said to be JSON', '', JSON_TYPE],
    ['as nothing that is said to be compressed', '', { 'content-encoding': 'gzip' }],
    ['as OK', 'OK', TEXT_TYPE],
    ['as ok with a line end, in the type that PHP gives', 'ok\n', HTML_TYPE],
    ['as *ok*', '*ok*', TEXT_TYPE],
    ['as success', 'success', TEXT_TYPE],
    ['as true', 'true', JSON_TYPE],
    ['as "ok"', '"ok"', JSON_TYPE],
    ['as an empty object', '{}', JSON_TYPE],
    ['as null', 'null', JSON_TYPE],
    ['as JSON that says nothing of it', '{"received":true,"errors":[],"error":null}', JSON_TYPE],
    ['as a status', '{"status":"ok"}', JSON_TYPE],
    ['as a result of 0', '{"result":0}', JSON_TYPE],
    ['in capitals', '{"Action":"APPROVE"}', JSON_TYPE],
    ['as JSON in JSON', JSON.stringify(yes), JSON_TYPE],
    ['as accept', '{"action":"accept"}', JSON_TYPE],
  ])('%s, but not in the strict mode', (_how, body, headers) => {
    expect(verdictOn(body, headers)).toEqual(approved);
    expect(verdictOn(body, headers, true)).toMatchObject(noAnswer);
  });
});

describe('what the module for merchants writes is read', () => {
  test('as a yes', () => {
    expect(verdictOn(approve().body, approve().headers, true)).toEqual(approved);
  });

  test.each([undefined, null, 7n, { code: 1 }, Symbol('no'), ' '.repeat(200_000), 'ü🔪\ud800', '{"action":"approve"}'])(
    'as a no, whatever the reason: %s',
    (reason) => {
      const answer = reject(reason as string); // programs without types give what they have
      expect(verdictOn(answer.body, answer.headers)).toMatchObject(rejected);
    },
  );

  test('as a no with its reason', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 }).filter((reason) => !/\p{Cc}/u.test(reason));
    fc.assert(
      fc.property(text, (reason) => {
        const answer = reject(reason);
        expect(verdictOn(answer.body, answer.headers)).toEqual({ verdict: 'rejected', reason });
      }),
    );
  });
});

test('whatever bytes are answered, reading them never throws', () => {
  const encoding = fc.constantFrom(undefined, 'gzip', 'deflate', 'br', 'zstd', 'gzip, br', ',');
  const type = fc.constantFrom(undefined, 'application/json', 'text/html; charset=utf-16', 'a;charset=x');
  fc.assert(
    fc.property(fc.uint8Array(), encoding, type, fc.boolean(), (bytes, contentEncoding, contentType, isStrict) => {
      const headers = { 'content-encoding': contentEncoding, 'content-type': contentType };
      expect(['approved', 'rejected', 'none']).toContain(verdictOn(bytes, headers, isStrict).verdict);
    }),
  );
});
