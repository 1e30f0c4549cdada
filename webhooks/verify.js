import { timingSafeEqual } from 'node:crypto';
import { kindOf } from './kinds.js';
import { digest, isCarried, isInstant, isSecret, SIGNATURE_HEADER, textOf } from './signature.js';

/** A signature whose time is further off, either way, is refused: it may have been kept and sent again. */
const TOLERANCE_MS = 300_000;
/** Every attempt is signed with its own time, so nothing genuine is older; beyond this nothing would be checked. */
const TOLERANCE_MAX_MS = 86_400_000;

/** @type {typeof import('./index.d.ts').verify} */
export const verify = (verification) => {
  const secrets = secretsOf(verification);
  const nowMs = instantOf(verification);
  const toleranceMs = toleranceOf(verification);
  const header = headerOf(verification);
  if (!header) return refused('missing_header');
  const signed = parse(header);
  if (!signed) return refused('malformed_header');
  const { body } = verification;
  const ageMs = nowMs - Date.parse(signed.time);
  if (ageMs > toleranceMs) return refused('too_old');
  if (ageMs < -toleranceMs) return refused('too_far_ahead');
  if (!isSignedWithOne(secrets, signed, body)) return refused('wrong_signature');
  return read(signed.id, body);
};

/**
 * @param {import('./index.d.ts').Verification} verification
 * @returns {readonly string[]}
 */
function secretsOf(verification) {
  const secrets = 'secrets' in verification ? verification.secrets : [verification.secret];
  if (!Array.isArray(secrets) || secrets.length === 0 || ![...secrets].every(isSecret)) {
    throw new TypeError('there is no secret to verify with; is the setting that should have it empty?');
  }
  return secrets;
}

/**
 * Compared with anything, NaN is neither too old nor too new: what is no time must not become one.
 * @param {import('./index.d.ts').Verification} verification
 * @returns {number}
 */
function instantOf({ now = new Date() }) {
  const ms = now instanceof Date ? now.getTime() : now;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    throw new TypeError('now has to be a valid Date, or milliseconds since 1970');
  }
  return ms;
}

/**
 * @param {import('./index.d.ts').Verification} verification
 * @returns {number}
 */
function toleranceOf({ toleranceMs = TOLERANCE_MS }) {
  const isTolerance = typeof toleranceMs === 'number' && toleranceMs >= 0 && toleranceMs <= TOLERANCE_MAX_MS;
  if (!isTolerance) throw new TypeError('toleranceMs has to be a number of milliseconds, at most a day');
  return toleranceMs;
}

/**
 * @param {import('./index.d.ts').Verification} verification
 * @returns {string | null | undefined}
 */
function headerOf(verification) {
  if ('header' in verification) return verification.header;
  const { headers } = verification;
  if (typeof headers.get === 'function') return headers.get(SIGNATURE_HEADER);
  const found = Object.entries(headers).filter(([name]) => name.toLowerCase() === SIGNATURE_HEADER);
  return found.flatMap(([, value]) => value ?? []).join(',');
}

/**
 * @typedef {object} Signed
 * @property {string} id
 * @property {string} time
 * @property {readonly Buffer[]} signatures
 */

/**
 * Fields may stand in any order, and ones that are not known are passed over. One that is there twice is an attempt to
 * be read in two ways.
 * @param {string} header
 * @returns {Signed | null}
 */
function parse(header) {
  const pairs = header.split(',').map(splitOnce);
  const fields = new Map(pairs);
  const [time, id] = [fields.get('t'), fields.get('id')];
  const signatures = [fields.get('s'), fields.get('s1')].filter(isHex).map((hex) => Buffer.from(hex, 'hex'));
  if (fields.size < pairs.length || !time || !id || signatures.length === 0) return null;
  return isCarried(id) && isInstant(time) ? { id, time, signatures } : null;
}

/**
 * @param {string} pair
 * @returns {[string, string]}
 */
function splitOnce(pair) {
  const at = pair.indexOf('=');
  return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
}

/**
 * @param {string | undefined} text
 * @returns {text is string}
 */
function isHex(text) {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text);
}

/**
 * While a secret rotates either side may know only one of the two.
 * @param {readonly string[]} secrets
 * @param {Signed} signed
 * @param {import('./index.d.ts').RawBody} body
 */
function isSignedWithOne(secrets, signed, body) {
  return secrets.some((secret) => {
    const expected = digest(secret, { id: signed.id, time: signed.time, body });
    return signed.signatures.some((given) => timingSafeEqual(given, expected));
  });
}

/**
 * @param {string} id
 * @param {import('./index.d.ts').RawBody} body
 * @returns {import('./index.d.ts').Verdict}
 */
function read(id, body) {
  try {
    const payload = JSON.parse(textOf(body));
    return { ok: true, id, kind: kindOf(payload), payload };
  } catch {
    return refused('body_not_json');
  }
}

/**
 * @param {import('./index.d.ts').Refusal} reason
 * @returns {import('./index.d.ts').Verdict}
 */
function refused(reason) {
  return { ok: false, reason };
}
