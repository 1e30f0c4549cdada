import { textOf } from './signature.js';

/**
 * Callbacks carry no event name: what they are is read from the body.
 * @type {typeof import('./index.d.ts').kindOf}
 */
export const kindOf = (payload) => {
  const trade = tradeIn(payload);
  if (trade) return trade.type === 'withdraw' && trade.status === 'initiated' ? 'approval' : 'trade';
  return isTestPing(payload) ? 'test' : 'other';
};

/**
 * Each attempt of an approval request has an id of its own, so the request is known by its trade.
 * @type {typeof import('./index.d.ts').dedupeKey}
 */
export const dedupeKey = ({ id, payload }) =>
  kindOf(payload) === 'approval' ? `approval:${tradeIn(payload)?.id}` : id;

/** @type {typeof import('./index.d.ts').isTestPing} */
export const isTestPing = (bodyOrPayload) => {
  const payload = parsed(bodyOrPayload);
  return isObject(payload) && payload['test'] === true && !('trade' in payload);
};

/**
 * @param {unknown} payload
 * @returns {{ id: string, type: unknown, status: unknown } | null}
 */
function tradeIn(payload) {
  const trade = isObject(payload) ? payload['trade'] : null;
  if (!isObject(trade) || typeof trade['id'] !== 'string') return null;
  return { id: trade['id'], type: trade['type'], status: trade['status'] };
}

/**
 * @param {unknown} bodyOrPayload
 * @returns {unknown}
 */
function parsed(bodyOrPayload) {
  const isRaw =
    typeof bodyOrPayload === 'string' || bodyOrPayload instanceof Uint8Array || bodyOrPayload instanceof ArrayBuffer;
  if (!isRaw) return bodyOrPayload;
  try {
    return JSON.parse(textOf(bodyOrPayload));
  } catch {
    return null;
  }
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === 'object' && value !== null;
}
