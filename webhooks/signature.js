import { createHmac } from 'node:crypto';

/** @type {typeof import('./index.d.ts').SIGNATURE_HEADER} */
export const SIGNATURE_HEADER = 'x-assetpay-signature';

/** @type {typeof import('./index.d.ts').sign} */
export const sign = ({ secret, previousSecret = null, id, time = new Date(), body }) => {
  const at = typeof time === 'string' ? time : time.toISOString();
  if (!isCarried(id)) throw new TypeError('the id is empty, or has a comma, a full stop, or a blank at an end');
  if (!isInstant(at)) throw new TypeError(`"${at}" is no time of ISO 8601 with its zone`);
  const hex = (/** @type {string} */ key) => digest(key, { id, time: at, body }).toString('hex');
  return `t=${at},id=${id},s=${hex(secret)}${previousSecret === null ? '' : `,s1=${hex(previousSecret)}`}`;
};

/**
 * HMAC-SHA256 of `id.t.body` over the body's raw bytes.
 * @param {string} secret
 * @param {{ id: string, time: string, body: import('./index.d.ts').RawBody }} parts
 */
export function digest(secret, { id, time, body }) {
  // Anybody could sign with an empty one, and it is what a setting that is not there looks like.
  if (!isSecret(secret)) throw new TypeError('there is no secret to sign with');
  return createHmac('sha256', secret).update(`${id}.${time}.`).update(bytesOf(body)).digest();
}

/** @param {import('./index.d.ts').RawBody} body */
export function textOf(body) {
  return typeof body === 'string' ? body : bytesOf(body).toString('utf8');
}

/**
 * @param {import('./index.d.ts').RawBody} body
 * @returns {Buffer}
 */
function bytesOf(body) {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  throw new TypeError('the body has to be the raw one that came, as bytes or a string; this one was parsed already');
}

/**
 * Whether a text can be the id. With a full stop in it, what is signed could be cut into id, time and body in two ways.
 * @param {string} id
 */
export function isCarried(id) {
  return id !== '' && id === id.trim() && !/[,.]/.test(id);
}

/**
 * One moment and no other: `Date.parse` also takes what depends on the zone of the machine, or is a bare number.
 * @param {string} time
 */
export function isInstant(time) {
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(time);
  return isIso && !Number.isNaN(Date.parse(time));
}

/**
 * A setting that is not there is empty, or one of these words once it was put into a text. Anybody could sign with them.
 * @param {unknown} secret
 * @returns {secret is string}
 */
export function isSecret(secret) {
  return typeof secret === 'string' && !['', 'undefined', 'null', 'NaN', '[object Object]'].includes(secret);
}
